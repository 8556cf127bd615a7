package fold

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

var update = flag.Bool("update", false, "write the golden files of testdata anew")

// Whole stories, as YAML that people could have written, and the states that
// they end in.
func TestFoldGolden(t *testing.T) {
	stories, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(stories) == 0 {
		t.Fatalf("no stories: %v", err)
	}
	for _, file := range stories {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var records []*handoff.Record
			for _, document := range bytes.Split(data, []byte("---\n")) {
				d := handoff.Parse(document, "")
				if len(d.Findings) > 0 || d.Record == nil {
					t.Fatalf("%s\n%v", document, d.Findings)
				}
				records = append(records, d.Record)
			}
			got := strings.Join(dump(Of(records, "")), "\n") + "\n"
			golden := strings.TrimSuffix(file, ".yaml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}
