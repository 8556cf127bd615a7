package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"

	"github.com/handoff-cli/handoff/internal/export"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/plainfile"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/report"
	"github.com/handoff-cli/handoff/internal/store"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/rivo/uniseg"
)

// The exit statuses: an interface that never changes.
const (
	StatusDone        = 0   // done, also "nothing to show"
	StatusFailed      = 1   // environment, I/O or repository
	StatusUsage       = 2   // asked wrongly
	StatusNo          = 3   // a check ran and the answer is no
	StatusCredentials = 4   // missing or refused
	StatusBusy        = 5   // temporary, safe to retry
	StatusHangup      = 129 // SIGHUP
	StatusInterrupted = 130 // stopped by the user
	StatusTerminated  = 143 // SIGTERM
)

// statusHelp is the table in the root help.
const statusHelp = `Exit status:
  0    done, also when there is nothing to show
  1    could not: environment, I/O or repository
  2    asked wrongly
  3    a check ran and the answer is no: invalid record, findings, question
       that no record covers
  4    credentials missing or refused
  5    busy or temporary, safe to retry
  129, 130, 143   stopped by SIGHUP, by the user, by SIGTERM
`

// signalError says that a signal stopped the command.
type signalError struct{ signal syscall.Signal }

func (e *signalError) Error() string { return "stopped by " + e.signal.String() }

// errStopped is the user's own no: Ctrl-C, end of input, an empty editor.
var errStopped = form.ErrStopped

// explain returns the exit status of an error and the hint for the user. It is
// the only place that knows both.
func explain(err error) (status int, hint string) {
	for _, e := range explanations {
		if status, hint, ok := e(err); ok {
			return status, hint
		}
	}
	return StatusFailed, ""
}

// explanation is explain for one kind of error; false for another one.
type explanation func(err error) (status int, hint string, ok bool)

// explanations are in order: of an error in an error the first one counts.
var explanations = []explanation{
	of(func(e *signalError) (int, string) { return 128 + int(e.signal), "" }),
	is(errStopped, StatusInterrupted, ""),
	is(context.Canceled, StatusInterrupted, ""),
	of(func(e *workspace.HintedError) (int, string) { return StatusFailed, e.Hint }),
	of(func(e *workspace.UsageError) (int, string) { return StatusUsage, e.Hint }),
	always[*workspace.ReposError](StatusFailed, "handoff -C DIR doctor tells more about one of them"),
	of(func(e *workspace.FindingsError) (int, string) { return StatusNo, e.Hint }),
	of(func(e *workspace.NoError) (int, string) { return StatusNo, e.Hint }),
	always[*query.UnknownQuestionError](StatusUsage, "handoff query --help lists the topics"),
	always[*query.TermError](StatusUsage, ""), // the message says what to write
	always[*query.ArgumentError](StatusUsage, ""),
	always[*handoff.AmbiguousError](StatusUsage, "type more of the id, or one of the names above"),
	of(explainUnknown),
	of(explainDoubt),
	of(explainUnrecorded),
	of(explainUnpushed),
	always[*outbox.TakenError](StatusBusy, "handoff sync brings what became of it"),
	always[*outbox.AtWorkError](StatusBusy, "try again when it is done"),
	always[*outbox.NoTargetError](StatusUsage, "handoff help config shows how a target is configured"),
	of(explainNotSent),
	of(explainRemote),
	always[*timeOverError](StatusBusy, "the same command waits on"),
	always[*git.NoRemoteError](StatusFailed, "git remote add origin URL, or git config remote.pushDefault NAME"),
	of(func(e *store.DivergedError) (int, string) { return StatusFailed, e.WayOut }),
	of(func(e *git.HookError) (int, string) {
		return StatusNo, "nothing was written; the hook said:\n" + e.Said
	}),
	always[*report.AddressError](StatusUsage, "as in --serve 127.0.0.1:8080, or --serve 127.0.0.1:0 for a free port"),
	always[*git.BusyError](StatusBusy, "try again; if no git command is running, a killed one left the lock: look at it before you remove it"),
	always[*git.NotRepositoryError](StatusFailed, "cd into one, name one with -C DIR, or make one with git init"),
	of(explainUnsafe),
	of(func(e *git.UnsupportedError) (int, string) { return StatusFailed, e.WayOut }),
	always[*git.DetachedError](StatusFailed, "git switch BRANCH first, or pass --detach-ok"),
	of(func(e *git.InProgressError) (int, string) { return StatusFailed, e.WayOut }),
	always[*git.NoIdentityError](StatusFailed, `git config user.email "you@example.com" and git config user.name "Your Name"`),
	always[*odb.DamagedError](StatusFailed, "handoff doctor says how a reference or an index comes back, git fsck what else is damaged; nothing was written"),
	of(func(e *store.AttributesError) (int, string) { return StatusFailed, e.WayOut() }),
	of(func(e *plainfile.NotFileError) (int, string) {
		return StatusFailed, "see what it is, then rm -r " + text.ShellArgument(e.Path)
	}),
	of(func(e *odb.MissingError) (int, string) {
		return StatusFailed, cmp.Or(e.WayOut, workspace.FetchesMissing)
	}),
	always[*export.ExistsError](StatusUsage, "name another file, or replace it with --force"),
	always[*export.NotPlainError](StatusUsage, "name another file"),
	always[*outputError](StatusFailed, "the output is not complete; what the command had to do before is done"),
	is(syscall.ENOSPC, StatusFailed, "free some space and try again; nothing was written"),
	is(fs.ErrPermission, StatusFailed, "check who owns the file"),
}

// of explains errors of a type.
func of[E error](how func(E) (status int, hint string)) explanation {
	return func(err error) (int, string, bool) {
		e, ok := errors.AsType[E](err)
		if !ok {
			return 0, "", false
		}
		status, hint := how(e)
		return status, hint, true
	}
}

// always explains all errors of a type alike.
func always[E error](status int, hint string) explanation {
	return of(func(E) (int, string) { return status, hint })
}

// is explains one error.
func is(known error, status int, hint string) explanation {
	return func(err error) (int, string, bool) { return status, hint, errors.Is(err, known) }
}

func explainUnknown(err *handoff.UnknownError) (status int, hint string) {
	hint = "handoff query items, or handoff log, lists what there is"
	if hasSpace(err.Name) {
		hint = textGoesBehind + "; " + hint
	}
	if err.Meant != "" {
		hint = "did you mean " + err.Meant + "? " + hint
	}
	return StatusUsage, hint
}

func explainUnsafe(err *git.UnsafeError) (status int, hint string) {
	if err.Bare {
		return StatusFailed, "if you trust it, name it: handoff -C DIR"
	}
	return StatusFailed, "if you trust it: git config --global --add safe.directory " + text.ShellArgument(err.Dir)
}

// explainRemote is explain for what a remote did not do.
func explainRemote(err *git.RemoteError) (status int, hint string) {
	switch err.Fault {
	case git.RemoteCredentials:
		return StatusCredentials, "nothing asks for them here: run git fetch " + text.ShellArgument(err.Remote) + " once, or ssh-add"
	case git.RemoteUnreachable, git.RemoteMoving:
		return StatusBusy, "handoff sync tries again"
	case git.RemoteForbidden:
		return StatusCredentials, "ask for the right to push to " + text.ShellArgument(err.Remote) + ", or name a remote where you may: git config remote.pushDefault NAME"
	case git.RemoteProtected:
		return StatusFailed, "where a branch is protected, store.branch in the configuration names another one for the records"
	case git.RemoteQuota:
		return StatusFailed, "there is no room for it there: ask who runs " + text.ShellArgument(err.Remote) + "; handoff sync tries again"
	case git.RemoteHook:
		return StatusFailed, "the hook decides what it takes; when it does, handoff sync tries again"
	case git.RemoteRejected:
		return StatusFailed, "a rule of the server: ask who runs " + text.ShellArgument(err.Remote) + "; handoff sync tries again"
	}
	return StatusFailed, "git fetch " + text.ShellArgument(err.Remote) + " tells more"
}

// reportError prints an error for people, or as one JSON line, without secrets. On a
// terminal it fits width columns.
func reportError(w io.Writer, width int, err error, asJSON bool, m masker) int {
	status, hint := explain(err)
	message := m.mask(err.Error())
	hint = m.mask(hint)
	said := saidAt(err, m)
	var findings []handoff.Finding
	if refused := new(workspace.FindingsError); errors.As(err, &refused) {
		findings = m.findings(refused.Findings)
	}
	if asJSON {
		reportJSON(w, message, status, hint, said, findings)
		return status
	}
	say(w, width, "handoff: "+message)
	printFindings(w, findings)
	for _, line := range said {
		fmt.Fprintf(w, "  %s\n", line)
	}
	if hint != "" {
		say(w, width, "hint: "+hint)
	}
	if _, waits := errors.AsType[*draftWaitsError](err); waits {
		fmt.Fprintln(w, "your draft is kept: handoff declare --resume")
	}
	if typed, ok := errors.AsType[*typedError](err); ok {
		fmt.Fprintf(w, "what you typed: %s\n", text.Neutralise(m.mask(typed.command)))
	}
	return status
}

// say prints a text on stderr, neutralised. Where that is a terminal of so many
// columns, no word is broken.
func say(w io.Writer, width int, s string) {
	for line := range strings.SplitSeq(text.Neutralise(s), "\n") {
		lines := []string{line}
		if width > 0 && uniseg.StringWidth(line) > width {
			lines = wrapWords(line, max(width, leastRoom))
		}
		for _, line := range lines {
			fmt.Fprintf(w, "%s\n", line)
		}
	}
}

// saidAt is what hooks and a server said when they refused, safe to print.
func saidAt(err error, m masker) []string {
	var remote *git.RemoteError
	if !errors.As(err, &remote) {
		return nil
	}
	said := make([]string, len(remote.Said))
	for i, line := range remote.Said {
		said[i] = text.OneLine(m.mask(line))
	}
	return said
}

// errorDocument is what --json prints on stderr.
type errorDocument struct {
	Error struct {
		Code    int    `json:"code"` // the exit status
		Message string `json:"message"`
		Hint    string `json:"hint,omitempty"`
		Path    string `json:"path,omitempty"`
		Line    int    `json:"line,omitempty"`

		Said []string `json:"said,omitempty"` // lines of hooks and of a server
	} `json:"error"`
	Findings []handoff.Finding `json:"findings,omitempty"`
}

func reportJSON(w io.Writer, message string, status int, hint string, said []string, findings []handoff.Finding) {
	doc := errorDocument{Findings: findings}
	doc.Error.Code, doc.Error.Message, doc.Error.Hint, doc.Error.Said = status, message, hint, said
	if len(findings) > 0 {
		doc.Error.Path, doc.Error.Line = findings[0].Path, findings[0].Line
	}
	line, err := json.Marshal(doc)
	if err != nil {
		fmt.Fprintf(w, "handoff: %s\n", text.Neutralise(message))
		return
	}
	fmt.Fprintf(w, "%s\n", text.EscapeJSON(line))
}

// printFindings lists findings, one or two lines for those of a kind, in the form that
// editors jump to. Where there is no file, what they say names what it is about.
func printFindings(w io.Writer, findings []handoff.Finding) {
	for _, f := range handoff.Together(findings) {
		var where string
		switch {
		case f.Path != "" && f.Line > 0:
			where = fmt.Sprintf("%s:%d:%d: ", f.Path, f.Line, max(f.Col, 1))
		case f.Path != "":
			where = f.Path + ": "
		}
		fmt.Fprintf(w, "%s%s: %s\n", text.OneLine(where), strings.TrimSpace(string(f.Level)+" "+f.Code), text.OneLine(f.Message))
		if f.Fix != "" {
			fmt.Fprintf(w, "    %s\n", text.OneLine(f.Fix))
		}
	}
}
