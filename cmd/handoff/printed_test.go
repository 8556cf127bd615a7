package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// documents are what each command prints with --json, by the names that the schema of
// the output has for them.
var documents = map[string][]string{
	"ack": recording, "answer": recording, "ask": recording, "assign": recording, "decide": recording, "declare": recording, "escalate": recording,
	"gap": recording, "give": recording, "resolve": recording, "withdraw": recording,
	"draft publish":  {"publication", "dryRun"},
	"draft list":     {"drafts"},
	"draft show":     {"preparedDraft"},
	"rollup":         {"publication", "dryRun", "prepared", "unfinishedRollup", "reposRollup"},
	"route":          {"route", "routePlan"},
	"jot":            {"note", "notes"},
	"board":          {"board"},
	"check":          {"check"},
	"doctor":         {"doctor"},
	"export":         {"export"},
	"hook install":   {"hook"},
	"hook uninstall": {"hook"},
	"hook status":    {"hook"},
	"inbox":          {"inbox"},
	"init":           {"init", "dryRun"},
	"log":            {"log", "decisions"},
	"prime":          {"prime"},
	"query":          {"answer"},
	"report":         {"page", "reportFile"},
	"show":           {"show"},
	"stats":          {"stats"},
	"sync":           {"sync", "fetched", "heard"},
	"verify":         {"verify"},
	"doctor redact":  {"redact"},
	"version":        {"version"},
	"wait":           {"awaited"},
}

// recording is what a command prints that writes records.
var recording = []string{"publication", "dryRun", "prepared"}

// unfit says what of a printout is not as the schema says, and under which name the schema
// has its document. A command that fails may print none.
func (p printout) unfit() (name string, unfit error) {
	if p.Error != nil {
		unfit = fits("error", p.Error)
	}
	command := commandOf(p.Args)
	if len(p.Document) == 0 || command == "" {
		return "", unfit
	}
	var misfits []error
	for _, name := range documents[command] {
		err := fits(name, p.Document)
		if err == nil {
			return command + ": " + name, unfit
		}
		misfits = append(misfits, fmt.Errorf("%s: %w", name, err))
	}
	return "", errors.Join(append(misfits, unfit)...)
}

// commandOf is the command of a command line that prints a document, "" for none.
func commandOf(args []string) string {
	var words []string
	for i := 0; i < len(args) && len(words) < 2; i++ {
		switch arg := args[i]; {
		case slices.Contains([]string{"-C", "--directory", "--as", "--agent", "--color"}, arg):
			i++
		case !strings.HasPrefix(arg, "-"):
			words = append(words, arg)
		}
	}
	if command := strings.Join(words, " "); documents[command] != nil {
		return command
	}
	if len(words) > 0 && documents[words[0]] != nil {
		return words[0]
	}
	return ""
}

// fits holds one document against a definition of the schema.
func fits(name string, data []byte) error {
	if err := keysOnce(json.NewDecoder(bytes.NewReader(data))); err != nil {
		return err
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	schemas, err := outputSchemas()
	if err != nil {
		return err
	}
	err = schemas[name].Validate(document)
	if misfit := new(jsonschema.ValidationError); errors.As(err, &misfit) {
		return errors.New(strings.Join(slices.Compact(misfitsOf(misfit)), "\n"))
	}
	return err
}

// misfitsOf are the ends of an error: of the rows that one could be those of the others
// than its type says are left out.
func misfitsOf(err *jsonschema.ValidationError) []string {
	if len(err.Causes) == 0 {
		return []string{fmt.Sprintf("  %s: %v", cmp.Or("/"+strings.Join(err.InstanceLocation, "/"), "/"), err.Error())}
	}
	var all []string
	for _, cause := range err.Causes {
		isType := func(e *jsonschema.ValidationError) bool {
			return len(e.InstanceLocation) == len(err.InstanceLocation)+1 && e.InstanceLocation[len(e.InstanceLocation)-1] == "type"
		}
		if len(err.Causes) > 5 && slices.ContainsFunc(cause.Causes, isType) {
			continue
		}
		all = append(all, misfitsOf(cause)...)
	}
	return all
}

// keysOnce reads one value, and refuses an object that has a key twice.
func keysOnce(d *json.Decoder) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	opened, ok := token.(json.Delim)
	if !ok {
		return nil
	}
	known := make(map[string]bool)
	for d.More() {
		if opened == '{' {
			key, err := d.Token()
			if err != nil {
				return err
			}
			if name := key.(string); known[name] {
				return fmt.Errorf("the key %q is there twice", name)
			}
			known[key.(string)] = true
		}
		if err := keysOnce(d); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// outputSchemas are the documents of the schema by name, compiled once for all tests.
var outputSchemas = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	const base = "https://raw.githubusercontent.com/handoff-cli/handoff/main/schema/"
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for _, name := range []string{"handoff-v1.json", "output-v1.json"} {
		data, err := os.ReadFile("../../schema/" + name)
		if err != nil {
			return nil, err
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
		if err != nil {
			return nil, err
		}
		if err := c.AddResource(base+name, document); err != nil {
			return nil, err
		}
	}
	schemas := make(map[string]*jsonschema.Schema)
	names := []string{"error"}
	for _, more := range documents {
		names = append(names, more...)
	}
	for _, name := range names {
		schema, err := c.Compile(base + "output-v1.json#/$defs/" + name)
		if err != nil {
			return nil, err
		}
		schemas[name] = schema
	}
	return schemas, nil
})

// outputContract holds what scripts print against the schema of the output.
type outputContract struct {
	dir     string   // of a directory for each script
	scripts sync.Map // how many there were
	printed sync.Map // the command and the name of each document
}

// watch holds what a script prints against the schema, at its end.
func (c *outputContract) watch(env *testscript.Env) error {
	c.scripts.Store(env.WorkDir, true)
	dir, err := os.MkdirTemp(c.dir, "")
	if err != nil {
		return err
	}
	env.Setenv(printedVariable, dir)
	env.Defer(func() {
		notes, err := filepath.Glob(filepath.Join(dir, "*"))
		for _, note := range notes {
			err = errors.Join(err, c.judge(note))
		}
		if err != nil {
			env.T().Fatal(err)
		}
	})
	return nil
}

func (c *outputContract) judge(note string) error {
	data, err := os.ReadFile(note)
	if err != nil {
		return err
	}
	var p printout
	if err := json.Unmarshal(data, &p); err != nil {
		return err
	}
	name, err := p.unfit()
	if err != nil {
		return fmt.Errorf("handoff %s: not as schema/output-v1.json says:\n%w", strings.Join(p.Args, " "), err)
	}
	c.printed.Store(name, true)
	return nil
}

// whole requires that every command has printed a document, and every document was
// printed, where so many scripts have run.
func (c *outputContract) whole(t *testing.T, scripts int) {
	ran := 0
	c.scripts.Range(func(any, any) bool { ran++; return true })
	if t.Failed() || ran < scripts {
		return
	}
	printed := make(map[string]bool)
	c.printed.Range(func(name, _ any) bool {
		command, document, _ := strings.Cut(name.(string), ": ")
		printed[command], printed[document] = true, true
		return true
	})
	for command, names := range documents {
		for _, what := range append(names, command) {
			if !printed[what] {
				t.Errorf("no script shows %s of handoff %s --json", what, command)
			}
		}
	}
}

// jsonPage is the page about what --json prints.
const jsonPage = "../../.github/docs/json.md"

// TestPageOfDocuments: the page says which command prints which document, and its examples
// print what it says.
func TestPageOfDocuments(t *testing.T) {
	page, err := os.ReadFile(jsonPage)
	if err != nil {
		t.Fatal(err)
	}
	commands, definitions := tableOfDocuments(string(page))
	for command, names := range documents {
		if !slices.Contains(commands, command) {
			t.Errorf("the page does not say what %s prints", command)
		}
		for _, name := range names {
			if !slices.Contains(definitions, name) {
				t.Errorf("the page does not say who prints %s", name)
			}
		}
	}
	for _, command := range commands {
		if documents[command] == nil {
			t.Errorf("the page says what %s prints, and no test does", command)
		}
	}
	s := newSite(t)
	s.env = append(s.env, clockSettings(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC))...)
	s.mustDeclare()
	examples := regexp.MustCompile(`(?m)^    handoff (.*) --jq '(.*)'\n\nprints\n\n((?:    .*\n)+)`).FindAllStringSubmatch(string(page), -1)
	if len(examples) < 3 {
		t.Fatalf("the page has %d examples", len(examples))
	}
	for _, example := range examples {
		out, status := s.try("handoff", append(strings.Fields(example[1]), "--jq", example[2])...)
		if want := regexp.MustCompile(`(?m)^    `).ReplaceAllString(example[3], ""); status != 0 || out != want {
			t.Errorf("handoff %s --jq '%s': status %d\n%s\nthe page says\n%s", example[1], example[2], status, out, want)
		}
	}
}

// tableOfDocuments are the commands and the definitions that the first table of the page
// names.
func tableOfDocuments(page string) (commands, definitions []string) {
	named := regexp.MustCompile("`([^`]+)`")
	for line := range strings.Lines(page) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 || cells[1] == " command " {
			continue
		}
		for _, command := range named.FindAllStringSubmatch(cells[1], -1) {
			commands = append(commands, command[1])
		}
		for _, name := range named.FindAllStringSubmatch(cells[2], -1) {
			definitions = append(definitions, name[1])
		}
	}
	return commands, definitions
}
