package ask

import "slices"

// What a question asks that has no verb but "be".

// fromNoun takes the verb from a noun: "status of refunds", "who is the owner of
// payments", "open questions".
func (p *parser) fromNoun() bool {
	i := -1
	for at, q := range p.pre {
		if q.noun != "" && (q.wanted == "" || len(p.pre) == 1) && q.names == nil {
			i = at
		}
	}
	if i < 0 {
		return p.fromPlace() || p.fromName()
	}
	q := p.pre[i]
	p.c.verb, p.c.noun = q.noun, true
	p.pre = slices.Delete(p.pre, i, i+1)
	if q.text != "" { // a name that nobody knows
		p.post = append(p.post, &phrase{text: q.text, noun: q.noun})
	}
	if q.owner != nil {
		p.c.preps["of"] = q.owner
	}
	if p.c.form = base; len(q.states) > 0 {
		p.c.state = q.states[0].value
		p.pre = append(p.pre, &phrase{states: q.states, wanted: "what", noun: q.noun})
	}
	return true
}

// fromPlace reads "what is on my plate".
func (p *parser) fromPlace() bool {
	for _, prep := range []string{"on", "in"} {
		if q := p.c.preps[prep]; q != nil && q.noun == nPlate && q.owner != nil && p.c.asks != "yes" {
			p.c.verb, p.c.noun, p.c.preps = nPlate, true, map[string]*phrase{"of": q.owner}
			return len(p.pre) == 0 || len(p.pre) == 1 && p.pre[0].wanted != ""
		}
	}
	return false
}

// standing reports whether the question is how we stand with something: "where are
// we with refunds", "what is up with refunds".
func (p *parser) standing(names []*phrase) bool {
	of := p.c.preps["with"]
	if of == nil {
		of = p.c.preps["on"]
	}
	if !of.named() || len(p.c.preps) != 1 || slices.ContainsFunc(names, func(q *phrase) bool { return q.text != "team" && q.text != "me" }) {
		return false
	}
	up := p.c.asks == "what" && slices.Equal(p.c.bare, []string{"up"})
	if !up && !(len(names) == 1 && (p.c.asks == "where" || p.c.asks == "how")) {
		return false
	}
	p.c.verb, p.c.noun, p.c.bare, p.pre = nStatus, true, nil, nil
	return true
}

// fromName reads "what is refunds", "why refunds" and "where is ana".
func (p *parser) fromName() bool {
	names := slices.DeleteFunc(slices.Clone(p.pre), func(q *phrase) bool { return len(q.names) == 0 })
	switch {
	case p.standing(names), p.on(names), p.mine(), p.forSomebody():
		return true
	case p.c.asks == "why" && len(p.tokens) == 2 && len(p.pre) == 1 && len(names) == 0 && p.pre[0].text != "" && len(p.c.preps) == 0 && len(p.c.bare) == 0: // "why sqlite"
		p.c.verb, p.post, p.pre = vUse, p.pre, nil
		return true
	case len(names) == 1 && p.c.asks == "what" && slices.Equal(p.c.bare, []string{"about"}) && len(p.c.preps) == 0: // what refunds are about
		p.c.verb, p.c.noun, p.c.bare, p.pre = nReason, true, nil, nil
		p.c.preps["of"] = names[0]
		return true
	case len(names) == 1 && p.c.asks == "yes" && slices.Equal(p.c.bare, []string{"in"}) && len(p.c.preps) == 0: // whether somebody is in
		p.c.verb, p.c.form, p.c.bare = vReturn, being, nil
		return true
	}
	if len(names) != 1 || len(p.c.preps) > 0 || len(p.c.bare) > 0 {
		return false
	}
	p.c.noun = true
	person := len(only(names[0].names, Person)) > 0
	switch noun := names[0].noun; {
	case p.c.asks == "" && noun != "" && !narrowsTo(names[0]): // "refund flow status"
		p.c.verb, names[0].noun = noun, ""
	case p.c.asks == "" && noun != "" && !person: // "pr 1842?"
		p.c.verb = nStatus
	case p.c.asks == "where" && person:
		p.c.verb = vReturn
	case p.c.asks == "what", p.c.asks == "how", p.c.asks == "where":
		p.c.verb = nStatus
	case p.c.asks == "why":
		p.c.verb = nReason
	default:
		return false
	}
	p.pre, p.post = nil, nil
	p.c.preps["of"] = names[0]
	return true
}

// on reads "who is on refunds": who works at them.
func (p *parser) on(names []*phrase) bool {
	of := p.c.preps["on"]
	if p.c.asks != "who" || !p.be || len(p.c.preps) != 1 || len(names) > 0 || len(p.c.bare) > 0 || of == nil || len(of.names) == 0 {
		return false
	}
	p.c.verb, p.c.form = vWork, going
	return true
}

// mine reads "is it mine" and "is refunds ben's": who holds it.
func (p *parser) mine() bool {
	n := len(p.pre)
	if p.c.asks != "yes" || !p.be || n != 2 || p.pre[1].owner == nil || p.pre[1].noun != "" || p.pre[1].named() {
		return false
	}
	p.c.verb, p.post = vHold, p.pre[:1]
	p.pre = []*phrase{p.pre[1].owner}
	p.be = false
	return true
}

// forSomebody reads "anything for me": what waits for them.
func (p *parser) forSomebody() bool {
	whom := p.c.preps["for"]
	if whom == nil || len(p.pre) != 1 || p.pre[0].any != "any" || len(p.c.preps) != 1 || len(p.c.bare) > 0 || len(only(whom.names, Person)) == 0 {
		return false
	}
	p.c.verb, p.c.form = vWait, going
	if p.c.asks == "" {
		p.c.asks = "yes"
	}
	return true
}
