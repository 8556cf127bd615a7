package rules

import (
	"strings"
	"testing"
)

// Every rule says why it is there and what to write instead.
func TestEveryRuleHasReasons(t *testing.T) {
	for _, rule := range Table() {
		why, cure := Reasons(rule.Code)
		for _, sentence := range []string{why, cure} {
			if !strings.HasSuffix(strings.TrimSuffix(sentence, `"`), ".") && !strings.Contains(sentence, ": ") || len(sentence) < 15 {
				t.Errorf("%s: %q is no sentence", rule.Code, sentence)
			}
		}
	}
	if why, cure := Reasons("HO999"); why+cure != "" {
		t.Errorf("no rule has the reasons %q, %q", why, cure)
	}
}
