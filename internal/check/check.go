// Package check is what `handoff check` finds: in files, in the records of the refs
// that count, in what is staged, in the commits of a range, in a pull request, and
// what is past its deadline. It is handed an open workspace, and prints nothing.
package check

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Result is what a check has looked at, and what is wrong with it.
type Result struct {
	OK          bool              `json:"ok"`
	Records     int               `json:"records"`
	Findings    []handoff.Finding `json:"findings"`
	PullRequest *PRDocument       `json:"pull_request"` // nil where none was looked at

	Author string         `json:"-"` // of the last work of a change, by handle; "" without any
	Config bool           `json:"-"` // the configuration was checked
	Agreed *config.Config `json:"-"` // that by which a pull request is judged, else nil
}

// Says is what was checked, and what was found.
func (c Result) Says() string {
	var configuration string
	records := text.Count(c.Records, "record")
	if c.Config {
		configuration = "the configuration"
		if c.Records == 0 {
			records = ""
		}
	}
	return text.JoinNonEmpty(", ", c.PullRequest.says(), records, configuration, handoff.CountFindings(c.Findings))
}

// Fails reports whether there are errors or, of a strict check, warnings. That the
// configuration is edited is none of those: it is for people to look at, and
// nothing in the change could make it go away.
func (c Result) Fails(strict bool) bool {
	return handoff.HasErrors(c.Findings) ||
		strict && slices.ContainsFunc(c.Findings, func(f handoff.Finding) bool { return f.Code != guard.CodeConfig })
}

// File checks a record, or a draft, which is one without an id. A record
// that is published is not measured by the state that it is part of.
func File(data []byte, ws *workspace.Workspace, now time.Time) []handoff.Finding {
	parsed := handoff.Parse(data, handoff.KindHandoff)
	c := rules.Context{Now: now}
	if !parsed.Has("id") {
		return draft(data, ws, now)
	}
	switch {
	case ws == nil:
	case parsed.Record != nil && ws.State.Records[parsed.Record.ID] != nil:
		c = publishedContext(ws)
		c.By = parsed.Record.By
	default:
		c = ws.RuleContext()
		c.Now = ws.Moment
	}
	return rules.Check(parsed, c)
}

// draft checks a draft as it would be read to be published.
func draft(data []byte, ws *workspace.Workspace, now time.Time) []handoff.Finding {
	c := rules.Context{Now: now}
	how := handoff.Reading{Time: func(text string) (time.Time, error) {
		return calendar.ParseTime(text, calendar.Reference{Now: now})
	}}
	if ws != nil {
		c, how = ws.RuleContext(), ws.Reading()
		c.Now = ws.Moment
	}
	c.Draft = true
	doc := handoff.ParseDraft(data, how)
	if doc.Record == nil {
		return rules.Check(doc, c)
	}
	var unclear []handoff.Finding
	if h, ok := doc.Record.Body.(*handoff.Handoff); ok {
		doc.Record.Body = handoff.Link(h)
		if ws != nil {
			unclear = ws.Unclear(h)
		}
	}
	for i := range unclear {
		unclear[i].Line, unclear[i].Col = doc.Locate(unclear[i].Field)
	}
	return append(rules.Check(doc, c), unclear...)
}

// Records checks every record that the refs reach, and what they add up to.
func Records(ctx context.Context, ws *workspace.Workspace) (found Result, err error) {
	err = ws.LoadAll(ctx)
	var missing *odb.MissingError
	if err != nil && (!errors.As(err, &missing) || ws.Set == nil) {
		return found, err
	}
	found.Records, found.Findings = len(ws.Set.Records), ws.ConfigFindings
	if missing != nil {
		found.Findings = append(found.Findings, handoff.Finding{Code: "HO903", Level: handoff.LevelError,
			Message: err.Error() + "; what the records add up to is not checked", Fix: workspace.FetchesMissing})
	}
	for _, p := range ws.Set.Problems {
		found.Findings = append(found.Findings, handoff.Finding{Code: p.Code, Level: handoff.LevelError, Record: p.Record, Path: p.Path, Message: SaysOf(p), Fix: p.Fix})
	}
	c, written := publishedContext(ws), newEarlier(ws.Set.Records)
	for _, r := range ws.Set.Records {
		data, err := ws.Read(r.Source.Blob, handoff.MaxSize)
		if err != nil {
			return found, err
		}
		c.By = r.By
		c.Earlier = func(list, id string) []*handoff.Handoff { return written.before(r, list, id) }
		for _, f := range rules.Check(handoff.Parse(data, ""), c) {
			f.Path, f.Record = r.Source.Path, r.ID
			found.Findings = append(found.Findings, f)
		}
	}
	if missing == nil {
		state, err := ws.Whole()
		if err != nil {
			return found, err
		}
		for _, f := range rules.CheckState(state, ws.RuleContext()) {
			found.Findings = append(found.Findings, located(ws, f))
		}
	}
	if err := checkBeside(ws, &found); err != nil && !odb.IsMissing(err) {
		return found, err
	}
	return found, checkUncommitted(ctx, ws, &found)
}

// SaysOf is the message of a problem, with where it was found.
func SaysOf(p handoff.Problem) string {
	if p.Ref == "" || p.Ref == p.Path {
		return p.Message
	}
	return p.Message + " (in " + workspace.ShortRef(p.Ref) + ")"
}

// publishedContext is what a record is checked against long after: what the
// team has agreed on. The state before the record, and who was in the team, are
// of their time and not known.
func publishedContext(ws *workspace.Workspace) rules.Context {
	c := ws.RuleContext()
	return rules.Context{Now: c.Now, Config: &config.Config{Rules: c.Config.Rules, Timing: c.Config.Timing}}
}

// located adds the file of the record that a finding is about.
func located(ws *workspace.Workspace, f handoff.Finding) handoff.Finding {
	if r := ws.State.Records[f.Record]; r != nil && f.Path == "" {
		f.Path = r.Source.Path
	}
	return f
}

// checkUncommitted reports what the work tree has and no ref holds: records are
// not believed then, and a configuration does not count.
func checkUncommitted(ctx context.Context, ws *workspace.Workspace, found *Result) error {
	if ws.Worktree() == "" {
		return nil
	}
	known := make(map[string]bool, len(ws.Set.Files))
	for _, f := range ws.Set.Files {
		known[f.Path] = true
	}
	top := filepath.Join(ws.Worktree(), filepath.FromSlash(ws.RecordDir))
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
		name := path.Join(ws.RecordDir, filepath.ToSlash(rel))
		f := handoff.Finding{Code: "HO903", Level: handoff.LevelWarning, Path: name, Message: "not committed, so it does not count", Fix: "commit it"}
		switch {
		case name == ws.ConfigFile() && ws.HasConfig:
			if differs, err := ws.ConfigDiffers(ctx, file); err != nil || !differs {
				return err
			}
			f.Message = workspace.ConfigNotCommitted
		case known[name] || !strings.HasSuffix(name, ".yaml"):
			return nil
		case !isPeopleFile(Inside(ws, name)):
			f.Fix = "publish it with handoff declare -f, or remove it"
		}
		found.Findings = append(found.Findings, f)
		return nil
	})
}
