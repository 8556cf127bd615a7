package handoff

// Said is where a record was said that its author did not commit: in a comment, or in
// a form, on a service whose word it is that they have said it.
type Said struct {
	URL string `yaml:"url"` // https, of the comment or the issue
	Via string `yaml:"via"` // any slug: the service, as github
}

// WordOf is the doubt about a record of which nobody has proven, here, that its author
// has said it.
func WordOf(service string) string { return "on the word of " + service + ", not proven" }

// OnWordOf is the service on whose word alone a record is its author's, "" for none:
// they have committed it, or it is proven that they have said it. A nil proven knows of
// nothing.
func (r *Record) OnWordOf(proven func(*Record) bool) string {
	if r.Said == nil || proven != nil && proven(r) {
		return ""
	}
	return r.Said.Via
}
