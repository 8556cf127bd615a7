package text

// ticket matches the ids of Jira, Linear and their like, and some names of
// standards, which standard takes out.
var (
	ticket   = Pattern(`\b[A-Z][A-Z0-9]{1,9}-[0-9]+\b`)
	standard = Pattern(`^(?:AES|CVE|HTTP|ISO|MD|PEP|RFC|RSA|SHA|TLS|UTF)-`)
)

// Tickets are the ids of tickets in a text, in its order.
func Tickets(s string) []string {
	var ids []string
	for _, id := range ticket().FindAllString(s, -1) {
		if !standard().MatchString(id) {
			ids = append(ids, id)
		}
	}
	return ids
}
