package guard

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/handoff-cli/handoff/internal/text"
)

// Issue is an issue that a CI job runs for. All of it was typed by people who need no
// rights in the repository.
type Issue struct {
	Action string // opened, edited, closed …
	URL    string // of its page
	Body   string
	By     string // the account that did it
}

// DetectIssue returns the issue that a job of the service runs for, or false when it
// runs for none. event is as for [Detect]; a comment on an issue is no event of it.
func DetectIssue(service Service, event []byte) (Issue, bool, error) {
	if service != GitHub && service != Gitea || len(event) == 0 {
		return Issue{}, false, nil
	}
	var hook struct {
		Action string
		Issue  *struct {
			HTMLURL string `json:"html_url"`
			Body    string
		}
		Comment *json.RawMessage
		Sender  struct{ Login string }
	}
	if err := json.Unmarshal(bytes.TrimPrefix(event, []byte(text.BOM)), &hook); err != nil {
		return Issue{}, false, fmt.Errorf("GITHUB_EVENT_PATH: %w", err)
	}
	if hook.Issue == nil || hook.Comment != nil {
		return Issue{}, false, nil
	}
	return Issue{hook.Action, hook.Issue.HTMLURL, hook.Issue.Body, hook.Sender.Login}, true, nil
}
