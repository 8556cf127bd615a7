package workspace

import (
	"fmt"

	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/text"
)

// Proposal returns what is proposed on a topic, which a reference names itself or
// by the record that proposes it. Where that is settled, the error is the answer
// no, with who settled it.
func (ws *Workspace) Proposal(ref string) (*fold.Decision, error) {
	topic, record, err := ws.proposed(ref)
	if err != nil {
		return nil, err
	}
	if err := ws.Need(fold.Part{Refs: []string{"dec:" + topic}}); err != nil {
		return nil, err
	}
	d := ws.State.Decisions[topic]
	switch pending := d.Pending(); {
	case d == nil:
		return nil, Usagef("handoff query decisions lists them", "%s is not a decision", ref)
	case pending == nil, record != "" && record != pending.Record:
		return nil, &NoError{Message: ws.settledWords(d, ref), Hint: "handoff show " + text.ShellArgument("dec:"+topic)}
	default:
		return pending, nil
	}
}

// proposed is the topic that a reference means, and the record that it names.
func (ws *Workspace) proposed(ref string) (topic, record string, err error) {
	if typ, name := handoff.SplitRef(ref); (typ == handoff.RefAny || typ == handoff.RefDecision) && ws.State.Decisions[name] != nil {
		return name, "", nil
	}
	target, err := ws.Resolve(ref)
	if err != nil {
		return "", "", err
	}
	notOne := Usagef("handoff query decisions is:proposed lists them", "%s is not a decision", ref)
	if target.Type != fold.TargetRecord {
		return "", "", notOne
	}
	var topics []string
	switch body := ws.State.Records[target.Name].Body.(type) {
	case *handoff.DecisionRecord:
		topics = append(topics, body.Topic)
	case *handoff.Handoff:
		for _, d := range body.Decisions {
			if d.Status == fold.DecisionProposed {
				topics = append(topics, d.ID)
			}
		}
	}
	switch len(topics) {
	case 0:
		return "", "", notOne
	case 1:
		return topics[0], target.Name, nil
	}
	return "", "", Usagef("name one of them, as in dec:"+topics[0], "%s proposes %s", ref, text.Count(len(topics), "decision"))
}

// settledWords says what became of what was proposed on a topic, or that nothing was.
func (ws *Workspace) settledWords(d *fold.Decision, ref string) string {
	last := d
	if d.Proposal != nil {
		last = d.Proposal
	}
	verb := last.State
	for _, one := range d.Story() {
		if one != last && one.Status == fold.DecisionProposed && one.Decision.Decision == last.Decision.Decision {
			return fmt.Sprintf("%s is settled: %s %s it %s, in %s", ref, last.By, verb, calendar.Ago(ws.Since(last.At)), last.Record)
		}
	}
	return fmt.Sprintf("nothing is proposed on %s: %s decided it %s, in %s (%s)", d.ID, d.By, calendar.Ago(ws.Since(d.At)), d.Record, d.State)
}

// DecidedAgain returns the decisions of a sealed record that say nearly what stands
// on another topic.
func (ws *Workspace) DecidedAgain(sealed *handoff.Sealed) ([]rules.Again, error) {
	if err := ws.Need(rules.Part(sealed.Record)); err != nil {
		return nil, err
	}
	return rules.DecidedAgain(sealed, ws.RuleContext()), nil
}
