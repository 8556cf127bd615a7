package fold_test

import (
	"fmt"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
)

// Ana in Singapore leaves her work to Ben in Berlin. It is his only once he has
// said so.
func Example() {
	evening := time.Date(2026, 11, 20, 18, 0, 0, 0, time.FixedZone("", 8*60*60))

	// Ana ends her day. She keeps one item and offers the other.
	leaves := handoff.New("k3f9q2m7", evening, "ana", &handoff.Handoff{
		To:      handoff.List[string]{"ben"},
		Summary: "Refund flow is in review, only the webhook retry is left",
		Items: handoff.List[handoff.Item]{
			{
				ID: "refund-flow", Status: handoff.StatusInReview, Owner: "ana", State: "PR #1842 has one approval of two",
				Next: []handoff.Next{{Do: "Merge PR #1842 once Sarah has approved it", Owner: "ben"}},
			},
			{
				ID: "fee-report", Status: handoff.StatusReady, Owner: "ana", State: "query written, not yet run",
				Next: []handoff.Next{{Do: "Run the query against the replica", Owner: "ana"}},
			},
		},
	})
	// Half an hour later Ben takes what was offered.
	takes := handoff.New("p8w4x1zt", evening.Add(30*time.Minute), "ben", &handoff.Ack{
		Subject: "k3f9q2m7",
		Outcome: handoff.OutcomeAccepted,
		Take:    []string{"refund-flow"},
	})

	whois := func(s *fold.State, ref string) {
		target, err := s.Resolve(ref, "ben")
		if err != nil {
			fmt.Println(err)
			return
		}
		item := s.Items[target.Name]
		fmt.Printf("%s is held by %s (%s)", item.ID, item.Holder, item.HeldBy)
		if item.Offer != nil {
			fmt.Printf(", offered to %s", item.Offer.To[0])
		}
		fmt.Println()
	}

	fmt.Println("published:")
	s := fold.Of([]*handoff.Record{leaves}, fold.PolicyPerItem)
	whois(s, "refund-flow")

	fmt.Println("acknowledged:")
	s = fold.Of([]*handoff.Record{takes, leaves}, fold.PolicyPerItem) // in any order
	whois(s, "refund-flow")
	whois(s, "item:fee-report")
	whois(s, "fee-rapport")
	fmt.Println("k3f9q2m7 is", s.Handoffs["k3f9q2m7"].State)

	// Output:
	// published:
	// refund-flow is held by ana (k3f9q2m7), offered to ben
	// acknowledged:
	// refund-flow is held by ben (p8w4x1zt)
	// fee-report is held by ana (k3f9q2m7)
	// "fee-rapport": no record speaks of it
	// k3f9q2m7 is accepted
}
