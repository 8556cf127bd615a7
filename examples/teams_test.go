package examples_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/calendar"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
)

// configPath is where an example of a team has its configuration.
const configPath = ".handoffs/config.yaml"

// TestExamplesAreRight checks every configuration, record and draft: no errors,
// and only people whom the configuration of the example knows. What other
// programs read is in directories of its own, and what the demo types is completed by
// flags.
func TestExamplesAreRight(t *testing.T) {
	checked := 0
	err := filepath.WalkDir(".", func(file string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && slices.Contains([]string{"ci", "demo", "pre-commit", "setup"}, file):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(file) != ".yaml":
			return nil
		}
		checked++
		file = filepath.ToSlash(file)
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		for _, f := range findings(t, file, data) {
			t.Errorf("%s:%d: %s %s: %s", file, f.Line, f.Level, f.Code, f.Message)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if checked < 4 {
		t.Errorf("only %d files were found", checked)
	}
}

func findings(t *testing.T, file string, data []byte) []handoff.Finding {
	t.Helper()
	if strings.HasSuffix(file, configPath) {
		_, found := config.Parse(data)
		return found
	}
	doc := read(data)
	c := rules.Context{Draft: !doc.Has("id"), Path: file, Config: roster(t, file)}
	return slices.DeleteFunc(rules.Check(doc, c), func(f handoff.Finding) bool { return f.Level != handoff.LevelError })
}

// read reads a draft as its author does, and a record strictly.
func read(data []byte) *handoff.Document {
	if doc := handoff.Parse(data, handoff.KindHandoff); doc.Has("id") {
		return doc
	}
	friday := calendar.Reference{Now: time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC)}
	return handoff.ParseDraft(data, handoff.Reading{Time: func(words string) (time.Time, error) { return calendar.ParseTime(words, friday) }})
}

// roster is a configuration of the people of the example that a file belongs to,
// and no more of it: a draft is of no time. It has none without a configuration.
func roster(t *testing.T, file string) *config.Config {
	t.Helper()
	example, _, _ := strings.Cut(file, "/")
	data, err := os.ReadFile(filepath.Join(example, filepath.FromSlash(configPath)))
	if err != nil {
		return nil
	}
	c, found := config.Parse(data)
	if handoff.HasErrors(found) {
		t.Fatalf("%s: %+v", example, found)
	}
	people := make(map[string]config.Person)
	for handle := range c.People {
		people[handle] = config.Person{}
	}
	return &config.Config{People: people}
}

// TestScales checks that the teams are as large as the examples say.
func TestScales(t *testing.T) {
	for example, want := range map[string]struct{ people, teams, pods, zones int }{
		"two-sites":      {8, 3, 0, 2}, // six engineers, two product owners
		"fifteen":        {15, 2, 1, 2},
		"follow-the-sun": {27, 9, 3, 3},
		"support":        {13, 6, 1, 3}, // nine at the desks, four whom they raise tickets to
	} {
		data, err := os.ReadFile(filepath.Join(example, filepath.FromSlash(configPath)))
		if err != nil {
			t.Fatal(err)
		}
		c, _ := config.Parse(data)
		if robot, ok := c.Handle("", "robot@handoff.invalid"); !ok {
			t.Errorf("%s: the job that reminds is none of the people", example)
		} else {
			delete(c.People, robot)
		}
		if len(c.People) != want.people || len(c.Teams) != want.teams || len(c.Pods) != want.pods || len(c.Zones) != want.zones {
			t.Errorf("%s has %d people, %d teams, %d pods, %d zones", example, len(c.People), len(c.Teams), len(c.Pods), len(c.Zones))
		}
		for name, pod := range c.Pods {
			people, _ := c.Covered(handoff.LevelPod, name)
			if outside := want.people - len(people)*len(c.Pods); outside != 0 && example != "support" || len(pod.Leads) != want.zones {
				t.Errorf("%s: pod %s has %d people and %d leads", example, name, len(people), len(pod.Leads))
			}
		}
	}
}

// TestStarts holds what init can start from against what lies here: each configuration,
// and a line that says in a list of 80 columns what team it is of.
func TestStarts(t *testing.T) {
	found, err := filepath.Glob("*/.handoffs/config.yaml")
	if err != nil || len(found) != len(examples.Starts) {
		t.Errorf("there are %q, and init knows %q: %v", found, examples.Starts, err)
	}
	size := 0
	for _, name := range examples.Starts {
		about, data, ok := examples.Start(name)
		here, err := os.ReadFile(filepath.Join(name, filepath.FromSlash(configPath)))
		if !ok || err != nil || !bytes.Equal(data, here) {
			t.Errorf("%s is another configuration: %v", name, err)
		}
		if about == "" || len(about) > 60 || strings.HasSuffix(about, ".") {
			t.Errorf("%s is %q", name, about)
		}
		size += len(data)
	}
	if size > 20<<10 {
		t.Errorf("they take %d bytes of the program", size)
	}
	if _, _, ok := examples.Start("ci"); ok {
		t.Error("ci is no team")
	}
}

// TestSetup judges what init writes for a team of two: the good example has nothing
// wrong with it, the other one has, and no place is left to be filled in.
func TestSetup(t *testing.T) {
	team := examples.Team{Dir: ".handoffs", Me: "ana", Other: "ben"}
	c := rules.Context{Draft: true, Config: &config.Config{People: map[string]config.Person{"ana": {}, "ben": {}}}}
	judged := 0
	for _, f := range examples.Setup(team) {
		if place := regexp.MustCompile(`\{[a-z]+\}`).Find(f.Data); place != nil {
			t.Errorf("%s holds %s", f.Path, place)
		}
		if path.Dir(f.Path) != "templates" {
			continue
		}
		judged++
		c.Path = f.Path
		found := rules.Check(read(f.Data), c)
		if good := f.Path == "templates/good.yaml"; good != (len(found) == 0) {
			t.Errorf("%s: %+v", f.Path, found)
		}
	}
	if judged != 3 {
		t.Errorf("%d templates were judged", judged)
	}
}

// TestSupportTables holds what the page of the support desks says against their
// configuration: how soon somebody answers, and who looks at which class.
func TestSupportTables(t *testing.T) {
	page, err := os.ReadFile("support/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, data, _ := examples.Start("support")
	c, _ := config.Parse(data)
	minutes := func(d calendar.Duration) string { return fmt.Sprintf("%.0f minutes", d.Wall().Minutes()) }
	want := map[string]string{"routine": minutes(c.SLA.Ack.Routine), "watch": minutes(c.SLA.Ack.Watch), "critical": minutes(c.SLA.Ack.Critical)}
	for class, who := range c.Exceptions {
		want[class] = who
	}
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, " | ")
		if len(cells) != 3 {
			continue
		}
		for _, pair := range [][2]string{{strings.TrimPrefix(cells[0], "| "), cells[1]}, {cells[1], strings.TrimSuffix(cells[2], " |\n")}} {
			if said, is := want[pair[0]]; is && said == pair[1] {
				delete(want, pair[0])
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("the page does not say %v", want)
	}
}
