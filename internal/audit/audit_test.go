package audit

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/git/gittest"
)

// auditNow is when the tests audit.
var auditNow = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)

// roster is a configuration with two people.
const roster = "format: 1\npeople:\n  ana: {emails: [ana@example.com]}\n  ben: {emails: [ben@example.com]}\n"

// recordAt is the path of a record by somebody, the nth of that day.
func recordAt(n int, by string) string {
	return fmt.Sprintf(".handoffs/2026/11/20/10%02d00Z-handoff-%s-rec%05d.yaml", n, by, n)
}

// commitAs commits everything as somebody, at the time of the nth record.
func commitAs(r *gittest.Repo, who string, n int, options ...string) string {
	r.T.Helper()
	date := fmt.Sprintf("2026-11-20T10:%02d:00Z", n)
	as := &gittest.Repo{T: r.T, Dir: r.Dir, Env: append(r.Env[:len(r.Env):len(r.Env)],
		"GIT_AUTHOR_NAME="+who, "GIT_AUTHOR_EMAIL="+who+"@example.com", "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME="+who, "GIT_COMMITTER_EMAIL="+who+"@example.com", "GIT_COMMITTER_DATE="+date)}
	as.Git("add", "-A")
	as.Git(append([]string{"commit", "-q", "--allow-empty", "-m", "by " + who}, options...)...)
	return r.Git("rev-parse", "HEAD")
}

// addRecord commits the nth record by somebody and returns its path.
func addRecord(r *gittest.Repo, n int, by string) string {
	r.T.Helper()
	path := recordAt(n, by)
	r.Write(path, fmt.Sprintf("schema: \"handoff/v1\"\nid: \"rec%05d\"\nby: %q\n", n, by))
	commitAs(r, by, n)
	return path
}

// audited is a repository with a roster and three records.
func audited(t *testing.T) *gittest.Repo {
	r := gittest.Seeded(t)
	r.Write(".handoffs/config.yaml", roster)
	commitAs(r, "ana", 0)
	addRecord(r, 1, "ana")
	addRecord(r, 2, "ben")
	addRecord(r, 3, "ana")
	return r
}

func mustAudit(r *gittest.Repo, options ...func(*Options)) Report {
	r.T.Helper()
	repo := mustOpen(r)
	refs, err := repo.Refs(context.Background(), git.Scope{})
	if err != nil {
		r.T.Fatal(err)
	}
	main, err := repo.Mainline(git.Scope{})
	if err != nil {
		r.T.Fatal(err)
	}
	o := Options{Dir: ".handoffs", Refs: refs, Main: main, Now: auditNow, Config: config.Default()}
	for _, option := range options {
		option(&o)
	}
	report, err := Run(context.Background(), repo, o)
	if err != nil {
		r.T.Fatal(err)
	}
	return report
}

func signed(o *Options) { o.Signed = true }

// lines writes findings as "kind path commit", sorted; the commit is the one
// that HEAD~n names where it can be.
func lines(r *gittest.Repo, findings []Finding) string {
	var lines []string
	for _, f := range findings {
		if f.Kind == KindRewritten {
			f.Commit = "" // the tip that was
		}
		lines = append(lines, strings.TrimSpace(fmt.Sprintf("%s %s %.7s", f.Kind, filepath.Base(f.Path), f.Commit)))
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// TestAuditFinds tampers with a repository in one way and expects exactly the
// findings that this way deserves, in the commit that did it: in a first audit,
// and in one that goes on from an audit before.
// TestAuditAsksOnceForAnAuthor has many records that their author has no right
// to: git is not started for each.
func TestAuditAsksOnceForAnAuthor(t *testing.T) {
	r := audited(t)
	for n := 10; n < 20; n++ {
		r.Write(recordAt(n, "ana"), "forged\n")
	}
	commitAs(r, "zoe", 20)
	trace := filepath.Join(t.TempDir(), "trace")
	r.Env = append(r.Env, "GIT_TRACE="+trace)
	if report := mustAudit(r); len(report.Findings) < 10 {
		t.Errorf("%d findings", len(report.Findings))
	}
	log, err := os.ReadFile(trace)
	if n := strings.Count(string(log), "built-in: git check-mailmap"); err != nil || n != 1 {
		t.Errorf("git was asked %d times, %v", n, err)
	}
}

func TestAuditFinds(t *testing.T) {
	first, second := recordAt(1, "ana"), recordAt(2, "ben")
	base := filepath.Base
	tests := []struct {
		name   string
		tamper func(r *gittest.Repo) string // the findings, with %s for the tip
	}{
		{"nothing", func(r *gittest.Repo) string {
			addRecord(r, 9, "ben")
			r.Write("src/a.txt", "changed\n")
			r.Write(".handoffs/README.md", "for people to edit\n")
			commitAs(r, "ana", 10)
			return ""
		}},
		{"edit", func(r *gittest.Repo) string {
			r.Write(first, "edited\n")
			return "edited " + base(first) + " " + commitAs(r, "ana", 9)[:7]
		}},
		{"edit among other work", func(r *gittest.Repo) string {
			r.Write(first, "edited\n")
			r.Write("src/a.txt", "changed\n")
			return "edited " + base(first) + " " + commitAs(r, "ana", 9)[:7]
		}},
		{"delete", func(r *gittest.Repo) string {
			r.Git("rm", "-q", first)
			return "deleted " + base(first) + " " + commitAs(r, "ana", 9)[:7]
		}},
		{"delete everything", func(r *gittest.Repo) string {
			r.Git("rm", "-rq", ".handoffs")
			tip := commitAs(r, "ana", 9)[:7]
			return fmt.Sprintf("deleted %s %s\ndeleted %s %s\ndeleted %s %s", base(first), tip, base(second), tip, base(recordAt(3, "ana")), tip)
		}},
		{"rename", func(r *gittest.Repo) string {
			r.Git("mv", first, recordAt(8, "ana"))
			return "renamed " + base(first) + " " + commitAs(r, "ana", 9)[:7]
		}},
		{"mode", func(r *gittest.Repo) string {
			r.Git("update-index", "--chmod=+x", first)
			r.Git("commit", "-qm", "mode")
			return "mode " + base(first) + " " + r.Git("rev-parse", "--short=7", "HEAD")
		}},
		{"link in place of a record", func(r *gittest.Repo) string {
			r.Git("rm", "-q", first)
			if err := os.Symlink("/etc/passwd", r.Path(first)); err != nil {
				r.T.Fatal(err)
			}
			return "edited " + base(first) + " " + commitAs(r, "ana", 9)[:7]
		}},
		{"edit, then restore", func(r *gittest.Repo) string {
			before := r.Read(first)
			r.Write(first, "edited\n")
			edit := commitAs(r, "ana", 9)[:7]
			r.Write(first, before)
			return fmt.Sprintf("edited %s %s\nrestored %s %s", base(first), edit, base(first), commitAs(r, "ana", 10)[:7])
		}},
		{"delete, then restore", func(r *gittest.Repo) string {
			before := r.Read(first)
			r.Git("rm", "-q", first)
			edit := commitAs(r, "ana", 9)[:7]
			r.Write(first, before)
			return fmt.Sprintf("deleted %s %s\nrestored %s %s", base(first), edit, base(first), commitAs(r, "ana", 10)[:7])
		}},
		{"honest merge", func(r *gittest.Repo) string {
			r.Git("switch", "-qc", "side", "HEAD~2")
			addRecord(r, 4, "ben")
			r.Git("switch", "-q", "main")
			addRecord(r, 5, "ana")
			r.Git("merge", "-q", "-m", "merge", "side")
			return ""
		}},
		{"replaced inside a merge", func(r *gittest.Repo) string {
			r.Git("switch", "-qc", "side")
			addRecord(r, 4, "ben")
			r.Git("switch", "-q", "main")
			addRecord(r, 5, "ana")
			r.Git("merge", "-q", "--no-commit", "side")
			r.Write(first, "replaced\n")
			tip := commitAs(r, "ana", 9)[:7]
			return "duplicated " + base(first) + "\nreplaced " + base(first) + " " + tip
		}},
		{"dropped by a merge", func(r *gittest.Repo) string {
			r.Git("switch", "-qc", "side", "HEAD~2")
			addRecord(r, 4, "ben")
			r.Git("switch", "-q", "main")
			addRecord(r, 5, "ana")
			r.Git("merge", "-q", "-s", "ours", "-m", "ours", "side")
			return "replaced " + base(recordAt(4, "ben")) + " " + r.Git("rev-parse", "--short=7", "HEAD")
		}},
		{"edited on a side that is merged", func(r *gittest.Repo) string {
			r.Git("switch", "-qc", "side")
			r.Write(first, "edited\n")
			edit := commitAs(r, "ben", 4)[:7]
			r.Git("switch", "-q", "main")
			addRecord(r, 5, "ana")
			r.Git("merge", "-q", "-m", "merge", "side")
			return "edited " + base(first) + " " + edit
		}},
		{"forged by", func(r *gittest.Repo) string {
			path := recordAt(9, "ana")
			r.Write(path, "forged\n")
			return "identity " + base(path) + " " + commitAs(r, "ben", 9)[:7]
		}},
		{"forged by somebody with a similar address", func(r *gittest.Repo) string {
			path := recordAt(9, "ana")
			r.Write(path, "forged\n")
			r.Git("add", "-A")
			r.Git("-c", "user.email=ana@evil.example", "commit", "-q", "--date=2026-11-20T10:09:00Z", "-m", "forged")
			return "identity " + base(path) + " " + r.Git("rev-parse", "--short=7", "HEAD")
		}},
		{"another address in .mailmap", func(r *gittest.Repo) string {
			r.Write(".mailmap", "Ana <ana@example.com> <ana@old.example>\n")
			r.Write(recordAt(9, "ana"), "mine\n")
			r.Git("add", "-A")
			r.Git("-c", "user.email=ana@old.example", "commit", "-q", "--date=2026-11-20T10:09:00Z", "-m", "mine")
			return ""
		}},
		{"backdated", func(r *gittest.Repo) string {
			path := recordAt(9, "ana")
			r.Write(path, "late\n")
			return "backdated " + base(path) + " " + commitAs(r, "ana", 30)[:7]
		}},
		{"one id twice", func(r *gittest.Repo) string {
			path := ".handoffs/2026/11/20/100900Z-handoff-ana-rec00001.yaml"
			r.Write(path, "another\n")
			commitAs(r, "ana", 9)
			return "duplicated " + base(path)
		}},
		{"ack of other bytes", func(r *gittest.Repo) string {
			path := ".handoffs/2026/11/20/100900Z-ack-ben-ack00001.yaml"
			r.Write(path, "by: \"ben\"\nsubject: \"rec00001\"\ndigest: \""+strings.Repeat("0", 64)+"\"\n")
			commitAs(r, "ben", 9)
			return "digest " + base(path)
		}},
		{"ack of what is edited later", func(r *gittest.Repo) string {
			path := ".handoffs/2026/11/20/100900Z-ack-ben-ack00001.yaml"
			sum := exec.Command("sha256sum", r.Path(first))
			out, err := sum.Output()
			if err != nil {
				r.T.Fatal(err)
			}
			r.Write(path, "by: \"ben\"\nsubject: \"rec00001\"\ndigest: \""+string(out[:64])+"\"\n")
			commitAs(r, "ben", 9)
			if found := mustAudit(r).Findings; len(found) > 0 {
				r.T.Errorf("before the edit: %s", lines(r, found))
			}
			r.Write(first, "edited\n")
			return "digest " + base(path) + "\nedited " + base(first) + " " + commitAs(r, "ana", 10)[:7]
		}},
	}
	for _, test := range tests {
		for _, goingOn := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/again=%t", test.name, goingOn), func(t *testing.T) {
				t.Parallel()
				r := audited(t)
				if goingOn {
					if found := mustAudit(r).Findings; len(found) > 0 {
						t.Fatalf("before: %s", lines(r, found))
					}
				}
				want := test.tamper(r)
				report := mustAudit(r)
				if got := lines(r, report.Findings); got != want {
					t.Errorf("found\n%s\nwant\n%s", got, want)
				}
				if got := lines(r, mustAudit(r).Findings); got != want {
					t.Errorf("found again\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

func TestAuditConfigChange(t *testing.T) {
	r := audited(t)
	r.Write(".handoffs/config.yaml", roster+"authority:\n  - {area: refunds, primary: ben}\n")
	commitAs(r, "ana", 8)
	r.Write(".handoffs/config.yaml", strings.Replace(roster, "ana@example.com", "mallory@example.com", 1))
	commitAs(r, "mallory", 9)
	path := recordAt(10, "ana")
	r.Write(path, "by the new ana\n")
	commitAs(r, "mallory", 10)
	addRecord(r, 11, "ana")

	report := mustAudit(r)
	var got []string
	for _, c := range report.Configs {
		got = append(got, c.Author+": "+strings.Join(c.Sections, ", "))
	}
	if want := "ana <ana@example.com>: authority\nmallory <mallory@example.com>: people, authority"; strings.Join(got, "\n") != want {
		t.Errorf("changes of the configuration:\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	// Each record is judged by the roster of its own commit.
	if got, want := lines(r, report.Findings), "identity "+filepath.Base(recordAt(11, "ana"))+" "+r.Git("rev-parse", "--short=7", "HEAD"); got != want {
		t.Errorf("found %s, want %s", got, want)
	}
}

func TestAuditRewritten(t *testing.T) {
	lost := filepath.Base(recordAt(3, "ana"))
	tests := []struct {
		name   string
		remote bool // the branch was on a remote
		do     func(r *gittest.Repo)
		want   string
	}{
		{"record taken back", false, func(r *gittest.Repo) { r.Git("reset", "-q", "--hard", "HEAD~1") }, "lost " + lost + "\nrewritten ."},
		{"taken back and forgotten", false, func(r *gittest.Repo) {
			r.Git("reset", "-q", "--hard", "HEAD~1")
			r.Git("reflog", "expire", "--expire=now", "--all")
			r.Git("gc", "-q", "--prune=now")
		}, "lost " + lost + "\nrewritten ."},
		{"records kept, nobody else has them", true, func(r *gittest.Repo) { r.Git("commit", "-q", "--amend", "-m", "amended") }, ""},
		{"records kept, without a remote", false, func(r *gittest.Repo) { r.Git("commit", "-q", "--amend", "-m", "amended") }, ""},
		{"records kept, where others fetch from", false, func(r *gittest.Repo) {
			r.Git("config", "core.bare", "true")
			mustAudit(r)
			r.Git("update-ref", "refs/heads/main", r.Git("commit-tree", "-p", "HEAD~1", "-m", "amended", "HEAD^{tree}"))
		}, "rewritten ."},
		{"records kept, pushed by force", true, func(r *gittest.Repo) {
			r.Git("push", "-q", "origin", "main")
			mustAudit(r)
			r.Git("commit", "-q", "--amend", "-m", "amended")
			r.Git("push", "-qf", "origin", "main")
		}, "rewritten ."},
		{"records kept, pushed by force where another branch is", true, func(r *gittest.Repo) {
			r.Git("push", "-q", "origin", "main", "HEAD~2:refs/heads/old")
			mustAudit(r)
			r.Git("commit", "-q", "--amend", "-m", "amended")
			r.Git("push", "-qf", "origin", "main")
		}, "rewritten ."},
		{"merged branch deleted", false, func(r *gittest.Repo) {
			r.Git("branch", "old", "HEAD~1")
			mustAudit(r)
			r.Git("branch", "-D", "old")
			addRecord(r, 9, "ben")
		}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := audited(t)
			if test.remote {
				r.Git("init", "-q", "--bare", r.Path(".git/remote.git"))
				r.Git("remote", "add", "origin", r.Path(".git/remote.git"))
				r.Git("push", "-q", "origin", "HEAD~1:refs/heads/main")
			}
			if found := mustAudit(r).Findings; len(found) > 0 {
				t.Fatalf("before: %s", lines(r, found))
			}
			test.do(r)
			if got := lines(r, mustAudit(r).Findings); got != test.want {
				t.Errorf("found\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

// TestAuditTellsInOrder loses several branches with a record each, and the
// commits with them.
func TestAuditTellsInOrder(t *testing.T) {
	r := audited(t)
	var want []string
	for i := range 5 {
		r.Git("switch", "-qc", fmt.Sprint("side", i), "main")
		want = append(want, addRecord(r, 10+i, "ana"))
	}
	r.Git("switch", "-q", "main")
	mustAudit(r)
	r.Git("branch", "-qD", "side0", "side1", "side2", "side3", "side4")
	r.Git("reflog", "expire", "--expire=now", "--all")
	r.Git("gc", "-q", "--prune=now")
	for range 2 {
		var got []string
		for _, f := range mustAudit(r).Findings {
			got = append(got, f.Path)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	}
}

func TestAuditSignatures(t *testing.T) {
	r := audited(t)
	keys := t.TempDir()
	var allowed strings.Builder
	for _, who := range []string{"ana", "ben", "eve"} {
		file := filepath.Join(keys, who)
		if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", who, "-f", file).CombinedOutput(); err != nil {
			t.Fatalf("ssh-keygen: %v\n%s", err, out)
		}
		public, err := os.ReadFile(file + ".pub")
		if err != nil {
			t.Fatal(err)
		}
		if who != "eve" {
			fmt.Fprintf(&allowed, "%s@example.com %s", who, public)
		}
	}
	allowedFile := filepath.Join(keys, "allowed")
	if err := os.WriteFile(allowedFile, []byte(allowed.String()), 0o666); err != nil {
		t.Fatal(err)
	}
	r.Git("config", "gpg.format", "ssh")
	r.Git("config", "gpg.ssh.allowedSignersFile", allowedFile)
	r.Git("config", "log.showSignature", "true") // which prints more than was asked for
	sign := func(n int, by, key string) string {
		r.Write(recordAt(n, by), "signed\n")
		r.Git("config", "user.signingkey", filepath.Join(keys, key))
		return commitAs(r, by, n, "-S")[:7]
	}
	var want []string
	for n, by := range []string{"ana", "ben", "ana"} {
		want = append(want, fmt.Sprintf("unsigned %s %.7s", filepath.Base(recordAt(n+1, by)), r.Git("rev-parse", fmt.Sprintf("HEAD~%d", 2-n))))
	}
	sign(5, "ana", "ana")
	want = append(want, fmt.Sprintf("signer %s %s", filepath.Base(recordAt(6, "ana")), sign(6, "ana", "ben")))
	want = append(want, fmt.Sprintf("unsigned %s %s", filepath.Base(recordAt(7, "ben")), sign(7, "ben", "eve")))
	slices.Sort(want)

	if found := mustAudit(r).Findings; len(found) > 0 {
		t.Errorf("when nobody asked for signatures: %s", lines(r, found))
	}
	for range 2 {
		if got := lines(r, mustAudit(r, signed).Findings); got != strings.Join(want, "\n") {
			t.Errorf("found\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
	}
	if found := mustAudit(r).Findings; len(found) > 0 {
		t.Errorf("when nobody asked for signatures any more: %s", lines(r, found))
	}
}

// TestAuditIgnoresReplacements hides an edit from git, and must find it.
func TestAuditIgnoresReplacements(t *testing.T) {
	r := audited(t)
	honest := r.Git("rev-parse", "HEAD")
	r.Write(recordAt(1, "ana"), "edited\n")
	edit := commitAs(r, "ana", 9)
	r.Write("src/a.txt", "later\n")
	commitAs(r, "ana", 10)
	r.Git("replace", "HEAD", r.Git("commit-tree", "-p", honest, "-m", "honest", honest+"^{tree}"))
	if out := r.Git("log", "--format=%s", "--", recordAt(1, "ana")); strings.Contains(out, "\n") {
		t.Fatalf("git is not misled: %s", out)
	}
	if got, want := lines(r, mustAudit(r).Findings), "edited "+filepath.Base(recordAt(1, "ana"))+" "+edit[:7]; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestAuditShallow(t *testing.T) {
	r := audited(t)
	clone := r.In(t.TempDir())
	clone.Git("clone", "-q", "--depth=1", "file://"+r.Dir, ".")
	report := mustAudit(clone)
	if got := lines(clone, report.Findings); got != "" {
		t.Errorf("found in a shallow clone: %s", got)
	}
	if len(report.Unseen) != 2 || !strings.Contains(report.Unseen[0], "shallow") {
		t.Errorf("does not say that the clone is shallow: %q", report.Unseen)
	}
	clone.Git("fetch", "-q", "--unshallow")
	if report := mustAudit(clone); report.Records != 3 {
		t.Errorf("%d records after all of history came, want 3", report.Records)
	}
}

// TestAuditOfManyRecords finds nothing in 10,000 records, and the one edit
// that is then made.
func TestAuditOfManyRecords(t *testing.T) {
	r := gittest.New(t)
	importRecords(r, 10_000)
	report := mustAudit(r)
	if len(report.Findings) > 0 || report.Records != 10_000 || report.Commits != 10_001 {
		t.Errorf("%d records in %d commits, found %s", report.Records, report.Commits, lines(r, report.Findings))
	}
	r.Git("reset", "-q", "--hard")
	// The record after an ack is one that nobody has acked.
	day := strings.Split(r.Git("ls-files", ".handoffs/2024/01/20/*"), "\n")
	path := day[1+slices.IndexFunc(day, func(name string) bool { return strings.Contains(name, "-ack-") })]
	r.Write(path, "edited\n")
	commitAs(r, "ana", 1)
	report = mustAudit(r)
	if got, want := lines(r, report.Findings), "edited "+filepath.Base(path)+" "+r.Git("rev-parse", "--short=7", "HEAD"); got != want {
		t.Errorf("found %q, want %q", got, want)
	}
	if report.New != 1 {
		t.Errorf("looked at %d commits anew, want 1", report.New)
	}
}

// importRecords fills the branch main with a roster and n honest records, a
// third of them acks with digests.
func importRecords(r *gittest.Repo, n int) {
	r.T.Helper()
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Env, cmd.Stdin = r.Dir, r.Env, strings.NewReader(recordStream(n))
	if out, err := cmd.CombinedOutput(); err != nil {
		r.T.Fatalf("git fast-import: %v\n%s", err, out)
	}
	r.Git("repack", "-adq")
}

// BenchmarkAudit is a first audit against git log of the same directory, in
// turns, and the audit after it.
//
//	go test -run '^$' -bench Audit -benchtime 1x ./internal/store
func BenchmarkAudit(b *testing.B) {
	const rounds = 5
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := gittest.New(b)
			importRecords(r, n)
			timed := func(f func()) time.Duration {
				start := time.Now()
				f()
				return time.Since(start)
			}
			var first, again, git []time.Duration
			for range rounds {
				git = append(git, timed(func() { r.Git("log", "--name-status", "--", ".handoffs") }))
				if err := os.RemoveAll(r.Path(".git/handoff")); err != nil {
					b.Fatal(err)
				}
				first = append(first, timed(func() { mustAudit(r) }))
				again = append(again, timed(func() { mustAudit(r) }))
			}
			slices.Sort(git)
			slices.Sort(first)
			slices.Sort(again)
			b.ReportMetric(float64(first[rounds/2])/float64(git[rounds/2]), "×git-log")
			b.ReportMetric(float64(again[rounds/2].Microseconds())/1e3, "ms-again")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// TestAuditAsksForSignaturesLater loses a record of the mainline after an audit
// that did not ask for signatures.
func TestAuditAsksForSignaturesLater(t *testing.T) {
	lost := filepath.Base(recordAt(3, "ana"))
	r := audited(t)
	mustAudit(r)
	r.Git("reset", "-q", "--hard", "HEAD~1")
	got := lines(r, mustAudit(r, signed).Findings)
	if !strings.Contains(got, "lost "+lost) || !strings.Contains(got, "unsigned ") {
		t.Errorf("found\n%s", got)
	}
}

// TestAuditOfSquashMerges has one commit by ana with records of ana and ben.
func TestAuditOfSquashMerges(t *testing.T) {
	ack := ".handoffs/2026/11/20/100900Z-ack-ben-ack00001.yaml"
	squash := func(r *gittest.Repo) string {
		r.Write(recordAt(8, "ana"), "ana's\n")
		r.Write(ack, "by: \"ben\"\n")
		return commitAs(r, "ana", 40)[:7]
	}
	branch := func(r *gittest.Repo) { // the records as they were written
		r.Git("switch", "-qc", "feature")
		r.Write(recordAt(8, "ana"), "ana's\n")
		commitAs(r, "ana", 8)
		r.Write(ack, "by: \"ben\"\n")
		commitAs(r, "ben", 9)
		r.Git("switch", "-q", "main")
	}
	forget := func(r *gittest.Repo) {
		r.Git("branch", "-qD", "feature")
		r.Git("reflog", "expire", "--expire=now", "--all")
		r.Git("gc", "-q", "--prune=now")
	}
	tests := []struct {
		name            string
		do              func(r *gittest.Repo) string
		found, unproven bool
	}{
		{"on the mainline, of a branch that nobody saw", squash, false, true},
		{"of a branch that is there", func(r *gittest.Repo) string { branch(r); return squash(r) }, false, false},
		{"of a branch in a reflog", func(r *gittest.Repo) string { branch(r); r.Git("branch", "-qD", "feature"); return squash(r) }, false, false},
		{"of a branch that was audited", func(r *gittest.Repo) string { branch(r); mustAudit(r); forget(r); return squash(r) }, false, false},
		{"of a branch that nobody can see any more", func(r *gittest.Repo) string { branch(r); forget(r); return squash(r) }, false, true},
		{"on another branch", func(r *gittest.Repo) string {
			r.Git("switch", "-qc", "other")
			tip := squash(r)
			r.Git("switch", "-q", "main")
			return tip
		}, true, false},
		{"that the mainline gets with a merge of its own", func(r *gittest.Repo) string {
			r.Git("switch", "-qc", "other")
			tip := squash(r)
			r.Git("switch", "-q", "main")
			r.Git("merge", "-q", "--no-ff", "-m", "merge", "other")
			return tip
		}, true, false},
		{"on another branch, to which the mainline moves later", func(r *gittest.Repo) string {
			r.Git("switch", "-qc", "other")
			squash(r)
			r.Git("switch", "-q", "main")
			mustAudit(r)
			r.Git("merge", "-q", "--ff-only", "other")
			return ""
		}, false, true},
		{"of one person alone", func(r *gittest.Repo) string {
			r.Write(ack, "by: \"ben\"\n")
			return commitAs(r, "ana", 9)[:7]
		}, true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := audited(t)
			commit := test.do(r)
			for range 2 {
				var wrong []Finding
				report := mustAudit(r)
				for _, f := range report.Findings {
					if f.Kind == KindIdentity {
						wrong = append(wrong, f)
					}
				}
				want := ""
				if test.found {
					want = "identity " + filepath.Base(ack) + " " + commit
				}
				if got := lines(r, wrong); got != want {
					t.Errorf("found %q, want %q", got, want)
				}
				if !test.found && len(report.Findings) > 0 {
					t.Errorf("found %s", lines(r, report.Findings))
				}
				if got := len(report.Notes); got != 1 && test.unproven || got != 0 && !test.unproven {
					t.Errorf("notes: %s", lines(r, report.Notes))
				}
				repo := mustOpen(r)
				main, err := repo.Mainline(git.Scope{})
				if err != nil {
					t.Fatal(err)
				}
				ids, err := Unproven(context.Background(), repo, Options{Dir: ".handoffs", Main: main, Now: auditNow, Config: config.Default()})
				if err != nil {
					t.Fatal(err)
				}
				if has, err := ids.Has("ack00001"); err != nil || has != test.unproven {
					t.Errorf("unproven %v, %v", has, err)
				}
			}
		})
	}
}
