package config

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// User is what somebody has configured for themselves, or for a job of CI: what the
// targets are that a team's configuration names. It is in no repository, so it may
// name hosts, and programs that tell a secret. It holds no secret itself.
type User struct {
	Version int               `yaml:"format"`
	Targets map[string]Target `yaml:"targets,omitempty"` // by name
}

// Target is a place elsewhere that things are delivered to. Which of the keys a type
// needs is for the type to say.
type Target struct {
	Type    string   `yaml:"type"` // github, slack, mail …
	Host    string   `yaml:"host,omitempty"`
	Project string   `yaml:"project,omitempty"`
	Channel string   `yaml:"channel,omitempty"`
	User    string   `yaml:"user,omitempty"`
	From    string   `yaml:"from,omitempty"`
	To      []string `yaml:"to,omitempty"`

	TokenEnv       string   `yaml:"token_env,omitempty"`       // the variable that has the token
	TokenCommand   []string `yaml:"token_command,omitempty"`   // a program that prints it, and its arguments
	WebhookEnv     string   `yaml:"webhook_env,omitempty"`     // likewise the address of a webhook
	WebhookCommand []string `yaml:"webhook_command,omitempty"` // likewise
}

// placeOfSecrets says where a secret can be.
const placeOfSecrets = "name the variable that has it in `token_env` or `webhook_env`, or a program that prints it in `token_command` or `webhook_command`"

// ParseUser reads the file of a user, as [Parse] reads that of a team: what is wrong
// is in the findings. The User is nil when there is nothing to read values from.
func ParseUser(data []byte) (*User, []handoff.Finding) {
	root, findings := handoff.ParseTree(data)
	if root == nil {
		return nil, findings
	}
	d := &decoder{own: true, findings: findings, positions: make(map[string]position)}
	if !d.format(root) {
		return nil, d.findings
	}
	u := &User{}
	d.value(root, reflect.ValueOf(u).Elem(), "")
	c := checker{Config: Default(), decoder: d}
	for _, name := range slices.Sorted(maps.Keys(u.Targets)) {
		c.checkTarget(name, u.Targets[name])
	}
	handoff.SortFindings(d.findings)
	return u, d.findings
}

// variable matches the names of environment variables.
var variable = text.Pattern(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (c *checker) checkTarget(name string, t Target) {
	field := "targets." + name
	if !handoff.ValidSlug(name) || name == handoff.ViaGit {
		c.fail("HO101", field, fmt.Sprintf("%q is not a name for a target", text.OneLine(name)), "use 2 to 64 of a-z, 0-9 and dash, such as payments-chat, and not git")
	}
	for key, value := range map[string]string{"token_env": t.TokenEnv, "webhook_env": t.WebhookEnv} {
		if value != "" && !variable().MatchString(value) {
			c.fail("HO101", field+"."+key, "the value is not the name of an environment variable", "write the name, such as SLACK_BOT_TOKEN, and not what it holds")
		}
	}
	for _, two := range [][2]string{{"token_env", "token_command"}, {"webhook_env", "webhook_command"}} {
		if c.given(field+"."+two[0]) && c.given(field+"."+two[1]) {
			c.fail("HO101", field+"."+two[1], "`"+two[0]+"` says where it is already", "keep one of the two")
		}
	}
}

// targetPrefix begins the variables that say what a target is.
const targetPrefix = "HANDOFF_TARGET_"

// AddEnvironment adds what variables say of targets, which counts more than the file:
// HANDOFF_TARGET_PAYMENTS_CHAT_CHANNEL=C012AB3CD is the channel of payments-chat. What
// is a secret stays where it is.
func (u *User) AddEnvironment(environ []string) error {
	for _, setting := range environ {
		variable, value, _ := strings.Cut(setting, "=")
		rest, ok := strings.CutPrefix(variable, targetPrefix)
		if !ok {
			continue
		}
		name, key, err := splitTarget(rest)
		if err != nil {
			return fmt.Errorf("%s: %w", variable, err)
		}
		t := u.Targets[name]
		switch key {
		case "TOKEN":
			t.TokenEnv, t.TokenCommand = variable, nil
		case "WEBHOOK":
			t.WebhookEnv, t.WebhookCommand = variable, nil
		case "TO":
			t.To = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
		default:
			*t.setting(key) = value
		}
		if u.Targets == nil {
			u.Targets = make(map[string]Target)
		}
		u.Targets[name] = t
	}
	return nil
}

// setting is the plain key of a target under its name in a variable, nil for none.
func (t *Target) setting(key string) *string {
	return map[string]*string{
		"TYPE": &t.Type, "HOST": &t.Host, "PROJECT": &t.Project, "CHANNEL": &t.Channel, "USER": &t.User, "FROM": &t.From,
	}[key]
}

// splitTarget takes a variable apart, without its prefix: the name of the target and
// the key.
func splitTarget(rest string) (name, key string, err error) {
	at := strings.LastIndexByte(rest, '_')
	if at > 0 {
		name, key = strings.ToLower(strings.ReplaceAll(rest[:at], "_", "-")), rest[at+1:]
	}
	known := key == "TOKEN" || key == "WEBHOOK" || key == "TO" || new(Target).setting(key) != nil
	if !known || !handoff.ValidSlug(name) || name == handoff.ViaGit {
		return "", "", fmt.Errorf("not a setting of a target: write %sNAME_KEY, with TYPE, HOST, PROJECT, CHANNEL, USER, FROM, TO, TOKEN or WEBHOOK as the key", targetPrefix)
	}
	return name, key, nil
}

// Account is what a service knows a person by, "" for nothing that the roster says.
func (p Person) Account(service string) string {
	switch service {
	case "github":
		return p.GitHub
	case "gitlab":
		return p.GitLab
	case "gitea", "forgejo":
		return p.Gitea
	case "jira":
		return p.Jira
	case "linear":
		return p.Linear
	case "slack":
		return p.Slack
	case "teams":
		return p.Teams
	case "googlechat":
		if p.Google != "" {
			return "users/" + p.Google
		}
	case "mail":
		return cmp.Or(p.Emails...)
	}
	return ""
}
