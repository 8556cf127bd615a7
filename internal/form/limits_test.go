package form

import (
	"encoding/json"
	"testing"

	"github.com/handoff-cli/handoff/schema"
)

// TestLimitsAreThoseOfTheSchema compares how much a field takes with how much a record
// does.
func TestLimitsAreThoseOfTheSchema(t *testing.T) {
	type node struct {
		Properties map[string]struct {
			MaxLength int `json:"maxLength"`
			Items     struct {
				MaxLength int `json:"maxLength"`
			}
		}
	}
	var doc struct {
		Defs map[string]node `json:"$defs"`
	}
	if err := json.Unmarshal(schema.All(), &doc); err != nil {
		t.Fatal(err)
	}
	for _, limit := range []struct {
		of, key string
		most    int
	}{
		{"handoffBody", "summary", mostSummary}, {"item", "state", mostState}, {"item", "intent", mostIntent}, {"next", "do", mostStep},
		{"criterion", "check", mostCheck}, {"item", "known_issues", mostIssue}, {"item", "do_not", mostWarning}, {"item", "title", mostTitle}, {"item", "ready", mostState}, {"item", "assumptions", mostIssue}, {"shipped", "what", mostShipped},
		{"reasoned", "why", mostWhy}, {"ended", "why", mostWhy}, {"blocker", "needs", mostNeeds}, {"blocker", "because", mostBecause}, {"gapNote", "note", mostGap},
	} {
		property, ok := doc.Defs[limit.of].Properties[limit.key]
		if most := max(property.MaxLength, property.Items.MaxLength); !ok || most != limit.most {
			t.Errorf("%s.%s takes %d characters, the form %d", limit.of, limit.key, most, limit.most)
		}
	}
}
