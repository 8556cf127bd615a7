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

// world is a repository, and a clock and an actor that a test sets.
type world struct {
	t   *testing.T
	dir string
	env Env
	now time.Time
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir()}
	w.env = Env{Dir: w.dir, NewID: randomID, Now: func() time.Time { return w.now }}
	w.as("ana", time.Date(2026, 11, 20, 18, 2, 0, 0, time.FixedZone("", 8*3600)))
	w.git("init", "-q", "-b", "main")
	w.git("commit", "-q", "--allow-empty", "-m", "start")
	return w
}

// as sets who acts, and when.
func (w *world) as(who string, at time.Time) {
	date := at.Format(time.RFC3339)
	w.now = at
	w.env.Environ = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		"GIT_AUTHOR_NAME=" + who, "GIT_AUTHOR_EMAIL=" + who + "@example.com", "GIT_AUTHOR_DATE=" + date,
		"GIT_COMMITTER_NAME=" + who, "GIT_COMMITTER_EMAIL=" + who + "@example.com", "GIT_COMMITTER_DATE=" + date,
	}
}

func (w *world) git(args ...string) string {
	w.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = w.dir, w.env.Environ
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

// commitFile writes a file and commits it.
func (w *world) commitFile(name, content string) {
	w.t.Helper()
	full := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(full, []byte(content), 0o644); err != nil {
		w.t.Fatal(err)
	}
	w.git("add", "--", name)
	w.git("commit", "-q", "-m", name)
}

// run runs a command line and requires its status.
func (w *world) run(status int, args ...string) (stdout, stderr string) {
	w.t.Helper()
	var out, errOut bytes.Buffer
	env := w.env
	env.In, env.Out, env.Err = strings.NewReader(""), &out, &errOut
	if got := Main(args, env); got != status {
		w.t.Fatalf("handoff %s: status %d, want %d\n%s%s", strings.Join(args, " "), got, status, out.String(), errOut.String())
	}
	return out.String(), errOut.String()
}
