package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/text"
)

// checker compares what the decoder read with itself: names that must exist,
// values out of a fixed set, and what only makes sense together.
type checker struct {
	*Config
	*decoder
	emails map[string]string // lower-case email → handle
}

func (c *checker) check() {
	c.checkBranch()
	c.checkSubject()
	c.oneOf("read", c.Read, ReadAll, ReadCurrent, ReadForeign)
	c.oneOf("ack_policy", string(c.AckPolicy), string(fold.PolicyPerItem), string(fold.PolicyAny), string(fold.PolicyAll))
	c.checkPeople()
	c.checkTeams()
	c.checkZones()
	c.checkHook()
	c.checkAuthorities()
	c.checkEscalation()
	c.checkInterfaces()
	c.checkExceptions()
	c.checkRules()
	c.checkDeliver()
	c.checkAgents()
	c.checkRefs()
	c.checkVerify()
}

func (c *checker) fail(code, field, message, fix string) {
	c.add(handoff.LevelError, code, field, message, fix)
}

func (c *checker) add(level handoff.Level, code, field, message, fix string) {
	at := c.position(field)
	c.findings = append(c.findings, handoff.Finding{
		Code: code, Level: level, Field: field,
		Line: at.line, Col: at.col, Message: message, Fix: fix,
	})
}

// position returns the place of a field, or of the nearest thing around it
// that the file has.
func (c *checker) position(field string) position {
	for field != "" {
		if at, ok := c.positions[field]; ok {
			return at
		}
		field = field[:max(0, strings.LastIndexAny(field, ".["))]
	}
	return position{1, 1}
}

// given reports whether the file has that field, be its value right or wrong.
func (c *checker) given(field string) bool {
	_, ok := c.positions[field]
	return ok
}

func (c *checker) oneOf(field, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		c.fail("HO101", field, fmt.Sprintf("%q is none of %s", text.OneLine(value), strings.Join(allowed, ", ")), suggestion(value, allowed))
	}
}

func suggestion(word string, candidates []string) string {
	if nearest := text.Nearest(word, candidates); nearest != "" {
		return fmt.Sprintf("did you mean `%s`?", nearest)
	}
	return ""
}

// person checks that a handle is in the roster. Without a roster anybody may
// be named.
func (c *checker) person(field, handle string) {
	switch {
	case !handoff.ValidHandle(handle):
		c.invalidHandle(field, handle)
	case len(c.People) > 0:
		exists(c, field, handle, "people", c.People)
	}
}

func (c *checker) invalidHandle(field, handle string) {
	message := fmt.Sprintf("%q is not a handle", text.OneLine(handle))
	if handle == "" {
		message = "a handle is missing"
	}
	c.fail("HO101", field, message, "use a-z, 0-9, dot, underscore and dash, at most 39 of them, without @")
}

// exists checks that a name is a key of a map of the file.
func exists[T any](c *checker, field, name, section string, among map[string]T) {
	if _, ok := among[name]; !ok {
		c.missing(field, name, section, slices.Sorted(maps.Keys(among)))
	}
}

func (c *checker) missing(field, name, section string, known []string) {
	fix := cmp.Or(suggestion(name, known), "add it to `"+section+"`")
	c.fail("HO103", field, fmt.Sprintf("%q is not in `%s`", text.OneLine(name), section), fix)
}

func (c *checker) zone(field, name string) {
	if !slices.Contains(c.Zones, name) {
		c.missing(field, name, "zones", c.Zones)
	}
}

// name checks the name of a team, pod, zone or area.
func (c *checker) name(field, name string) {
	if !handoff.IsScope("team:" + name) {
		c.fail("HO101", field, fmt.Sprintf("%q is not a name", text.OneLine(name)),
			"use a-z, 0-9, dot, underscore and dash, at most 39 of them")
	}
}

// branchName is narrower than git: what needs no quoting in any place.
var branchName = text.Pattern(`^[A-Za-z0-9_][A-Za-z0-9._/-]*$`)

func (c *checker) checkBranch() {
	name := c.Store.Branch
	bad := !branchName().MatchString(name) || len(name) > 100 || name == "HEAD" || strings.HasPrefix(name, "refs/") ||
		strings.Contains(name, "..") || strings.HasSuffix(name, "/") || strings.HasSuffix(name, ".")
	for part := range strings.SplitSeq(name, "/") {
		bad = bad || part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock")
	}
	if bad {
		c.fail("HO101", "store.branch", fmt.Sprintf("%q is not the name of a branch", text.OneLine(name)),
			"write a name such as handoffs, without refs/heads/, or current")
	}
}

var (
	placeholder = text.Pattern(`\{([^{}]*)\}`)
	// hostedEffect matches text to which a host gives a meaning in a subject.
	hostedEffect = text.Pattern(`(?i)#|@|\bskip\b|\bno.?ci\b`)
)

func (c *checker) checkSubject() {
	subject := c.Commit.Subject
	for _, m := range placeholder().FindAllStringSubmatch(subject, -1) {
		c.oneOf("commit.subject", m[1], subjectFields...)
	}
	switch literal := placeholder().ReplaceAllString(subject, ""); {
	case strings.ContainsAny(literal, "{}\n") || len(subject) > 100:
		c.fail("HO101", "commit.subject", "the subject is not one line of at most 100 characters with {kind} {by} {to} {counts}",
			"for example `chore(handoff): {by} to {to}, {counts}`")
	case hostedEffect().MatchString(literal):
		c.fail("HO101", "commit.subject", "the subject holds what would name issues, call people or stop CI",
			"leave them out; `skip_ci` has a key of its own")
	}
}

// account is a name on some other service: letters and digits, no address.
var account = text.Pattern(`^[A-Za-z0-9][A-Za-z0-9._@:-]{0,99}$`)

func (c *checker) checkPeople() {
	c.emails = make(map[string]string)
	for _, handle := range slices.Sorted(maps.Keys(c.People)) {
		field, p := "people."+handle, c.People[handle]
		if !handoff.ValidHandle(handle) {
			c.invalidHandle(field, handle)
		}
		c.checkEmails(field, handle, p.Emails)
		if p.Team != "" {
			exists(c, field+".team", p.Team, "teams", c.Teams)
		}
		if p.Zone != "" {
			c.zone(field+".zone", p.Zone)
		}
		if c.given(field+".hours") && !c.given(field+".tz") {
			c.fail("HO101", field+".hours", "hours without a time zone", "add `tz`, such as Europe/London")
		}
		if c.given(field+".days") && !c.given(field+".hours") {
			c.fail("HO101", field+".days", "days without hours", "add `hours`, such as 09:00-18:00")
		}
		for service, name := range map[string]string{
			"github": p.GitHub, "gitlab": p.GitLab, "gitea": p.Gitea, "jira": p.Jira, "linear": p.Linear, "slack": p.Slack, "teams": p.Teams, "googlechat": p.Google,
		} {
			if name != "" && !account().MatchString(name) {
				c.fail("HO101", field+"."+service, fmt.Sprintf("%q is not the name of an account", text.OneLine(name)), "write it without @ and without an address")
			}
		}
		for i, away := range p.Away {
			c.checkAway(fmt.Sprintf("%s.away[%d]", field, i), handle, away)
		}
	}
}

func (c *checker) checkEmails(field, handle string, emails []string) {
	for i, email := range emails {
		at := fmt.Sprintf("%s.emails[%d]", field, i)
		if !isAddress(email) {
			c.fail("HO101", at, fmt.Sprintf("%q is not an email address", text.OneLine(email)), "")
			continue
		}
		key := strings.ToLower(email)
		if other, ok := c.emails[key]; ok && other != handle {
			c.fail("HO103", at, fmt.Sprintf("the email %s belongs to %s already", email, other), "one address names one person: keep it in one row")
		}
		c.emails[key] = handle
	}
}

func (c *checker) checkAway(field, handle string, away Away) {
	switch {
	case !c.given(field+".from") || !c.given(field+".to"):
		c.fail("HO101", field, "an absence needs its first and its last day", "write {from: 2026-12-21, to: 2027-01-04}")
	case away.From.IsZero() || away.To.IsZero():
		// The decoder has said what is wrong with them.
	case away.To.In(time.UTC).Before(away.From.In(time.UTC)):
		c.fail("HO101", field, "the absence ends before it begins", "")
	}
	if away.Cover == handle {
		c.fail("HO101", field+".cover", handle+" cannot cover for themselves", "")
	} else if away.Cover != "" {
		c.person(field+".cover", away.Cover)
	}
}

func (c *checker) checkTeams() {
	for _, name := range slices.Sorted(maps.Keys(c.Teams)) {
		field, team := "teams."+name, c.Teams[name]
		c.name(field, name)
		if team.Lead != "" {
			c.person(field+".lead", team.Lead)
		}
		if team.Zone != "" {
			c.zone(field+".zone", team.Zone)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Pods)) {
		field, pod := "pods."+name, c.Pods[name]
		c.name(field, name)
		for i, team := range pod.Teams {
			exists(c, fmt.Sprintf("%s.teams[%d]", field, i), team, "teams", c.Teams)
		}
		for _, zone := range slices.Sorted(maps.Keys(pod.Leads)) {
			c.zone(field+".leads."+zone, zone)
			c.person(field+".leads."+zone, pod.Leads[zone])
		}
	}
}

func (c *checker) checkZones() {
	for i, zone := range c.Zones {
		field := fmt.Sprintf("zones[%d]", i)
		c.name(field, zone)
		if slices.Index(c.Zones, zone) != i {
			c.fail("HO101", field, fmt.Sprintf("the zone %q stands twice", text.OneLine(zone)), "a ring passes each zone once")
		}
	}
}

func (c *checker) checkHook() {
	for field, n := range map[string]int{"hook.commits": c.Hook.Commits, "hook.hours": c.Hook.Hours} {
		if n < 0 {
			c.fail("HO101", field, "a count cannot be negative", "0 switches the reminder off")
		}
	}
}

func (c *checker) checkAuthorities() {
	seen := make(map[string]bool)
	for i, row := range c.Authorities {
		field := fmt.Sprintf("authority[%d]", i)
		switch {
		case !handoff.ValidSlug(row.Area):
			c.fail("HO101", field+".area", fmt.Sprintf("%q is not an area", text.OneLine(row.Area)), "use a-z, 0-9 and dash, such as session-policy")
		case seen[row.Area]:
			c.fail("HO101", field+".area", fmt.Sprintf("the area %q stands twice", row.Area), "one row says who decides")
		}
		seen[row.Area] = true
		c.person(field+".primary", row.Primary)
		for j, alternate := range row.Alternates {
			c.person(fmt.Sprintf("%s.alternates[%d]", field, j), alternate)
		}
	}
}

// The steps of a ladder that are not a handle or lead:<team>.
const (
	stepAlternate = "alternate"
	stepTeamLead  = "team:lead"
	stepPodLead   = "pod:lead"
)

// ladderDefault is the key of the ladder for whatever has none of its own.
const ladderDefault = "default"

func (c *checker) checkEscalation() {
	keys := []string{ladderDefault, handoff.SeverityRoutine, handoff.SeverityWatch, handoff.SeverityCritical}
	for _, row := range c.Authorities {
		keys = append(keys, row.Area)
	}
	for _, key := range slices.Sorted(maps.Keys(c.Escalation)) {
		field := "escalation." + key
		if !slices.Contains(keys, key) {
			c.fail("HO103", field, fmt.Sprintf("%q is neither default, a severity nor an area of `authority`", text.OneLine(key)), suggestion(key, keys))
		}
		for i, step := range c.Escalation[key] {
			c.checkStep(fmt.Sprintf("%s[%d]", field, i), step)
		}
	}
}

func (c *checker) checkStep(field, step string) {
	team, isLead := strings.CutPrefix(step, "lead:")
	switch {
	case step == stepAlternate || step == stepTeamLead || step == stepPodLead:
	case isLead:
		exists(c, field, team, "teams", c.Teams)
	case strings.Contains(step, ":"):
		c.fail("HO101", field, fmt.Sprintf("%q is not a step of a ladder", text.OneLine(step)),
			"a step is alternate, team:lead, pod:lead, lead:<team> or a handle")
	default:
		c.person(field, step)
	}
}

// side checks one side of a boundary: a team or a zone.
func (c *checker) side(field, name string) {
	known := append(slices.Sorted(maps.Keys(c.Teams)), c.Zones...)
	if !slices.Contains(known, name) {
		c.missing(field, name, "teams", known)
	}
}

// itemKeys lists the keys of an item, any of which a contract may require.
func itemKeys() []string {
	var keys []string
	for i := range reflect.TypeFor[handoff.Item]().NumField() {
		key, _, _ := strings.Cut(reflect.TypeFor[handoff.Item]().Field(i).Tag.Get("yaml"), ",")
		keys = append(keys, key)
	}
	return keys
}

func (c *checker) checkExceptions() {
	for _, class := range slices.Sorted(maps.Keys(c.Exceptions)) {
		field := "exceptions." + class
		c.oneOf(field, class, "incomplete", "ambiguous", "judgement", "policy", "out_of_scope")
		if c.Exceptions[class] != ExceptionSender {
			c.person(field, c.Exceptions[class])
		}
	}
}

var (
	language = text.Pattern(`^[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$`)
	// fixedRule matches the rules whose level is not the team's to set.
	fixedRule = text.Pattern(`^HO1|^HO90[1237]$|^HO91[01]$`)
	// fingerprint matches what rule HO901 calls a text by.
	fingerprint = text.Pattern(`^[0-9a-f]{12}$`)
)

func (c *checker) checkRules() {
	c.oneOf("rules.preset", c.Rules.Preset, PresetDefault, PresetStrict, PresetPilot)
	if !language().MatchString(c.Rules.Lang) {
		c.fail("HO101", "rules.lang", fmt.Sprintf("%q is not a language such as en", text.OneLine(c.Rules.Lang)), "")
	}
	for i, f := range c.Rules.AllowSecrets {
		if !fingerprint().MatchString(f) {
			c.fail("HO101", fmt.Sprintf("rules.allow_secrets[%d]", i), fmt.Sprintf("%q is not a fingerprint", text.OneLine(f)), "HO901 prints it: 12 hex digits")
		}
	}
	for _, code := range slices.Sorted(maps.Keys(c.Rules.Levels)) {
		field := "rules." + code
		if !slices.Contains(RuleCodes, code) {
			c.add(handoff.LevelWarning, "HO101", field, "no rule has the code "+code+", so the line does nothing", nearestRule(code))
			continue
		}
		c.oneOf(field, c.Rules.Levels[code], RuleError, RuleWarn, RuleOff)
		if fixedRule().MatchString(code) {
			c.fail("HO101", field, "the level of "+code+" is fixed", "remove the line")
		}
	}
}

func (c *checker) checkRefs() {
	for _, kind := range slices.Sorted(maps.Keys(c.Refs)) {
		field := "refs." + kind
		c.oneOf(field, kind, "pr", "ticket", "branch", "commit", "file", "url", "doc", "session")
		if !displayLink(c.Refs[kind]) {
			c.fail("HO101", field, "the value is not an https link with {id} behind the host", "for example https://jira.example.com/browse/{id}")
		}
	}
}

// displayLink reports whether a template gives links to show: https, a fixed
// host without a user, and one {id} in the path or behind it.
func displayLink(template string) bool {
	prefix, rest, found := strings.Cut(template, "{id}")
	u, err := url.Parse(prefix)
	return found && err == nil && u.Scheme == "https" && u.Host != "" && u.User == nil && u.Path != "" &&
		!strings.ContainsAny(rest, "{}")
}
