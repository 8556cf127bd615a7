package outbox

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/text"
)

// The bounds of a program that tells a secret.
const (
	secretWait = 20 * time.Second // somebody may have to type a passphrase
	mostSecret = 16 << 10         // bytes
)

// given is the source of a secret that the user's configuration names: a variable, or
// a program; nil for neither.
func (b *Box) given(variable string, command []string) deliver.Source {
	switch {
	case variable != "":
		return func(context.Context) (deliver.Secret, error) {
			if value := strings.TrimSpace(b.Env.Get(variable)); value != "" {
				return deliver.NewSecret(value), nil
			}
			return deliver.Secret{}, fmt.Errorf("the environment variable %s is not set", variable)
		}
	case len(command) > 0:
		return func(ctx context.Context) (deliver.Secret, error) { return b.ask(ctx, command) }
	}
	return nil
}

// ask runs a program that prints a secret, without a shell, in a directory that no
// repository has written.
func (b *Box) ask(ctx context.Context, command []string) (deliver.Secret, error) {
	name := text.OneLine(command[0])
	program := b.Env.FindProgram(command[0])
	if program == "" {
		return deliver.Secret{}, fmt.Errorf("the program %s is not there", name)
	}
	ctx, cancel := context.WithTimeout(ctx, secretWait)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, command[1:]...)
	cmd.Env, cmd.Dir = b.Env, filepath.VolumeName(program)+string(filepath.Separator)
	cmd.WaitDelay = time.Second // what it started may keep its output open
	out := bounded{limit: mostSecret}
	cmd.Stdout = &out
	err := cmd.Run()
	secret := strings.TrimSpace(out.String())
	switch {
	case ctx.Err() != nil:
		return deliver.Secret{}, fmt.Errorf("%s has printed no secret within %s", name, secretWait)
	case out.full:
		return deliver.Secret{}, fmt.Errorf("%s has printed more than a secret", name)
	case err != nil:
		return deliver.Secret{}, fmt.Errorf("%s has failed: %w", name, err)
	case secret == "" || strings.ContainsAny(secret, "\r\n"):
		return deliver.Secret{}, fmt.Errorf("%s has not printed one line", name)
	}
	return deliver.NewSecret(secret), nil
}

// bounded keeps so many bytes of what is written to it.
type bounded struct {
	bytes.Buffer
	limit int
	full  bool
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.full = b.full || b.Len()+len(p) > b.limit; b.full {
		return 0, errors.New("too long")
	}
	return b.Buffer.Write(p)
}

// token is the source of the token of a target: what the user's configuration names;
// else the variables that are usual for the service, where the token in them belongs
// to the host of the target, and what the service's own program keeps for that host.
// It is nil where there is nowhere to look.
func (b *Box) token(t config.Target) deliver.Source {
	if source := b.given(t.TokenEnv, t.TokenCommand); source != nil || t.WebhookEnv != "" || len(t.WebhookCommand) > 0 {
		return source
	}
	var variables, command []string
	host := hostOf(t.Host)
	switch t.Type {
	case "github":
		host = strings.TrimPrefix(cmp.Or(host, "github.com"), "api.")
		variables, command = b.githubVariables(host), []string{"gh", "auth", "token", "--hostname", host}
	case "gitlab":
		host = cmp.Or(host, "gitlab.com")
		if host == cmp.Or(hostOf(b.Env.Get("GITLAB_HOST")), "gitlab.com") {
			variables = []string{"GITLAB_TOKEN"}
		}
		command = []string{"glab", "config", "get", "token", "--host", host}
	case "gitea", "forgejo":
		if host != "" && (host == hostOf(b.Env.Get("GITEA_SERVER_URL")) || host == hostOf(b.Env.Get("GITHUB_SERVER_URL"))) {
			variables = []string{"GITEA_TOKEN", "GITHUB_TOKEN"}
		}
	case "linear":
		if host == "" {
			variables = []string{"LINEAR_API_KEY"}
		}
	case "slack":
		if host == "" {
			variables = []string{"SLACK_BOT_TOKEN"}
		}
	case "jira":
	default:
		return nil
	}
	return func(ctx context.Context) (deliver.Secret, error) { return b.usual(ctx, variables, command) }
}

// githubVariables are the variables whose token belongs to a host of GitHub, as its
// own program reads them, and a job on it.
func (b *Box) githubVariables(host string) (variables []string) {
	job := cmp.Or(hostOf(b.Env.Get("GITHUB_SERVER_URL")), "github.com")
	switch {
	case host == "github.com" || strings.HasSuffix(host, ".ghe.com"):
		variables = append(variables, "GH_TOKEN")
	case host == hostOf(b.Env.Get("GH_HOST")):
		variables = append(variables, "GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
	}
	if host == job {
		variables = append(variables, "GITHUB_TOKEN")
	}
	return variables
}

// usual looks for a token in variables, then asks a program that may be there.
func (b *Box) usual(ctx context.Context, variables, command []string) (deliver.Secret, error) {
	for _, name := range variables {
		if value := strings.TrimSpace(b.Env.Get(name)); value != "" {
			return deliver.NewSecret(value), nil
		}
	}
	if len(command) > 0 && b.Env.FindProgram(command[0]) != "" {
		return b.ask(ctx, command)
	}
	where := "token_env or token_command"
	if len(variables) > 0 {
		where = strings.Join(variables, ", ") + ", " + where
	}
	return deliver.Secret{}, fmt.Errorf("there is no token: it is looked for in %s", where)
}
