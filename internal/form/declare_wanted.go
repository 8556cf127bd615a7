package form

import (
	"slices"

	"github.com/handoff-cli/handoff/internal/handoff"
)

func wantedPage(id string) string { return "wanted " + id }

// wantedRules are the rules that want more of an item than its page asks for: what
// the receiving team does, and what goes with its severity.
var wantedRules = []string{"HO407", "HO212", "HO214"}

// want is what the rules want of an item in particular.
type want struct {
	key      string // of a field of [moreFields]
	required bool
}

// askWanted finds out what the rules want of the items in particular, now that it
// is known to whom they go, and opens a page for each.
func (d *Declaration) askWanted() {
	if d.Wanted == nil || d.isRollup() {
		return
	}
	final := d.Final()
	wants := make(map[string][]want)
	for _, f := range d.Wanted(final) {
		list, i, key := splitField(f.Field)
		if list != "items" || i < 0 || i >= len(final.Handoff.Items) || !slices.Contains(wantedRules, f.Code) {
			continue
		}
		item := final.Handoff.Items[i]
		if asked := d.placeOfItem(item, key); asked.page == morePage(item.ID) {
			wants[item.ID] = append(wants[item.ID], want{key, f.Level == handoff.LevelError})
			d.ask(wantedPage(item.ID), true)
		}
	}
	d.wants = wants
}

// wantedScreen asks for what the rules want of an item in particular.
func (d *Declaration) wantedScreen(item handoff.Item, wants []want) *Screen {
	s := &Screen{Title: "Before " + item.ID + " goes to somebody else"}
	for _, f := range d.moreFields(item) {
		if i := slices.IndexFunc(wants, func(w want) bool { return w.key == f.Key }); i >= 0 {
			if s.Fields = append(s.Fields, f); wants[i].required {
				f.require()
			}
		}
	}
	return s
}
