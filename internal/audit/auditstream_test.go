package audit

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// recordStream is a stream for git fast-import: a commit of a roster and some
// source files, then n commits of one record each, a hundred a day, of which
// every third acks the one before.
func recordStream(n int) string {
	var b strings.Builder
	random := rand.New(rand.NewPCG(1, 2))
	people := []string{"ana", "ben"}
	at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)
	commit := func(by, message string) {
		for _, role := range []string{"author", "committer"} {
			if role == "author" {
				fmt.Fprintf(&b, "commit refs/heads/main\n")
			}
			fmt.Fprintf(&b, "%s %s <%s@example.com> %d +0000\n", role, by, by, at.Unix())
		}
		fmt.Fprintf(&b, "data %d\n%s\n", len(message), message)
	}
	file := func(path, content string) {
		fmt.Fprintf(&b, "M 100644 inline %s\ndata %d\n%s\n", path, len(content), content)
	}
	commit("ana", "start")
	file(".handoffs/config.yaml", roster)
	for i := range 100 {
		file(fmt.Sprintf("src/d%d/f%d.go", i%10, i), "package src\n")
	}
	var acked, digest string
	for i := range n {
		at = at.Add(864 * time.Second)
		by, kind, id := people[i%2], "handoff", randomRecordID(random)
		body := fmt.Sprintf("schema: \"handoff/v1\"\nkind: %q\nid: %q\nby: %q\nsummary: \"Refund flow %d is in review\"\nitems: []\n", kind, id, by, i)
		if i%3 == 1 {
			kind = "ack"
			body = fmt.Sprintf("schema: \"handoff/v1\"\nkind: %q\nid: %q\nby: %q\nsubject: %q\ndigest: %q\noutcome: \"accepted\"\n", kind, id, by, acked, digest)
		} else {
			acked, digest = id, fmt.Sprintf("%x", sha256.Sum256([]byte(body)))
		}
		commit(by, fmt.Sprintf("%s: %s\n\nHandoff-Id: %s\nHandoff-Kind: %s\n", kind, by, id, kind))
		file(at.Format(".handoffs/2006/01/02/150405Z-")+kind+"-"+by+"-"+id+".yaml", body)
	}
	return b.String()
}

func randomRecordID(random *rand.Rand) string {
	var id [handoff.IDLength]byte
	for i := range id {
		id[i] = handoff.IDAlphabet[random.IntN(len(handoff.IDAlphabet))]
	}
	return string(id[:])
}
