package rules

import (
	"fmt"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Breach is what an item lacks of a contract that it crosses.
type Breach struct {
	config.Interface
	Item     string // its id
	Field    string // of the document: items[0].accept
	Key      string // that the contract requires
	Receiver string // the handle or address to whom the item goes
}

func (b Breach) String() string {
	return fmt.Sprintf("%s lacks %s, which %s requires", named(b.Item), strings.ReplaceAll(b.Key, "_", " "), b.To)
}

// contractBreach is rule HO407: what the contracts between the sender and a
// receiver require of an item that crosses from one to the other. To whom a
// handoff goes that was returned, nothing is lacking.
func contractBreach(s *subject, h *handoff.Handoff) {
	for _, b := range s.breaches(h) {
		report, fix := s.warn, "add it"
		switch who := b.Returns(); {
		case who != "":
			fix += ", or it is published to " + who + " in place of " + b.Receiver
		case b.Refuses():
			report = s.fail
		}
		report(b.Field, fix, "%s", b)
	}
}

func (s *subject) breaches(h *handoff.Handoff) []Breach {
	var all []Breach
	for i, item := range h.Items {
		receiver := receiverOf(item, s.by())
		for _, contract := range s.Config.Contracts(s.by(), receiver) {
			if contract.Returns() == receiver {
				continue
			}
			for _, key := range contract.Requires {
				field := indexField("items", i) + "." + key
				if !says(s.raw(field)) && !says(s.raw(key)) {
					all = append(all, Breach{contract, item.ID, field, key, receiver})
				}
			}
		}
	}
	return all
}

// Returned is for what a sealed handoff goes to somebody else than its receiver:
// the breaches of contracts that say so, where the team and the sender let the
// rule stand.
func Returned(sealed *handoff.Sealed, team *config.Config) []Breach {
	h, ok := sealed.Record.Body.(*handoff.Handoff)
	s := newSubject(sealed.Document, Context{Config: team})
	const rule = "HO407"
	if _, on := weight(s.Config.Rules, rule, handoff.LevelWarning); !ok || !on || h.Rollup != nil || s.waived()[rule] {
		return nil
	}
	var returned []Breach
	for _, b := range s.breaches(h) {
		if b.Returns() != "" {
			returned = append(returned, b)
		}
	}
	return returned
}
