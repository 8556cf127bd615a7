package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// request matches what man(7) does at the beginning of a line.
var request = regexp.MustCompile(`^\.(TH|SH|SS|PP|TP|nf|fi|nh|ad l|br|B|I|RI|BR)\b`)

// Each page has what a page has, in the order in which it is looked for, and nothing in it
// is taken for a request by accident.
func TestManual(t *testing.T) {
	for _, page := range manualPages(newRootCmd(new(globals))) {
		written := page.roff("2026-11-20")
		sections := regexp.MustCompile(`(?m)^\.SH "(.*)"$`).FindAllStringSubmatch(written, -1)
		var names []string
		for _, s := range sections {
			names = append(names, s[1])
		}
		want := []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "EXAMPLES", "SEE ALSO"}
		if page.section == 5 {
			want = []string{"NAME", "DESCRIPTION", "SEE ALSO"}
		}
		for _, name := range names {
			if len(want) > 0 && want[0] == name {
				want = want[1:]
			}
		}
		if len(want) > 0 {
			t.Errorf("%s: no section %s among %q", page.file(), want[0], names)
		}
		literal := false
		for line := range strings.Lines(written) {
			line = strings.TrimSuffix(line, "\n")
			switch {
			case line == "" && !literal:
				t.Errorf("%s: an empty line", page.file())
			case strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".") && !request.MatchString(line):
				t.Errorf("%s: a line that would be taken for a request: %s", page.file(), line)
			}
			literal = literal && line != ".fi" || line == ".nf"
			// A page is as wide as the terminal, and what is in it is indented.
			if shown := strings.NewReplacer(`\-`, "-", `\(aq`, "'", `\(dq`, `"`, `\(ti`, "~", `\e`, `\`).Replace(line); literal && len(shown) > helpWidth-7 {
				t.Errorf("%s: %d columns do not fit: %s", page.file(), len(shown), shown)
			}
		}
	}
}

// Every command has a page, by its own name.
func TestEveryCommandHasAPage(t *testing.T) {
	root := newRootCmd(new(globals))
	pages := manualPages(root)
	for _, cmd := range commands(root) {
		top := cmd
		for top.Parent() != root {
			top = top.Parent()
		}
		if top.IsAdditionalHelpTopicCommand() {
			continue
		}
		i := slices.IndexFunc(pages, func(p manualPage) bool { return p.cmd == top })
		if i < 0 {
			t.Errorf("%s: no page", top.CommandPath())
		} else if isCalled(cmd) && !strings.Contains(pages[i].roff(""), "\n"+inBold(cmd.CommandPath())) {
			t.Errorf("%s: not in the synopsis of its page", cmd.CommandPath())
		}
	}
}

func TestRoff(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"a paragraph", "One line\nand another.", ".PP\nOne line and another.\n"},
		{"dots and quotes at the beginning of lines", ".so evil\n'br", ".PP\n\\&.so evil \\(aqbr\n"},
		{"a dot where a line is broken", strings.Repeat("seventy-7 ", 7) + ".so x", ".PP\n" + strings.TrimSpace(strings.Repeat("seventy\\-7 ", 7)) + "\n\\&.so x\n"},
		{"backslashes", `a\nb \fB`, ".PP\na\\enb \\efB\n"},
		{"flags stand out", "with --dry-run, and (--push)", ".PP\nwith \\fB\\-\\-dry\\-run\\fR, and (\\fB\\-\\-push\\fR)\n"},
		{"lines that stay", "  a b\n  .c", ".PP\n.nf\na b\n\\&.c\n.fi\n"},
		{"two columns", "ndjson  one line\n        or two\ncsv     RFC 4180", ".TP\n\\fBndjson\\fR\none line or two\n.TP\n\\fBcsv\\fR\nRFC 4180\n"},
		{"terms above their text", "  next [who]\n      steps", ".TP\n\\fBnext [who]\\fR\nsteps\n"},
		{"other letters", "wait…", ".PP\nwait\\[u2026]\n"},
	} {
		r := new(roff)
		r.text(test.text)
		if r.b.String() != test.want {
			t.Errorf("%s: %q is %q, not %q", test.name, test.text, r.b.String(), test.want)
		}
	}
}
