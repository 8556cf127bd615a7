package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fakeSecrets are values that look like secrets, as somebody may type them. They
// are made here, so that no scanner takes this file for a leak.
func fakeSecrets() []string {
	drawn := strings.Repeat("k7Qx2mZ9pR4tV8wL3cN6", 3)
	return []string{
		"gh" + "p_" + drawn[:36],
		"DB_PASSWORD=" + drawn[:16],
		"client_secret:" + drawn[:32],
		"AWS_SECRET_ACCESS_KEY=" + drawn[:40],
		"Authorization: Bearer " + drawn[:40],
		"https://ana:" + drawn[:14] + "@example.com/x",
	}
}

// value is what of a fake nobody may see.
func value(fake string) string {
	i := strings.Index(fake, "k7Qx")
	return strings.TrimSuffix(fake[i+4:], "@example.com/x")
}

// TestSecretsAreRefused gives a secret to each command that writes, in each way
// in which text comes in. Nothing of it is stored or shown.
func TestSecretsAreRefused(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.mustDeclare()
	id, _ := s.try("handoff", "log", "--kind", "handoff", "--json", "--jq", ".results[0].id")
	id = strings.TrimSpace(id)
	s.try("handoff", "ask", "Which of the two approvals is missing?", "--to", "ben", "--context", "both are listed as reviewers")
	ben := *s
	ben.env = append(s.env, "GIT_AUTHOR_NAME=ben", "GIT_AUTHOR_EMAIL=ben@example.com", "GIT_AUTHOR_DATE=2026-11-20T11:00:00+00:00")
	before := s.git("rev-parse", "HEAD")
	for i, fake := range fakeSecrets() {
		file := filepath.Join(t.TempDir(), "draft.yaml")
		text := "summary: 'The job runs with " + fake + " since Monday'\nto: [ben]\nreturns_at: '2030-01-02T09:00:00Z'\n" +
			"shipped: []\nitems: []\nblockers: []\ndecisions: []\n"
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for j, test := range []struct {
			who  *site
			args []string
		}{
			{s, []string{"declare", "-f", file}},
			{s, []string{"declare", "--summary", "The job runs with " + fake + " now", "--to", "ben", "--none", "shipped,items,blockers,decisions", "--returns", "tomorrow 09:00"}},
			{s, []string{"decide", "The job runs with " + fake + " -- it needs one"}},
			{s, []string{"ask", "Does the job run with " + fake + " today?", "--to", "ben"}},
			{s, []string{"resolve", "session-policy", "--how", "sarah gave us " + fake}},
			{s, []string{"gap", id, "--class", "missing_info", "--impact", "delay", "--recovery", "we asked for " + fake}},
			{&ben, []string{"ack", id, "--outcome", "declined", "--reason", "capacity", "--note", "take " + fake + " yourself"}},
			{&ben, []string{"answer", "@ana", "it is " + fake}},
			{&ben, []string{"escalate", "session-policy", "--reason", "stalled", "--ask", "let them use " + fake}},
		} {
			flags := [][]string{nil, {"--json"}, {"--dry-run", "-v"}}[(i+j)%3]
			out, status := test.who.try("handoff", append(test.args, flags...)...)
			if status == 0 || strings.Contains(out, value(fake)) {
				t.Errorf("%d %s %q: status %d\n%s", i, test.args[0], flags, status, out)
			}
		}
	}
	if after := s.git("rev-parse", "HEAD"); after != before {
		t.Errorf("something was committed: %s", s.git("log", "-p", before+"..HEAD"))
	}
	stored := s.git("cat-file", "--batch", "--batch-all-objects", "--unordered")
	err := filepath.WalkDir(s.path(".git"), func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		stored += string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, fake := range fakeSecrets() {
		if strings.Contains(stored, value(fake)) {
			t.Errorf("%s… is stored", fake[:8])
		}
	}
}

// TestSecretsAreNotEchoed types secrets where they do not belong.
func TestSecretsAreNotEchoed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.mustDeclare()
	fakes := fakeSecrets()
	for i := range fakes {
		fake := fakes[i]
		for j, args := range [][]string{
			{fake}, {"help", fake}, {"hook", fake}, {"completion", fake}, {"schema", fake}, {"inbox", fake}, {"version", fake},
			{"--" + fake}, {"log", "--" + fake}, {"log", "--limit", fake}, {"log", "--limit=" + fake}, {"log", "--color", fake},
			{"log", "--push=" + fake}, {"log", "--ref", fake}, {"log", "--since", fake}, {"log", "--kind", fake}, {"log", "--as-of", fake},
			{"show", fake}, {"ack", fake}, {"ack", "--outcome", fake}, {"ack", "--take", fake}, {"answer", fake, "yes"}, {"resolve", fake, "--how", "it is gone"},
			{"query", fake}, {"query", "what", "is", fake}, {"query", "owner:" + fake}, {"query", "is:" + fake}, {"query", "whois", fake}, {"query", "since:" + fake},
			{"declare", "-f", fake}, {"declare", "--from", fake}, {"declare", "--item", fake}, {"declare", "--item", "a;" + fake + ";b;c"},
			{"declare", "--none", fake}, {"declare", "--returns", fake}, {"declare", "--amend", fake}, {"declare", "--due", fake}, {"declare", "--waive", fake},
			{"-C", fake, "log"}, {"log", "--as", fake}, {"log", "--jq", fake}, {"log", "--template", "{{" + fake}, {"log", "--jq", ".", "--template", fake},
			{"check", fake}, {"check", "--format", fake}, {"check", "--pr", "--base", fake}, {"check", "--pr", "--number", fake},
			{"export", "--format", fake}, {"export", "-o", "nowhere/" + fake}, {"init", "--ci", fake}, {"stats", "--by", fake}, {"draft", "restore", fake},
			{"decide", "--door", fake, "a -- b"}, {"assign", fake, "--to", "ben"}, {"escalate", fake}, {"gap", fake}, {"withdraw", fake}, {"rollup", "--team", fake},
		} {
			if (i+j)%2 > 0 {
				continue // each with half of them
			}
			args = append(args, [][]string{{"--json"}, {"-v", "--no-input"}}[i/2%2]...)
			if out, status := s.try("handoff", args...); strings.Contains(out, value(fake)[:10]) {
				t.Errorf("%q: status %d\n%s", args, status, out)
			}
		}
	}
}
