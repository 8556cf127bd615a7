package cli

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/deliver"
	"github.com/spf13/cobra"
)

// Every command explains itself, has an example, a script that runs it, and a
// line in the list of commands.
func TestEveryCommandIsShown(t *testing.T) {
	scripts := readAll(t, "../../cmd/handoff/testdata/script/*.txtar")
	list := readAll(t, "../../.github/docs/commands.md")
	for _, cmd := range commands(newRootCmd(new(globals))) {
		path := cmd.CommandPath()
		if cmd.Short == "" || strings.HasSuffix(cmd.Short, ".") {
			t.Errorf("%s: Short is %q", path, cmd.Short)
		}
		if cmd.IsAdditionalHelpTopicCommand() {
			continue
		}
		if cmd.GroupID != "" && cmd.IsAvailableCommand() && !slices.Contains(strings.Fields(helpOrder), cmd.Name()) {
			t.Errorf("%s: has no place in the order of the help", path)
		}
		if !strings.Contains(cmd.Example, path) {
			t.Errorf("%s: no example", path)
		}
		if !strings.Contains(scripts, path+" ") && !strings.Contains(scripts, path+"\n") {
			t.Errorf("%s: no script runs it", path)
		}
		if top := strings.Join(strings.Fields(path)[:2], " "); !strings.Contains(list, "`"+top) {
			t.Errorf("%s: not in commands.md", top)
		}
	}
}

// placeholder finds a flag whose value has no name but its type.
var placeholder = regexp.MustCompile(`^ +(-\w, )?--[a-z-]+ (strings?|ints?|duration|count|uint|float)\b`)

// The help of a command can be read where a terminal is 80 columns wide.
func TestHelpFitsTheTerminal(t *testing.T) {
	root := newRootCmd(new(globals))
	for _, cmd := range append(commands(root), root) {
		var help strings.Builder
		cmd.SetOut(&help)
		if err := cmd.Help(); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(help.String()) {
			if placeholder.MatchString(line) {
				t.Errorf("%s --help: the name of a value is a type: %s", cmd.CommandPath(), line)
			}
			if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > helpWidth {
				t.Errorf("%s --help: a line of %d columns: %s", cmd.CommandPath(), n, line)
			}
		}
	}
}

// So is that of a user.
func TestTargetsHelp(t *testing.T) {
	_, example, _ := strings.Cut(targetsHelp, "\n\n")
	example, _, _ = strings.Cut(example, "\n\n")
	user, findings := config.ParseUser([]byte(example))
	if len(findings) > 0 || len(user.Targets) != 4 {
		t.Fatalf("%+v in\n%s", findings, example)
	}
	keys := reflect.TypeFor[config.Target]()
	for i := range keys.NumField() {
		if key, _, _ := strings.Cut(keys.Field(i).Tag.Get("yaml"), ","); !strings.Contains(targetsHelp, key) {
			t.Errorf("%s is not in the help", key)
		}
	}
	for _, typ := range deliver.Types() {
		if !strings.Contains(targetsHelp, typ) {
			t.Errorf("the type %s is not in the help", typ)
		}
	}
}

// The configuration in the help is one that is accepted, with every key there is.
func TestConfigHelp(t *testing.T) {
	var example strings.Builder
	for line := range strings.Lines(configHelp) {
		if text, ok := strings.CutPrefix(line, "  "); ok {
			example.WriteString(text)
		}
	}
	if _, findings := config.Parse([]byte(example.String())); len(findings) > 0 {
		t.Errorf("%+v", findings)
	}
	keys := reflect.TypeFor[config.Config]()
	for i := range keys.NumField() {
		key, _, _ := strings.Cut(keys.Field(i).Tag.Get("yaml"), ",")
		if key != "" && key != "-" && !strings.Contains(example.String(), "\n"+key+":") && !strings.HasPrefix(example.String(), key+":") {
			t.Errorf("%s is not in the help", key)
		}
	}
}

// commands lists the commands below root that do something.
func commands(root *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, cmd := range root.Commands() {
		if cmd.Runnable() || !cmd.HasSubCommands() {
			list = append(list, cmd)
		}
		list = append(list, commands(cmd)...)
	}
	return list
}

func readAll(t *testing.T, pattern string) string {
	t.Helper()
	paths, err := filepath.Glob(pattern)
	if err != nil || len(paths) == 0 {
		t.Fatalf("%s: %v", pattern, err)
	}
	var b strings.Builder
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		b.Write(data)
	}
	return b.String()
}
