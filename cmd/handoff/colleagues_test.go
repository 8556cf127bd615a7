package main

import (
	"regexp"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// colleagues are the questions that have to be answered, word by word, with how each is
// understood and how its answer begins. X is auth-session-refresh.
var colleagues = []struct{ question, understood, says string }{
	{"what is blocked", `blocked`, `2 blockers: bank-sandbox \(james\), session-timeout \(sarah\)$`},
	{"what's blocking ben?", `blocked holder:ben`, `session-timeout blocks auth-session-refresh for 1 hour; sarah is to resolve it: Decide`},
	{"is ben blocked?", `items is:blocked holder:ben \?`, `yes: auth-session-refresh is blocked, held by ben since 15:00; it waits for sarah on session-timeout$`},
	{"who is blocking me", `blocked holder:ana`, `bank-sandbox blocks payout-retry for 22 hours, acknowledged; james is to resolve it`},
	{"who owns payments?", `owns team:payments`, `ben leads the team payments; it is ana, ben$`},
	{"who owns the refund flow?", `owns item:payments-refund-flow`, `payments-refund-flow is in review, held by ben since 10:30, owned by ana; it waits for james on PR #1842$`},
	{"who has PAY-311?", `whois ticket:pay-311`, `payments-refund-flow is in review, held by ben since 10:30`},
	{"what did ana ship yesterday", `shipped by:ana since:2026-11-19T00:00:00Z until:2026-11-20T00:00:00Z`, `fee-table was shipped by ana Thu 17:30: The fee table for cards`},
	{"what shipped this week?", `shipped since:2026-11-16T00:00:00Z`, `fee-table was shipped by ana`},
	{"why did we choose sqlite", `decisions sqlite`, `index-store: We use sqlite for the local index, because It is one file and needs no server; decided by cleo$`},
	{"why did we decide to use sqlite", `decisions sqlite`, `index-store: We use sqlite`},
	{"anything waiting on me?", `waiting-on ana`, `ben handed over to ana 15:00 \([0-9a-z]{8}, no verdict yet\)`},
	{"what do I do next?", `next ana`, `next on payout-retry: Run payout 5501 against the sandbox \(ana\); it waits for james on bank-sandbox$`},
	{"what should I work on?", `next ana`, `next on payout-retry:`},
	{"is the refund flow done?", `status item:payments-refund-flow is:shipped \?`, `no: payments-refund-flow is in review`},
	{"is PR 1842 merged?", `reviews pr:1842 is:merged \?`, `no: PR #1842 \(payments-refund-flow\) is open, with 2 of 3 approvals; it waits for james$`},
	{"who decides about the session timeout?", `owns blk:session-timeout`, `session-timeout blocks auth-session-refresh for 1 hour; sarah is to resolve it`},
	{"who can unblock the payout retry?", `blocked item:payout-retry`, `bank-sandbox blocks payout-retry for 22 hours, acknowledged; james is to resolve it`},
	{"any open questions?", `questions`, `ana asks sarah: What is the largest refund without a second look\? \(no answer yet\)$`},
	{"what decisions were made this week?", `decisions since:2026-11-16T00:00:00Z`, `2 decisions since Mon 00:00: refund-idempotency, index-store$`},
	{"is anything stale?", `stale \?`, `yes: load-report is ready, held by cleo since Mon 16:50$`},
	{"status of auth-session-refresh", `status item:auth-session-refresh`, `auth-session-refresh is blocked, held by ben since 15:00; it waits for sarah on session-timeout$`},
	{"when is ana back", `returns ana`, `ana is back$`},
	{"is dev away?", `returns dev is:away \?`, `yes: dev is away, back Wed 09:00; cleo covers$`},
	{"who covers for dev?", `returns dev`, `dev is away, back Wed 09:00; cleo covers$`},
	{"who is reviewing PR #1842?", `reviews pr:1842`, `PR #1842 \(payments-refund-flow\) is open, with 2 of 3 approvals; it waits for james$`},
	{"has james seen the bank sandbox blocker?", `acks blk:bank-sandbox is:given by:james \?`, `yes: james has accepted bank-sandbox at 11:00$`},
	{"did ben ack my handoff?", `acks [0-9a-z]{8} is:acked by:ben \?`, `yes: ben has accepted [0-9a-z]{8} at 10:30, and took payments-refund-flow$`},
	{"who hasn't declared?", `declared is:missing`, `4 people have not handed over today: ana, james, sarah, 1 more$`},
	{"how long has X been blocked?", `blocked item:auth-session-refresh`, `session-timeout blocks auth-session-refresh for 1 hour;`},
	{"what changed while I was away", `changed since:2026-11-19T17:30:00\.000000001Z`, `2 blockers, 2 handoffs, 2 items changed since Thu 17:30$`},
	{"what's at risk", `at-risk`, `payout-retry is blocked, held by ana`},
}

// cmdColleagues puts the questions of colleagues to the program, in all their spellings.
func cmdColleagues(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: colleagues")
	}
	wrong := 0
	for _, c := range colleagues {
		understood := regexp.MustCompile(`(?m)^understood as: ` + c.understood + `$`)
		says := regexp.MustCompile(`^` + c.says)
		for _, spelling := range spellings(strings.ReplaceAll(c.question, "X", "auth-session-refresh")) {
			out, talk, status := answerTo(ts, spelling)
			if first, _, _ := strings.Cut(out, "\n"); status != 0 || !says.MatchString(first) || !understood.MatchString(talk) {
				ts.Logf("%q: status %d\n%s%s", spelling, status, out, talk)
				wrong++
				break
			}
		}
	}
	if wrong > 0 {
		ts.Fatalf("%d of %d questions were answered wrongly", wrong, len(colleagues))
	}
}
