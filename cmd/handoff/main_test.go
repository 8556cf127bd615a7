package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) { os.Exit(withProgram(m.Run)) }

// withProgram runs the tests with the program before all others on the PATH, under
// both of its names.
func withProgram(tests func() int) int {
	for _, name := range agent.Signs() {
		os.Unsetenv(name)
	}
	// Most tests wait for other processes. Who says -parallel is heard.
	parallel := flag.Set("test.parallel", strconv.Itoa(2*runtime.GOMAXPROCS(0)))
	dir, err := os.MkdirTemp("", "handoff-program")
	if err := errors.Join(parallel, setClock(), err); err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	if err := build(dir); err != nil {
		panic(err)
	}
	if err := os.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH")); err != nil {
		panic(err)
	}
	return tests()
}

// build makes the program as the tests run it: that of this directory with two of the
// tests' files more. The tests themselves could be the program, and would take three
// times as long to start.
func build(dir string) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	more := map[string]string{}
	for _, name := range []string{"pinned", "watched"} {
		more[filepath.Join(here, name+".go")] = filepath.Join(here, name+"_test.go")
	}
	overlay, err := json.Marshal(map[string]any{"Replace": more})
	if err != nil {
		return err
	}
	file := filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(file, overlay, 0o600); err != nil {
		return err
	}
	suffix := ""
	if runtime.GOOS == "windows" {
		suffix = ".exe"
	}
	program := filepath.Join(dir, "handoff"+suffix)
	if out, err := exec.Command("go", "build", "-overlay", file, "-o", program, ".").CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return os.Link(program, filepath.Join(dir, "git-handoff"+suffix))
}

// TestScripts runs testdata/script: real git on both sides, no configuration
// but what a script sets. References are kept as GIT_DEFAULT_REF_FORMAT says.
func TestScripts(t *testing.T) {
	const dir = "testdata/script"
	scripts, err := filepath.Glob(dir + "/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	printed := &outputContract{dir: t.TempDir()}
	t.Cleanup(func() { printed.whole(t, len(scripts)) })
	runScripts(t, dir, os.Getenv("GIT_DEFAULT_REF_FORMAT"), printed.watch)
}

// runScripts runs the scripts of a directory, with references in files or in a
// reftable, each with what setUp makes of its environment.
func runScripts(t *testing.T, dir, refFormat string, setUp ...func(*testscript.Env) error) {
	testscript.Run(t, testscript.Params{
		Dir:                 dir,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			root, err := filepath.Abs("../..")
			if err != nil {
				return err
			}
			env.Setenv("HOME", filepath.Join(env.WorkDir, ".home"))
			env.Setenv("EXAMPLES", filepath.Join(root, "examples"))
			for _, more := range setUp {
				if err := more(env); err != nil {
					return err
				}
			}
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Setenv("GIT_TERMINAL_PROMPT", "0")
			for _, setting := range clockSettings(moment()) {
				name, value, _ := strings.Cut(setting, "=")
				env.Setenv(name, value)
			}
			if refFormat != "" {
				env.Setenv("GIT_DEFAULT_REF_FORMAT", refFormat)
			}
			return os.MkdirAll(filepath.Join(env.WorkDir, ".home"), 0o755)
		},
		Condition: func(cond string) (bool, error) {
			switch cond {
			case "root": // who can give files away
				return os.Geteuid() == 0, nil
			case "reftable": // where only git reads references
				return refFormat == "reftable", nil
			}
			if version, ok := strings.CutPrefix(cond, "git:"); ok { // git:2.54 for that one and later ones
				return gitIsAtLeast(version)
			}
			return false, fmt.Errorf("no condition %q", cond)
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"as":              cmdAs,
			"asked":           cmdAsked,
			"clock":           cmdClock,
			"colleagues":      cmdColleagues,
			"commits":         cmdCommits,
			"event":           cmdEvent,
			"status":          cmdStatus,
			"snap":            cmdSnap,
			"handoff-hostile": cmdHostile,
			"packed-refs":     cmdPackedRefs,
			"refuses":         cmdRefuses,
			"sound":           cmdSound,
			"targets":         cmdTargets,
			"says":            cmdSays,
			"submits":         cmdSubmits,
			"mode":            cmdMode,
			"forges":          cmdForges,
			"pull":            cmdPull,
		},
	})
}

// gitIsAtLeast reports whether the git on the PATH is of a version or a later one.
func gitIsAtLeast(version string) (bool, error) {
	out, err := exec.Command("git", "version").Output()
	if err != nil {
		return false, err
	}
	var major, minor, wantMajor, wantMinor int
	_, err = fmt.Sscanf(string(out), "git version %d.%d", &major, &minor)
	_, wantErr := fmt.Sscanf(version, "%d.%d", &wantMajor, &wantMinor)
	return major > wantMajor || major == wantMajor && minor >= wantMinor, errors.Join(err, wantErr)
}

// cmdAs sets who acts, and when if a time is given: as ana [TIME].
func cmdAs(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) > 1 {
		cmdClock(ts, neg, args[1:])
	}
	name := args[0]
	for _, role := range []string{"AUTHOR", "COMMITTER"} {
		ts.Setenv("GIT_"+role+"_NAME", name)
		ts.Setenv("GIT_"+role+"_EMAIL", name+"@example.com")
	}
}

// cmdClock sets the clock: clock 2026-11-20T18:02:11+08:00, or clock -2h for a
// time before the one with which the script began.
func cmdClock(ts *testscript.TestScript, _ bool, args []string) {
	ago, err := time.ParseDuration(args[0])
	at := moment().Add(ago)
	if err != nil {
		at, err = time.Parse(time.RFC3339, args[0])
		ts.Check(err)
	}
	for _, setting := range clockSettings(at) {
		name, value, _ := strings.Cut(setting, "=")
		ts.Setenv(name, value)
	}
}

// cmdCommits makes commits without content: commits 10.
func cmdCommits(ts *testscript.TestScript, _ bool, args []string) {
	n, err := strconv.Atoi(args[0])
	ts.Check(err)
	for range n {
		ts.Check(ts.Exec("git", "commit", "-q", "--allow-empty", "-m", "work"))
	}
}

// cmdEvent puts the script into a job of GitHub for a pull request: event
// base=main head=feature number=7. Other keys are title, author, label, bot and
// draft; queue=true makes it a job of the merge queue. Without arguments it is a
// job for a push.
func cmdEvent(ts *testscript.TestScript, _ bool, args []string) {
	get := make(map[string]string)
	for _, arg := range args {
		key, value, _ := strings.Cut(arg, "=")
		get[key] = value
	}
	commit := func(rev string) string {
		ts.Check(ts.Exec("git", "rev-parse", rev))
		return strings.TrimSpace(ts.ReadFile("stdout"))
	}
	event := map[string]any{"ref": "refs/heads/main"}
	switch {
	case len(args) == 0:
	case get["queue"] != "":
		event["merge_group"] = map[string]any{
			"head_sha": commit(get["head"]), "head_ref": "refs/heads/gh-readonly-queue/main/pr-" + get["number"] + "-0a1b",
			"base_sha": commit(get["base"]), "base_ref": "refs/heads/" + get["base"],
		}
	default:
		number, err := strconv.Atoi(get["number"])
		ts.Check(err)
		author := map[string]any{"login": get["author"], "type": "User"}
		if get["bot"] != "" {
			author["type"] = "Bot"
		}
		event["pull_request"] = map[string]any{
			"number": number, "title": get["title"], "user": author, "draft": get["draft"] != "",
			"labels": []any{map[string]any{"name": get["label"]}},
			"base":   map[string]any{"ref": get["base"], "sha": commit(get["base"])},
			"head":   map[string]any{"ref": get["head"], "sha": commit(get["head"])},
		}
	}
	data, err := json.Marshal(event)
	ts.Check(err)
	path := ts.MkAbs(filepath.Join(ts.Getenv("WORK"), "event.json"))
	ts.Check(os.WriteFile(path, data, 0o644))
	ts.Setenv("GITHUB_EVENT_PATH", path)
	ts.Setenv("GITHUB_ACTIONS", "true")
}

// cmdStatus runs a command and requires its exit status: status 3 handoff …. No
// message may show the inside of the program.
func cmdStatus(ts *testscript.TestScript, _ bool, args []string) {
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		got = exit.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if want := args[0]; want != strconv.Itoa(got) {
		ts.Fatalf("status %d, want %s", got, want)
	}
	if leak := goInside.FindString(ts.ReadFile("stderr")); leak != "" {
		ts.Fatalf("the message shows %q", leak)
	}
}

// goInside matches what only the program's authors should ever see.
var goInside = regexp.MustCompile(`panic|goroutine|\b(?:handoff|yaml|store|config|rules|json)\.[A-Z]\w+|map\[|interface ?\{|0xc0[0-9a-f]{6}`)

// cmdSnap saves everything that belongs to the user: snap FILE. The index is
// compared by its entries, flags and stages.
func cmdSnap(ts *testscript.TestScript, _ bool, args []string) {
	var b strings.Builder
	for _, git := range [][]string{
		{"status", "--porcelain=v2", "--untracked-files=all"},
		{"diff"}, {"diff", "--cached"}, {"ls-files", "-s", "-v", "-t"}, {"stash", "list"},
	} {
		ts.Check(ts.Exec("git", git...))
		for line := range strings.Lines(ts.ReadFile("stdout")) {
			if !strings.Contains(line, ".handoffs/") {
				b.WriteString(line)
			}
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o644))
}

// cmdHostile writes files that would cost a parser dearly: handoff-hostile DIR.
func cmdHostile(ts *testscript.TestScript, _ bool, args []string) {
	dir := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(dir, 0o755))
	for name, content := range map[string]string{
		"deep.yaml":       "summary: " + strings.Repeat("[", 20_000) + strings.Repeat("]", 20_000) + "\n",
		"duplicates.yaml": strings.Repeat("summary: a\n", 8000),
		"latin1.yaml":     "summary: caf\xe9\n",
	} {
		ts.Check(os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	// A gigabyte, without the disk: the file is one hole.
	large := filepath.Join(dir, "large.yaml")
	ts.Check(os.WriteFile(large, []byte("summary: a\n"), 0o644))
	ts.Check(os.Truncate(large, 1<<30))
}
