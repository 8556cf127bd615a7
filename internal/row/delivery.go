package row

import (
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Delivery is what is known of a thing at one target.
type Delivery struct {
	Target  string     `json:"target"`  // its name
	Service string     `json:"service"` // github, slack
	Told    []string   `json:"told"`    // handles: whom the last message that arrived is for
	At      *time.Time `json:"at"`      // when the first one had arrived; null while none has
	URL     string     `json:"url"`
	InDoubt bool       `json:"in_doubt"` // something may have been sent, and nobody has said how that ended

	Deadline *time.Time `json:"deadline"` // that it reminds of, null where it tells of the thing itself
}

// Deliveries are those of a thing, in the order in which they began.
func Deliveries(of *fold.Delivered) []Delivery {
	list := make([]Delivery, len(of.Deliveries))
	for i, d := range of.Deliveries {
		list[i] = Delivery{Target: d.To, Service: d.Via, Told: List(d.Told), At: Stamp(d.First), URL: d.URL, InDoubt: len(d.Sending) > 0, Deadline: Stamp(d.Deadline)}
	}
	return list
}

// Delivered are the deliveries of what a row is about; false for a row of something
// that is not delivered.
func Delivered(r Row) ([]Delivery, bool) {
	switch r := r.(type) {
	case *Handoff:
		return r.Delivered, true
	case *Blocker:
		return r.Delivered, true
	case *Question:
		return r.Delivered, true
	case *Decision:
		return r.Delivered, true
	}
	return nil, false
}

// serviceNames are how people call the services whose name is more than its slug, with
// the word that stands before it.
var serviceNames = map[string]string{
	"github": "on GitHub", "gitlab": "on GitLab", "gitea": "on Gitea", "forgejo": "on Forgejo", "jira": "in Jira", "linear": "in Linear",
	"slack": "in Slack", "teams": "in Teams", "googlechat": "in Google Chat", "mail": "by mail", handoff.ViaGit: "in git",
}

// Where says where something was told: "in Slack", "via pager".
func (d Delivery) Where() string {
	if name := serviceNames[d.Service]; name != "" {
		return name
	}
	return "via " + d.Service
}

// NobodyTold says of something that it was delivered nowhere.
const NobodyTold = "nobody was told"

// WhoWasTold says who was told of something, where and when, and what is in doubt: "ben
// was told in Slack 18:03". It is "" where nothing was sent. when writes a time.
func WhoWasTold(deliveries []Delivery, when func(time.Time) string) string {
	var said []string
	for _, d := range deliveries {
		if d.At != nil {
			verb := "told"
			if d.Deadline != nil {
				verb = "reminded"
			}
			said = append(said, text.JoinNonEmpty(" ", text.And(d.Told), wasTold(len(d.Told), verb), d.Where(), when(*d.At)))
		}
		if d.InDoubt {
			said = append(said, "may have been sent to "+d.Target)
		}
	}
	return text.JoinNonEmpty("; ", said...)
}

func wasTold(people int, verb string) string {
	switch people {
	case 0:
		return verb
	case 1:
		return "was " + verb
	}
	return "were " + verb
}
