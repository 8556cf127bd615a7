package rules

import (
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// eachRef calls check with every reference of a handoff of its sender and its
// field.
func eachRef(check func(s *subject, field string, ref handoff.Ref)) func(*subject) {
	return ownWork(func(s *subject, h *handoff.Handoff) {
		for i, item := range h.Items {
			for j, ref := range item.Refs {
				check(s, indexField(indexField("items", i)+".refs", j), ref)
			}
		}
		for i, shipped := range h.Shipped {
			for j, ref := range shipped.Refs {
				check(s, indexField(indexField("shipped", i)+".refs", j), ref)
			}
		}
	})
}

// deadReference is rule HO601.
func deadReference(s *subject, field string, ref handoff.Ref) {
	if ref.Type != "commit" || s.HasCommit == nil {
		return
	}
	if has, known := s.HasCommit(ref.ID); known && !has {
		s.report(field+".id", "correct the hash, or push the commit", "commit %s is not in the repository", quote(ref.ID))
	}
}

// deadFile is rule HO602.
func deadFile(s *subject, field string, ref handoff.Ref) {
	if ref.Type != "file" || s.HasFile == nil {
		return
	}
	if has, known := s.HasFile(ref.ID); known && !has {
		s.report(field+".id", "correct the path, or commit the file", "file %s is not in the tree", quote(ref.ID))
	}
}

// leftOnLaptop matches how a known issue speaks of work that others cannot see.
var leftOnLaptop = text.Pattern(`(?i)\b(?:un)?(?:push|commit|stash|stage)|\blocal|\blaptop|\bdirty`)

// workOnLaptop is rule HO603.
func workOnLaptop(s *subject, h *handoff.Handoff) {
	if h.Anchor == nil || h.Anchor.Branch == "" {
		return
	}
	dirty, unpushed := counted(h.Anchor.Dirty), counted(h.Anchor.Unpushed)
	var left []string
	if unpushed > 0 {
		left = append(left, text.Count(unpushed, "commit"))
	}
	if dirty > 0 {
		left = append(left, text.Count(dirty, "changed file"))
	}
	if left == nil {
		return
	}
	unseen := strings.Join(left, " and ")
	for i, item := range h.Items {
		names := slices.ContainsFunc(item.Refs, func(ref handoff.Ref) bool { return ref.Type == "branch" && ref.ID == h.Anchor.Branch })
		if names && !slices.ContainsFunc(item.KnownIssues, leftOnLaptop().MatchString) {
			s.report(indexField("items", i)+".known_issues", "push it, or say under known issues what is missing",
				"only you see %s of branch %s", unseen, quote(h.Anchor.Branch))
		}
	}
}

// counted is a number that nobody may have counted.
func counted(n *int) int {
	if n == nil {
		return 0
	}
	return *n
}

// launderedClaim is rule HO604.
func launderedClaim(s *subject, field string, item *handoff.Item) {
	for i, claim := range item.Claims {
		if claim.Status == "verified" && strings.TrimSpace(claim.Probe) == "" {
			s.report(indexField(field+".claims", i)+".probe", "say how it was checked (probe), or that it is unverified",
				"the claim %s is verified by nothing", quote(claim.Claim))
		}
	}
}

// bareAssertion is rule HO605.
func bareAssertion(s *subject, h *handoff.Handoff) {
	for i, item := range h.Items {
		if hasEvidence(item) {
			continue
		}
		field := indexField("items", i)
		s.checkAssertion(field+".state", item.State)
		s.checkAssertion(field+".ready", item.Ready)
	}
	for i, shipped := range h.Shipped {
		if !slices.ContainsFunc(shipped.Refs, provesWork) && !namesChange(shipped.What) {
			s.checkAssertion(indexField("shipped", i)+".what", shipped.What)
		}
	}
}

// checkAssertion is silent where the text itself says what to look at, and where it
// was found to say too little already.
func (s *subject) checkAssertion(field, text string) {
	if slices.ContainsFunc(s.found, func(f found) bool { return f.Code == "HO203" && f.Field == s.inDocument(field) }) {
		return
	}
	if word := assertionIn(text); word != "" && !anchors(text).has(concrete) {
		s.report(field, "add the commit, the pull request or the command that shows it", "%s says %q, and shows nothing for it", s.the(field), word)
	}
}

func hasEvidence(item handoff.Item) bool {
	return slices.ContainsFunc(item.Refs, provesWork) ||
		slices.ContainsFunc(item.Claims, func(c handoff.Claim) bool { return c.Status == "verified" }) ||
		slices.ContainsFunc(item.Accept, func(c handoff.Criterion) bool { return c.Cmd != "" })
}

func provesWork(ref handoff.Ref) bool { return ref.Type == "commit" || ref.Type == "pr" }
