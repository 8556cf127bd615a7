package agent

import (
	"encoding/json"
	"strings"
	"testing"
)

// What is cut is JSON all the same, of whole values, wherever it is cut.
func TestShorten(t *testing.T) {
	answer := `{"say":"\"quoted\\\" [and, {cut}","results":[{"id":"one","n":12},{"id":"two","to":["ana","ben"]},true],"last":null}`
	for limit := 2; limit <= len(answer)+1; limit++ {
		beginning, note := shorten(answer, limit, "show")
		if !json.Valid([]byte(beginning)) || len(beginning) > limit {
			t.Errorf("%d bytes: %s", limit, beginning)
		}
		if (note == "") != (limit >= len(answer)) {
			t.Errorf("%d bytes: the note is %q", limit, note)
		}
		opened := strings.TrimRight(beginning, "]}")
		if !strings.HasPrefix(answer, opened) {
			t.Errorf("%d bytes: %s is not how it begins", limit, beginning)
		}
	}
	if got, _ := shorten("no JSON, and long", 5, "show"); got != "" {
		t.Errorf("of what is no JSON it returned %q", got)
	}
}
