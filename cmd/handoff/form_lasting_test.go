//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestFormAfterAResolution hands over an item whose blocker is gone: the form says
// at the item who removed it and how, and offers it as not blocked.
func TestFormAfterAResolution(t *testing.T) {
	t.Parallel()
	r := inTheEvening(t)
	r.run("handoff", "resolve", "session-policy", "--how", "Sessions last 15 minutes")
	x := r.start(100, 30, "handoff", "declare")
	x.key("What do you hand over?", enter)
	x.see("session-policy is resolved by ana")
	x.see("Sessions last 15 minutes")
	x.ready("Item 1 of 2: login-audit")
	x.write("The log is missing for 1 of 7 endpoints")
	x.key("Item 1 of 2", enter)
	x.ready("Item 2 of 2: refund-flow")
	x.write("PR #1842 has 2 of 2 approvals, the freeze ends at 09:00")
	x.key("Item 2 of 2", enter)
	x.key("What blocks?", enter)
	x.key("What came of it?", ctrlS)
	x.ready("Hand over")
	x.write("Refunds are approved, the audit lacks one endpoint")
	x.key("Hand over", enter)
	x.ready("┃ Back at")
	x.write("tomorrow 09:00")
	x.key("Hand over", enter)
	x.key("space ticks", enter)
	x.see("Ready to publish")
	x.key("Preview", enter)
	if status := x.status(); status != 0 {
		t.Fatalf("status %d; the screen is:\n%s", status, x.screen)
	}
	x.sane()
	item := r.run("handoff", "show", "login-audit", "--json", "--jq", ".state | [.status, (.blocked_by | length)] | @tsv")
	if strings.TrimSpace(item) != "in_progress\t0" {
		t.Errorf("login-audit is %q", item)
	}
}
