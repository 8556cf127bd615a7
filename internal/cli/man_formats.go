package cli

// configPage is the page of the two files of configuration.
func configPage() manualPage {
	return manualPage{name: "handoff-config", section: 5, short: "what a team, and somebody for themselves, can configure", see: []string{"handoff(1)", "handoff-check(1)", "handoff-init(1)"}, body: func(r *roff) {
		r.section("description")
		r.text(configHelp)
		r.section("the user's own configuration")
		r.text(targetsHelp)
	}}
}

// recordPage is the page of the records.
func recordPage() manualPage {
	return manualPage{name: "handoff-record", section: 5, short: "the fields of a record", see: []string{"handoff(1)", "handoff-schema(1)"}, body: func(r *roff) {
		r.section("description")
		r.text(idsHelp)
	}}
}
