package audit

import (
	"context"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/store"
)

// Where agents work with the git identity of a person, that an ack is in the person's
// name says little. A signature with a key that only they can use says that they gave it,
// and so does a service on which they have said it.

// AckProof is how many acks there are, and of how many nothing says that their authors
// gave them: neither a good signature of theirs nor a service that vouches for it. It is
// zero where no record names an agent: nobody else gives acks there.
type AckProof struct {
	Given, Unproven int
}

// looksAt reports whether the signatures of commits that add records of a kind are looked
// at, now and by all audits of which the mark is.
func (m *auditMark) looksAt(kind handoff.Kind) bool {
	return m.Signed || m.Acks && kind == handoff.KindAck
}

// lookAtAcks audits once more, as some record names an agent: from now on the signatures
// of acks are looked at. What is said of the run is said of the first.
func (a *audit) lookAtAcks(ctx context.Context) (Report, error) {
	first, o := a.report(), a.opts
	o.Acks = true // where nothing is remembered
	report, err := Run(ctx, a.Repo, o)
	report.Findings, report.New, report.Unseen = first.Findings, first.New, first.Unseen
	return report, err
}

// ackProof counts the acks that the refs have.
func (a *audit) ackProof(proven map[string]bool) (p AckProof) {
	if len(a.mark.Agents) == 0 {
		return p
	}
	elsewhere, bare := a.mark.elsewhere(proven), make(map[string]bool)
	for _, f := range a.mark.Findings {
		if f.ofSignature() && !f.Gone && !elsewhere[[2]string{f.Commit, f.Path}] {
			bare[f.Record] = true
		}
	}
	names := newRecordNames(a.opts.Dir)
	for k := range a.mark.tipRecords(names) {
		if names.kind(k.recordName) != handoff.KindAck {
			continue
		}
		if p.Given++; bare[string(k.id[:])] {
			p.Unproven++
		}
	}
	return p
}

// ofSignature reports whether a finding is about who signed a commit.
func (f Finding) ofSignature() bool { return f.Kind == KindUnsigned || f.Kind == KindSigner }

// isAck reports whether a finding is about an ack.
func (m *auditMark) isAck(f Finding) bool {
	name, ok := store.ParseRecordName(m.Dir, f.Path)
	return ok && name.Kind == handoff.KindAck
}

// elsewhere are the records that were said elsewhere, by commit and path, and whether
// that is proven.
func (m *auditMark) elsewhere(proven map[string]bool) map[[2]string]bool {
	said := make(map[[2]string]bool)
	for _, s := range m.Said {
		said[[2]string{s.Commit, s.Path}] = proven[s.Blob]
	}
	return said
}
