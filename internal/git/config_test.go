package git

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/git/gittest"
)

func TestSetConfig(t *testing.T) {
	r := gittest.Seeded(t)
	before := r.Read(".git/config")
	ctx := context.Background()
	if err := mustOpen(r).SetConfig(ctx, [2]string{"hook.handoff.event", "pre-push"}, [2]string{"hook.handoff.command", "sh -c 'x \"$@\"'"}); err != nil {
		t.Fatal(err)
	}
	if got := r.Git("config", "hook.handoff.command"); got != "sh -c 'x \"$@\"'" {
		t.Errorf("%q", got)
	}
	for range 2 {
		if err := mustOpen(r).RemoveConfigSection(ctx, "local", "hook.handoff"); err != nil {
			t.Fatal(err)
		}
	}
	if after := r.Read(".git/config"); after != before {
		t.Errorf("%q, want %q", after, before)
	}
	major, minor, err := mustOpen(r).GitVersion(ctx)
	if got := fmt.Sprintf("git version %d.%d", major, minor); err != nil || !strings.HasPrefix(r.Git("version"), got) {
		t.Errorf("%s, %v", got, err)
	}
}

// TestStaged lists what the next commit would do below a directory.

func TestConfigReadsWhatGitReads(t *testing.T) {
	gittest.RefsInFiles(t)
	r := gittest.Seeded(t)
	r.Write(".git/config", gittest.HardConfig)
	r.Write(".git/more.config", "[more]\n\tkey = included\n")
	r.Write(".git/conditional.config", "[more]\n\tkey = conditional\n")
	r.Write(".git/branch.config", "[more]\n\tkey = branch\n")
	r.Write(".git/config.worktree", "[more]\n\tkey = worktree\n")
	r.Env = append(r.Env, "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=More.Key", "GIT_CONFIG_VALUE_0=environment")
	repo := mustOpen(r)
	for key, want := range map[string][]string{
		"branch.pull.merge":              {"refs/pull/1/head"},
		"remote.origin.fetch":            {"+refs/heads/*:refs/remotes/origin/*", "^refs/heads/wip/*"},
		"user.email":                     {"ana@example.com"},
		"SECTION.Sub \"Case\".PLAIN":     {"a b"},
		"section.Sub \"Case\".continued": {"one two"},
		"section.Sub \"Case\".escaped":   {"tab\there"},
		"section.Sub \"Case\".flag":      {"true"},
		"more.key":                       {"included", "conditional", "branch", "worktree", "environment"},
		"core.fsmonitor":                 nil,
		"core.hooksPath":                 nil,
		"section.sub \"case\".plain":     nil,
	} {
		got, err := repo.Config(key)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s = %q, %v, want %q", key, got, err, want)
		}
	}
}

// TestEditorIsTheUsers shows that the repository's own configuration starts no
// editor, whatever includes it.
func TestEditorIsTheUsers(t *testing.T) {
	gitRepo := gittest.Seeded(t)
	editor := func(env ...string) string {
		t.Helper()
		r, err := Open(t.Context(), gitRepo.Dir, append(gitRepo.Env, env...))
		if err != nil {
			t.Fatal(err)
		}
		command, err := r.Editor(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return command
	}
	included := filepath.Join(t.TempDir(), "included")
	if err := os.WriteFile(included, []byte("[core]\n\teditor = theirs\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	built := editor("TERM=xterm", "VISUAL=", "EDITOR=", "GIT_EDITOR=")
	gitRepo.Git("config", "core.editor", "theirs")
	gitRepo.Git("config", "include.path", included)
	gitRepo.Git("config", "extensions.worktreeConfig", "true")
	gitRepo.Git("config", "--worktree", "core.editor", "theirs")
	for _, c := range []struct {
		want string
		env  []string
	}{
		{built, []string{"TERM=xterm", "VISUAL=", "EDITOR=", "GIT_EDITOR="}},
		{"mine", []string{"TERM=xterm", "VISUAL=", "EDITOR=mine", "GIT_EDITOR="}},
		{"visual", []string{"TERM=xterm", "VISUAL=visual", "EDITOR=mine", "GIT_EDITOR="}},
		{"mine", []string{"TERM=dumb", "VISUAL=visual", "EDITOR=mine", "GIT_EDITOR="}},
		{"set", []string{"TERM=xterm", "VISUAL=visual", "GIT_EDITOR=", "GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=core.editor", "GIT_CONFIG_VALUE_0=set"}},
		{"first", []string{"GIT_EDITOR=first", "VISUAL=visual"}},
	} {
		if got := editor(c.env...); got != c.want {
			t.Errorf("editor %q, want %q, with %q", got, c.want, c.env)
		}
	}
}
