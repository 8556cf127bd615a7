package deliver

// Markdown writes one line of words of others for a place that people paste Markdown
// into, as a message on a forge has them: they mention nobody, link to nothing, close
// nothing and format nothing.
func Markdown(s string) string { return markdownLine(s) }
