package deliver

import (
	"fmt"
	"maps"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// Config is a target as the user's own configuration describes it. Nothing of it may
// come from a repository. Which fields a type needs, and what they mean to it, stands
// at its function below (newGitHub, newSlack …).
type Config struct {
	Name string // as the user calls it: "github", "payments-chat"
	Type string // one of Types

	Host    string   // "git.example.com", or a URL with scheme, port and path; "" for the service's own
	Project string   // "owner/repository", "group/sub/project"; of Jira and Linear the prefix of tickets, "PAY"
	Channel string   // of a chat, as its API knows it: "C012AB3CD"
	User    string   // who signs in, where a token is not enough: of Jira and of mail
	From    string   // of mail: the address of the sender
	To      []string // of mail: addresses that get every message

	Token   Source // a token, a password, the key of signatures
	Webhook Source // the address of a webhook, which is a secret
}

// Outside is what a target needs of the world beside its network.
type Outside struct {
	Now func() time.Time
}

// Types are the types of targets, sorted.
func Types() []string { return slices.Sorted(maps.Keys(types())) }

// Open checks what a configuration says of a target. It asks nobody. The error is a
// *NotSentError of FaultConfig.
func Open(c Config, o Outside) (Target, error) {
	open, known := types()[c.Type]
	if !known {
		return nil, c.wrong("type: %q is none of %s", c.Type, strings.Join(Types(), ", "))
	}
	return open(c, o)
}

// types are the constructors of targets. A function, so that a program which opens
// none pays for none.
func types() map[string]func(Config, Outside) (Target, error) {
	return map[string]func(Config, Outside) (Target, error){
		"forgejo":    newGitea,
		"gitea":      newGitea,
		"github":     newGitHub,
		"gitlab":     newGitLab,
		"googlechat": newGoogleChat,
		"jira":       newJira,
		"linear":     newLinear,
		"mail":       newMail,
		"slack":      newSlack,
		"teams":      newTeams,
		"webhook":    newWebhook,
	}
}

// wrong says what is wrong with a configuration.
func (c Config) wrong(format string, args ...any) error {
	return &NotSentError{Target: c.Name, Fault: FaultConfig, Why: text.OneLine(fmt.Sprintf(format, args...))}
}

// base reads Host. One without a scheme is one of https; nothing goes over the wire
// in the clear but to this machine.
func (c Config) base() (*url.URL, error) {
	if c.Host == "" {
		return nil, c.wrong("host: it is missing")
	}
	host := c.Host
	if !strings.Contains(host, "://") {
		host = "https://" + host
	}
	u, err := url.Parse(host)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, c.wrong("host: write a host, or https://host/path, without user, ? and #")
	}
	if err := encrypted(u); err != nil {
		return nil, c.wrong("host: %v", err)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), ""
	return u, nil
}

// encrypted says what is wrong with a URL that a secret would travel to in the clear.
func encrypted(u *url.URL) error {
	if u.Scheme == "https" || u.Scheme == "http" && isLoopback(u.Hostname()) {
		return nil
	}
	return fmt.Errorf("%s:// is not encrypted: only https:// is, and http:// to this machine", u.Scheme)
}

// isLoopback reports whether a host is this machine, whatever a resolver says.
func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
