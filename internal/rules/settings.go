package rules

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Waivable reports whether a single handoff may break a rule for a reason: not
// if the rule does not exist, and not if it is about the form of the record
// (HO1xx) or its integrity (HO9xx).
func Waivable(code string) bool {
	rule, ok := Lookup(code)
	return ok && !rule.Fixed && !inSeries(code, '1', '1') && !inSeries(code, '9', '9')
}

// Adjustable reports whether a team may set the level of a rule.
func Adjustable(code string) bool {
	rule, ok := Lookup(code)
	return ok && !rule.Fixed && !inSeries(code, '1', '1')
}

// SpeaksToAuthor reports whether a rule tells somebody how to write a record, and
// nothing that others have to know of.
func SpeaksToAuthor(code string) bool {
	return inSeries(code, '2', '8') && !slices.Contains([]string{"HO301", "HO310", "HO320", "HO405"}, code)
}

// inSeries reports whether a code lies in HOfxx to HOtxx.
func inSeries(code string, from, to byte) bool {
	return len(code) == 5 && code[2] >= from && code[2] <= to
}

// weight returns the level that a finding has for the team, and false if it is
// off. What is set for a single rule weighs more than the preset.
func weight(set config.Rules, code string, level handoff.Level) (handoff.Level, bool) {
	if Adjustable(code) {
		switch set.Levels[code] {
		case config.RuleOff:
			return "", false
		case config.RuleError:
			return handoff.LevelError, true
		case config.RuleWarn:
			return handoff.LevelWarning, true
		}
	}
	if inSeries(code, '2', '6') {
		switch set.Preset {
		case config.PresetStrict:
			return handoff.LevelError, true
		case config.PresetPilot:
			return handoff.LevelWarning, true
		}
	}
	return level, true
}

// weigh returns the findings that count, at the levels that the team has set.
//
// Where a rule explains an error that the schema sees as well, as with a
// missing owner, the rule's finding stands for both. When the rule is waived,
// off or a warning, the schema's comes back: no setting makes an invalid record
// valid.
func (s *subject) weigh() []handoff.Finding {
	waived := s.waived()
	thin := slices.ContainsFunc(s.found, func(f found) bool { return saysThin[f.Code] })
	var kept []found
	explained := make(map[string]bool) // fields
	for _, f := range s.found {
		level, on := weight(s.Config.Rules, f.Code, f.Level)
		if !on || waived[f.Code] || s.meant[f.Field] || s.isCarried(f.Finding) || thin && f.Code == "HO209" {
			continue
		}
		f.Level = level
		if rule, _ := Lookup(f.Code); rule.explains && level == handoff.LevelError {
			explained[f.Field] = true
		}
		kept = append(kept, f)
	}
	var findings []handoff.Finding
	for _, f := range kept {
		if !(f.yields && explained[f.Field]) {
			findings = append(findings, f.Finding)
		}
	}
	return findings
}

// saysThin are the rules that say where a handoff is too thin, so that HO209 need
// not say that it is.
var saysThin = set("HO101", "HO201", "HO202", "HO203", "HO210", "HO211")

// waived is the set of rules that the record waives.
func (s *subject) waived() map[string]bool {
	h, ok := s.body().(*handoff.Handoff)
	if !ok {
		return nil
	}
	codes := make(map[string]bool)
	for _, waiver := range h.Waivers {
		if Waivable(waiver.Rule) && waiver.Why != "" {
			codes[waiver.Rule] = true
		}
	}
	return codes
}

var ruleForm = text.Pattern(`^HO[0-9]{3}$`)

// checkWaivers reports the waivers that have no effect.
func (s *subject) checkWaivers() {
	h, ok := s.body().(*handoff.Handoff)
	if !ok {
		return
	}
	for i, waiver := range h.Waivers {
		field := s.inDocument(indexField("waivers", i)) + ".rule"
		switch _, exists := Lookup(waiver.Rule); {
		case !ruleForm().MatchString(waiver.Rule): // the schema says so
		case !exists:
			s.malformed(field, "remove the waiver, or name a rule that handoff help rules lists", "there is no rule %s", quote(waiver.Rule))
		case !Waivable(waiver.Rule):
			s.malformed(field, "remove the waiver and correct what the rule reports", "rule %s cannot be waived", waiver.Rule)
		}
	}
}
