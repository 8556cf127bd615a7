package cli

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/text"
)

// checked is what a check has looked at, and what is wrong with it.
type checked struct {
	records     int
	findings    []handoff.Finding
	config      bool        // the configuration was checked
	pullRequest *prDocument // nil where none was looked at
}

// says is what was checked, and what was found.
func (c checked) says() string {
	var configuration string
	records := text.Count(c.records, "record")
	if c.config {
		configuration = "the configuration"
		if c.records == 0 {
			records = ""
		}
	}
	return joinNonEmpty(", ", c.pullRequest.says(), records, configuration, countFindings(c.findings))
}

// fails reports whether there are errors or, of a strict check, warnings. That the
// configuration is edited is none of those: it is for people to look at, and
// nothing in the change could make it go away.
func (c checked) fails(strict bool) bool {
	return handoff.HasErrors(c.findings) ||
		strict && slices.ContainsFunc(c.findings, func(f handoff.Finding) bool { return f.Code != guard.CodeConfig })
}

// checkFile checks a record, or a draft, which is one without an id. A record
// that is published is not measured by the state that it is part of.
func checkFile(data []byte, ws *workspace, now time.Time) []handoff.Finding {
	parsed := handoff.Parse(data, handoff.KindHandoff)
	c := rules.Context{Now: now}
	switch {
	case ws == nil:
	case parsed.Record != nil && ws.state.Records[parsed.Record.ID] != nil:
		c = ws.publishedContext()
		c.By = parsed.Record.By
	default:
		c = ws.ruleContext()
		c.Now = ws.now
	}
	c.Draft = !parsed.Has("id")
	return rules.Check(parsed, c)
}

// checkRefs checks every record that the refs reach, and what they add up to.
func (ws *workspace) checkRefs(ctx context.Context) (found checked, err error) {
	err = ws.loadAll(ctx)
	var missing *odb.MissingError
	if err != nil && (!errors.As(err, &missing) || ws.set == nil) {
		return found, err
	}
	found.records, found.findings = len(ws.set.Records), ws.configFindings
	if missing != nil {
		found.findings = append(found.findings, handoff.Finding{Code: "HO903", Level: handoff.LevelError,
			Message: err.Error() + "; what the records add up to is not checked", Fix: fetchesMissing})
	}
	for _, p := range ws.set.Problems {
		found.findings = append(found.findings, handoff.Finding{Code: p.Code, Level: handoff.LevelError, Record: p.Record, Path: p.Path, Message: saysOf(p), Fix: p.Fix})
	}
	c := ws.publishedContext()
	for _, r := range ws.set.Records {
		data, err := ws.Read(r.Source.Blob, handoff.MaxSize)
		if err != nil {
			return found, err
		}
		c.By = r.By
		for _, f := range rules.Check(handoff.Parse(data, ""), c) {
			f.Path, f.Record = r.Source.Path, r.ID
			found.findings = append(found.findings, f)
		}
	}
	if missing == nil {
		state, err := ws.whole()
		if err != nil {
			return found, err
		}
		for _, f := range rules.CheckState(state, ws.ruleContext()) {
			found.findings = append(found.findings, ws.located(f))
		}
	}
	return found, ws.checkUncommitted(ctx, &found)
}

// saysOf is the message of a problem, with where it was found.
func saysOf(p handoff.Problem) string {
	if p.Ref == "" || p.Ref == p.Path {
		return p.Message
	}
	return p.Message + " (in " + shortRef(p.Ref) + ")"
}

// publishedContext is what a record is checked against long after: what the
// team has agreed on. The state before the record, and who was in the team, are
// of their time and not known.
func (ws *workspace) publishedContext() rules.Context {
	c := ws.ruleContext()
	return rules.Context{Now: c.Now, Config: &config.Config{Rules: c.Config.Rules, Timing: c.Config.Timing}}
}

// located adds the file of the record that a finding is about.
func (ws *workspace) located(f handoff.Finding) handoff.Finding {
	if r := ws.state.Records[f.Record]; r != nil && f.Path == "" {
		f.Path = r.Source.Path
	}
	return f
}

// checkUncommitted reports what the work tree has and no ref holds: records are
// not believed then, and a configuration does not count.
func (ws *workspace) checkUncommitted(ctx context.Context, found *checked) error {
	if ws.Worktree() == "" {
		return nil
	}
	known := make(map[string]bool, len(ws.set.Files))
	for _, f := range ws.set.Files {
		known[f.Path] = true
	}
	top := filepath.Join(ws.Worktree(), filepath.FromSlash(ws.dir))
	return filepath.WalkDir(top, func(file string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case entry.IsDir():
			return nil
		}
		rel, err := filepath.Rel(top, file)
		if err != nil {
			return err
		}
		name := path.Join(ws.dir, filepath.ToSlash(rel))
		if name == ws.configFile() && ws.hasConfig {
			if differs, err := ws.configDiffers(ctx, file); err != nil || !differs {
				return err
			}
			found.findings = append(found.findings, handoff.Finding{Code: "HO903", Level: handoff.LevelWarning, Path: name,
				Message: configNotCommitted, Fix: "commit it"})
			return nil
		}
		if !known[name] && strings.HasSuffix(name, ".yaml") {
			fix := "publish it with handoff declare -f, or remove it"
			if isPeopleFile(ws.inside(name)) {
				fix = "commit it"
			}
			found.findings = append(found.findings, handoff.Finding{Code: "HO903", Level: handoff.LevelWarning, Path: name,
				Message: "not committed, so it does not count", Fix: fix})
		}
		return nil
	})
}
