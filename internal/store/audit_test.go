package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	teamconfig "github.com/handoff-cli/handoff/internal/config"
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
func (r *testRepo) commitAs(who string, n int, options ...string) string {
	r.t.Helper()
	date := fmt.Sprintf("2026-11-20T10:%02d:00Z", n)
	as := &testRepo{t: r.t, dir: r.dir, env: append(r.env[:len(r.env):len(r.env)],
		"GIT_AUTHOR_NAME="+who, "GIT_AUTHOR_EMAIL="+who+"@example.com", "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME="+who, "GIT_COMMITTER_EMAIL="+who+"@example.com", "GIT_COMMITTER_DATE="+date)}
	as.git("add", "-A")
	as.git(append([]string{"commit", "-q", "--allow-empty", "-m", "by " + who}, options...)...)
	return r.git("rev-parse", "HEAD")
}

// addRecord commits the nth record by somebody and returns its path.
func (r *testRepo) addRecord(n int, by string) string {
	r.t.Helper()
	path := recordAt(n, by)
	r.write(path, fmt.Sprintf("schema: \"handoff/v1\"\nid: \"rec%05d\"\nby: %q\n", n, by))
	r.commitAs(by, n)
	return path
}

// audited is a repository with a roster and three records.
func audited(t *testing.T) *testRepo {
	r := seeded(t)
	r.write(".handoffs/config.yaml", roster)
	r.commitAs("ana", 0)
	r.addRecord(1, "ana")
	r.addRecord(2, "ben")
	r.addRecord(3, "ana")
	return r
}

func (r *testRepo) audit(options ...func(*AuditOptions)) AuditReport {
	r.t.Helper()
	repo := r.open()
	refs, err := repo.Refs(context.Background(), Scope{})
	if err != nil {
		r.t.Fatal(err)
	}
	main, err := repo.Mainline(Scope{})
	if err != nil {
		r.t.Fatal(err)
	}
	o := AuditOptions{Dir: ".handoffs", Refs: refs, Main: main, Now: auditNow, Config: teamconfig.Default()}
	for _, option := range options {
		option(&o)
	}
	report, err := Audit(context.Background(), repo, o)
	if err != nil {
		r.t.Fatal(err)
	}
	return report
}

func signed(o *AuditOptions) { o.Signed = true }

// lines writes findings as "kind path commit", sorted; the commit is the one
// that HEAD~n names where it can be.
func (r *testRepo) lines(findings []AuditFinding) string {
	var lines []string
	for _, f := range findings {
		if f.Kind == AuditRewritten {
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
		r.write(recordAt(n, "ana"), "forged\n")
	}
	r.commitAs("zoe", 20)
	trace := filepath.Join(t.TempDir(), "trace")
	r.env = append(r.env, "GIT_TRACE="+trace)
	if report := r.audit(); len(report.Findings) < 10 {
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
		tamper func(r *testRepo) string // the findings, with %s for the tip
	}{
		{"nothing", func(r *testRepo) string {
			r.addRecord(9, "ben")
			r.write("src/a.txt", "changed\n")
			r.write(".handoffs/README.md", "for people to edit\n")
			r.commitAs("ana", 10)
			return ""
		}},
		{"edit", func(r *testRepo) string {
			r.write(first, "edited\n")
			return "edited " + base(first) + " " + r.commitAs("ana", 9)[:7]
		}},
		{"edit among other work", func(r *testRepo) string {
			r.write(first, "edited\n")
			r.write("src/a.txt", "changed\n")
			return "edited " + base(first) + " " + r.commitAs("ana", 9)[:7]
		}},
		{"delete", func(r *testRepo) string {
			r.git("rm", "-q", first)
			return "deleted " + base(first) + " " + r.commitAs("ana", 9)[:7]
		}},
		{"delete everything", func(r *testRepo) string {
			r.git("rm", "-rq", ".handoffs")
			tip := r.commitAs("ana", 9)[:7]
			return fmt.Sprintf("deleted %s %s\ndeleted %s %s\ndeleted %s %s", base(first), tip, base(second), tip, base(recordAt(3, "ana")), tip)
		}},
		{"rename", func(r *testRepo) string {
			r.git("mv", first, recordAt(8, "ana"))
			return "renamed " + base(first) + " " + r.commitAs("ana", 9)[:7]
		}},
		{"mode", func(r *testRepo) string {
			r.git("update-index", "--chmod=+x", first)
			r.git("commit", "-qm", "mode")
			return "mode " + base(first) + " " + r.git("rev-parse", "--short=7", "HEAD")
		}},
		{"link in place of a record", func(r *testRepo) string {
			r.git("rm", "-q", first)
			if err := os.Symlink("/etc/passwd", r.path(first)); err != nil {
				r.t.Fatal(err)
			}
			return "edited " + base(first) + " " + r.commitAs("ana", 9)[:7]
		}},
		{"edit, then restore", func(r *testRepo) string {
			before := r.read(first)
			r.write(first, "edited\n")
			edit := r.commitAs("ana", 9)[:7]
			r.write(first, before)
			return fmt.Sprintf("edited %s %s\nrestored %s %s", base(first), edit, base(first), r.commitAs("ana", 10)[:7])
		}},
		{"delete, then restore", func(r *testRepo) string {
			before := r.read(first)
			r.git("rm", "-q", first)
			edit := r.commitAs("ana", 9)[:7]
			r.write(first, before)
			return fmt.Sprintf("deleted %s %s\nrestored %s %s", base(first), edit, base(first), r.commitAs("ana", 10)[:7])
		}},
		{"honest merge", func(r *testRepo) string {
			r.git("switch", "-qc", "side", "HEAD~2")
			r.addRecord(4, "ben")
			r.git("switch", "-q", "main")
			r.addRecord(5, "ana")
			r.git("merge", "-q", "-m", "merge", "side")
			return ""
		}},
		{"replaced inside a merge", func(r *testRepo) string {
			r.git("switch", "-qc", "side")
			r.addRecord(4, "ben")
			r.git("switch", "-q", "main")
			r.addRecord(5, "ana")
			r.git("merge", "-q", "--no-commit", "side")
			r.write(first, "replaced\n")
			tip := r.commitAs("ana", 9)[:7]
			return "duplicated " + base(first) + "\nreplaced " + base(first) + " " + tip
		}},
		{"dropped by a merge", func(r *testRepo) string {
			r.git("switch", "-qc", "side", "HEAD~2")
			r.addRecord(4, "ben")
			r.git("switch", "-q", "main")
			r.addRecord(5, "ana")
			r.git("merge", "-q", "-s", "ours", "-m", "ours", "side")
			return "replaced " + base(recordAt(4, "ben")) + " " + r.git("rev-parse", "--short=7", "HEAD")
		}},
		{"edited on a side that is merged", func(r *testRepo) string {
			r.git("switch", "-qc", "side")
			r.write(first, "edited\n")
			edit := r.commitAs("ben", 4)[:7]
			r.git("switch", "-q", "main")
			r.addRecord(5, "ana")
			r.git("merge", "-q", "-m", "merge", "side")
			return "edited " + base(first) + " " + edit
		}},
		{"forged by", func(r *testRepo) string {
			path := recordAt(9, "ana")
			r.write(path, "forged\n")
			return "identity " + base(path) + " " + r.commitAs("ben", 9)[:7]
		}},
		{"forged by somebody with a similar address", func(r *testRepo) string {
			path := recordAt(9, "ana")
			r.write(path, "forged\n")
			r.git("add", "-A")
			r.git("-c", "user.email=ana@evil.example", "commit", "-q", "--date=2026-11-20T10:09:00Z", "-m", "forged")
			return "identity " + base(path) + " " + r.git("rev-parse", "--short=7", "HEAD")
		}},
		{"another address in .mailmap", func(r *testRepo) string {
			r.write(".mailmap", "Ana <ana@example.com> <ana@old.example>\n")
			r.write(recordAt(9, "ana"), "mine\n")
			r.git("add", "-A")
			r.git("-c", "user.email=ana@old.example", "commit", "-q", "--date=2026-11-20T10:09:00Z", "-m", "mine")
			return ""
		}},
		{"backdated", func(r *testRepo) string {
			path := recordAt(9, "ana")
			r.write(path, "late\n")
			return "backdated " + base(path) + " " + r.commitAs("ana", 30)[:7]
		}},
		{"one id twice", func(r *testRepo) string {
			path := ".handoffs/2026/11/20/100900Z-handoff-ana-rec00001.yaml"
			r.write(path, "another\n")
			r.commitAs("ana", 9)
			return "duplicated " + base(path)
		}},
		{"ack of other bytes", func(r *testRepo) string {
			path := ".handoffs/2026/11/20/100900Z-ack-ben-ack00001.yaml"
			r.write(path, "by: \"ben\"\nsubject: \"rec00001\"\ndigest: \""+strings.Repeat("0", 64)+"\"\n")
			r.commitAs("ben", 9)
			return "digest " + base(path)
		}},
		{"ack of what is edited later", func(r *testRepo) string {
			path := ".handoffs/2026/11/20/100900Z-ack-ben-ack00001.yaml"
			sum := exec.Command("sha256sum", r.path(first))
			out, err := sum.Output()
			if err != nil {
				r.t.Fatal(err)
			}
			r.write(path, "by: \"ben\"\nsubject: \"rec00001\"\ndigest: \""+string(out[:64])+"\"\n")
			r.commitAs("ben", 9)
			if found := r.audit().Findings; len(found) > 0 {
				r.t.Errorf("before the edit: %s", r.lines(found))
			}
			r.write(first, "edited\n")
			return "digest " + base(path) + "\nedited " + base(first) + " " + r.commitAs("ana", 10)[:7]
		}},
	}
	for _, test := range tests {
		for _, goingOn := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/again=%t", test.name, goingOn), func(t *testing.T) {
				t.Parallel()
				r := audited(t)
				if goingOn {
					if found := r.audit().Findings; len(found) > 0 {
						t.Fatalf("before: %s", r.lines(found))
					}
				}
				want := test.tamper(r)
				report := r.audit()
				if got := r.lines(report.Findings); got != want {
					t.Errorf("found\n%s\nwant\n%s", got, want)
				}
				if got := r.lines(r.audit().Findings); got != want {
					t.Errorf("found again\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

func TestAuditConfigChange(t *testing.T) {
	r := audited(t)
	r.write(".handoffs/config.yaml", roster+"authority:\n  - {area: refunds, primary: ben}\n")
	r.commitAs("ana", 8)
	r.write(".handoffs/config.yaml", strings.Replace(roster, "ana@example.com", "mallory@example.com", 1))
	r.commitAs("mallory", 9)
	path := recordAt(10, "ana")
	r.write(path, "by the new ana\n")
	r.commitAs("mallory", 10)
	r.addRecord(11, "ana")

	report := r.audit()
	var got []string
	for _, c := range report.Configs {
		got = append(got, c.Author+": "+strings.Join(c.Sections, ", "))
	}
	if want := "ana <ana@example.com>: authority\nmallory <mallory@example.com>: people, authority"; strings.Join(got, "\n") != want {
		t.Errorf("changes of the configuration:\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	// Each record is judged by the roster of its own commit.
	if got, want := r.lines(report.Findings), "identity "+filepath.Base(recordAt(11, "ana"))+" "+r.git("rev-parse", "--short=7", "HEAD"); got != want {
		t.Errorf("found %s, want %s", got, want)
	}
}

func TestAuditRewritten(t *testing.T) {
	lost := filepath.Base(recordAt(3, "ana"))
	tests := []struct {
		name   string
		remote bool // the branch was on a remote
		do     func(r *testRepo)
		want   string
	}{
		{"record taken back", false, func(r *testRepo) { r.git("reset", "-q", "--hard", "HEAD~1") }, "lost " + lost + "\nrewritten ."},
		{"taken back and forgotten", false, func(r *testRepo) {
			r.git("reset", "-q", "--hard", "HEAD~1")
			r.git("reflog", "expire", "--expire=now", "--all")
			r.git("gc", "-q", "--prune=now")
		}, "lost " + lost + "\nrewritten ."},
		{"records kept, nobody else has them", true, func(r *testRepo) { r.git("commit", "-q", "--amend", "-m", "amended") }, ""},
		{"records kept, without a remote", false, func(r *testRepo) { r.git("commit", "-q", "--amend", "-m", "amended") }, ""},
		{"records kept, where others fetch from", false, func(r *testRepo) {
			r.git("config", "core.bare", "true")
			r.audit()
			r.git("update-ref", "refs/heads/main", r.git("commit-tree", "-p", "HEAD~1", "-m", "amended", "HEAD^{tree}"))
		}, "rewritten ."},
		{"records kept, pushed by force", true, func(r *testRepo) {
			r.git("push", "-q", "origin", "main")
			r.audit()
			r.git("commit", "-q", "--amend", "-m", "amended")
			r.git("push", "-qf", "origin", "main")
		}, "rewritten ."},
		{"records kept, pushed by force where another branch is", true, func(r *testRepo) {
			r.git("push", "-q", "origin", "main", "HEAD~2:refs/heads/old")
			r.audit()
			r.git("commit", "-q", "--amend", "-m", "amended")
			r.git("push", "-qf", "origin", "main")
		}, "rewritten ."},
		{"merged branch deleted", false, func(r *testRepo) {
			r.git("branch", "old", "HEAD~1")
			r.audit()
			r.git("branch", "-D", "old")
			r.addRecord(9, "ben")
		}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := audited(t)
			if test.remote {
				r.git("init", "-q", "--bare", r.path(".git/remote.git"))
				r.git("remote", "add", "origin", r.path(".git/remote.git"))
				r.git("push", "-q", "origin", "HEAD~1:refs/heads/main")
			}
			if found := r.audit().Findings; len(found) > 0 {
				t.Fatalf("before: %s", r.lines(found))
			}
			test.do(r)
			if got := r.lines(r.audit().Findings); got != test.want {
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
		r.git("switch", "-qc", fmt.Sprint("side", i), "main")
		want = append(want, r.addRecord(10+i, "ana"))
	}
	r.git("switch", "-q", "main")
	r.audit()
	r.git("branch", "-qD", "side0", "side1", "side2", "side3", "side4")
	r.git("reflog", "expire", "--expire=now", "--all")
	r.git("gc", "-q", "--prune=now")
	for range 2 {
		var got []string
		for _, f := range r.audit().Findings {
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
	r.git("config", "gpg.format", "ssh")
	r.git("config", "gpg.ssh.allowedSignersFile", allowedFile)
	r.git("config", "log.showSignature", "true") // which prints more than was asked for
	sign := func(n int, by, key string) string {
		r.write(recordAt(n, by), "signed\n")
		r.git("config", "user.signingkey", filepath.Join(keys, key))
		return r.commitAs(by, n, "-S")[:7]
	}
	var want []string
	for n, by := range []string{"ana", "ben", "ana"} {
		want = append(want, fmt.Sprintf("unsigned %s %.7s", filepath.Base(recordAt(n+1, by)), r.git("rev-parse", fmt.Sprintf("HEAD~%d", 2-n))))
	}
	sign(5, "ana", "ana")
	want = append(want, fmt.Sprintf("signer %s %s", filepath.Base(recordAt(6, "ana")), sign(6, "ana", "ben")))
	want = append(want, fmt.Sprintf("unsigned %s %s", filepath.Base(recordAt(7, "ben")), sign(7, "ben", "eve")))
	slices.Sort(want)

	if found := r.audit().Findings; len(found) > 0 {
		t.Errorf("when nobody asked for signatures: %s", r.lines(found))
	}
	for range 2 {
		if got := r.lines(r.audit(signed).Findings); got != strings.Join(want, "\n") {
			t.Errorf("found\n%s\nwant\n%s", got, strings.Join(want, "\n"))
		}
	}
	if found := r.audit().Findings; len(found) > 0 {
		t.Errorf("when nobody asked for signatures any more: %s", r.lines(found))
	}
}

// TestAuditIgnoresReplacements hides an edit from git, and must find it.
func TestAuditIgnoresReplacements(t *testing.T) {
	r := audited(t)
	honest := r.git("rev-parse", "HEAD")
	r.write(recordAt(1, "ana"), "edited\n")
	edit := r.commitAs("ana", 9)
	r.write("src/a.txt", "later\n")
	r.commitAs("ana", 10)
	r.git("replace", "HEAD", r.git("commit-tree", "-p", honest, "-m", "honest", honest+"^{tree}"))
	if out := r.git("log", "--format=%s", "--", recordAt(1, "ana")); strings.Contains(out, "\n") {
		t.Fatalf("git is not misled: %s", out)
	}
	if got, want := r.lines(r.audit().Findings), "edited "+filepath.Base(recordAt(1, "ana"))+" "+edit[:7]; got != want {
		t.Errorf("found %q, want %q", got, want)
	}
}

func TestAuditShallow(t *testing.T) {
	r := audited(t)
	clone := r.in(t.TempDir())
	clone.git("clone", "-q", "--depth=1", "file://"+r.dir, ".")
	report := clone.audit()
	if got := clone.lines(report.Findings); got != "" {
		t.Errorf("found in a shallow clone: %s", got)
	}
	if len(report.Unseen) != 2 || !strings.Contains(report.Unseen[0], "shallow") {
		t.Errorf("does not say that the clone is shallow: %q", report.Unseen)
	}
	clone.git("fetch", "-q", "--unshallow")
	if report := clone.audit(); report.Records != 3 {
		t.Errorf("%d records after all of history came, want 3", report.Records)
	}
}

// TestAuditOfManyRecords finds nothing in 10,000 records, and the one edit
// that is then made.
func TestAuditOfManyRecords(t *testing.T) {
	r := newRepo(t)
	r.importRecords(10_000)
	report := r.audit()
	if len(report.Findings) > 0 || report.Records != 10_000 || report.Commits != 10_001 {
		t.Errorf("%d records in %d commits, found %s", report.Records, report.Commits, r.lines(report.Findings))
	}
	r.git("reset", "-q", "--hard")
	// The record after an ack is one that nobody has acked.
	day := strings.Split(r.git("ls-files", ".handoffs/2024/01/20/*"), "\n")
	path := day[1+slices.IndexFunc(day, func(name string) bool { return strings.Contains(name, "-ack-") })]
	r.write(path, "edited\n")
	r.commitAs("ana", 1)
	report = r.audit()
	if got, want := r.lines(report.Findings), "edited "+filepath.Base(path)+" "+r.git("rev-parse", "--short=7", "HEAD"); got != want {
		t.Errorf("found %q, want %q", got, want)
	}
	if report.New != 1 {
		t.Errorf("looked at %d commits anew, want 1", report.New)
	}
}

// importRecords fills the branch main with a roster and n honest records, a
// third of them acks with digests.
func (r *testRepo) importRecords(n int) {
	r.t.Helper()
	cmd := exec.Command("git", "fast-import", "--quiet")
	cmd.Dir, cmd.Env, cmd.Stdin = r.dir, r.env, strings.NewReader(recordStream(n))
	if out, err := cmd.CombinedOutput(); err != nil {
		r.t.Fatalf("git fast-import: %v\n%s", err, out)
	}
	r.git("repack", "-adq")
}

// BenchmarkAudit is a first audit against git log of the same directory, in
// turns, and the audit after it.
//
//	go test -run '^$' -bench Audit -benchtime 1x ./internal/store
func BenchmarkAudit(b *testing.B) {
	const rounds = 5
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			r := newRepo(b)
			r.importRecords(n)
			timed := func(f func()) time.Duration {
				start := time.Now()
				f()
				return time.Since(start)
			}
			var first, again, git []time.Duration
			for range rounds {
				git = append(git, timed(func() { r.git("log", "--name-status", "--", ".handoffs") }))
				if err := os.RemoveAll(r.path(".git/handoff")); err != nil {
					b.Fatal(err)
				}
				first = append(first, timed(func() { r.audit() }))
				again = append(again, timed(func() { r.audit() }))
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

// TestAuditGoesOnFromOlderMarks loses a record of the mainline after an audit by
// a program that remembered less, and after one that did not ask for signatures.
func TestAuditGoesOnFromOlderMarks(t *testing.T) {
	lost := filepath.Base(recordAt(3, "ana"))
	for _, gone := range []bool{false, true} {
		t.Run(fmt.Sprintf("gone=%t", gone), func(t *testing.T) {
			r := audited(t)
			r.audit()
			tip := r.git("rev-parse", "HEAD")
			mark := fmt.Sprintf(`{"version":1,"dir":".handoffs","signed":false,"tips":{"refs/heads/main":%q},"commits":1,"records":3}`+"\n", tip)

			bytes, err := hex.DecodeString(tip)
			if err != nil {
				t.Fatal(err)
			}
			r.write(".git/handoff/verified", mark+string(bytes))
			if gone {
				r.git("reset", "-q", "--hard", "HEAD~1")
			}
			report := r.audit()
			want := ""
			if gone {
				want = "lost " + lost + "\nrewritten ."
			}
			if got := r.lines(report.Findings); got != want {
				t.Errorf("found\n%s\nwant\n%s", got, want)
			}
			if len(report.Unseen) > 0 {
				t.Errorf("has forgotten what it saw: %q", report.Unseen)
			}
		})
	}
	t.Run("signatures", func(t *testing.T) {
		r := audited(t)
		r.audit()
		r.git("reset", "-q", "--hard", "HEAD~1")
		got := r.lines(r.audit(signed).Findings)
		if !strings.Contains(got, "lost "+lost) || !strings.Contains(got, "unsigned ") {
			t.Errorf("found\n%s", got)
		}
	})
}

// TestAuditOfSquashMerges has one commit by ana with records of ana and ben.
func TestAuditOfSquashMerges(t *testing.T) {
	ack := ".handoffs/2026/11/20/100900Z-ack-ben-ack00001.yaml"
	squash := func(r *testRepo) string {
		r.write(recordAt(8, "ana"), "ana's\n")
		r.write(ack, "by: \"ben\"\n")
		return r.commitAs("ana", 40)[:7]
	}
	branch := func(r *testRepo) { // the records as they were written
		r.git("switch", "-qc", "feature")
		r.write(recordAt(8, "ana"), "ana's\n")
		r.commitAs("ana", 8)
		r.write(ack, "by: \"ben\"\n")
		r.commitAs("ben", 9)
		r.git("switch", "-q", "main")
	}
	forget := func(r *testRepo) {
		r.git("branch", "-qD", "feature")
		r.git("reflog", "expire", "--expire=now", "--all")
		r.git("gc", "-q", "--prune=now")
	}
	tests := []struct {
		name            string
		do              func(r *testRepo) string
		found, unproven bool
	}{
		{"on the mainline, of a branch that nobody saw", squash, false, true},
		{"of a branch that is there", func(r *testRepo) string { branch(r); return squash(r) }, false, false},
		{"of a branch in a reflog", func(r *testRepo) string { branch(r); r.git("branch", "-qD", "feature"); return squash(r) }, false, false},
		{"of a branch that was audited", func(r *testRepo) string { branch(r); r.audit(); forget(r); return squash(r) }, false, false},
		{"of a branch that nobody can see any more", func(r *testRepo) string { branch(r); forget(r); return squash(r) }, false, true},
		{"on another branch", func(r *testRepo) string {
			r.git("switch", "-qc", "other")
			tip := squash(r)
			r.git("switch", "-q", "main")
			return tip
		}, true, false},
		{"that the mainline gets with a merge of its own", func(r *testRepo) string {
			r.git("switch", "-qc", "other")
			tip := squash(r)
			r.git("switch", "-q", "main")
			r.git("merge", "-q", "--no-ff", "-m", "merge", "other")
			return tip
		}, true, false},
		{"on another branch, to which the mainline moves later", func(r *testRepo) string {
			r.git("switch", "-qc", "other")
			squash(r)
			r.git("switch", "-q", "main")
			r.audit()
			r.git("merge", "-q", "--ff-only", "other")
			return ""
		}, false, true},
		{"of one person alone", func(r *testRepo) string {
			r.write(ack, "by: \"ben\"\n")
			return r.commitAs("ana", 9)[:7]
		}, true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			r := audited(t)
			commit := test.do(r)
			for range 2 {
				var wrong []AuditFinding
				report := r.audit()
				for _, f := range report.Findings {
					if f.Kind == AuditIdentity {
						wrong = append(wrong, f)
					}
				}
				want := ""
				if test.found {
					want = "identity " + filepath.Base(ack) + " " + commit
				}
				if got := r.lines(wrong); got != want {
					t.Errorf("found %q, want %q", got, want)
				}
				if !test.found && len(report.Findings) > 0 {
					t.Errorf("found %s", r.lines(report.Findings))
				}
				if got := len(report.Notes); got != 1 && test.unproven || got != 0 && !test.unproven {
					t.Errorf("notes: %s", r.lines(report.Notes))
				}
				repo := r.open()
				main, err := repo.Mainline(Scope{})
				if err != nil {
					t.Fatal(err)
				}
				ids, err := Unproven(context.Background(), repo, AuditOptions{Dir: ".handoffs", Main: main, Now: auditNow, Config: teamconfig.Default()})
				if err != nil || ids.Has("ack00001") != test.unproven {
					t.Errorf("unproven %v, %v", ids, err)
				}
			}
		})
	}
}
