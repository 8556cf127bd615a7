package outbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Box is what is to be delivered from a workspace, and where to.
type Box struct {
	*workspace.Workspace
	targets map[string]config.Target
	places  map[string]*Place // those that were opened
	wrote   bool              // a record was made
	here    bool              // one was written that is on no remote
}

// Place is a target that the user has configured.
type Place struct {
	Name    string
	Service string // its type: github, slack
	deliver.Target
}

// UserFile is where the user's own configuration is, "" where no directory for it is
// known.
func UserFile(env git.Environ) string {
	if dir := env.Get("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "handoff", "config.yaml")
	}
	if home := env.Get("HOME"); filepath.IsAbs(home) {
		return filepath.Join(home, ".config", "handoff", "config.yaml")
	}
	if dir := env.Get("AppData"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "handoff", "config.yaml")
	}
	return ""
}

// Open reads what the user has configured. A file that is wrong is a
// *workspace.FindingsError.
func Open(ws *workspace.Workspace) (*Box, error) {
	user, err := readUser(ws.Env)
	if err != nil {
		return nil, err
	}
	return &Box{Workspace: ws, targets: user.Targets, places: make(map[string]*Place)}, nil
}

func readUser(env git.Environ) (*config.User, error) {
	user := new(config.User)
	if file := UserFile(env); file != "" {
		data, err := readFile(file)
		if err != nil {
			return nil, err
		}
		if data != nil {
			var findings []handoff.Finding
			user, findings = config.ParseUser(data)
			for i := range findings {
				findings[i].Path = file
			}
			if handoff.HasErrors(findings) {
				return nil, &workspace.FindingsError{What: "nothing was delivered", Findings: findings, Hint: "handoff help config shows its keys"}
			}
		}
	}
	if err := user.AddEnvironment(env); err != nil {
		return nil, workspace.Usagef("handoff help environment lists them", "%v", err)
	}
	return user, nil
}

// TargetNames are the targets that a user has configured, sorted.
func TargetNames(env git.Environ) ([]string, error) {
	user, err := readUser(env)
	if err != nil {
		return nil, err
	}
	return slices.Sorted(maps.Keys(user.Targets)), nil
}

// readFile reads a file, nil where there is none.
func readFile(path string) ([]byte, error) {
	f, err := plainfile.Open(path, 0, 0)
	if plainfile.IsAbsent(path, err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, handoff.MaxSize+1))
	if data == nil {
		data = []byte{}
	}
	return data, err // what is too long the parser refuses
}

// Configured reports whether anybody has named a target: the team in the repository,
// or the user.
func (b *Box) Configured() bool { return len(b.targets) > 0 || !b.TeamConfig.Deliver.IsZero() }

// Names are the targets that the user has configured, sorted.
func (b *Box) Names() []string { return slices.Sorted(maps.Keys(b.targets)) }

// NoTargetError says that the user has not configured a target.
type NoTargetError struct {
	Name  string
	Known []string // those that they have
}

func (e *NoTargetError) Error() string {
	if len(e.Known) == 0 {
		return fmt.Sprintf("%s: you have configured no target", e.Name)
	}
	return fmt.Sprintf("%s: you have configured no such target, but %s", e.Name, text.And(e.Known))
}

// Place opens a target by its name. The error is a *NoTargetError or a
// *deliver.NotSentError.
func (b *Box) Place(name string) (*Place, error) {
	if p := b.places[name]; p != nil {
		return p, nil
	}
	t, known := b.targets[name]
	if !known {
		return nil, &NoTargetError{name, b.Names()}
	}
	target, err := deliver.Open(deliver.Config{
		Name: name, Type: t.Type, Host: t.Host, Project: t.Project, Channel: t.Channel, User: t.User, From: t.From, To: t.To,
		Token: b.token(t), Webhook: b.given(t.WebhookEnv, t.WebhookCommand),
	}, deliver.Outside{Now: b.Clock})
	if err != nil {
		return nil, err
	}
	p := &Place{name, t.Type, target}
	b.places[name] = p
	return p, nil
}

// Default is the name of the target that the team has for a kind of things, "" for
// none.
func (b *Box) Default(kind deliver.Kind) string {
	d := b.TeamConfig.Deliver
	return map[deliver.Kind]string{
		deliver.KindBlocker: d.Blockers, deliver.KindQuestion: d.Questions, deliver.KindDecision: d.Decisions, deliver.KindHandoff: d.Handoffs,
	}[kind]
}

// MayRoute refuses where nothing can be delivered unless a target is named: the team
// names none, or none that the user has configured.
func (b *Box) MayRoute() error {
	d := b.TeamConfig.Deliver
	if d.IsZero() {
		return workspace.Usagef("name one for each kind under `deliver` in "+b.ConfigFile()+", by review", "the team has no target for anything")
	}
	for _, name := range []string{d.Handoffs, d.Blockers, d.Questions, d.Decisions} {
		if _, known := b.targets[name]; known {
			_, err := b.Place(name)
			return err
		}
	}
	return &NoTargetError{cmp.Or(d.Handoffs, d.Blockers, d.Questions, d.Decisions), b.Names()}
}

// loadAnew makes a part of the state known, with what was committed, or fetched, since.
func (b *Box) loadAnew(ctx context.Context, part fold.Part) error {
	if b.Index != nil {
		b.Index.Close()
	}
	return b.Load(ctx, part)
}

// reload is loadAnew for what is known of a delivery.
func (b *Box) reload(ctx context.Context, d *Delivery) error {
	if err := b.loadAnew(ctx, d.part()); err != nil {
		return err
	}
	t, err := b.thing(d.Subject)
	if err != nil {
		return err
	}
	d.Thing = t
	return nil
}

// isFault reports whether nothing was sent for a reason.
func isFault(err error, fault deliver.Fault) bool {
	e, ok := errors.AsType[*deliver.NotSentError](err)
	return ok && e.Fault == fault
}

// hostOf is the host that a configuration names, without scheme, port and path.
func hostOf(host string) string {
	if _, rest, ok := strings.Cut(host, "://"); ok {
		host = rest
	}
	host, _, _ = strings.Cut(host, "/")
	if name, _, ok := strings.Cut(host, ":"); ok {
		host = name
	}
	return strings.ToLower(host)
}
