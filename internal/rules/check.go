package rules

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// Check judges a document. It returns the document's own findings and those of
// every rule, with positions, in the order of [handoff.SortFindings]. What the
// record waives and what the settings switch off is left out.
func Check(doc *handoff.Document, ctx Context) []handoff.Finding {
	s := newSubject(doc, ctx)
	s.conform()
	for i := range table {
		if rule := &table[i]; rule.check != nil && !(rule.English && s.foreign()) && s.wanted(rule) {
			s.rule = rule
			rule.check(s)
		}
	}
	s.checkWaivers()
	findings := slices.Concat(doc.Findings, s.weigh())
	for i := range findings {
		s.finish(&findings[i])
	}
	handoff.SortFindings(findings)
	return slices.Compact(findings)
}

// wanted reports whether a rule is to be run.
func (s *subject) wanted(rule *Rule) bool {
	if s.Only == nil {
		return true
	}
	level := rule.Level
	if rule.Mixed {
		level = handoff.LevelError
	}
	level, on := weight(s.Config.Rules, rule.Code, level)
	return on && s.Only(rule.Code, level)
}

// CheckSealed judges a record that is in no file yet. The findings have no
// positions.
func CheckSealed(sealed *handoff.Sealed, ctx Context) []handoff.Finding {
	doc := sealed.Document
	var hidden []handoff.Finding
	if bytes.ContainsFunc(sealed.Data, text.Hidden) {
		// The parser stops at hidden characters. Without them the other rules
		// can run, and the characters can be given their fields.
		hidden = doc.Findings
		doc = handoff.Parse(visible(sealed.Data), sealed.Record.Kind)
		s := newSubject(doc, ctx)
		for i := range hidden {
			f := &hidden[i]
			f.Path, f.Field = ctx.Path, fieldInLine(doc, f.Line)
			f.Message = text.JoinNonEmpty(" in ", f.Message, s.the(f.Field))
		}
	}
	findings := append(hidden, Check(doc, ctx)...)
	for i := range findings {
		findings[i].Line, findings[i].Col = 0, 0
	}
	handoff.SortFindings(findings)
	return slices.Compact(findings)
}

// CheckTyped judges a handoff that was typed, in a text of its own, and sealed.
// A text that has not the form of a handoff is judged itself: it may have been
// sealed without what could not be decoded. Any other is judged as it was sealed,
// which gives the findings no positions.
func CheckTyped(typed *handoff.Document, sealed *handoff.Sealed, ctx Context) []handoff.Finding {
	form := newSubject(typed, ctx)
	if form.conform(); len(form.found)+len(typed.Findings) == 0 {
		return CheckSealed(sealed, ctx)
	}
	doc, record := *typed, *typed.Record
	doc.Record, record.Body = &record, sealed.Record.Body
	return Check(&doc, ctx)
}

// visible replaces the characters that the parser refuses.
func visible(data []byte) []byte {
	return bytes.Map(func(r rune) rune {
		if text.Hidden(r) {
			return '?'
		}
		return r
	}, data)
}

// fieldInLine returns the field of the text that begins in a line.
func fieldInLine(doc *handoff.Document, line int) string {
	for _, t := range textsOf(doc.Value()) {
		if at, _ := doc.Locate(t.field); at == line {
			return t.field
		}
	}
	return ""
}

// found is a finding before it is weighed.
type found struct {
	handoff.Finding
	// yields says that the schema found no usable value, so that a rule which
	// explains what is wanted there speaks for both.
	yields bool
}

// subject is a document under judgement.
type subject struct {
	Context
	doc    *handoff.Document
	record *handoff.Record // nil where the document has none
	value  any             // the document as plain values
	texts  []sentence      // every text in it
	words  *lexicon
	rule   *Rule // the one that runs
	found  []found
	// meant are the fields that are absent, and stand there under a key that is a slip:
	// that is said once.
	meant map[string]bool
	// undecoded are the entries of lists that could not be decoded, by the list's
	// field: the record has the others only, without a gap.
	undecoded map[string]map[int]bool
}

func newSubject(doc *handoff.Document, ctx Context) *subject {
	ctx.Config = cmp.Or(ctx.Config, new(config.Config))
	s := &subject{Context: ctx, doc: doc, record: doc.Record, value: doc.Value(), words: newLexicon(ctx.Config.Rules.Words)}
	s.texts = textsOf(s.value)
	return s
}

// body is the record's body, nil without a record.
func (s *subject) body() handoff.Body {
	if s.record == nil {
		return nil
	}
	return s.record.Body
}

// by is who wrote the record, "" if that is not known.
func (s *subject) by() string {
	if s.record != nil && s.record.By != "" {
		return s.record.By
	}
	return s.By
}

// at is when the record was written, zero if that is not known.
func (s *subject) at() time.Time {
	if s.record != nil && !s.record.At.IsZero() {
		return s.record.At.Time
	}
	if !s.At.IsZero() {
		return s.At
	}
	return s.Now
}

// foreign reports whether the record is not in the language of the word lists.
func (s *subject) foreign() bool {
	lang := s.Config.Rules.Lang
	return lang != "" && lang != "en"
}

// report adds a finding of the rule that runs, at the rule's own level. The finding
// that it returns may be completed before the next one is added.
func (s *subject) report(field, fix, format string, args ...any) *handoff.Finding {
	return s.add(s.rule.Code, s.rule.Level, s.inDocument(field), fix, format, args...)
}

// fail adds an error of a rule that has both levels.
func (s *subject) fail(field, fix, format string, args ...any) *handoff.Finding {
	return s.add(s.rule.Code, handoff.LevelError, s.inDocument(field), fix, format, args...)
}

// warn adds a warning of a rule that has both levels.
func (s *subject) warn(field, fix, format string, args ...any) *handoff.Finding {
	return s.add(s.rule.Code, handoff.LevelWarning, s.inDocument(field), fix, format, args...)
}

// add adds a finding about a field of the document.
func (s *subject) add(code string, level handoff.Level, field, fix, format string, args ...any) *handoff.Finding {
	message, entry := fmt.Sprintf(format, args...), s.entryName(field)
	if !strings.Contains(message, entry) {
		entry = ""
	}
	s.found = append(s.found, found{Finding: handoff.Finding{Code: code, Level: level, Field: field, Entry: entry, Message: message, Fix: fix}})
	return &s.found[len(s.found)-1].Finding
}

// finish fills in where a finding stands, and masks what must not be shown.
func (s *subject) finish(f *handoff.Finding) {
	f.Path = s.Path
	if s.record != nil && handoff.ValidID(s.record.ID) {
		f.Record = s.record.ID
	}
	if f.Line == 0 {
		f.Line, f.Col = s.doc.Locate(f.Field)
	}
	if f.Field != "" && f.Fix != "" && !strings.ContainsAny(f.Fix, "(:`") && s.raw(f.Field) == nil {
		f.Fix += " (" + lastKey(f.Field) + ")" // nothing that is pointed at has the name
	}
	f.Field, f.Entry, f.Message, f.Fix = Mask(text.OneLine(f.Field)), Mask(f.Entry), Mask(f.Message), Mask(f.Fix)
}

// noteUndecoded remembers an entry of a list that the decoder had to leave out.
func (s *subject) noteUndecoded(v violation) {
	list, index, ok := cutIndex(v.field)
	if !ok || v.keyword != "type" {
		return
	}
	switch v.got.(type) {
	case nil, map[string]any, []any:
	default:
		if v.schema.Type == "string" {
			return // a number decodes into text
		}
	}
	if s.undecoded == nil {
		s.undecoded = make(map[string]map[int]bool)
	}
	if s.undecoded[list] == nil {
		s.undecoded[list] = make(map[int]bool)
	}
	s.undecoded[list][index] = true
}

// inDocument turns a field of the record into the field of the document: in lists
// without some entries the indexes differ.
func (s *subject) inDocument(field string) string {
	if s.undecoded == nil {
		return field
	}
	placed := ""
	for rest := field; rest != ""; {
		open := strings.IndexByte(rest, '[')
		if open < 0 {
			return placed + rest
		}
		end := open + strings.IndexByte(rest[open:], ']')
		index, err := strconv.Atoi(rest[open+1 : max(end, open+1)])
		if err != nil {
			return placed + rest
		}
		placed += rest[:open]
		placed = indexField(placed, nth(index, s.undecoded[placed]))
		rest = rest[end+1:]
	}
	return placed
}

// nth is the index, those that are not decoded counted, of the entry that has
// index without them.
func nth(index int, undecoded map[int]bool) int {
	for i := 0; ; i++ {
		switch {
		case undecoded[i]:
		case index == 0:
			return i
		default:
			index--
		}
	}
}

// cutIndex splits items[3] into items and 3.
func cutIndex(field string) (list string, index int, ok bool) {
	open := strings.LastIndexByte(field, '[')
	if open < 0 || !strings.HasSuffix(field, "]") {
		return "", 0, false
	}
	index, err := strconv.Atoi(field[open+1 : len(field)-1])
	return field[:open], index, err == nil
}

// raw returns the value of a field in the document, nil if there is none.
func (s *subject) raw(field string) any {
	value := s.value
	for _, step := range strings.FieldsFunc(s.inDocument(field), func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return nil
			}
			value = v[i]
		default:
			return nil
		}
	}
	return value
}
