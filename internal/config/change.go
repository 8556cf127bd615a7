package config

import (
	"maps"
	"reflect"
	"slices"
	"strings"
)

// Changes names the sections of the file in which two configurations differ, in
// the order of the file. Who leads a team or a pod is a section of its own,
// "teams.lead" and "pods.leads": it decides more than the rest of theirs.
func Changes(before, after *Config) []string {
	older, newer := byKey(before), byKey(after)
	var names []string
	for i := range reflect.TypeFor[Config]().NumField() {
		key, _, _ := strings.Cut(reflect.TypeFor[Config]().Field(i).Tag.Get("yaml"), ",")
		differs := !reflect.DeepEqual(older[key].Interface(), newer[key].Interface())
		switch {
		case !differs:
		case key == "teams":
			names = append(names, partChanges(key, "lead", before.Teams, after.Teams, func(t Team) (Team, string) {
				lead := t.Lead
				t.Lead = ""
				return t, lead
			})...)
		case key == "pods":
			names = append(names, partChanges(key, "leads", before.Pods, after.Pods, func(p Pod) (Pod, map[string]string) {
				leads := p.Leads
				p.Leads = nil
				return p, leads
			})...)
		default:
			names = append(names, key)
		}
	}
	return names
}

// partChanges names the section when the entries of a map differ in more than
// one part of them, and the part when they differ in that. split takes the part
// out of an entry.
func partChanges[E, P any](section, part string, before, after map[string]E, split func(E) (E, P)) []string {
	var sectionDiffers, partDiffers bool
	for _, name := range slices.Concat(slices.Collect(maps.Keys(before)), slices.Collect(maps.Keys(after))) {
		older, olderPart := split(before[name])
		newer, newerPart := split(after[name])
		_, was := before[name]
		_, is := after[name]
		sectionDiffers = sectionDiffers || was != is || !reflect.DeepEqual(older, newer)
		partDiffers = partDiffers || !reflect.DeepEqual(olderPart, newerPart)
	}
	var names []string
	if sectionDiffers {
		names = append(names, section)
	}
	if partDiffers {
		names = append(names, section+"."+part)
	}
	return names
}
