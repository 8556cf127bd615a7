package deliver

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// Whoever may write to a project can change the text of somebody's issue. Who did so
// last, the forges tell in different places:
//
//   - GitHub by its GraphQL API alone: the editor of an issue and when it was last
//     edited (docs.github.com/graphql, Comment);
//   - GitLab likewise: lastEditedBy of the description of a work item
//     (docs.gitlab.com/api/graphql/reference, WorkItemWidgetDescription), which a new
//     title changes as well;
//   - Gitea and Forgejo nowhere. What nobody has touched since it was made is its
//     author's, to the second; of anything else they do not tell.

// Saved is the text of an issue, and who saved it last.
type Saved struct {
	Body   string
	By     string // the account, "" where the forge does not tell
	Closed bool   // the issue is
}

func (f *forge) Saved(ctx context.Context, issue Post) (Saved, error) {
	c, err := f.commentOf(&Receipt{ID: issue.Thread})
	if err != nil {
		return Saved{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, sendWait)
	defer cancel()
	return f.saved(ctx, f, c.number)
}

// graph is the GraphQL API of a forge, which is beside its REST API.
func (f *forge) graph() *server {
	s, base := *f.server, *f.base
	for _, version := range []string{"/v3", "/v4"} {
		base.Path = strings.TrimSuffix(base.Path, version)
	}
	s.base, s.refuses = &base, graphRefuses
	return &s
}

// asks makes a query of GraphQL.
func (s *server) asks(ctx context.Context, query string, variables map[string]any, answer any) error {
	c := graphQL(query, variables)
	c.reads = true
	return s.do(ctx, c, answer)
}

// graphRefuses finds what GitHub and GitLab say instead of an answer.
func graphRefuses(body []byte) *failure {
	var answer struct {
		Errors []struct{ Type, Message string }
	}
	if json.Unmarshal(body, &answer) != nil || len(answer.Errors) == 0 {
		return nil // what it is otherwise, whoever reads it says
	}
	faults := map[string]Fault{"NOT_FOUND": FaultNotFound, "FORBIDDEN": FaultCredentials, "RATE_LIMITED": FaultBusy}
	f := &failure{fault: FaultRefused, why: answer.Errors[0].Message}
	if fault, known := faults[answer.Errors[0].Type]; known {
		f.fault = fault
	}
	return f
}

const githubSaved = `query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) { issue(number: $number) { body state lastEditedAt editor { login } author { login } } }
}`

func (g github) saved(ctx context.Context, f *forge, number int) (Saved, error) {
	var answer struct {
		Data struct {
			Repository struct {
				Issue struct {
					Body, State    string
					LastEditedAt   string
					Editor, Author account
				}
			}
		}
	}
	owner, name, _ := strings.Cut(g.name, "/")
	err := f.graph().asks(ctx, githubSaved, map[string]any{"owner": owner, "name": name, "number": number}, &answer)
	issue := answer.Data.Repository.Issue
	saved := Saved{Body: issue.Body, By: issue.Author.Login, Closed: issue.State != "OPEN"}
	if issue.LastEditedAt != "" {
		saved.By = issue.Editor.Login
	}
	return saved, err
}

// saved: of an issue that nobody has touched since it was made, the author has.
func (g gitea) saved(ctx context.Context, f *forge, number int) (Saved, error) {
	var p post
	err := f.do(ctx, call{method: http.MethodGet, path: g.issue(number)}, &p)
	saved := Saved{Body: p.body(), Closed: p.State != "open"}
	if p.UpdatedAt.Equal(p.CreatedAt) {
		saved.By = p.by().name()
	}
	return saved, err
}

const gitlabSaved = `query($project: ID!, $number: String!) {
  project(fullPath: $project) { workItems(iid: $number) { nodes { state author { username } widgets { ... on WorkItemWidgetDescription { description lastEditedAt lastEditedBy { username } } } } } }
}`

func (g gitlab) saved(ctx context.Context, f *forge, number int) (Saved, error) {
	var answer struct {
		Data struct {
			Project struct {
				WorkItems struct {
					Nodes []struct {
						State   string
						Author  account
						Widgets []struct {
							Description  *string
							LastEditedAt string
							LastEditedBy account
						}
					}
				}
			}
		}
	}
	err := f.graph().asks(ctx, gitlabSaved, map[string]any{"project": g.project, "number": strconv.Itoa(number)}, &answer)
	for _, item := range answer.Data.Project.WorkItems.Nodes {
		for _, w := range item.Widgets {
			if w.Description == nil {
				continue
			}
			saved := Saved{Body: *w.Description, By: item.Author.Username, Closed: item.State != "OPEN"}
			if w.LastEditedAt != "" {
				saved.By = w.LastEditedBy.Username
			}
			return saved, err
		}
	}
	return Saved{Closed: true}, err
}

// Key is that of the message as which this target has made the post, "" for any other
// post.
func (p Post) Key() string {
	if !p.Mine {
		return ""
	}
	if parts := lastMarker().FindStringSubmatch(strings.TrimSpace(p.Body)); parts != nil {
		return parts[1]
	}
	return ""
}

var lastMarker = text.Pattern(`(?:^|\n)<!-- handoff:([a-z0-9][a-z0-9-]{15,63}) -->$`)
