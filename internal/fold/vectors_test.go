package fold

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/yaml"
)

// vector is one case of schema/FORMAT.md, section 17.
type vector struct {
	Section string         `yaml:"section"`
	Shows   string         `yaml:"shows"`
	Policy  AckPolicy      `yaml:"policy"`
	State   map[string]any `yaml:"state"`

	files [][]byte // the bytes of its records
}

func readVector(t *testing.T, file string) vector {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	documents := bytes.Split(data, []byte("---\n"))
	v := vector{files: documents[1:]}
	if err := yaml.Unmarshal(documents[0], &v); err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return v
}

// state is what the records of the vector come to, as section 17 describes it.
func (v vector) state(t *testing.T) map[string]any {
	t.Helper()
	var records []*handoff.Record
	refused := []string{}
	for _, data := range v.files {
		document := handoff.Parse(data, "")
		if document.Record == nil {
			id := ""
			if value, ok := document.Value().(map[string]any); ok {
				id = value["id"].(string)
			}
			refused = append(refused, id)
			continue
		}
		sum := sha256.Sum256(data)
		document.Record.Source.Digest = hex.EncodeToString(sum[:])
		records = append(records, document.Record)
	}
	slices.Sort(refused)
	state := describe(Of(records, v.Policy))
	state.Problems = append(refused, state.Problems...)
	data, err := json.Marshal(state)
	if err != nil {
		t.Fatal(err)
	}
	var plain map[string]any
	if err := json.Unmarshal(data, &plain); err != nil {
		t.Fatal(err)
	}
	return plain
}

// The vectors that FORMAT.md refers to, and whoever implements it.
func TestVectors(t *testing.T) {
	files, err := filepath.Glob("../../schema/testdata/*.yaml")
	if err != nil || len(files) < 60 {
		t.Fatalf("%d vectors: %v", len(files), err)
	}
	text, err := os.ReadFile("../../schema/FORMAT.md")
	if err != nil {
		t.Fatal(err)
	}
	for i, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		t.Run(name, func(t *testing.T) {
			v := readVector(t, file)
			if !strings.HasPrefix(name, fmt.Sprintf("%03d-", i+1)) {
				t.Errorf("the number is not %03d", i+1)
			}
			if section := regexp.MustCompile(`(?m)^(## )?` + regexp.QuoteMeta(v.Section) + `\.? `); v.Section == "" || !section.Match(text) {
				t.Errorf("FORMAT.md has no section %q", v.Section)
			}
			if v.Shows == "" || len(v.State) < 2 && v.State["problems"] == nil {
				t.Error("it shows nothing")
			}
			got := v.state(t)
			for _, miss := range misses("state", v.State, got) {
				t.Errorf("%s: %s", v.Shows, miss)
			}
		})
	}
}

// The reader of examples/reader passes the first third of them.
func TestVectorsInPython(t *testing.T) {
	python := os.Getenv("HANDOFF_TEST_PYTHON")
	if python == "" {
		t.Skip("THERE IS NO PYTHON: set HANDOFF_TEST_PYTHON to a python3 with the package yaml")
	}
	files, err := filepath.Glob("../../schema/testdata/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	files = files[:(len(files)+2)/3]
	const each = `import json, reader, sys
print(json.dumps([vars(reader.State(open(f, "rb").read().split(b"---\n")[1:])) for f in sys.argv[1:]]))`
	cmd := exec.Command(python, slices.Concat([]string{"-c", each}, files)...)
	cmd.Env = append(os.Environ(), "PYTHONPATH="+filepath.Join("..", "..", "examples", "reader"), "PYTHONDONTWRITEBYTECODE=1")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var states []any
	if err := json.Unmarshal(out, &states); err != nil || len(states) != len(files) {
		t.Fatalf("%d states of %d: %v", len(states), len(files), err)
	}
	for i, file := range files {
		v := readVector(t, file)
		for _, miss := range misses("state", v.State, states[i]) {
			t.Errorf("%s: %s: %s", filepath.Base(file), v.Shows, miss)
		}
	}
}

// misses says where a state is not what a vector names.
func misses(at string, want, got any) []string {
	switch want := want.(type) {
	case nil:
		if got != nil {
			return []string{fmt.Sprintf("%s is %v, and should be absent", at, got)}
		}
	case map[string]any:
		fields, _ := got.(map[string]any)
		var all []string
		for key, value := range want {
			all = append(all, misses(at+"."+key, value, fields[key])...)
		}
		if got == nil && len(all) == 0 {
			all = []string{at + " is absent"}
		}
		return all
	case []any:
		list, _ := got.([]any)
		if len(list) != len(want) {
			return []string{fmt.Sprintf("%s is %v, want %v", at, got, want)}
		}
		var all []string
		for i := range want {
			all = append(all, misses(fmt.Sprintf("%s[%d]", at, i), want[i], list[i])...)
		}
		return all
	case int:
		return misses(at, float64(want), got)
	default:
		if !reflect.DeepEqual(want, got) {
			return []string{fmt.Sprintf("%s is %v, want %v", at, got, want)}
		}
	}
	return nil
}

// The state of section 17.
type (
	stateVector struct {
		Order     []string                   `json:"order"`
		Problems  []string                   `json:"problems"`
		Items     map[string]itemVector      `json:"items"`
		Handoffs  map[string]handoffVector   `json:"handoffs"`
		Blockers  map[string]blockerVector   `json:"blockers"`
		Questions map[string]questionVector  `json:"questions"`
		Decisions map[string]*decisionVector `json:"decisions"`
		Back      map[string][]backVector    `json:"back"`
		Watched   map[string][]watchedVector `json:"watched"`
	}
	itemVector struct {
		Status        string             `json:"status"`
		Holder        string             `json:"holder"`
		HeldBy        string             `json:"held_by"`
		Owner         string             `json:"owner"`
		ProposedOwner string             `json:"proposed_owner,omitempty"`
		OfferedTo     []string           `json:"offered_to,omitempty"`
		OfferedIn     string             `json:"offered_in,omitempty"`
		Intent        string             `json:"intent,omitempty"`
		Next          []string           `json:"next"`
		Carried       int                `json:"carried"`
		Declared      string             `json:"declared"`
		ClosedBy      string             `json:"closed_by,omitempty"`
		Was           []string           `json:"was,omitempty"`
		Became        []string           `json:"became,omitempty"`
		Escalations   []escalationVector `json:"escalations,omitempty"`
	}
	handoffVector struct {
		State        string             `json:"state"`
		SupersededBy string             `json:"superseded_by,omitempty"`
		First        string             `json:"first"`
		Verdict      string             `json:"verdict,omitempty"`
		Taken        map[string]string  `json:"taken,omitempty"`
		Questions    []string           `json:"questions,omitempty"`
		Escalations  []escalationVector `json:"escalations,omitempty"`
	}
	blockerVector struct {
		State        string             `json:"state"`
		Declared     string             `json:"declared"`
		DeclaredBy   string             `json:"declared_by"`
		Since        time.Time          `json:"since"`
		Reopened     int                `json:"reopened,omitempty"`
		Acknowledged string             `json:"acknowledged,omitempty"`
		Resolution   string             `json:"resolution,omitempty"`
		AnsweredBy   string             `json:"answered_by,omitempty"`
		Routes       []string           `json:"routes,omitempty"`
		Escalations  []escalationVector `json:"escalations,omitempty"`
	}
	questionVector struct {
		State       string             `json:"state"`
		Ask         string             `json:"ask"`
		By          string             `json:"by"`
		Record      string             `json:"record"`
		Rounds      int                `json:"rounds"`
		Answers     []string           `json:"answers,omitempty"`
		Escalations []escalationVector `json:"escalations,omitempty"`
	}
	decisionVector struct {
		State        string          `json:"state"`
		Decision     string          `json:"decision"`
		Record       string          `json:"record"`
		SupersededBy string          `json:"superseded_by,omitempty"`
		Proposal     *decisionVector `json:"proposal,omitempty"`
	}
	escalationVector struct {
		Record string `json:"record"`
		State  string `json:"state"`
		Level  int    `json:"level"`
	}
	backVector struct {
		Kind    string   `json:"kind"`
		Subject string   `json:"subject"`
		Cause   string   `json:"cause"`
		Items   []string `json:"items,omitempty"`
	}
	watchedVector struct {
		What     string `json:"what"`
		Declared string `json:"declared"`
		HeldBy   string `json:"held_by"`
	}
)

// describe is a state as section 17 has it.
func describe(s *State) stateVector {
	d := stateVector{
		Order: idsOf(s.Order()), Items: make(map[string]itemVector), Handoffs: make(map[string]handoffVector),
		Blockers: make(map[string]blockerVector), Questions: make(map[string]questionVector), Decisions: make(map[string]*decisionVector),
		Back: make(map[string][]backVector), Watched: make(map[string][]watchedVector),
	}
	for _, p := range s.Problems {
		d.Problems = append(d.Problems, p.Record)
	}
	for id, it := range s.Items {
		one := itemVector{
			Status: cmp.Or(it.Closed, it.Status), Holder: it.Holder, HeldBy: it.HeldBy, Owner: it.Owner, ProposedOwner: it.ProposedOwner,
			Intent: it.Intent, Carried: it.Carried, Declared: it.Declared, ClosedBy: it.ClosedBy, Was: it.Was, Became: it.Became,
			Escalations: escalations(it.Escalated),
		}
		if it.Offer != nil {
			one.OfferedTo, one.OfferedIn = it.Offer.To, it.Offer.Record
		}
		for _, next := range it.Next {
			one.Next = append(one.Next, next.Do)
		}
		d.Items[id] = one
	}
	for id, h := range s.Handoffs {
		d.Handoffs[id] = handoffVector{
			State: h.State, SupersededBy: h.SupersededBy, First: h.First, Verdict: idOf(h.Verdict), Taken: h.Taken,
			Questions: h.Questions, Escalations: escalations(h.Escalated),
		}
	}
	for id, b := range s.Blockers {
		d.Blockers[id] = blockerVector{
			State: b.State, Declared: b.Declared, DeclaredBy: b.DeclaredBy, Since: b.Since.Time, Reopened: b.Reopened,
			Acknowledged: idOf(b.Acknowledged), Resolution: idOf(b.Resolution), AnsweredBy: b.AnsweredBy,
			Routes: idsOf(b.Routes), Escalations: escalations(b.Escalated),
		}
	}
	for key, q := range s.Questions {
		d.Questions[key] = questionVector{
			State: q.State, Ask: q.Ask, By: q.By, Record: q.Record, Rounds: q.Rounds, Answers: idsOf(q.Answers), Escalations: escalations(q.Escalated),
		}
	}
	for topic, one := range s.Decisions {
		d.Decisions[topic] = decision(one)
	}
	for who, backs := range s.Backs {
		for _, b := range backs {
			d.Back[who] = append(d.Back[who], backVector{b.Kind, b.Subject, b.Cause.ID, b.Items})
		}
	}
	for who, list := range s.Watched {
		for _, w := range list {
			d.Watched[who] = append(d.Watched[who], watchedVector{w.What, w.Declared, w.HeldBy})
		}
	}
	return d
}

func decision(d *Decision) *decisionVector {
	if d == nil {
		return nil
	}
	return &decisionVector{State: d.State, Decision: d.Decision.Decision, Record: d.Record, SupersededBy: d.SupersededBy, Proposal: decision(d.Proposal)}
}

func escalations(e Escalated) []escalationVector {
	var list []escalationVector
	for _, one := range e.Escalations {
		list = append(list, escalationVector{one.Record.ID, one.State(), one.Level})
	}
	return list
}

func idOf(r *handoff.Record) string {
	if r == nil {
		return ""
	}
	return r.ID
}

func idsOf(records []*handoff.Record) []string {
	var ids []string
	for _, r := range records {
		ids = append(ids, r.ID)
	}
	return ids
}
