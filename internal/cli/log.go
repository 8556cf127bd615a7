package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/spf13/cobra"
)

type logOptions struct {
	sourceOptions
	since, until string
	by           string
	kind         string
	limit        int
}

func newLogCmd(g *globals) *cobra.Command {
	var o logOptions
	cmd := &cobra.Command{
		Use:   "log",
		Short: "List records, the newest first",
		Example: `  handoff log --since 2d
  handoff log --kind decision --by sarah`,
		GroupID: groupRead,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runLog(cmd.Context(), g, o) },
	}
	f := cmd.Flags()
	o.sourceOptions.addFlags(f)
	f.StringVar(&o.since, "since", "", "not older than `WHEN`: 2d, or a time")
	f.StringVar(&o.until, "until", "", "not younger than `WHEN`")
	f.StringVar(&o.by, "by", "", "records of `WHO` only")
	f.StringVar(&o.kind, "kind", "", "records of this `KIND` only")
	f.IntVar(&o.limit, "limit", 0, "at most `N` records")
	return cmd
}

// logEntry is one row of the log.
type logEntry struct {
	Type   string       `json:"type"` // record
	ID     string       `json:"id"`
	Kind   handoff.Kind `json:"kind"`
	By     string       `json:"by"`
	At     handoff.Time `json:"at"`
	Says   string       `json:"says"`
	Path   string       `json:"path"`
	Commit string       `json:"commit"`
}

type logDocument struct {
	SchemaVersion int        `json:"schema_version"`
	Results       []logEntry `json:"results"`
}

func runLog(ctx context.Context, g *globals, o logOptions) error {
	if o.kind != "" && !slices.Contains(handoff.Kinds, handoff.Kind(o.kind)) {
		return usagef("", "--kind %s: not a kind of record", o.kind)
	}
	ws, err := g.openFor(ctx, o.sourceOptions, handoff.Part{All: true})
	if err != nil {
		return err
	}
	since, err := ws.bound("--since", o.since)
	if err != nil {
		return err
	}
	until, err := ws.bound("--until", o.until)
	if err != nil {
		return err
	}
	entries := []logEntry{}
	for _, r := range slices.Backward(ws.state.Order()) {
		if o.limit > 0 && len(entries) == o.limit {
			break
		}
		if o.by != "" && r.By != o.by || o.kind != "" && string(r.Kind) != o.kind ||
			r.At.Before(since) || !until.IsZero() && r.At.After(until) {
			continue
		}
		entries = append(entries, logEntry{Type: "record", ID: r.ID, Kind: r.Kind, By: r.By, At: r.At,
			Says: says(r), Path: r.Source.Path, Commit: r.Source.Commit})
	}
	if g.printer.structured() {
		return g.printer.document(logDocument{1, entries})
	}
	if len(entries) == 0 {
		g.note("no records match")
		return nil
	}
	rows := make([][]string, len(entries))
	for i, e := range entries {
		rows[i] = []string{e.ID, age(ws.now.Sub(e.At.Time)), string(e.Kind), e.By, e.Says}
	}
	return g.page(func() { g.printer.table([]string{"ID", "AGE", "KIND", "BY", "SAYS"}, rows) })
}

// bound reads the value of a time flag that looks back; an empty one is the
// zero time.
func (ws *workspace) bound(flag, value string) (time.Time, error) {
	if value == "" {
		return time.Time{}, nil
	}
	t, err := ws.whenPast(value)
	if err != nil {
		return time.Time{}, usagef("", "%s %s: %v", flag, value, err)
	}
	return t, nil
}

// says is the main text of a record, for a list.
func says(r *handoff.Record) string {
	switch body := r.Body.(type) {
	case *handoff.Handoff:
		return body.Summary
	case *handoff.Ack:
		return joinNonEmpty(" ", body.Subject, ackHeadline("", body)[2:], body.Note)
	case *handoff.Question:
		return body.Ask
	case *handoff.Answer:
		return body.Text
	case *handoff.Resolution:
		return joinNonEmpty(": ", body.Blocker, body.How)
	case *handoff.DecisionRecord:
		return joinNonEmpty(": ", body.Topic, body.Decision)
	case *handoff.Escalation:
		return fmt.Sprintf("%s → %s: %s", body.Subject, body.To, body.Ask)
	case *handoff.Assignment:
		return fmt.Sprintf("%s → %s", body.Item, body.To)
	case *handoff.Route:
		return fmt.Sprintf("%s → %s (%s)", body.Subject, body.To, joinNonEmpty(", ", body.Because, body.Note))
	case *handoff.Withdrawal:
		return joinNonEmpty(": ", body.Subject, body.Why)
	case *handoff.Gap:
		return joinNonEmpty(": ", body.Subject, body.Class, body.Recovery)
	}
	return ""
}
