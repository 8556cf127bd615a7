package guard

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// The findings of the pull request check.
const (
	CodeUncovered = "HO920" // no handoff covers the change
	CodeOutdated  = "HO921" // one did, and work came after it
	CodeConfig    = "HO922" // the change edits the configuration
)

// Change is what git knows of a pull request.
type Change struct {
	Work  time.Time         // the author date of its last commit that does more than add records; zero without one
	Paths []string          // the files that it changes, records not among them
	Added []*handoff.Record // handoffs that it adds
	Known []*handoff.Record // other handoffs that could name it
}

// Policy says which pull requests owe a handoff, and how much that weighs.
type Policy struct {
	Require     bool     // none is an error instead of a warning
	Strict      bool     // an outdated one is as well
	SkipAuthors []string // accounts of the service, never names in commits; * stands for any characters
	SkipPaths   []string // see [MatchPath]
	SkipLabels  []string
	SkipDraft   bool
}

// Verdict is the answer for one pull request.
type Verdict struct {
	Covered  bool
	By       string            // id of the handoff that covers it, or did until work came after it
	None     string            // the reason, when that handoff says that none is needed
	Skipped  string            // why the change owes no handoff
	Findings []handoff.Finding // at most one, with a level by the policy
}

// Cover decides whether a handoff covers a pull request: one that it adds, or
// one whose items name its number, its branch or a ticket of its title. Either
// has to be younger than the last work in it; an older one is outdated. Of
// several the youngest counts.
func Cover(pr PullRequest, c Change, p Policy) Verdict {
	if why := p.skip(pr, c); why != "" {
		return Verdict{Covered: true, Skipped: why}
	}
	covering := slices.Concat(c.Added, naming(pr, c.Known))
	if len(covering) == 0 {
		return Verdict{Findings: []handoff.Finding{p.uncovered(pr)}}
	}
	best := slices.MaxFunc(covering, fold.CompareRecords)
	if best.At.Before(c.Work.Truncate(time.Second)) {
		return Verdict{By: best.ID, Findings: []handoff.Finding{p.outdated(best, c)}}
	}
	v := Verdict{Covered: true, By: best.ID}
	if body, ok := best.Body.(*handoff.Handoff); ok && saysNone(body) {
		v.None = body.Summary
	}
	return v
}

func (p Policy) uncovered(pr PullRequest) handoff.Finding {
	f := handoff.Finding{
		Code: CodeUncovered, Level: handoff.LevelWarning, Message: "no handoff covers " + pr.name(),
		Fix: declareCommand + " on its branch; where nothing is to hand over: handoff declare --none shipped,items,blockers,decisions --summary 'why'",
	}
	if p.Require {
		f.Level = handoff.LevelError
	}
	return f
}

func (p Policy) outdated(r *handoff.Record, c Change) handoff.Finding {
	f := handoff.Finding{
		Code: CodeOutdated, Level: handoff.LevelWarning, Record: r.ID, Path: r.Source.Path,
		Message: fmt.Sprintf("the handoff %s by %s is older than the last work here (%s)", r.ID, r.By, c.Work.UTC().Format(time.RFC3339)),
		Fix:     "handoff declare --amend " + r.ID,
	}
	if p.Strict {
		f.Level = handoff.LevelError
	}
	return f
}

// name is how people call the change.
func (pr PullRequest) name() string {
	switch {
	case pr.Number > 0:
		return "#" + strconv.Itoa(pr.Number)
	case pr.Branch != "":
		return "the branch " + pr.Branch
	}
	return "this change"
}

// skip returns why a change owes no handoff, "" when it owes one.
func (p Policy) skip(pr PullRequest, c Change) string {
	switch {
	case c.Work.IsZero():
		return "it holds no work"
	case p.SkipDraft && pr.Draft:
		return "it is a draft"
	case slices.ContainsFunc(pr.Labels, func(label string) bool { return slices.Contains(p.SkipLabels, label) }):
		return "one of its labels says so"
	case pr.Author != "" && slices.ContainsFunc(p.SkipAuthors, func(pattern string) bool { return matchName(pattern, pr.Author) }):
		return "its author " + pr.Author + " owes none"
	case pr.Bot && slices.Contains(p.SkipAuthors, Bots):
		return "its author " + pr.Author + " is a bot"
	case len(c.Paths) > 0 && !slices.ContainsFunc(c.Paths, func(path string) bool { return !p.skipsPath(path) }):
		return "it changes nothing but " + strings.Join(p.SkipPaths, ", ")
	}
	return ""
}

// Bots is the pattern for the accounts of programs, as GitHub names them. With
// it, every account counts that the service calls a bot.
const Bots = "*[bot]"

// matchName reports whether a name fits a pattern in which * stands for any
// characters and every other character for itself, in either case.
func matchName(pattern, name string) bool {
	exact := strings.ReplaceAll(regexp.QuoteMeta(strings.ToValidUTF8(pattern, "\uFFFD")), `\*`, ".*")
	return regexp.MustCompile("(?is)^" + exact + "$").MatchString(name)
}

func (p Policy) skipsPath(path string) bool {
	return slices.ContainsFunc(p.SkipPaths, func(pattern string) bool { return text.PathPattern(pattern).Covers(path) })
}

// naming returns the handoffs that name the change.
func naming(pr PullRequest, records []*handoff.Record) []*handoff.Record {
	n := namesOf(pr)
	var found []*handoff.Record
	for _, r := range records {
		if body, ok := r.Body.(*handoff.Handoff); ok && n.in(body) {
			found = append(found, r)
		}
	}
	return found
}

// names is how a record can point at a change.
type names struct {
	number  string         // "" when unknown
	branch  string         // "" when unknown
	tickets []string       // of the title, in capitals
	text    *regexp.Regexp // matches the number or a ticket in a text; nil without both
}

func namesOf(pr PullRequest) names {
	n := names{branch: pr.Branch}
	var patterns []string
	if pr.Number > 0 {
		n.number = strconv.Itoa(pr.Number)
		patterns = append(patterns, `(?:^|\W)[#!]`+n.number+`\b`)
	}
	for _, id := range text.Tickets(pr.Title) {
		n.tickets = append(n.tickets, id)
		patterns = append(patterns, `(?i)\b`+regexp.QuoteMeta(id)+`\b`)
	}
	if len(patterns) > 0 {
		n.text = regexp.MustCompile(strings.Join(patterns, "|"))
	}
	return n
}

// in reports whether a handoff names the change: in the references or the text
// of an item, or because it was declared on its branch.
func (n names) in(h *handoff.Handoff) bool {
	onBranch := h.Anchor != nil && n.branch != "" && h.Anchor.Branch == n.branch
	return onBranch || slices.ContainsFunc(h.Items, n.item) || slices.ContainsFunc(h.Shipped, n.shipped)
}

func (n names) item(it handoff.Item) bool {
	if slices.ContainsFunc(it.Refs, n.ref) || n.said(it.ID, it.Title, it.State, it.Ready, it.Intent) {
		return true
	}
	return slices.ContainsFunc(it.Next, func(step handoff.Next) bool { return n.said(step.Do) })
}

func (n names) shipped(s handoff.Shipped) bool {
	return slices.ContainsFunc(s.Refs, n.ref) || n.said(s.ID, s.What)
}

func (n names) said(texts ...string) bool {
	return n.text != nil && slices.ContainsFunc(texts, n.text.MatchString)
}

// ref reports whether a reference points at the change. A number may be written
// 7, #7, !7, or as the end of the address of the pull request.
func (n names) ref(ref handoff.Ref) bool {
	switch ref.Type {
	case "pr":
		return n.number != "" && ref.ID[strings.LastIndexAny(ref.ID, "/#!")+1:] == n.number
	case "branch":
		return n.branch != "" && strings.TrimPrefix(ref.ID, "refs/heads/") == n.branch
	case "ticket":
		return slices.Contains(n.tickets, strings.ToUpper(ref.ID))
	}
	return false
}

// saysNone reports whether a handoff says that there is nothing to hand over.
func saysNone(h *handoff.Handoff) bool {
	return len(h.Shipped)+len(h.Items)+len(h.Blockers)+len(h.Decisions) == 0
}
