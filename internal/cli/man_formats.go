package cli

// configPage writes the page of the two files of configuration.
func configPage(r *roff) {
	r.section("description")
	r.text(configHelp)
	r.section("the user's own configuration")
	r.text(targetsHelp)
}

// recordPage writes the page of the records.
func recordPage(r *roff) {
	r.section("description")
	r.text(idsHelp)
}
