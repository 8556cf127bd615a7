package rules

import (
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// onAck makes a check of an ack into one of any document.
func onAck(check func(*subject, *handoff.Ack)) func(*subject) {
	return func(s *subject) {
		if a, ok := s.body().(*handoff.Ack); ok {
			check(s, a)
		}
	}
}

// acked returns the handoff that an ack is about, nil if it is about something
// else or unknown.
func (s *subject) acked(a *handoff.Ack) *fold.Handoff {
	if s.State == nil {
		return nil
	}
	return s.State.Handoffs[a.Subject]
}

// selfAck is rule HO701. To hand over to oneself across days is a note to
// oneself, and no theatre.
func selfAck(s *subject, a *handoff.Ack) {
	subject := s.acked(a)
	if subject == nil || s.by() == "" || subject.Record.By != s.by() {
		return
	}
	sent := subject.Record.At.Time
	if slices.Contains(subject.To, s.by()) && s.at().In(sent.Location()).Format(time.DateOnly) > sent.Format(time.DateOnly) {
		return
	}
	s.report("subject", "let a receiver ack it", "%s is by %s too", a.Subject, s.by())
}

// wrongTarget is rule HO702.
func wrongTarget(s *subject, a *handoff.Ack) {
	if s.State == nil || a.Subject == "" {
		return
	}
	subject := s.acked(a)
	switch {
	case subject == nil:
		if _, name := handoff.SplitRef(a.Subject); s.State.Records[name] == nil && s.State.Blockers[name] == nil && s.State.Questions[name] == nil {
			s.fail("subject", "correct the id; handoff inbox lists what waits for you", "no record speaks of %s", quote(a.Subject))
		}
		return
	case subject.State == fold.HandoffWithdrawn:
		s.fail("subject", "ask the sender", "%s is withdrawn", a.Subject)
	case subject.SupersededBy != "":
		s.fail("subject", "ack "+subject.SupersededBy, "%s is replaced by %s", a.Subject, subject.SupersededBy)
	}
	if digest := subject.Record.Source.Digest; a.Digest != "" && digest != "" && a.Digest != digest {
		s.fail("digest", "read the record again: handoff show "+a.Subject, "the digest is not that of %s", a.Subject)
	}
	if a.Outcome != handoff.OutcomeSeen && s.isOutsider(subject) {
		s.warn("by", "tell the receivers that you stepped in", "%s is not among the receivers of %s (%s)", s.by(), a.Subject, strings.Join(subject.To, ", "))
	}
}

// isOutsider reports whether the author is surely not among the receivers of a
// handoff.
func (s *subject) isOutsider(h *fold.Handoff) bool {
	if s.by() == "" || s.by() == h.Record.By {
		return false
	}
	addresses := slices.Clone(h.To)
	for _, item := range h.Items {
		for _, next := range item.Next {
			addresses = append(addresses, next.Owner)
		}
	}
	return !slices.ContainsFunc(addresses, func(address string) bool {
		return address == s.by() || handoff.IsScope(address) && (s.Covers == nil || s.Covers(address, h.Record.By, s.by()))
	})
}

// unread is rule HO703: a quarter of the time that reading takes at 200 words a
// minute, and at least ten seconds.
func unread(s *subject, a *handoff.Ack) {
	subject := s.acked(a)
	if subject == nil || a.OpenedAt.IsZero() || s.at().IsZero() {
		return
	}
	words := proseWords(textsOfRecord(subject.Record))
	least := max(10*time.Second, time.Duration(words)*time.Minute/200/4)
	if spent := s.at().Sub(a.OpenedAt.Time); spent >= 0 && spent < least {
		s.report("opened_at", "read it, and say what you understood", "%s was open for %s, and it has %s", a.Subject, spent.Round(time.Second), inWords(words))
	}
}

// severityWords are the severities whose items are read back.
var severityWords = map[string]string{handoff.SeverityWatch: "to be watched", handoff.SeverityCritical: "critical"}

// noReadback is rule HO704.
func noReadback(s *subject, a *handoff.Ack) {
	for i, ref := range a.Take {
		_, id := handoff.SplitRef(ref)
		item := s.offeredItem(a, id)
		if item == nil || item.Severity != handoff.SeverityWatch && item.Severity != handoff.SeverityCritical {
			continue
		}
		if !slices.ContainsFunc(a.Readback, func(r handoff.Readback) bool { return bareName(r.Item) == id }) {
			s.report(indexField("take", i), "say what you understood, and what you do first", "%s is %s, and taken without being read back", named(id), severityWords[item.Severity])
		}
	}
}

// bareName is a reference without its prefix.
func bareName(ref string) string {
	_, name := handoff.SplitRef(ref)
	return name
}

// offeredItem is an item as the acked handoff states it, or else as the state
// has it.
func (s *subject) offeredItem(a *handoff.Ack, id string) *handoff.Item {
	if subject := s.acked(a); subject != nil {
		if item := subject.Item(id); item != nil {
			return item
		}
	}
	if s.State != nil && s.State.Items[id] != nil {
		return &s.State.Items[id].Item
	}
	return nil
}

// echo is rule HO705.
func echo(s *subject, a *handoff.Ack) {
	const fix = "say it in your own words: what it is, and what could go wrong"
	for i, readback := range a.Readback {
		field := indexField("readback", i) + ".understood"
		item := s.offeredItem(a, bareName(readback.Item))
		switch words := wordCount(readback.Understood); {
		case readback.Understood == "":
		case words < 6 && !s.foreign() && !anchors(readback.Understood).has(concrete):
			s.report(field, fix, "%s has %s, at least 6", s.the(field), inWords(words))
		case item != nil && contain(readback.Understood, statement(item)) >= 0.8:
			s.report(field, fix, "%s repeats its words", s.the(field))
		}
	}
}

// statement is what an item says of itself.
func statement(item *handoff.Item) string {
	parts := []string{item.State}
	for _, next := range item.Next {
		parts = append(parts, next.Do)
	}
	return strings.Join(append(parts, item.Intent), " ")
}

// missedPoint is rule HO706.
func missedPoint(s *subject, a *handoff.Ack) {
	for i, readback := range a.Readback {
		item := s.offeredItem(a, bareName(readback.Item))
		said := readback.Understood + " " + readback.FirstAction
		if item == nil || strings.TrimSpace(said) == "" || mentions(said, points(item)) {
			continue
		}
		about := strings.Join(append(item.DoNot, item.Title, statement(item)), " ")
		if common(stems(said), stems(about)) == 0 {
			s.report(indexField("readback", i)+".understood", "read it again: handoff show "+text.ShellArgument(item.ID), "what you understood has nothing in common with %s", named(item.ID))
		}
	}
}

// points are what a read-back of an item may take up: its anchors, people and
// blockers.
func points(item *handoff.Item) []string {
	list := slices.Concat(item.BlockedBy, []string{item.Owner, item.ID}, anchorTexts(statement(item)))
	for _, warning := range item.DoNot {
		list = append(list, anchorTexts(warning)...)
	}
	for _, next := range item.Next {
		list = append(list, next.Owner)
	}
	for _, ref := range item.Refs {
		list = append(list, ref.ID)
	}
	return list
}

func mentions(text string, points []string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(points, func(point string) bool {
		point = strings.ToLower(strings.Trim(point, "`"))
		return point != "" && strings.Contains(text, point)
	})
}

// atOnce is how long the acks of somebody count as given at once.
const atOnce = time.Minute

// bulkAck is rule HO707.
func bulkAck(s *subject, a *handoff.Ack) {
	if s.State == nil || a.Outcome == handoff.OutcomeSeen || s.by() == "" || s.at().IsZero() {
		return
	}
	n := 1
	for _, old := range s.State.Records {
		body, ok := old.Body.(*handoff.Ack)
		if !ok || old.By != s.by() || body.Outcome == handoff.OutcomeSeen || s.isSame(old) {
			continue
		}
		if age := s.at().Sub(old.At.Time); age >= 0 && age <= atOnce {
			n++
		}
	}
	if n >= 3 {
		s.report("subject", "read each of them before you take it", "this is ack %d of %s within a minute", n, s.by())
	}
}

// bareVerdict is rule HO708.
func bareVerdict(s *subject, a *handoff.Ack) {
	switch a.Outcome {
	case handoff.OutcomeChangesRequested, handoff.OutcomeDeclined:
		if a.Reason == "" {
			s.report("reason", "say why, so that the sender can do better", "%s, without a reason", a.Outcome)
		}
	case handoff.OutcomeAcceptedWithGaps:
		if len(a.Gaps) == 0 {
			s.report("gaps", "list what is missing, or accept it", "%s, without gaps", a.Outcome)
		}
	}
	if a.Reason == "exception" && a.Exception == "" {
		s.report("exception", "say which: incomplete, ambiguous, judgement, policy or out_of_scope", "an exception, without its class")
	}
}

// pingPong is rule HO709. An answer that comes out of a talk has ended it.
func pingPong(s *subject) {
	if s.State == nil {
		return
	}
	field, ref, rounds := "", "", 0
	switch body := s.body().(type) {
	case *handoff.Question:
		field, ref, rounds = "about", body.About, 1 // this one is asked as well
	case *handoff.Answer:
		if body.Source == "" || body.Source == "git" {
			field, ref = "question", body.Question
		}
	}
	if q := s.State.Questions[bareName(ref)]; q != nil && q.Rounds+rounds >= 3 {
		s.report(field, "talk, then record the answer with --source call", "this is round %d on %s", q.Rounds+rounds, named(q.Key))
	}
}

// driftedClaim is rule HO606. The files of a claim are those that its item
// refers to and those that its probe names.
func driftedClaim(s *subject, a *handoff.Ack) {
	if s.Changed == nil {
		return
	}
	for i, ref := range a.Take {
		item := s.offeredItem(a, bareName(ref))
		if item == nil {
			continue
		}
		for _, claim := range item.Claims {
			files := claimFiles(item, claim)
			if claim.Commit == "" || len(files) == 0 {
				continue
			}
			if changed := s.Changed(claim.Commit, files); len(changed) > 0 {
				s.report(indexField("take", i), "check the claim again before you build on it", "%s changed since %s claimed %s",
					quote(strings.Join(changed, ", ")), named(item.ID), quote(claim.Claim))
			}
		}
	}
}

func claimFiles(item *handoff.Item, claim handoff.Claim) []string {
	var files []string
	for _, ref := range item.Refs {
		if ref.Type == "file" {
			files = append(files, ref.ID)
		}
	}
	for _, word := range strings.Fields(claim.Probe) {
		if word = strings.Trim(word, strip); anchors(word).has(anchorPath | anchorFile) {
			files = append(files, word)
		}
	}
	return files
}
