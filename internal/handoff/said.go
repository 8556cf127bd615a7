package handoff

// Said is where a record was said that its author did not commit: in a comment, or in
// a form, on a service whose word it is that they have said it.
type Said struct {
	URL string `yaml:"url"` // https, of the comment or the issue
	Via string `yaml:"via"` // any slug: the service, as github
}

// wordOf is the doubt about a record of which nobody has proven, here, that its author
// has said it.
func wordOf(service string) string { return "on the word of " + service + ", not proven" }
