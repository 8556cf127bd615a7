package ask

import (
	"maps"
	"slices"
	"strings"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/sorting"
)

// Kind is what a name stands for.
type Kind string

// The kinds of names.
const (
	Person   Kind = "person" // a handle, or the address of a group such as team:qa
	Item     Kind = "item"
	Blocker  Kind = "blocker"
	Question Kind = "question"
	Decision Kind = "decision"
	Area     Kind = "area"
	Record   Kind = "record" // a handoff, by its id
	Ref      Kind = "ref"    // what items refer to: a pull request, ticket, branch, commit, path
)

// Name is a thing that a question may be about.
type Name struct {
	Kind Kind
	Key  string // a handle or address, slug, id, or reference such as pr:1842
}

// Ref is the name as it may be typed where several things have it.
func (n Name) Ref() string {
	switch n.Kind {
	case Item:
		return string(handoff.RefItem) + ":" + n.Key
	case Blocker:
		return string(handoff.RefBlocker) + ":" + n.Key
	case Question:
		return string(handoff.RefQuestion) + ":" + n.Key
	case Decision:
		return string(handoff.RefDecision) + ":" + n.Key
	case Area:
		return "area:" + n.Key
	}
	return n.Key
}

// directory knows the names of the present, and looks others up in the records
// when a question has a word that is neither a name nor English.
type directory struct {
	recall query.Recall
	view   *fold.View
	exact  map[string][]Name // by the spelling that [spelled] makes
	titled map[string][]Name // by each word of their slugs and titles, for things that can be named by them
	seen   map[string]bool   // things that are entered
	looked map[string][]Name // what words were found to name among all records
}

// longestName is how many words a name has at most.
const longestName = 12

// newDirectory enters the people of the configuration and what is present.
func newDirectory(env Env) (*directory, error) {
	view := env.Known
	if view == nil {
		var err error
		if view, err = env.Recall(fold.Part{}); err != nil {
			return nil, err
		}
	}
	d := &directory{recall: env.Recall, view: view, exact: make(map[string][]Name), titled: make(map[string][]Name), seen: make(map[string]bool), looked: make(map[string][]Name)}
	d.enterPeople(env.Config)
	d.enterThings()
	return d, nil
}

func (d *directory) enterPeople(c *config.Config) {
	for handle, p := range c.People {
		d.person(handle)
		for _, called := range append(p.Emails, p.Name) {
			d.spell(called, Name{Person, handle})
		}
		if first, _, more := strings.Cut(strings.TrimSpace(p.Name), " "); more {
			d.spell(first, Name{Person, handle})
		}
	}
	for team := range c.Teams {
		d.spell(team, Name{Person, "team:" + team})
	}
	for handle, team := range d.view.Teams {
		d.person(handle)
		if team != "" {
			d.spell(team, Name{Person, "team:" + team})
		}
	}
	for _, area := range c.Authorities {
		d.spell(area.Area, Name{Area, query.FoldCase(area.Area)})
		d.entitle(area.Area, Name{Area, query.FoldCase(area.Area)})
		for _, who := range append(area.Alternates, area.Primary) {
			d.person(who)
		}
	}
}

func (d *directory) person(address string) {
	switch {
	case strings.HasPrefix(address, "area:") || address == "" || address == "team":
	case handoff.ValidHandle(address) || handoff.IsScope(address):
		d.spell(address, Name{Person, address})
	}
}

// enterThings enters what the view knows and has not been entered before.
func (d *directory) enterThings() {
	for id, it := range d.view.Items {
		d.thing(Name{Item, id}, it.Title)
		d.person(it.Owner)
		d.person(it.Holder)
		for _, next := range it.Next {
			d.person(next.Owner)
		}
		for _, ref := range it.Refs {
			d.reference(ref)
		}
	}
	for id, b := range d.view.Blockers {
		d.thing(Name{Blocker, id}, "")
		d.person(b.Resolver)
	}
	for key, q := range d.view.Questions {
		if !handoff.ValidID(key) {
			d.thing(Name{Question, key}, "")
		}
		d.person(q.To)
	}
	for topic := range d.view.Decisions {
		d.thing(Name{Decision, topic}, "")
	}
	for id, h := range d.view.Handoffs {
		for _, who := range append(append(slices.Clone(h.To), h.CC...), h.Cover) {
			d.person(who)
		}
		for _, s := range h.Shipped {
			if s.ID != "" {
				d.thing(Name{Item, s.ID}, "")
			}
			for _, ref := range s.Refs {
				d.reference(ref)
			}
		}
		d.spell(id, Name{Record, id})
	}
}

// thing enters something by its slug and its title, and by the words of both.
func (d *directory) thing(n Name, title string) {
	if d.seen[n.Ref()] {
		return
	}
	d.seen[n.Ref()] = true
	d.spell(n.Key, n)
	d.spell(n.Ref(), n)
	d.spell(title, n)
	d.entitle(n.Key+" "+title, n)
}

func (d *directory) entitle(text string, n Name) {
	for _, w := range slices.Compact(slices.Sorted(strings.FieldsSeq(spelled(text)))) {
		w = stem(w)
		if !slices.Contains(d.titled[w], n) {
			d.titled[w] = append(d.titled[w], n)
		}
	}
}

// reference enters what an item refers to, and who it waits for.
func (d *directory) reference(ref handoff.Ref) {
	id := query.FoldRef(ref.ID)
	d.spell(id, Name{Ref, ref.Type + ":" + id})
	d.spell(ref.Type+":"+id, Name{Ref, ref.Type + ":" + id})
	for _, who := range ref.WaitingOn {
		d.person(strings.ToLower(strings.TrimPrefix(who, "@")))
	}
}

func (d *directory) spell(text string, n Name) {
	if text = spelled(text); text != "" && !slices.Contains(d.exact[text], n) {
		d.exact[text] = append(d.exact[text], n)
	}
}

var spelling = strings.NewReplacer("-", " ", "_", " ")

// spelled makes a name comparable with the words that people type for it: a slug
// with its words apart, a number without its sign.
func spelled(text string) string {
	return strings.Join(strings.Fields(spelling.Replace(strings.TrimLeft(query.FoldCase(text), "#!@"))), " ")
}

// stem is a word without the ending of the plural.
func stem(w string) string {
	if len(w) > 3 && !strings.HasSuffix(w, "ss") {
		return strings.TrimSuffix(w, "s")
	}
	return w
}

// find returns what some words may name among what is known; loose is set where
// they are only some of the words of its title.
func (d *directory) find(words []string, how reading) (found []Name, loose bool) {
	text := strings.Join(words, " ")
	english := func(w string) bool { return len(lexicon()[w]) > 0 || w == possessor }
	single := len(words) == 1 && !strings.ContainsAny(text, "@-_:/#")
	switch {
	case single && how.name == 0:
	case single && english(text):
		return nil, false
	case !how.long && slices.ContainsFunc(words, english):
		return nil, false
	}
	if found := d.exact[spelled(text)]; len(found) > 0 {
		return d.settled(found, text), false
	}
	if english(words[0]) || english(words[len(words)-1]) {
		return nil, false
	}
	return d.byTitle(words), true
}

// settled chooses between a person and things of one spelling by the sign that
// was typed.
func (d *directory) settled(found []Name, text string) []Name {
	if strings.HasPrefix(text, "@") {
		return only(found, Person)
	}
	return found
}

// byTitle returns the things of whose slug and title all words are. Who types a
// slug or a number means that one, and a word that is there once is not meant twice.
func (d *directory) byTitle(words []string) []Name {
	sorted := slices.Sorted(slices.Values(words))
	if strings.ContainsAny(strings.Join(words, ""), "-_/:#@") || len(slices.Compact(sorted)) < len(words) {
		return nil
	}
	var found []Name
	first := true
	for w := range strings.FieldsSeq(spelled(strings.Join(words, " "))) {
		if slices.Contains(lexiconFillers, w) {
			continue
		}
		having := d.titled[stem(w)]
		if first {
			found, first = slices.Clone(having), false
		} else {
			found = slices.DeleteFunc(found, func(n Name) bool { return !slices.Contains(having, n) })
		}
	}
	sorting.By(found, func(a, b Name) int { return strings.Compare(a.Ref(), b.Ref()) })
	return found
}

var lexiconFillers = []string{"the", "a", "an", "of", "on", "for", "in", "to"}

// lookUp looks up in the records what is not present and not English: the runs of
// tokens that nobody knows become names, or one token that stays unknown. A part of
// a title beside them belongs to them.
func (d *directory) lookUp(tokens []token) ([]token, error) {
	var out []token
	for i := 0; i < len(tokens); {
		end, loose := i, true
		for end < len(tokens) && tokens[end].words == nil && (tokens[end].names == nil || tokens[end].loose) {
			loose = loose && tokens[end].loose
			end++
		}
		if end == i || loose && end == i+1 {
			out, i = append(out, tokens[i]), i+1
			continue
		}
		texts := make([]string, end-i)
		for j, t := range tokens[i:end] {
			texts[j] = t.text
		}
		text := strings.Join(texts, " ")
		names, known := d.looked[text]
		if !known {
			var err error
			if names, err = d.recalled(strings.Fields(text)); err != nil {
				return nil, err
			}
			d.looked[text] = names
		}
		out, i = append(out, token{text: text, names: names, known: true}), end
	}
	return out, nil
}

// recalled returns what the words name among all records: by its slug, by its
// number or path, or by the words of its title.
func (d *directory) recalled(words []string) ([]Name, error) {
	text := strings.Join(words, " ")
	slug := strings.ReplaceAll(spelled(text), " ", "-")
	part := fold.Part{Refs: []string{slug, strings.TrimPrefix(text, "#")}, Linked: []string{text}}
	if found, err := d.grown(part, words); err != nil || len(found) > 0 {
		return found, err
	}
	part = fold.Part{Saying: []string{query.FoldRef(text)}}
	if len(words) > 1 {
		part.Saying = words
	}
	long := slices.ContainsFunc(part.Saying, func(word string) bool { return len(word) >= fold.MinPrefix })
	number := strings.Trim(spelled(text), "0123456789") == "" // of a pull request or ticket, and in no title
	if !long || number || len(words) > longestName {
		return nil, nil
	}
	return d.grown(part, words)
}

// grown recalls more and finds the words in it.
func (d *directory) grown(part fold.Part, words []string) ([]Name, error) {
	view, err := d.recall(part)
	if err != nil {
		return nil, err
	}
	d.view = view
	d.enterThings()
	if found := d.exact[spelled(strings.Join(words, " "))]; len(found) > 0 {
		return found, nil
	}
	if found := d.byTitle(words); len(found) > 0 {
		return found, nil
	}
	return d.paths(words), nil
}

// paths are the files and folders of items above or below a path.
func (d *directory) paths(words []string) []Name {
	if len(words) != 1 || !strings.Contains(words[0], "/") {
		return nil
	}
	var found []Name
	for _, id := range slices.Sorted(maps.Keys(d.view.Items)) {
		for _, ref := range d.view.Items[id].Refs {
			name := Name{Ref, ref.Type + ":" + query.FoldRef(ref.ID)}
			if query.OnPath(ref, words[0]) && !slices.Contains(found, name) {
				found = append(found, name)
			}
		}
	}
	return found
}

// only are the names of some kinds, those of the first kind that there is.
func only(names []Name, kinds ...Kind) []Name {
	for _, k := range kinds {
		found := slices.DeleteFunc(slices.Clone(names), func(n Name) bool { return n.Kind != k })
		if len(found) > 0 {
			return found
		}
	}
	return nil
}
