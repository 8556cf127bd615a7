package check

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// Staged checks what the next commit does to records.
func Staged(ctx context.Context, ws *workspace.Workspace) (found Result, err error) {
	changes, err := ws.Staged(ctx, ws.RecordDir)
	if err != nil {
		return found, err
	}
	for _, file := range changes {
		if file.Path == ws.ConfigFile() && file.Status != store.PathRemoved {
			if err := checkStagedConfig(ws, &found, file.File); err != nil {
				return found, err
			}
			continue
		}
		if file.Status != store.PathAdded {
			reportEdit(ws, &found, file, "the commit", "git restore --staged --worktree -- "+text.ShellArgument(file.Path)+" takes that back")
			continue
		}
		if _, err := checkAdded(ws, &found, file.File, nil); err != nil {
			return found, err
		}
	}
	return found, nil
}

// checkStagedConfig checks the configuration that is about to count.
func checkStagedConfig(ws *workspace.Workspace, found *Result, file store.File) error {
	found.Config = true
	data, err := ws.Read(file.Blob, handoff.MaxSize)
	if file.Mode != 0o100644 && file.Mode != 0o100755 {
		data, err = nil, fs.ErrInvalid
	}
	_, findings, err := ws.JudgeConfig(data, err)
	found.Findings = append(found.Findings, findings...)
	return err
}

// repeated finds the handoffs before a record with an entry of a list and an id.
type repeated func(r *handoff.Record, list, id string) []*handoff.Handoff

// checkAdded checks one file that is new below the records' directory, and
// returns the record that it holds. What people keep there is theirs.
func checkAdded(ws *workspace.Workspace, found *Result, file store.File, before repeated) (*handoff.Record, error) {
	if name := Inside(ws, file.Path); isPeopleFile(name) {
		return nil, nil
	}
	if f, is := mistaken(ws, file.Path); is {
		found.Findings = append(found.Findings, f)
		return nil, nil
	}
	f := handoff.Finding{Code: "HO903", Level: handoff.LevelError, Path: file.Path, Fix: "publish it with handoff declare"}
	data, err := ws.Read(file.Blob, handoff.MaxSize)
	large, isLarge := errors.AsType[*odb.TooLargeError](err)
	other, isOther := errors.AsType[*odb.KindError](err)
	switch {
	case file.Mode != 0o100644:
		f.Message = fmt.Sprintf("mode %06o: a record is a plain file", file.Mode)
	case isLarge:
		f.Code, f.Message, f.Fix = "HO910", fmt.Sprintf("%d bytes, at most %d are read", large.Size, large.Max), "split the record"
	case isOther:
		f.Message = fmt.Sprintf("a %s that is called a file", other.Kind)
	case err != nil:
		return nil, err
	default:
		found.Records++
		return judgeFile(ws, found, file.Path, data, before), nil
	}
	found.Findings = append(found.Findings, f)
	return nil, nil
}

// judgeFile checks the bytes of a record against the rules.
func judgeFile(ws *workspace.Workspace, found *Result, file string, data []byte, before repeated) *handoff.Record {
	parsed := handoff.Parse(data, "")
	c := ws.RuleContext()
	c.Path, c.State = file, nil
	id := ""
	if parsed.Record != nil {
		c.By, id = parsed.Record.By, parsed.Record.ID
		parsed.Record.Source.Path = file
		if before != nil {
			c.Earlier = func(list, id string) []*handoff.Handoff { return before(parsed.Record, list, id) }
		}
	}
	for _, f := range rules.Check(parsed, c) {
		f.Path, f.Record = file, id
		found.Findings = append(found.Findings, f)
	}
	return parsed.Record
}

// isPeopleFile reports whether a path below the records' directory is for people
// to edit.
func isPeopleFile(name string) bool {
	return slices.Contains([]string{"config.yaml", "README.md", ".gitattributes"}, name) || path.Dir(name) == "templates"
}

// isOurs reports whether a path is in the records' directory.
func isOurs(ws *workspace.Workspace, file string) bool {
	return strings.HasPrefix(file, ws.RecordDir+"/")
}

// Inside is a path below the records' directory.
func Inside(ws *workspace.Workspace, file string) string {
	return strings.TrimPrefix(file, ws.RecordDir+"/")
}

// reportEdit adds a finding for a record that is edited or removed, one for
// each record, with the command that undoes it.
func reportEdit(ws *workspace.Workspace, found *Result, file store.PathChange, who, undo string) {
	name, ok := handoff.ParseFileName(Inside(ws, file.Path))
	reported := func(f handoff.Finding) bool { return f.Code == codeEdited && f.Path == file.Path }
	if !ok || file.Status == store.PathAdded || slices.ContainsFunc(found.Findings, reported) {
		return
	}
	verb, fix := "edits", undo+"; a new record corrects an old one, as handoff declare --amend does"
	if file.Status == store.PathRemoved {
		verb, fix = "removes or renames", undo
	}
	found.Findings = append(found.Findings, handoff.Finding{
		Code: codeEdited, Level: handoff.LevelError, Record: name.ID, Path: file.Path,
		Message: who + " " + verb + " a record", Fix: fix,
	})
}

// codeEdited is the rule that records are only added.
const codeEdited = "HO902"
