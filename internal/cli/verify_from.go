package cli

import (
	"context"
	"errors"

	"github.com/handoff-cli/handoff/internal/audit"
	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/outbox"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// confirmer reads comments again that records were made of.
type confirmer struct {
	*outbox.Box
	place  *outbox.Place
	reader deliver.Reader
}

// newConfirmer opens a target before anything goes over the network; nil for none.
func newConfirmer(ws *workspace.Workspace, from string) (*confirmer, error) {
	if from == "" {
		return nil, nil
	}
	box, err := outbox.Open(ws)
	if err != nil {
		return nil, err
	}
	place, reader, err := box.Reader(from)
	return &confirmer{box, place, reader}, err
}

// mostConfirmed is how many comments are read at once. What is proven is remembered, so
// that the next run goes on.
const mostConfirmed = 1000

// readAgain proves what it can of what was said elsewhere, and returns what an audit says
// then. The notes on the rest say why.
func (c *confirmer) readAgain(ctx context.Context, g *globals, report audit.Report, o audit.Options) (audit.Report, error) {
	why, err := c.confirm(ctx, g, report.Said)
	if err != nil {
		return report, err
	}
	again, _, err := c.Audit(ctx, o)
	if err != nil {
		return report, err
	}
	report.Findings, report.Notes, report.Said = again.Findings, again.Notes, again.Said
	for _, s := range report.Said {
		for i := range report.Notes {
			if n := &report.Notes[i]; n.Kind == audit.KindSaid && n.Path == s.Path && n.Commit == s.Commit && why[s.Blob] != "" {
				n.Message += "; " + why[s.Blob]
			}
		}
	}
	return report, nil
}

// confirm reads what is not proven, and remembers what is now. It returns why the rest
// is not, by the blobs of records.
func (c *confirmer) confirm(ctx context.Context, g *globals, said []audit.Said) (why map[string]string, err error) {
	if err := c.Load(ctx, outbox.HeardPart(g.Now())); err != nil {
		return nil, err
	}
	why = make(map[string]string)
	var proven []string
	read := 0
	progress := g.progress("comments")
	for i, s := range said {
		if s.Via != c.place.Service {
			continue
		}
		if read++; read > mostConfirmed {
			g.note("more than %d comments are to be read again: handoff verify --from %s goes on", mostConfirmed, c.place.Name)
			break
		}
		if progress != nil {
			progress(i, len(said))
		}
		reason, confirmErr := c.Confirm(ctx, c.place, c.reader, s.Record, s.Blob, func(body string, r *handoff.Record) bool {
			return bearsOut(c.Workspace, body, r)
		})
		if confirmErr != nil {
			err = confirmErr
			break
		}
		if why[s.Blob] = reason; reason == "" {
			proven = append(proven, s.Blob)
		}
	}
	return why, errors.Join(err, audit.NoteRead(c.Repo, proven))
}
