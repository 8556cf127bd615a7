package guard

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/text"
)

// Service is a program that runs CI jobs.
type Service string

// The services whose variables are known. The zero Service is none.
const (
	GitHub    Service = "github"
	GitLab    Service = "gitlab"
	Gitea     Service = "gitea" // and Forgejo
	Bitbucket Service = "bitbucket"
	Jenkins   Service = "jenkins"
)

// PullRequest is what a CI job knows of the change that it runs for. Everything
// in it but the hashes was typed by people who need no rights in the repository.
type PullRequest struct {
	Number  int    // 0 when unknown
	Title   string // "" when unknown
	Author  string // account that opened it, or where only that is known, that started the job; "" when unknown
	Bot     bool   // the service says that the account is no person's
	Branch  string // the branch that is to be merged, "" when unknown
	Base    string // the branch that it is to be merged into
	BaseSHA string // commit of that branch, or of the fork point; "" when unknown
	HeadSHA string // last commit of the change, not a trial merge; "" when unknown
	Draft   bool
	Labels  []string
	Queued  bool // the job runs for a merge queue
}

// Running returns the service in whose job this process runs, by its
// environment. Gitea and Forgejo also set the variables of GitHub.
func Running(getenv func(string) string) Service {
	switch {
	case getenv("GITEA_ACTIONS") != "", getenv("FORGEJO_ACTIONS") != "":
		return Gitea
	case getenv("GITHUB_ACTIONS") != "":
		return GitHub
	case getenv("GITLAB_CI") != "":
		return GitLab
	case getenv("BITBUCKET_BUILD_NUMBER") != "":
		return Bitbucket
	case getenv("JENKINS_URL") != "":
		return Jenkins
	}
	return ""
}

// Detect returns the pull request that a job of the service runs for, or false
// when it runs for none. event is the content of the file that GITHUB_EVENT_PATH
// names, for GitHub and Gitea; the error says that it is not what they write.
func Detect(service Service, getenv func(string) string, event []byte) (PullRequest, bool, error) {
	switch {
	case service == GitHub || service == Gitea:
		return fromEvent(getenv, event)
	case service == GitLab && getenv("CI_MERGE_REQUEST_IID") != "":
		return fromGitLab(getenv), true, nil
	case service == Bitbucket && getenv("BITBUCKET_PR_ID") != "":
		return fromBitbucket(getenv), true, nil
	case service == Jenkins && getenv("CHANGE_ID") != "":
		return fromJenkins(getenv), true, nil
	}
	return PullRequest{}, false, nil
}

// maxEvent bounds the file in which a runner describes the event.
const maxEvent = 32 << 20

// ReadEvent reads the file in which a runner describes the event.
func ReadEvent(service Service, getenv func(string) string) ([]byte, error) {
	name := getenv("GITHUB_EVENT_PATH")
	if name == "" || service != GitHub && service != Gitea {
		return nil, nil
	}
	file, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxEvent+1))
	if len(data) > maxEvent {
		err = fmt.Errorf("GITHUB_EVENT_PATH: more than %d bytes", maxEvent)
	}
	return data, err
}

// webhook is the part that matters of the events of GitHub and Gitea.
type webhook struct {
	PullRequest *struct {
		Number int    `json:"number"`
		Title  string `json:"title"`
		Draft  bool   `json:"draft"`
		User   struct {
			Login string `json:"login"`
			Type  string `json:"type"`
		} `json:"user"`
		Labels []struct {
			Name string `json:"name"`
		} `json:"labels"`
		Base, Head struct {
			Ref string `json:"ref"`
			SHA string `json:"sha"`
		}
	} `json:"pull_request"`
	MergeGroup *struct {
		HeadSHA string `json:"head_sha"`
		HeadRef string `json:"head_ref"`
		BaseSHA string `json:"base_sha"`
		BaseRef string `json:"base_ref"`
	} `json:"merge_group"`
}

func fromEvent(getenv func(string) string, event []byte) (PullRequest, bool, error) {
	var hook webhook
	if len(event) > 0 {
		if err := json.Unmarshal(bytes.TrimPrefix(event, []byte(text.BOM)), &hook); err != nil {
			return PullRequest{}, false, fmt.Errorf("GITHUB_EVENT_PATH: %w", err)
		}
	}
	switch {
	case hook.PullRequest != nil:
		p := hook.PullRequest
		pr := PullRequest{
			Number: p.Number, Title: p.Title, Author: p.User.Login, Bot: p.User.Type == "Bot", Draft: p.Draft,
			Branch: p.Head.Ref, HeadSHA: p.Head.SHA, Base: p.Base.Ref, BaseSHA: p.Base.SHA,
		}
		for _, label := range p.Labels {
			pr.Labels = append(pr.Labels, label.Name)
		}
		return pr, true, nil
	case hook.MergeGroup != nil:
		g := hook.MergeGroup
		return PullRequest{
			Number: submatchNumber(queueRef(), g.HeadRef), Queued: true,
			HeadSHA: g.HeadSHA, Base: strings.TrimPrefix(g.BaseRef, "refs/heads/"), BaseSHA: g.BaseSHA,
		}, true, nil
	case getenv("GITHUB_BASE_REF") != "":
		// Without the event file: a container that was not given it.
		return PullRequest{
			Number: submatchNumber(pullRef(), getenv("GITHUB_REF")), Author: getenv("GITHUB_ACTOR"),
			Branch: getenv("GITHUB_HEAD_REF"), Base: getenv("GITHUB_BASE_REF"),
		}, true, nil
	}
	return PullRequest{}, false, nil
}

var (
	// pullRef matches refs/pull/7/merge and refs/pull/7/head.
	pullRef = text.Pattern(`^refs/pull/([0-9]+)/`)
	// queueRef matches refs/heads/gh-readonly-queue/main/pr-7-0123abc.
	queueRef = text.Pattern(`/pr-([0-9]+)-[0-9a-f]+$`)
)

func submatchNumber(pattern *regexp.Regexp, text string) int {
	m := pattern.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	return number(m[1])
}

// number reads a positive number, 0 when there is none.
func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

func fromGitLab(getenv func(string) string) PullRequest {
	pr := PullRequest{
		Number: number(getenv("CI_MERGE_REQUEST_IID")), Title: getenv("CI_MERGE_REQUEST_TITLE"),
		Author: getenv("GITLAB_USER_LOGIN"),
		Branch: getenv("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME"), Base: getenv("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"),
		BaseSHA: getenv("CI_MERGE_REQUEST_DIFF_BASE_SHA"),
		// The first is set where the second is that of a trial merge.
		HeadSHA: cmp.Or(getenv("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"), getenv("CI_COMMIT_SHA")),
		Draft:   getenv("CI_MERGE_REQUEST_DRAFT") == "true",
		Queued:  getenv("CI_MERGE_REQUEST_EVENT_TYPE") == "merge_train",
	}
	for _, prefix := range []string{"draft:", "[draft]", "(draft)"} {
		pr.Draft = pr.Draft || strings.HasPrefix(strings.ToLower(pr.Title), prefix)
	}
	if labels := getenv("CI_MERGE_REQUEST_LABELS"); labels != "" {
		pr.Labels = strings.Split(labels, ",")
	}
	return pr
}

// fromBitbucket knows no author: Bitbucket gives jobs a UUID and no account.
func fromBitbucket(getenv func(string) string) PullRequest {
	return PullRequest{
		Number: number(getenv("BITBUCKET_PR_ID")), Branch: getenv("BITBUCKET_BRANCH"),
		Base: getenv("BITBUCKET_PR_DESTINATION_BRANCH"), BaseSHA: getenv("BITBUCKET_PR_DESTINATION_COMMIT"),
		HeadSHA: getenv("BITBUCKET_COMMIT"),
	}
}

// fromJenkins reads the variables of multibranch projects. What is checked out
// may be a trial merge, so the head is left open.
func fromJenkins(getenv func(string) string) PullRequest {
	return PullRequest{
		Number: number(getenv("CHANGE_ID")), Title: getenv("CHANGE_TITLE"), Author: getenv("CHANGE_AUTHOR"),
		Branch: getenv("CHANGE_BRANCH"), Base: getenv("CHANGE_TARGET"),
	}
}

// DeepenHint is what to change in a job whose clone lacks the history that the
// check needs and could not fetch.
func DeepenHint(service Service) string {
	switch service {
	case GitHub, Gitea:
		return "give the checkout all history: with: {fetch-depth: 0}"
	case GitLab:
		return `give the job all history: variables: {GIT_DEPTH: "0"}`
	case Bitbucket:
		return "give the step all history: clone: {depth: full}"
	case Jenkins:
		return "turn off the shallow clone, and let the refspec fetch the target branch"
	}
	return "git fetch --unshallow, and fetch the base branch"
}
