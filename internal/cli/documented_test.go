package cli

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// documents are all texts that speak of the program, by where they are: the pages of the
// tree, and the help.
func documents(t *testing.T, root *cobra.Command) map[string]string {
	t.Helper()
	const dir = "../.."
	texts := make(map[string]string)
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, entry fs.DirEntry, err error) error {
		top, _, _ := strings.Cut(name, "/")
		switch {
		case err != nil:
			return err
		case entry.IsDir() && !slices.Contains([]string{".", ".github", "examples", "schema"}, top):
			return fs.SkipDir
		case entry.IsDir() || filepath.Ext(name) != ".md":
			return nil
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		texts[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, cmd := range append(commands(root), root) {
		texts[cmd.CommandPath()+" --help"] = helpOf(t, cmd)
	}
	return texts
}

func helpOf(t *testing.T, cmd *cobra.Command) string {
	t.Helper()
	var help strings.Builder
	cmd.SetOut(&help)
	defer cmd.SetOut(nil)
	if err := cmd.Help(); err != nil {
		t.Fatal(err)
	}
	return help.String()
}

// prose are the words behind "handoff" in the help that are those of a sentence about one.
var prose = strings.Fields("as between command covers done ends failed flags from had history in is itself keeps lists may names of or over prepared says stays takes that to when with without")

var (
	codeWord     = regexp.MustCompile(`\bHO\d{3}\b`)
	statusWord   = regexp.MustCompile(`\b(?:status(?: is)?|exits? with) (\d+)\b`)
	variableWord = regexp.MustCompile(`\bHANDOFF_[A-Z_]*[A-Z]\b`)
	bareFlag     = regexp.MustCompile("`(--[a-z][a-z-]*)[^`]*`")
	inSentence   = regexp.MustCompile(`\bhandoff ([a-z-]+)`)
	dottedWord   = regexp.MustCompile("`([a-z_]+(?:\\.[a-z_]+)+)`")
)

// shown finds a command line: between backquotes, in a line that is indented as code, behind
// a prompt, or as a job runs it.
var shown = regexp.MustCompile("(?m)(?:`|^ {2,}|\\$ |run: )handoff ([a-z][^`\\n#]*)")

// What a text names is there: commands, flags, rules, statuses, variables and keys.
func TestDocumentsNameWhatThereIs(t *testing.T) {
	root := newRootCmd(new(globals))
	flags := make(map[string]bool)
	for _, cmd := range append(commands(root), root) {
		cmd.InitDefaultHelpFlag()
		for _, set := range []*pflag.FlagSet{cmd.Flags(), cmd.PersistentFlags()} {
			set.VisitAll(func(f *pflag.Flag) { flags["--"+f.Name] = true })
		}
	}
	statuses := statusesOf(t)
	variables := helpOf(t, find(t, root, "environment")) + targetsHelp
	keys := configKeys()
	names := make(map[string]int)
	missing := func(where, what, word string) { t.Errorf("%s: there is no %s %s", where, what, word) }
	for where, text := range documents(t, root) {
		for _, code := range codeWord.FindAllString(text, -1) {
			names["rule"]++
			if _, known := rules.Lookup(code); !known {
				missing(where, "rule", code)
			}
		}
		for _, m := range statusWord.FindAllStringSubmatch(text, -1) {
			names["status"]++
			if n, _ := strconv.Atoi(m[1]); !slices.Contains(statuses, n) {
				missing(where, "exit status", m[1])
			}
		}
		for _, name := range variableWord.FindAllString(text, -1) {
			names["variable"]++
			// Those for tests are in CONTRIBUTING.md, and no part of the program.
			if !strings.HasPrefix(name, "HANDOFF_TEST_") && !strings.Contains(variables, name) {
				missing(where, "variable", name)
			}
		}
		for _, m := range bareFlag.FindAllStringSubmatch(text, -1) {
			names["flag"]++
			if !flags[m[1]] {
				missing(where, "flag", m[1])
			}
		}
		for _, m := range dottedWord.FindAllStringSubmatch(text, -1) {
			if top, _, _ := strings.Cut(m[1], "."); slices.Contains(keys, top) && !strings.HasSuffix(m[1], ".go") {
				names["key"]++
				if !slices.ContainsFunc(keys, func(key string) bool { return key == m[1] || strings.HasPrefix(key, m[1]+".") }) {
					missing(where, "key", m[1])
				}
			}
		}
		if strings.HasSuffix(where, " --help") {
			for _, m := range inSentence.FindAllStringSubmatch(strings.Join(strings.Fields(text), " "), -1) {
				if cmd, _, err := root.Find(m[1:]); (err != nil || cmd == root) && !slices.Contains(prose, m[1]) && !strings.HasPrefix(m[1], "-") {
					missing(where, "command", m[1])
				}
			}
			_, example, _ := strings.Cut(text, "\nExamples:\n")
			text, _, _ = strings.Cut(strings.ReplaceAll(example, "\\\n", ""), "\n\n")
		}
		for _, m := range shown.FindAllStringSubmatch(text, -1) {
			names["command"]++
			// A table of the commands says `hook install\|status`.
			if problem := unknownIn(root, strings.ReplaceAll(m[1], `\|`, " ")); problem != "" && where != ".github/CONTRIBUTING.md" {
				t.Errorf("%s: handoff %s: %s", where, m[1], problem)
			}
		}
	}
	for what, least := range map[string]int{"rule": 50, "status": 10, "variable": 10, "flag": 20, "key": 2, "command": 150} {
		if names[what] < least {
			t.Errorf("only %d names of a %s were found", names[what], what)
		}
	}
}

// What there is, is documented: rules, statuses, variables, and the keys of git's
// configuration. Commands and keys have tests of their own, and flags are in the help by
// being there, unless they are hidden.
func TestWhatThereIsIsDocumented(t *testing.T) {
	root := newRootCmd(new(globals))
	table := helpOf(t, find(t, root, "rules"))
	for _, rule := range rules.Table() {
		if !strings.Contains(table, rule.Code+" ") {
			t.Errorf("%s is not in the help", rule.Code)
		}
	}
	list := readAll(t, "../../.github/docs/commands.md")
	for _, status := range statusesOf(t) {
		word := regexp.MustCompile(fmt.Sprintf(`(?m)^(?:  |\| )(?:\d+, )*%d\b`, status))
		if !word.MatchString(statusHelp) {
			t.Errorf("the status %d is not in the help", status)
		}
		if !word.MatchString(list) {
			t.Errorf("the status %d is not in commands.md", status)
		}
	}
	for _, cmd := range append(commands(root), root) {
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Hidden || f.Usage == "" {
				t.Errorf("%s: --%s is not in the help", cmd.CommandPath(), f.Name)
			}
		})
	}
	environment := helpOf(t, find(t, root, "environment"))
	agents := helpOf(t, find(t, root, "agents"))
	for name, where := range namesInSources(t) {
		known := strings.Contains(environment, name) || strings.Contains(targetsHelp, name) || strings.Contains(agents, "  "+name+"\n")
		if !known && !slices.Contains(ofOthers, name) {
			t.Errorf("%s: %s is not in handoff help environment", where, name)
		}
	}
}

// ofOthers are variables that are no setting of this program, but of the runtime, of the
// system, of a job, and of who packages it (handoff man --help).
var ofOthers = []string{"GOGC", "PATH", "GITHUB_STEP_SUMMARY", "SOURCE_DATE_EPOCH"}

var (
	variableName = regexp.MustCompile(`^(?:HANDOFF_[A-Z_]*[A-Z]|[A-Z][A-Z_]*[A-Z])$`)
	gitKey       = regexp.MustCompile(`^handoff\.[a-z]+$`)
)

// namesInSources are the variables that the program asks for and the keys of git's
// configuration that it reads, each with a place where it does.
func namesInSources(t *testing.T) map[string]string {
	t.Helper()
	names := make(map[string]string)
	err := filepath.WalkDir("../..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") ||
			strings.Contains(filepath.ToSlash(path), "/gittest/") || strings.Contains(filepath.ToSlash(path), "/testdata/") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if name, called := n.Fun.(*ast.SelectorExpr); called && (name.Sel.Name == "Getenv" || name.Sel.Name == "LookupEnv" || name.Sel.Name == "Config") && len(n.Args) > 0 {
					if value := literal(n.Args[0]); variableName.MatchString(value) || gitKey.MatchString(strings.ToLower(value)) {
						names[settingName(value)] = path
					}
				}
			case *ast.BasicLit:
				if value := literal(n); strings.HasPrefix(value, "HANDOFF_") && variableName.MatchString(value) {
					names[value] = path
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(names) < 10 {
		t.Errorf("only %d names are found in the sources", len(names))
	}
	return names
}

// settingName is a name as the help writes it: git takes its keys in any case.
func settingName(name string) string {
	if strings.EqualFold(name, "handoff.shareQueries") {
		return "handoff.shareQueries"
	}
	return name
}

func literal(n ast.Expr) string {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	value, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return value
}

// statusesOf are the statuses that the program exits with, as errors.go has them.
func statusesOf(t *testing.T) []int {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var statuses []int
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Status") || len(spec.Values) == 0 {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			n, err := strconv.Atoi(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			statuses = append(statuses, n)
		}
		return true
	})
	if len(statuses) < 9 {
		t.Errorf("only the statuses %v are found", statuses)
	}
	return statuses
}

// configKeys are the keys of the two files of configuration, without what marks a list.
func configKeys() []string {
	keys := append(knownKeys(reflect.TypeFor[config.Config](), ""), knownKeys(reflect.TypeFor[config.User](), "")...)
	for i, key := range keys {
		keys[i] = strings.ReplaceAll(key, "[]", "")
		top, _, _ := strings.Cut(keys[i], ".")
		keys = append(keys, top)
	}
	return keys
}

func find(t *testing.T, root *cobra.Command, name string) *cobra.Command {
	t.Helper()
	cmd, _, err := root.Find([]string{name})
	if err != nil {
		t.Fatal(err)
	}
	return cmd
}
