package config

import (
	"reflect"
	"strings"
	"testing"
)

func TestParseUser(t *testing.T) {
	u, findings := ParseUser([]byte(`format: 1
targets:
  github: {type: github, project: example/app}
  payments-chat: {type: slack, channel: C012AB3CD, token_command: [pass, show, slack]}
  mail: {type: mail, host: mail.example.com, user: ana, from: ana@example.com, to: [team@example.com], token_env: MAIL_PASSWORD}
`))
	want := map[string]Target{
		"github":        {Type: "github", Project: "example/app"},
		"payments-chat": {Type: "slack", Channel: "C012AB3CD", TokenCommand: []string{"pass", "show", "slack"}},
		"mail":          {Type: "mail", Host: "mail.example.com", User: "ana", From: "ana@example.com", To: []string{"team@example.com"}, TokenEnv: "MAIL_PASSWORD"},
	}
	if len(findings) > 0 || !reflect.DeepEqual(u.Targets, want) {
		t.Errorf("read %+v, findings %+v", u, findings)
	}
}

func TestParseUserFindings(t *testing.T) {
	for _, test := range []struct{ in, field, message string }{
		{"targets: {chat: {type: slack, token: xoxb-1}}", "targets.chat.token", "`token_env`"},
		{"targets: {chat: {type: slack, webhook_url: https://hooks.example.com/x}}", "targets.chat.webhook_url", "webhook_command"},
		{"targets: {chat: {type: slack, chanel: C1}}", "targets.chat.chanel", "did you mean `channel`?"},
		{"targets: {Chat: {type: slack}}", "targets.Chat", "not a name for a target"},
		{"targets: {git: {type: slack}}", "targets.git", "not git"},
		{"targets: {chat: {type: slack, token_env: xoxb-17}}", "targets.chat.token_env", "and not what it holds"},
		{"targets: {chat: {type: slack, token_env: A, token_command: [b]}}", "targets.chat.token_command", "keep one"},
		{"targets: {chat: {type: slack, token_command: pass show x}}", "targets.chat.token_command", "not a list"},
		{"deliver: {blockers: chat}", "deliver", "known here: format, targets"},
	} {
		_, findings := ParseUser([]byte("format: 1\n" + test.in + "\n"))
		if len(findings) != 1 || findings[0].Field != test.field || !strings.Contains(findings[0].Message+" "+findings[0].Fix, test.message) {
			t.Errorf("%s: findings %+v", test.in, findings)
		}
	}
}

func TestAddEnvironment(t *testing.T) {
	u := &User{Targets: map[string]Target{"payments-chat": {Type: "slack", Channel: "C1", TokenCommand: []string{"pass"}}}}
	err := u.AddEnvironment([]string{
		"HOME=/home/ana", "HANDOFF_TARGET_PAYMENTS_CHAT_CHANNEL=C2", "HANDOFF_TARGET_PAYMENTS_CHAT_TOKEN=xoxb-1",
		"HANDOFF_TARGET_MAIL_TYPE=mail", "HANDOFF_TARGET_MAIL_TO=a@example.com, b@example.com",
	})
	want := map[string]Target{
		"payments-chat": {Type: "slack", Channel: "C2", TokenEnv: "HANDOFF_TARGET_PAYMENTS_CHAT_TOKEN"},
		"mail":          {Type: "mail", To: []string{"a@example.com", "b@example.com"}},
	}
	if err != nil || !reflect.DeepEqual(u.Targets, want) {
		t.Errorf("%v, targets %+v", err, u.Targets)
	}
	for _, wrong := range []string{"HANDOFF_TARGET_TYPE=slack", "HANDOFF_TARGET_CHAT_URL=x", "HANDOFF_TARGET_GIT_TYPE=slack", "HANDOFF_TARGET_=x"} {
		if err := new(User).AddEnvironment([]string{wrong}); err == nil || strings.Contains(err.Error(), "=") {
			t.Errorf("%s: error %v", wrong, err)
		}
	}
}
