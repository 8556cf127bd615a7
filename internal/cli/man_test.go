package cli

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"text/template"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the man page anew")

// manPage is what `git handoff --help` shows, in the language of man(7).
const manPage = `.\" go test ./internal/cli -run ManPage -update writes this from the commands.
.TH GIT-HANDOFF 1 "" handoff "User Commands"
.SH NAME
git-handoff, handoff \- {{.Short | roff}}
.SH SYNOPSIS
.B handoff
.RI [ flags ]
.I command
.RI [ arguments ]
.br
.B git handoff
.RI [ flags ]
.I command
.RI [ arguments ]
.SH DESCRIPTION
{{.Long | roff}}
.PP
.B handoff help
.I command
tells all about one of them.
.SH COMMANDS
{{- range $group := .Groups}}
.SS {{$group.Title | roff}}
{{- range $.Commands}}{{if and (eq .GroupID $group.ID) .IsAvailableCommand}}
.TP
.B {{.Use | roff}}
{{.Short | roff}}
{{- end}}{{end}}{{end}}
.SS "Topics of handoff help:"
{{- range .Commands}}{{if .IsAdditionalHelpTopicCommand}}
.TP
.B {{.Name | roff}}
{{.Short | roff}}
{{- end}}{{end}}
.SH FLAGS
Every command takes these.
.PP
.nf
{{.PersistentFlags.FlagUsagesWrapped 72 | roff}}
.fi
.SH EXIT STATUS
.nf
.in 2
{{status | roff}}
.fi
.SH FILES
.TP
.B .handoffs/
the records, one file each, by day; anybody reads them with
.BR git (1)
.TP
.B .handoffs/config.yaml
people, teams, hours and rules:
.B handoff help config
.TP
.B $GIT_DIR/handoff/
drafts, and an index that can be deleted
.SH EXAMPLES
.nf
{{.Example | roff}}
.fi
.SH SEE ALSO
.BR git (1)
`

func TestManPage(t *testing.T) {
	const path = "../../cmd/handoff/git-handoff.1"
	page := template.Must(template.New("").Funcs(template.FuncMap{
		"roff":   roff,
		"status": func() string { return strings.TrimPrefix(statusHelp, "Exit status:\n") },
	}).Parse(manPage))
	var b bytes.Buffer
	if err := page.Execute(&b, newRootCmd(new(globals))); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(have, b.Bytes()) {
		t.Errorf("%s is not what the commands say (-update writes it): %v", path, err)
	}
}

// roff writes a text so that man(7) shows it as it is.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`, "'", `\(aq`).Replace(strings.TrimRight(text, "\n"))
	var b strings.Builder
	for _, r := range strings.ReplaceAll("\n"+text, "\n.", "\n\\&.")[1:] {
		if r < utf8.RuneSelf {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, `\[u%04X]`, r)
		}
	}
	return b.String()
}
