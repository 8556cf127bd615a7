package examples_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// dashboard is what of a dashboard of Grafana is checked.
type dashboard struct {
	Title, UID    string
	SchemaVersion int
	Templating    struct {
		List []struct{ Name, Type, Query string }
	}
	Panels []struct {
		ID          int
		Title, Type string
		Datasource  struct{ Type, UID string }
		GridPos     struct{ X, Y, W, H int }
		Targets     []struct {
			RefID, Format, RawSQL string
			RawQuery              bool
		}
	}
}

// TestDashboardAsksTheQuestions: every panel asks one of the questions, with the words
// of its file, and every question has a panel, which lies on no other one. TestWarehouse
// asks them.
func TestDashboardAsksTheQuestions(t *testing.T) {
	data, err := os.ReadFile("warehouse/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(data, &d); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("warehouse/questions/*.sql")
	if err != nil || len(files) != 10 {
		t.Fatalf("%d questions, %v", len(files), err)
	}
	unasked := make(map[string]string)
	for _, file := range files {
		sql, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		unasked[string(sql)] = file
	}
	source := d.Templating.List[0]
	if d.Title == "" || d.UID == "" || d.SchemaVersion < 36 || source.Type != "datasource" {
		t.Errorf("not a dashboard: %+v", d)
	}
	taken := make(map[[2]int]string)
	for _, p := range d.Panels {
		target := p.Targets[0]
		if unasked[target.RawSQL] == "" {
			t.Errorf("%s asks none of the questions, or one that another panel asks:\n%s", p.Title, target.RawSQL)
		}
		delete(unasked, target.RawSQL)
		if len(p.Targets) != 1 || target.RefID == "" || target.Format != "table" || !target.RawQuery || !slices.Contains([]string{"table", "barchart"}, p.Type) {
			t.Errorf("%s: %+v", p.Title, p)
		}
		if p.Datasource.Type != source.Query || p.Datasource.UID != "${"+source.Name+"}" {
			t.Errorf("%s has the source %+v", p.Title, p.Datasource)
		}
		for x := p.GridPos.X; x < p.GridPos.X+p.GridPos.W; x++ {
			for y := p.GridPos.Y; y < p.GridPos.Y+p.GridPos.H; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x >= 24 {
					t.Fatalf("%s lies on %s", p.Title, other)
				}
				taken[[2]int{x, y}] = p.Title
			}
		}
	}
	for _, file := range unasked {
		t.Errorf("no panel asks %s", file)
	}
}

// TestWarehouseReadmeNamesItsFiles: the page of the example lists what is there.
func TestWarehouseReadmeNamesItsFiles(t *testing.T) {
	page, err := os.ReadFile("warehouse/README.md")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("warehouse")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if !strings.Contains(string(page), "]("+entry.Name()+")") && entry.Name() != "README.md" {
			t.Errorf("%s is not named", entry.Name())
		}
	}
}
