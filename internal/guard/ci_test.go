package guard

import (
	"reflect"
	"testing"
)

func lookIn(env map[string]string) func(string) string {
	return func(name string) string { return env[name] }
}

const pullRequestEvent = `{
  "action": "synchronize", "number": 7,
  "pull_request": {
    "number": 7, "title": "PAY-311: refunds", "draft": true,
    "user": {"login": "dependabot[bot]", "type": "Bot"},
    "labels": [{"name": "no-handoff"}, {"name": "a,b"}],
    "head": {"ref": "refunds", "sha": "aaaa", "repo": {"fork": true}},
    "base": {"ref": "release/2", "sha": "bbbb"}
  }
}`

func TestDetect(t *testing.T) {
	tests := []struct {
		name    string
		env     map[string]string
		event   string
		service Service
		want    *PullRequest // nil is none
	}{
		{"a terminal", nil, "", "", nil},
		{
			"github", map[string]string{"GITHUB_ACTIONS": "true", "CI": "true", "GITHUB_BASE_REF": "release/2"}, pullRequestEvent, GitHub,
			&PullRequest{Number: 7, Title: "PAY-311: refunds", Author: "dependabot[bot]", Bot: true, Branch: "refunds",
				Base: "release/2", BaseSHA: "bbbb", HeadSHA: "aaaa", Draft: true, Labels: []string{"no-handoff", "a,b"}},
		},
		{
			"github without the event", map[string]string{"GITHUB_ACTIONS": "true", "GITHUB_BASE_REF": "main", "GITHUB_HEAD_REF": "x",
				"GITHUB_REF": "refs/pull/12/merge", "GITHUB_ACTOR": "ana"}, "", GitHub,
			&PullRequest{Number: 12, Branch: "x", Base: "main", Author: "ana"},
		},
		{
			"merge queue", map[string]string{"GITHUB_ACTIONS": "true"},
			`{"merge_group": {"head_sha": "aaaa", "head_ref": "refs/heads/gh-readonly-queue/main/pr-104-0123abcd", "base_sha": "bbbb", "base_ref": "refs/heads/main"}}`, GitHub,
			&PullRequest{Number: 104, Queued: true, HeadSHA: "aaaa", Base: "main", BaseSHA: "bbbb"},
		},
		{"a push", map[string]string{"GITHUB_ACTIONS": "true"}, `{"ref": "refs/heads/main", "commits": []}`, GitHub, nil},
		{
			"gitea", map[string]string{"GITHUB_ACTIONS": "true", "GITEA_ACTIONS": "true"}, pullRequestEvent, Gitea,
			&PullRequest{Number: 7, Title: "PAY-311: refunds", Author: "dependabot[bot]", Bot: true, Branch: "refunds",
				Base: "release/2", BaseSHA: "bbbb", HeadSHA: "aaaa", Draft: true, Labels: []string{"no-handoff", "a,b"}},
		},
		{"forgejo, a push", map[string]string{"GITHUB_ACTIONS": "true", "FORGEJO_ACTIONS": "true"}, "{}", Gitea, nil},
		{
			"gitlab", map[string]string{"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "9", "CI_MERGE_REQUEST_TITLE": "Draft: x",
				"CI_MERGE_REQUEST_SOURCE_BRANCH_NAME": "x", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
				"CI_MERGE_REQUEST_DIFF_BASE_SHA": "bbbb", "CI_COMMIT_SHA": "aaaa", "CI_MERGE_REQUEST_LABELS": "one,two words"}, "", GitLab,
			&PullRequest{Number: 9, Title: "Draft: x", Branch: "x", Base: "main", BaseSHA: "bbbb", HeadSHA: "aaaa", Draft: true, Labels: []string{"one", "two words"}},
		},
		{
			"gitlab, merge train", map[string]string{"GITLAB_CI": "true", "CI_MERGE_REQUEST_IID": "9", "CI_MERGE_REQUEST_EVENT_TYPE": "merge_train",
				"CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": "aaaa", "CI_COMMIT_SHA": "cccc"}, "", GitLab,
			&PullRequest{Number: 9, HeadSHA: "aaaa", Queued: true},
		},
		{"gitlab, a branch", map[string]string{"GITLAB_CI": "true", "CI_COMMIT_SHA": "aaaa"}, "", GitLab, nil},
		{
			"bitbucket", map[string]string{"BITBUCKET_BUILD_NUMBER": "1", "BITBUCKET_PR_ID": "3", "BITBUCKET_BRANCH": "x",
				"BITBUCKET_PR_DESTINATION_BRANCH": "main", "BITBUCKET_PR_DESTINATION_COMMIT": "bbbb", "BITBUCKET_COMMIT": "aaaa"}, "", Bitbucket,
			&PullRequest{Number: 3, Branch: "x", Base: "main", BaseSHA: "bbbb", HeadSHA: "aaaa"},
		},
		{"bitbucket, a branch", map[string]string{"BITBUCKET_BUILD_NUMBER": "1"}, "", Bitbucket, nil},
		{
			"jenkins", map[string]string{"JENKINS_URL": "https://ci", "CHANGE_ID": "5", "CHANGE_TARGET": "main", "CHANGE_BRANCH": "x",
				"CHANGE_TITLE": "T", "CHANGE_AUTHOR": "ana", "GIT_COMMIT": "cccc"}, "", Jenkins,
			&PullRequest{Number: 5, Title: "T", Author: "ana", Branch: "x", Base: "main"},
		},
		{"jenkins, a branch", map[string]string{"JENKINS_URL": "https://ci"}, "", Jenkins, nil},
	}
	for _, test := range tests {
		getenv := lookIn(test.env)
		service := Running(getenv)
		got, ok, err := Detect(service, getenv, []byte(test.event))
		if err != nil || service != test.service || ok != (test.want != nil) {
			t.Errorf("%s: service %q, found %v, %v", test.name, service, ok, err)
			continue
		}
		if ok && !reflect.DeepEqual(got, *test.want) {
			t.Errorf("%s:\ngot  %+v\nwant %+v", test.name, got, *test.want)
		}
	}
}

func TestDetectRefusesAnEventThatIsNone(t *testing.T) {
	if _, _, err := Detect(GitHub, lookIn(nil), []byte("<html>")); err == nil {
		t.Error("no error")
	}
}
