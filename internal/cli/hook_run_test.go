package cli

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const shiftConfig = `format: 1
people:
  ana: {emails: [ana@example.com, ana@home.example], tz: Asia/Singapore, hours: "09:00-18:00"}
hook: {before_shift_end: 90m, commits: 0, hours: 0}
`

// TestReminderKnowsTheShift pushes one commit at several times of ana's day.
func TestReminderKnowsTheShift(t *testing.T) {
	dir := t.TempDir()
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull, "TZ=UTC",
		"GIT_AUTHOR_NAME=ana", "GIT_AUTHOR_EMAIL=ana@example.com", "GIT_COMMITTER_NAME=ana", "GIT_COMMITTER_EMAIL=ana@example.com",
		"GIT_AUTHOR_DATE=2026-11-20T09:00:00+08:00", "GIT_COMMITTER_DATE=2026-11-20T09:00:00+08:00"}
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Env = dir, env
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	git("init", "-q", "-b", "main")
	if err := os.Mkdir(filepath.Join(dir, ".handoffs"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, ".handoffs", "config.yaml"), []byte(shiftConfig), 0o644); err != nil {
		t.Fatal(err)
	}
	git("add", ".")
	// Her other address is hers as well.
	git("-c", "author.email=ana@home.example", "commit", "-q", "-m", "work", "--author=ana <ana@home.example>")

	singapore := time.FixedZone("", 8*3600)
	for clock, want := range map[string]string{
		"16:00": "",
		"17:00": "your shift ends in 1 h and 1 of your commits is in no handoff",
		"17:45": "your shift ends in 15 min",
		"18:30": "your shift ended 30 min ago",
		"20:00": "",
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-20 "+clock, singapore)
		if err != nil {
			t.Fatal(err)
		}
		var out, errs bytes.Buffer
		status := Main([]string{"hook", "run", "pre-push", "--no-stdin"}, Env{
			In: strings.NewReader(""), Out: &out, Err: &errs, Dir: dir, Environ: env, Now: func() time.Time { return now },
		})
		if status != StatusDone || out.Len() > 0 || (want == "") != (errs.Len() == 0) || !strings.Contains(errs.String(), want) {
			t.Errorf("%s: status %d, %q, want %q", clock, status, errs.String(), want)
		}
	}
}
