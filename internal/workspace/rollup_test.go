package workspace

import (
	"reflect"
	"slices"
	"testing"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// What a file leaves out of a rollup is drawn: every list of a handoff, but for
// those that are the lead's own.
func TestFillRollupDrawsEveryList(t *testing.T) {
	own := []string{"To", "CC", "Unchanged", "Waivers"}
	drawn := &handoff.Handoff{Rollup: &handoff.Rollup{Level: handoff.LevelOrg, Scope: "org"}}
	v := reflect.ValueOf(drawn).Elem()
	for i := range v.NumField() {
		if v.Field(i).Kind() == reflect.Slice {
			v.Field(i).Set(reflect.MakeSlice(v.Field(i).Type(), 1, 1))
		}
	}
	d := &Draft{Handoff: new(handoff.Handoff), Doc: handoff.Parse([]byte("summary: what the lead says\n"), handoff.KindHandoff)}
	if err := d.FillRollup(drawn); err != nil {
		t.Fatal(err)
	}
	filled := reflect.ValueOf(d.Handoff).Elem()
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		if v.Field(i).Kind() == reflect.Slice && filled.Field(i).Len() == 0 && !slices.Contains(own, name) {
			t.Errorf("%s is not drawn", name)
		}
	}
}
