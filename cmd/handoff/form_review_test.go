//go:build unix

package main

import (
	"strings"
	"testing"
)

// Who fills in the form sees how the pull requests of an item stand, as the forge has said
// by then, and publishes it without typing it.
func TestFormShowsReviews(t *testing.T) {
	t.Parallel()
	forges := startForges(t)
	forges.says(t, "pull-1842", `{"State":"open","Approved":["james"],"Waits":["mia"]}`)
	r := inTheEvening(t)
	r.run("handoff", "declare", "--amend", "@", "--carry", "--to", "ben", "--returns", "2099-01-02 09:00", "--ref", "refund-flow;pr:#1842", "--none", "shipped,decisions",
		"--summary", "Refund flow waits for review, the login audit for a decision")
	r.withRemote()
	r.run("git", "remote", "add", "forge", forges.URL+"/example/app.git")
	r.env = append(r.env, forges.environ(t, "")...)
	x := r.start(80, 24, "handoff", "declare")
	x.ready("What do you hand over?")
	for range 3 { // the pull request, and its reviews until there are no more
		<-forges.replied
	}
	x.key("What do you hand over?", enter)
	x.ready("Item 1 of 2: login-audit")
	x.write("The log is missing for 1 of 7 endpoints")
	x.key("Item 1 of 2", enter)
	x.see("Item 2 of 2: refund-flow", "PR #1842: open, 1 of 2 approvals, waits for mia")
	x.write("James approves, mia has begun to read")
	x.key("Item 2 of 2", enter)
	x.key("What blocks?", enter)
	x.key("Shipped", enter)
	x.ready("enter done · tab done")
	x.key("tab done", tab)
	x.ready("Hand over")
	x.write("Refunds wait for mia, the audit lacks one endpoint")
	x.key("Summary", enter)
	x.ready("┃ Back at")
	x.write("tomorrow 09:00")
	x.key("Back at", enter)
	x.ready("space ticks")
	x.key("The receiver does the next step of", enter)
	x.key("Preview", enter)
	x.published()
	x.see("refund-flow: PR #1842 is open, 1 of 2 approvals, waits for mia")
	record := r.run("handoff", "show", "@", "--json", "--jq", `.record.items[] | select(.id == "refund-flow").refs[1] | .approvals, .waiting_on[0], .probed_at`)
	if !strings.HasPrefix(record, "1/2\nmia\n20") {
		t.Errorf("the record has %s", record)
	}
}
