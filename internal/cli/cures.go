package cli

import (
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
)

// flagOf says with which flag of its command a field of a record is written, by the
// kind of the record and the field without its indexes. What an argument says has none.
var flagOf = map[handoff.Kind]map[string]string{
	handoff.KindHandoff: {
		"summary": "summary", "to": "to", "cc": "cc", "returns_at": "returns", "cover": "cover", "shipped": "shipped", "shipped.what": "shipped",
		"shipped.id": "shipped", "dropped.id": "dropped", "dropped.why": "dropped", "ended.what": "ended", "ended.why": "ended",
		"items": "item", "items.id": "item", "items.status": "item", "items.state": "item", "items.next": "item", "items.next.do": "item",
		"items.intent": "intent", "items.accept": "accept", "items.accept.check": "accept", "items.if_then": "if-then", "items.if_then.if": "if-then",
		"items.if_then.then": "if-then", "items.known_issues": "known-issue", "items.do_not": "do-not", "items.severity": "severity",
		"items.due": "due", "items.effort": "effort", "items.blocked_by": "blocked-by", "items.continues": "continues", "items.refs.id": "ref",
		"items.title": "title", "items.ready": "ready", "items.progress": "progress", "items.assumptions": "assumption", "items.tried": "tried",
		"items.tried.what": "tried", "items.tried.result": "tried", "items.depends_on": "depends-on", "items.consult": "consult", "notes": "notes",
		"items.next.owner": "give", "items.owner": "give",
		"blockers.needs": "blocker", "blockers.because": "blocker", "blockers.resolver": "blocker", "blockers.blocks": "blocker",
		"blockers.workaround": "workaround", "decisions.decision": "decision", "decisions.rationale": "decision", "decisions.beside": "beside",
		"decisions.supersedes": "supersedes", "questions.ask": "question", "questions.to": "question", "watch.what": "watch", "watch.signal": "watch",
		"standing.what": "standing", "waivers.rule": "waive", "waivers.why": "waive",
	},
	handoff.KindAck: {
		"outcome": "outcome", "reason": "reason", "exception": "exception", "gaps": "gap", "gaps.note": "gap", "gaps.class": "gap", "note": "note",
		"take": "take", "readback": "readback", "readback.understood": "readback", "readback.first_action": "readback",
	},
	handoff.KindDecision: {
		"topic": "topic", "supersedes": "supersedes", "beside": "beside", "context": "context", "approved_by": "approved-by",
		"decided_by": "decided-by", "tradeoffs": "tradeoffs", "alternatives.option": "alternative", "alternatives.why_not": "alternative", "items": "item",
	},
	handoff.KindQuestion:   {"to": "to", "context": "context", "about": "about", "blocks": "blocks"},
	handoff.KindAnswer:     {"text": "text", "source": "source"},
	handoff.KindResolution: {"how": "how", "outcome": "outcome", "source": "source", "evidence": "evidence"},
	handoff.KindEscalation: {"ask": "ask", "to": "to", "reason": "reason", "level": "level", "deadline": "deadline"},
	handoff.KindAssignment: {"to": "to", "why": "why", "via": "via"},
	handoff.KindWithdrawal: {"why": "why"},
	handoff.KindGap:        {"class": "class", "impact": "impact", "recovery": "recovery"},
}

// curedElsewhere are the rules whose findings another flag cures than the one with
// which the field is written.
var curedElsewhere = map[string]string{
	"HO302": "--carry", "HO304": "--watch or --ended", "HO307": "--workaround", "HO313": "--supersedes",
	"HO315": "--supersedes or --beside", "HO605": "--ref", "HO704": "--readback",
}

// namingFlags says of findings in what flags and arguments said with which flag each is
// cured, in place of the key of a file. What names a command already is left.
func namingFlags(findings []handoff.Finding, records []*handoff.Record) []handoff.Finding {
	named := make([]handoff.Finding, len(findings))
	for i, f := range findings {
		if flag := cureOf(f, kindOf(f, records)); flag != "" && !strings.Contains(f.Fix, "--") && !strings.Contains(f.Fix, "handoff ") {
			what, _ := f.CutKey()
			f.Fix = what + " (" + flag + ")"
		}
		named[i] = f
	}
	return named
}

// cureOf is the flag that cures a finding in a record of a kind, "" for none.
func cureOf(f handoff.Finding, kind handoff.Kind) string {
	field := rules.WithoutIndexes(f.Field)
	if flag, elsewhere := curedElsewhere[f.Code]; elsewhere && field != "shipped.what" {
		return flag
	}
	if flag := flagOf[kind][field]; flag != "" {
		return "--" + flag
	}
	return ""
}

// kindOf is the kind of the record that a finding is about, else that of the first.
func kindOf(f handoff.Finding, records []*handoff.Record) handoff.Kind {
	for _, r := range records {
		if r.ID == f.Record {
			return r.Kind
		}
	}
	return records[0].Kind
}
