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

	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/store"
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

// usageError is a command line that cannot be carried out as it stands.
type usageError struct {
	message string
	hint    string
}

func (e *usageError) Error() string { return e.message }

func usagef(hint, format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...), hint}
}

// findingsError refuses a record.
type findingsError struct {
	what     string // what was not done, as in "nothing was published"
	findings []handoff.Finding
	hint     string
}

func (e *findingsError) Error() string {
	return countFindings(e.findings) + "; " + e.what
}

// noError is the answer no (status 3), already printed or short enough to be
// the message.
type noError struct {
	message string
	hint    string
}

func (e *noError) Error() string { return e.message }

// signalError says that a signal stopped the command.
type signalError struct{ signal syscall.Signal }

func (e *signalError) Error() string { return "stopped by " + e.signal.String() }

// errStopped is the user's own no: Ctrl-C, end of input, an empty editor.
var errStopped = form.ErrStopped

// hintedError adds the next command to an error that has none of its own.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() }
func (e *hintedError) Unwrap() error { return e.err }

// explain returns the exit status of an error and the hint for the user. It is
// the only place that knows both.
func explain(err error) (status int, hint string) {
	var (
		usage     *usageError
		findings  *findingsError
		no        *noError
		signal    *signalError
		hinted    *hintedError
		notRepo   *store.NotRepositoryError
		unsafe    *store.UnsafeError
		unsupp    *store.UnsupportedError
		busy      *store.BusyError
		detached  *store.DetachedError
		progress  *store.InProgressError
		identity  *store.NoIdentityError
		damaged   *store.DamagedError
		notFile   *store.NotFileError
		attribute *store.AttributesError
		missing   *store.MissingError
		remote    *store.RemoteError
		noRemote  *store.NoRemoteError
		diverged  *store.DivergedError
		hook      *store.HookError
		ambiguous *handoff.AmbiguousError
		unknown   *handoff.UnknownError
		question  *query.UnknownQuestionError
		term      *query.TermError
		argument  *query.ArgumentError
		repos     *reposError
		output    *outputError
	)
	switch {
	case errors.As(err, &signal):
		return 128 + int(signal.signal), ""
	case errors.Is(err, errStopped), errors.Is(err, context.Canceled):
		return StatusInterrupted, ""
	case errors.As(err, &hinted):
		return StatusFailed, hinted.hint
	case errors.As(err, &usage):
		return StatusUsage, usage.hint
	case errors.As(err, &repos):
		return StatusFailed, "handoff -C DIR doctor tells more about one of them"
	case errors.As(err, &findings):
		return StatusNo, findings.hint
	case errors.As(err, &no):
		return StatusNo, no.hint
	case errors.As(err, &question):
		return StatusUsage, "handoff query --help lists the topics"
	case errors.As(err, &term), errors.As(err, &argument):
		return StatusUsage, "" // the message says what to write
	case errors.As(err, &ambiguous):
		return StatusUsage, "type more of the id, or one of the names above"
	case errors.As(err, &unknown):
		const lists = "handoff query items, or handoff log, lists what there is"
		if unknown.Meant != "" {
			return StatusUsage, "did you mean " + unknown.Meant + "? " + lists
		}
		return StatusUsage, lists
	case errors.As(err, &remote):
		return explainRemote(remote)
	case errors.As(err, &noRemote):
		return StatusFailed, "git remote add origin URL, or git config remote.pushDefault NAME"
	case errors.As(err, &diverged):
		return StatusFailed, diverged.WayOut
	case errors.As(err, &hook):
		return StatusNo, "nothing was written; the hook said:\n" + hook.Said
	case errors.As(err, &busy):
		return StatusBusy, "try again; if no git command is running, a killed one left the lock: look at it before you remove it"
	case errors.As(err, &notRepo):
		return StatusFailed, "cd into one, name one with -C DIR, or make one with git init"
	case errors.As(err, &unsafe) && unsafe.Bare:
		return StatusFailed, "if you trust it, name it: handoff -C DIR"
	case errors.As(err, &unsafe):
		return StatusFailed, "if you trust it: git config --global --add safe.directory " + handoff.ShellArgument(unsafe.Dir)
	case errors.As(err, &unsupp):
		return StatusFailed, unsupp.WayOut
	case errors.As(err, &detached):
		return StatusFailed, "git switch BRANCH first, or pass --detach-ok"
	case errors.As(err, &progress):
		return StatusFailed, progress.WayOut
	case errors.As(err, &identity):
		return StatusFailed, `git config user.email "you@example.com" and git config user.name "Your Name"`
	case errors.As(err, &damaged):
		return StatusFailed, "handoff doctor says how a reference or an index comes back, git fsck what else is damaged; nothing was written"
	case errors.As(err, &attribute):
		return StatusFailed, attribute.WayOut()
	case errors.As(err, &notFile):
		return StatusFailed, "see what it is, then rm -r " + handoff.ShellArgument(notFile.Path)
	case errors.As(err, &missing):
		return StatusFailed, cmp.Or(missing.WayOut, fetchesMissing)
	case errors.As(err, &output):
		return StatusFailed, "the output is not complete; what the command had to do before is done"
	case errors.Is(err, syscall.ENOSPC):
		return StatusFailed, "free some space and try again; nothing was written"
	case errors.Is(err, fs.ErrPermission):
		return StatusFailed, "check who owns the file"
	}
	return StatusFailed, ""
}

// fetchesMissing is what to do in a partial clone that lacks records.
const fetchesMissing = "handoff sync --missing fetches it, all at once"

// explainRemote is explain for what a remote did not do.
func explainRemote(err *store.RemoteError) (status int, hint string) {
	switch err.Fault {
	case store.RemoteCredentials:
		return StatusCredentials, "nothing asks for them here: run git fetch " + handoff.ShellArgument(err.Remote) + " once, or ssh-add"
	case store.RemoteUnreachable, store.RemoteMoving:
		return StatusBusy, "handoff sync tries again"
	case store.RemoteForbidden:
		return StatusCredentials, "ask for the right to push to " + handoff.ShellArgument(err.Remote) + ", or name a remote where you may: git config remote.pushDefault NAME"
	case store.RemoteProtected:
		return StatusFailed, "where a branch is protected, store.branch in the configuration names another one for the records"
	case store.RemoteQuota:
		return StatusFailed, "there is no room for it there: ask who runs " + handoff.ShellArgument(err.Remote) + "; handoff sync tries again"
	case store.RemoteHook:
		return StatusFailed, "the hook decides what it takes; when it does, handoff sync tries again"
	case store.RemoteRejected:
		return StatusFailed, "a rule of the server: ask who runs " + handoff.ShellArgument(err.Remote) + "; handoff sync tries again"
	}
	return StatusFailed, "git fetch " + handoff.ShellArgument(err.Remote) + " tells more"
}

// report prints an error for people, or as one JSON line, without secrets.
func report(w io.Writer, err error, asJSON bool, m masker) int {
	status, hint := explain(err)
	message := m.mask(err.Error())
	hint = m.mask(hint)
	said := saidAt(err, m)
	var findings []handoff.Finding
	if refused := new(findingsError); errors.As(err, &refused) {
		findings = m.findings(refused.findings)
	}
	if asJSON {
		reportJSON(w, message, status, hint, said, findings)
		return status
	}
	fmt.Fprintf(w, "handoff: %s\n", handoff.Neutralise(message))
	printFindings(w, findings)
	for _, line := range said {
		fmt.Fprintf(w, "  %s\n", line)
	}
	if hint != "" {
		fmt.Fprintf(w, "hint: %s\n", handoff.Neutralise(hint))
	}
	var kept *keptError
	if errors.As(err, &kept) {
		fmt.Fprintln(w, "your draft is kept: handoff declare --resume")
	}
	var typed *typedError
	if errors.As(err, &typed) {
		fmt.Fprintf(w, "what you typed: %s\n", handoff.Neutralise(m.mask(typed.command)))
	}
	return status
}

// saidAt is what hooks and a server said when they refused, safe to print.
func saidAt(err error, m masker) []string {
	var remote *store.RemoteError
	if !errors.As(err, &remote) {
		return nil
	}
	said := make([]string, len(remote.Said))
	for i, line := range remote.Said {
		said[i] = handoff.OneLine(m.mask(line))
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
		fmt.Fprintf(w, "handoff: %s\n", handoff.Neutralise(message))
		return
	}
	fmt.Fprintf(w, "%s\n", escapeJSON(line))
}

// printFindings lists findings, one or two lines each, in the form that editors
// jump to.
func printFindings(w io.Writer, findings []handoff.Finding) {
	for _, f := range findings {
		var place string
		switch {
		case f.Path != "" && f.Line > 0:
			place = fmt.Sprintf("%s:%d:%d: ", f.Path, f.Line, max(f.Col, 1))
		case f.Path != "":
			place = f.Path + ": "
		case f.Field != "":
			place = f.Field + ": "
		}
		fmt.Fprintf(w, "%s%s: %s\n", handoff.OneLine(place), strings.TrimSpace(string(f.Level)+" "+f.Code), handoff.OneLine(f.Message))
		if f.Fix != "" {
			fmt.Fprintf(w, "    %s\n", handoff.OneLine(f.Fix))
		}
	}
}

// countFindings is "2 errors, 1 warning".
func countFindings(findings []handoff.Finding) string {
	var errs, warnings int
	for _, f := range findings {
		if f.Level == handoff.LevelError {
			errs++
		} else {
			warnings++
		}
	}
	var parts []string
	if errs > 0 {
		parts = append(parts, handoff.Count(errs, "error"))
	}
	if warnings > 0 {
		parts = append(parts, handoff.Count(warnings, "warning"))
	}
	if len(parts) == 0 {
		return "no findings"
	}
	return strings.Join(parts, ", ")
}
