package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Killed at any call, init --example leaves each of its files whole or not at all, and
// nothing beside them in the work tree; the same command makes the rest.
func TestInitExampleKilledAtEveryCall(t *testing.T) {
	t.Parallel()
	template := newSite(t)
	one := template.copy(t)
	calls, status := one.initExample(fault{at: -1})
	want := one.files(t)
	if status != 0 || len(want) != 5 || want[".handoffs/config.yaml"] == "" {
		t.Fatalf("status %d, %d files", status, len(want))
	}
	sampled := 0
	for _, at := range (fault{kill: true}).points(calls) {
		if sampled++; !*full && sampled%4 != 0 && !strings.Contains(calls[at], "config.yaml") {
			continue
		}
		t.Run(strconv.Itoa(at), func(t *testing.T) {
			t.Parallel()
			s := template.copy(t)
			before, work := s.git("rev-parse", "HEAD"), s.ownWork()
			if _, status := s.initExample(fault{at: at, kill: true}); status == 0 {
				t.Log("it took fewer calls this time")
			}
			for name, data := range s.files(t) {
				if want[name] != data {
					t.Errorf("killed at %s, it left %s with %q", calls[at], name, data)
				}
			}
			if _, status := s.initExample(fault{at: -1}); status != 0 {
				t.Errorf("killed at %s, and run again: status %d", calls[at], status)
			}
			if got := s.files(t); len(got) != len(want) {
				t.Errorf("killed at %s, and run again, there are %d files", calls[at], len(got))
			}
			if s.git("rev-parse", "HEAD") != before || s.ownWork() != work {
				t.Errorf("killed at %s, something of the user's moved", calls[at])
			}
		})
	}
}

// initExample runs init with a fault, and returns its calls and its status.
func (s *site) initExample(f fault) (calls []string, status int) {
	s.t.Helper()
	cmd := s.command("handoff", "init", "--example", "fifteen", "--ci", "github")
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	tracer := &tracer{dir: s.dir, fault: f}
	ended, err := tracer.run(cmd)
	if err != nil {
		s.t.Fatal(err)
	}
	return tracer.calls, ended.ExitStatus()
}

// files are the files that git does not know, with what is in them.
func (s *site) files(t *testing.T) map[string]string {
	t.Helper()
	found := make(map[string]string)
	for name := range strings.Lines(s.git("ls-files", "--others")) {
		name = strings.TrimSpace(name)
		data, err := os.ReadFile(filepath.Join(s.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		found[name] = string(data)
	}
	return found
}

// ownWork is what the user has staged and changed.
func (s *site) ownWork() string { return s.git("ls-files", "-s") + s.git("diff") }
