package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/store"
)

// ConfigFile is where the configuration is, from the top of the repository.
func (ws *Workspace) ConfigFile() string { return path.Join(ws.RecordDir, "config.yaml") }

// readConfig reads the configuration that HEAD holds: what lies in the work tree
// counts once it is committed. With one that is wrong the defaults stand. Who
// reads is told so; who writes is refused, for half a configuration would route
// blockers to the wrong person.
func (ws *Workspace) readConfig(ctx context.Context) error {
	ws.TeamConfig = config.Default()
	if ws.HEAD.Unborn {
		return nil
	}
	committed, findings, err := ws.ConfigAt(ctx, ws.HEAD.Hash)
	if err != nil {
		return err
	}
	ws.ConfigFindings, ws.HasConfig = findings, committed != nil
	if committed != nil && !handoff.HasErrors(findings) {
		ws.TeamConfig = committed
	}
	return nil
}

// ConfigAt reads the configuration that a commit holds, nil where it holds none,
// and says what is wrong with it. Of one that is wrong what could be read is
// returned, with the defaults for the rest.
func (ws *Workspace) ConfigAt(ctx context.Context, commit string) (*config.Config, []handoff.Finding, error) {
	data, err := ws.ReadFile(ctx, commit, ws.ConfigFile(), handoff.MaxSize)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	return ws.JudgeConfig(data, err)
}

// JudgeConfig parses a configuration that was read with an error or without. The
// error that it returns is one of the repository.
func (ws *Workspace) JudgeConfig(data []byte, err error) (*config.Config, []handoff.Finding, error) {
	name := ws.ConfigFile()
	if fault, ok := ws.unusableConfig(err); ok {
		fault.Path, fault.Line, fault.Col = name, 1, 1
		return config.Default(), []handoff.Finding{fault}, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	c, findings := config.Parse(data)
	if c == nil {
		c = config.Default()
	}
	for i := range findings {
		findings[i].Path = name
	}
	return c, findings, nil
}

// unusableConfig says what stands in the place of a configuration, where reading
// it failed for that reason.
func (ws *Workspace) unusableConfig(err error) (handoff.Finding, bool) {
	f := handoff.Finding{Code: "HO903", Level: handoff.LevelError, Fix: "make it a plain file"}
	var (
		large *odb.TooLargeError
		other *odb.KindError
	)
	switch {
	case errors.Is(err, fs.ErrInvalid):
		f.Message = "a symbolic link, a submodule or a directory stands in the place of the configuration"
	case errors.As(err, &other):
		f.Message = fmt.Sprintf("a %s stands in the place of the configuration", other.Kind)
	case errors.As(err, &large):
		f.Code, f.Message, f.Fix = "HO910", fmt.Sprintf("%d bytes, at most %d are read", large.Size, large.Max), "shorten it"
	case store.IsDamage(err) || store.Lasting(err):
		f.Message, f.Fix = err.Error(), ws.WayOut(git.Ref{Name: "HEAD"}, store.Lasting(err))
	default:
		return f, false
	}
	return f, true
}

// ConfigError refuses a configuration that is wrong, nil when it is in order.
func (ws *Workspace) ConfigError() error {
	if !handoff.HasErrors(ws.ConfigFindings) {
		return nil
	}
	return &FindingsError{What: "the configuration in HEAD is not used", Findings: ws.ConfigFindings,
		Hint: "correct " + ws.ConfigFile() + " and commit it"}
}

// ConfigNotCommitted is said of a configuration in the work tree.
const ConfigNotCommitted = "it differs from the one in HEAD, which is the one that counts"

// ConfigDiffers reports whether a file of the work tree holds another
// configuration than HEAD. Line ends, which git may have changed, do not count.
func (ws *Workspace) ConfigDiffers(ctx context.Context, file string) (bool, error) {
	committed, err := ws.ReadFile(ctx, ws.HEAD.Hash, ws.ConfigFile(), handoff.MaxSize)
	if _, unusable := ws.unusableConfig(err); unusable {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	data, err := plainfile.Read(file)
	if other := new(plainfile.NotFileError); errors.As(err, &other) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	unix := func(data []byte) []byte { return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")) }
	return !bytes.Equal(unix(data), unix(committed)), nil
}
