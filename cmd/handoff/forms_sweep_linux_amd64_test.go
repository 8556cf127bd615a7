package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/examples"
)

// Killed at any call from the first byte that goes out, what was submitted is published
// once after the next run, and says so once; what was refused is answered once.
func TestFormsKilledAtEveryCall(t *testing.T) {
	t.Parallel()
	template := newSite(t)
	template.namesAccounts()
	undisturbed := template.copy(t).readForms(t, fault{at: -1})
	from := slices.Index(undisturbed.calls, "write socket")
	if !undisturbed.done() || undisturbed.posts != 4 || from < 0 {
		t.Fatalf("nothing to interfere with: %s, %d posts, calls\n%s", undisturbed.output, undisturbed.posts, strings.Join(undisturbed.calls, "\n"))
	}
	sampled := 0
	for _, at := range (fault{kill: true}).points(undisturbed.calls) {
		sampled++
		if call := undisturbed.calls[at]; at < from || !*full && sampled%6 != 0 && call != "write socket" {
			continue
		}
		t.Run(strconv.Itoa(at), func(t *testing.T) {
			t.Parallel()
			template.copy(t).publishesOnce(t, at)
		})
	}
}

// readForms reads what two people have submitted: a day that is complete, and one that
// is not.
func (s *site) readForms(t *testing.T, f fault) routed {
	t.Helper()
	s.t = t
	targets := s.withForge(t)
	form, _ := examples.Form("github", examples.Team{Other: "ben"})
	const thin = "### Summary\nNothing moved, the vendor has not answered yet\n### To\nben\n### Back at\n2030-01-07T09:00:00Z\n"
	for _, one := range [][2]string{
		{"sarah-gh", thin + "### Decided\nWe wait for the vendor -- nobody else makes the part\n"}, {"ben-gh", strings.Replace(thin, "ben", "nobody", 1)},
	} {
		body, err := asSubmitted(string(form.Data), one[1])
		if err != nil {
			t.Fatal(err)
		}
		targets.posts = append(targets.posts, &fakePost{kind: "issue", id: len(targets.posts) + 1, state: "open", body: body, login: one[0], at: moment(), form: new(formPost)})
	}
	return s.speak(t, targets, f, "sync", "--from", "github")
}

func (s *site) publishesOnce(t *testing.T, at int) {
	r := s.readForms(t, fault{at: at, kill: true})
	if !r.killedAt(t, at) {
		return
	}
	s.mustBeSound()
	for range 2 {
		if out, status := s.try("handoff", "sync", "--from", "github"); status != 0 {
			t.Errorf("killed at %s; run again: status %d\n%s", r.calls[at], status, out)
		}
		handoffs := slices.DeleteFunc(s.records("origin/main"), func(name string) bool { return !strings.Contains(name, "-handoff-") })
		if got := r.targets.count(); got != 4 || len(handoffs) != 1 || !strings.Contains(handoffs[0], "-handoff-sarah-") {
			t.Errorf("killed at %s, %d posts by then; run again: %q and %d posts", r.calls[at], r.posts, handoffs, got)
		}
	}
	s.mustBeSound()
}
