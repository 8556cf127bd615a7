package cli

import (
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/metrics"
	"github.com/handoff-cli/handoff/internal/text"
)

// statsWords prints what the metrics say in sentences, and what follows from them. What
// was not measured, or is as it should be and no news, has none.
func (p *printer) statsWords(s *metrics.Stats) {
	p.sentence("", overall(s.Total))
	for _, group := range s.Groups {
		p.line("")
		if len(s.Groups) > 1 || group.By != metrics.ByNone || group.From != "" {
			count := ""
			if group.N > 0 { // else it is about shifts, blockers or items alone
				count = "  (" + text.Count(group.N, "handoff") + ")"
			}
			p.heading(groupName(group.Boundary), count)
		}
		for _, sentence := range sentences(group.Metrics) {
			p.sentence("  ", sentence)
		}
	}
	p.line("")
	p.advice(s)
}

// sentence prints one sentence, with what does not fit into a line further in.
func (p *printer) sentence(indent, words string) {
	for _, line := range p.wrap(words, len(indent)+2) {
		p.line("%s%s", indent, line)
		if !strings.HasSuffix(indent, "    ") {
			indent += "  "
		}
	}
}

func (p *printer) advice(s *metrics.Stats) {
	p.section("Advice")
	for _, line := range s.Advice {
		p.sentence("  ", line)
	}
	if len(s.Advice) == 0 {
		p.line("  none: nothing stands out among %s", text.Count(s.Total.N, "handoff"))
	}
}

// groupName is a boundary as a heading.
func groupName(b metrics.Boundary) string {
	if b.By == metrics.ByNone && b.From == "" {
		return "people of no team"
	}
	return boundaryName(b)
}

// overall is the first thing that a lead wants to know.
func overall(t metrics.Totals) string {
	say := text.Count(t.N, "handoff")
	switch c := t.Metrics.CycleTime; {
	case c.N == 0:
		return say + ", to nobody else"
	case c.Open == c.N:
		return say + ", " + oneOrMore(c.N, "not", "none") + " accepted yet"
	case c.Open == 0 && c.N == t.N:
		return say + ", " + oneOrMore(c.N, "", "all ") + "accepted"
	default:
		return say + fmt.Sprintf(": %d accepted, %d not yet", c.N-c.Open, c.Open)
	}
}

func oneOrMore(n int, one, more string) string {
	if n == 1 {
		return one
	}
	return more
}

// sentences are what is measured at a boundary, in the order of a handoff's life.
func sentences(m metrics.Metrics) (said []string) {
	for _, sentence := range []string{
		shiftsWords(m),
		shareWords(m.FirstTry, "handoff", "passed the check at the first try"),
		faultWords(m.LeadTime, "handoff", "left too little time for what is due"),
		tookWords(m.CycleTime, "accepted", "not yet"),
		shareWords(m.FirstPass, "handoff", "went through at the first pass: nothing asked or amended before"),
		faultWords(m.Overdue, "handoff", "got the answer later than agreed"),
		faultWords(m.Limbo, "handoff", "got no answer in a whole shift of the receivers"),
		inAll(faultWords(m.Clarifications.Share, "handoff", "led to questions"), m.Clarifications.Sum),
		inAll(faultWords(m.BlockingIncidents.Share, "handoff", "held work up"), m.BlockingIncidents.Sum),
		shareWords(m.Readback, "watch or critical item", "came with a read-back: what is to be done, in the receiver's own words"),
		tookWords(m.TimeToContext, "receivers set to work, in the shift in which they accepted,", "did not in that shift"),
		shareWords(m.Clean, "handoff", "came through clean: nothing asked, amended or failed within a day"),
		tookWords(m.BlockerAck, "blockers answered", "not yet"),
		tookWords(m.BlockerResolve, "blockers resolved", "open"),
		faultWords(metrics.Share{Num: m.CarryAge.Thrice, Den: m.CarryAge.N}, "live item", "stayed the same through three handoffs or more"),
		faultWords(m.SideChannel, "decision or answer", "came about outside of git, in a chat or a call"),
		inAll(shareWords(m.QueryUsage.Share, "shift", "asked the records something"), m.QueryUsage.Sum),
	} {
		if sentence != "" {
			said = append(said, sentence)
		}
	}
	return said
}

// shiftsWords says in how many shifts somebody handed over, and in how many as is
// wanted; where no shifts are known, how many handoffs were in time.
func shiftsWords(m metrics.Metrics) string {
	if m.Publication.Den == 0 {
		return shareWords(m.OnTime, "handoff", "came before the end of the shift")
	}
	say := shareWords(m.Publication, "shift", "ended with a handoff")
	switch {
	case m.Publication.Num == 0:
		return say
	case m.Completeness.Num == m.Publication.Num:
		return say + ", on time and complete"
	case m.Completeness.Num == 0:
		return say + ", none of them on time and complete"
	}
	return say + fmt.Sprintf(", %d of them on time and complete", m.Completeness.Num)
}

// shareWords is a sentence about a part of a whole, "" where nothing was measured.
func shareWords(s metrics.Share, noun, verb string) string {
	switch {
	case s.Den == 0:
		return ""
	case s.Num == 1 && s.Den == 1:
		return fmt.Sprintf("the one %s %s", noun, verb)
	case s.Num == 0 && s.Den > 1:
		return fmt.Sprintf("none of %s %s", text.Count(s.Den, noun), verb)
	case s.Num == 2 && s.Den == 2:
		return fmt.Sprintf("both %ss %s", noun, verb)
	case s.Num == s.Den && s.Den > 1:
		return fmt.Sprintf("all %s %s", text.Count(s.Den, noun), verb)
	}
	return fmt.Sprintf("%d of %s %s", s.Num, text.Count(s.Den, noun), verb)
}

// faultWords is shareWords for what should not be: there is no sentence where it is not so.
func faultWords(s metrics.Share, noun, verb string) string {
	if s.Num == 0 {
		return ""
	}
	return shareWords(s, noun, verb)
}

// inAll adds to a sentence how often something happened, where it was more than once.
func inAll(sentence string, n int) string {
	if sentence == "" || n < 2 {
		return sentence
	}
	return fmt.Sprintf("%s, %d in all", sentence, n)
}

// tookWords says how long something took, on the clock of the wall and that of work,
// and of how many it is not over.
func tookWords(t metrics.Timing, what, open string) string {
	if t.N == 0 {
		return ""
	}
	if t.Open == t.N {
		return fmt.Sprintf("%s: %d %s", strings.TrimSuffix(what, ","), t.Open, open)
	}
	wall := t.WallS.Words()
	say := what + " " + wall
	if len(t.WallS.Values) == 0 {
		say = strings.TrimSuffix(what, ",") + ": " + wall
	}
	if t.RCS != nil && t.RCS.N > t.RCS.Open && t.RCS.Words() != wall {
		say += ", in working hours " + t.RCS.Words()
	}
	if t.Open > 0 {
		say += fmt.Sprintf("; %d %s", t.Open, open)
	}
	return say
}
