package template_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	std "text/template"
	"time"

	"github.com/handoff-cli/handoff/internal/template"
	"pgregory.net/rapid"
)

const document = `{
	"schema_version": 1, "total": 1234567.5, "big": 1e21, "zero": 0, "yes": true, "no": false, "null": null, "empty": "",
	"text": "<a href='x'>&\"é\u0000\u2028</a>", "word": "ana", "key": "b", "list": ["x", null, 2, true, ["y"], {"k": "v"}],
	"results": [
		{"id": "k3f9q2m7", "title": "refunds", "items": [{"id": "refund-flow", "state": "blocked"}, {"id": "t", "state": "done"}], "to": null},
		{"id": "p4d8w1xq", "title": "a \"quoted\" one", "items": [], "to": {"handle": "ben"}}
	],
	"object": {"b": {"c": {"d": "deep"}}, "a": 1, "z": null, "": "nameless"}, "none": {}, "nothing": []
}`

func decode(t testing.TB) any {
	t.Helper()
	var data any
	if err := json.Unmarshal([]byte(document), &data); err != nil {
		t.Fatal(err)
	}
	return data
}

// compare executes a template here and in text/template, which must agree on the
// output, and on whether there is an error and in which line.
func compare(t rapid.TB, data any, text string) {
	t.Helper()
	var b strings.Builder
	parsed, wantErr := std.New("t").Parse(text)
	if wantErr == nil {
		wantErr = parsed.Execute(&b, data)
	}
	got, err := template.Execute(context.Background(), "t", text, data)
	if (err == nil) != (wantErr == nil) {
		t.Fatalf("%s\nerror %v\nwant  %v", text, err, wantErr)
	}
	if err == nil {
		if got != b.String() {
			t.Fatalf("%s\nprinted %q\nwant    %q", text, got, b.String())
		}
		return
	}
	if got, want := line(err), line(wantErr); got != want {
		t.Errorf("%s\nerror in %s: %v\nwant  in %s: %v", text, got, err, want, wantErr)
	}
}

// line is the "t:1" that an error begins with.
func line(err error) string {
	return strings.Join(strings.SplitN(strings.TrimPrefix(err.Error(), "template: "), ":", 3)[:2], ":")
}

func TestExecuteLikeTextTemplate(t *testing.T) {
	for _, text := range []string{
		"", "plain", "{{/* a comment */}}x", "{{- 1 -}} x", "{{.}}", "{{$}}", "{{.total}} {{.big}} {{.schema_version}}",
		"{{.missing}} {{.null}} {{.missing.deeper}} {{.object.b.c.d}}", "{{.null.deeper}}", "{{(.null).deeper}}", "{{.word.x}}", "{{.list.x}}",
		"{{.word 1}}", "{{1 | .word}}", "{{.missing.x 1}}", "{{$.word 1}}", "{{$x := .object}}{{$x.b.c}} {{$x.b 1}}", "{{1 2}}", "{{nil}}", "{{print nil}}",
		"{{range .results}}{{.id}}{{\"\\n\"}}{{end}}", "{{range $i, $r := .results}}{{$i}} {{$r.id}} {{range $r.items}}{{.id}},{{else}}none{{end}};{{end}}",
		"{{range .object}}[{{.}}]{{end}}", "{{range $k, $v := .object}}{{$k}}={{$v}} {{end}}", "{{range .nothing}}x{{else}}{{.word}}{{end}}",
		"{{range .null}}x{{else}}y{{end}}", "{{range .missing}}x{{else}}y{{end}}", "{{range .word}}{{end}}", "{{range .total}}{{end}}", "{{range .yes}}{{end}}",
		"{{range 3}}{{.}}{{end}}{{range $i := 2}}{{$i}}{{end}}", "{{range $i, $j := 3}}{{end}}", "{{range 0}}x{{else}}y{{end}}", "{{range -1}}x{{else}}y{{end}}",
		`{{range (index "\x02" 0)}}{{printf "%T%v" . .}}{{end}}`, "{{range $x := .list}}{{$x}},{{end}}", "{{range .list}}{{.}},{{end}}", "{{range .results}}{{.to.handle}}{{end}}",
		"{{range .list}}{{if eq (print .) \"2\"}}{{break}}{{end}}{{.}};{{end}}", "{{range .list}}{{if not .}}{{continue}}{{end}}{{.}};{{end}}",
		"{{$x := 1}}{{range .list}}{{$x = .}}{{end}}{{$x}}", "{{$i := 0}}{{$v := 0}}{{range $i, $v = .results}}{{end}}{{$i}}{{$v.id}}", "{{$v := 0}}{{range $v = .results}}{{end}}{{$v.id}}",
		"{{range $i, $v := (index .results 0).items}}{{$v.id}}{{$i}}{{end}}", "{{range .list}}{{else if .word}}x{{end}}",
		"{{if .yes}}a{{else}}b{{end}}{{if .no}}a{{else if .zero}}b{{else}}c{{end}}{{if .none}}x{{end}}{{if .nothing}}x{{end}}{{if .empty}}x{{end}}{{if .null}}x{{end}}{{if 1i}}i{{end}}{{if 0.0}}f{{end}}",
		"{{with .object}}{{.a}}{{$.word}}{{end}}{{with .missing}}x{{else with .word}}{{.}}{{else}}y{{end}}", "{{with $x := .word}}{{$x}}{{end}}", "{{if $x := .word}}{{$x}}{{else}}{{$x}}{{end}}",
		`{{define "row"}}<{{.id}}{{$.id}}>{{end}}{{range .results}}{{template "row" .}}{{end}}{{template "row"}}`, `{{template "none"}}`, `{{block "b" .word}}[{{.}}]{{end}}`,
		`{{define "a"}}{{end}}{{define "a"}}second{{end}}{{template "a"}}`, `{{define "a"}}x{{end}}{{define "a"}}y{{end}}`, `{{define "n"}}{{if .}}{{template "n" (slice . 1)}}{{len .}}{{end}}{{end}}{{template "n" "abc"}}`,
		`{{define "bad"}}

{{.word.x}}{{end}}
{{template "bad" .}}`,
		"{{if or true ($x := 1)}}{{$x}}{{end}}", "{{if or true ($x := 1)}}{{$x = 2}}{{end}}", "{{if or false ($x := 1)}}{{$x}}{{end}}", "{{$y}}", "{{$x := 1}}{{if true}}{{$x := 2}}{{$x = 3}}{{$x}}{{end}}{{$x}}",
		"{{1}} {{-1}} {{1.5}} {{1e3}} {{0x1F}} {{0x1p4}} {{'a'}} {{1i}} {{1+2i}} {{0b11}} {{0o17}} {{1_000}} {{true}} {{`raw`}}", "{{18446744073709551615}}", "{{1e400}}", "{{9223372036854775807}}", "{{-9223372036854775808}}",
		"{{print}}|{{print 1 2 .word .word 3}}|{{println 1 .null}}|{{print .missing}}|{{.word | print 1}}", `{{printf "%s-%d-%5.1f-%v-%q" .word 3 .total .null .text}}`, `{{printf "%d" .zero}}`, `{{printf "%!" 1 2}}`,
		"{{printf .word}}", "{{printf .zero}}", "{{printf 1}}", "{{printf nil}}", "{{printf}}", "{{printf .missing}}", `{{.word | printf "%s%s" "x"}}`, `{{"%d" | printf}}`, `{{with "%v"}}{{printf . 1}}{{end}}`,
		"{{html .text}} {{js .text}} {{urlquery .text}}", "{{html .null}} {{js .missing}} {{urlquery}} {{html 1 2 \"<\"}} {{html .list}}", "{{.text | html | urlquery}}",
		"{{len .word}} {{len .list}} {{len .object}} {{len \"é\"}}", "{{len .zero}}", "{{len .null}}", "{{len .missing}}", "{{len}}", "{{len 1 2}}", "{{len nil}}", "{{.list | len}}",
		"{{index .list 0}} {{index .object .key}} {{index .object \"b\" \"c\" \"d\"}} {{index .list 4 0}} {{index .word 1}} {{index .object \"no\"}} {{index .list}} {{index .object \"\"}}",
		"{{index .list 6}}", "{{index .list -1}}", "{{index .list .zero}}", "{{index .list nil}}", "{{index .object 1}}", "{{index .object nil}}", "{{index .null 1}}", "{{index nil}}", "{{index 1 1}}", "{{index .list 1 1}}", "{{index}}", "{{index .word 3}}", "{{index .list 'a'}}", "{{index .list \"a\"}}", "{{index .list (index \"\\x02\" 0)}}", "{{0 | index .list}}", "{{index .list 1.0}}", "{{index .object \"z\" \"y\"}}",
		"{{slice .word 1}} {{slice .word 1 2}} {{slice .word}} {{slice .list 1 2}} {{slice .list 1 3 4}} {{slice .list 0 0}}", "{{slice .word 0 1 2}}", "{{slice .word 4}}", "{{slice .word 2 1}}", "{{slice .list 3 2}}", "{{slice .list 1 3 2}}", "{{slice .list 0 100}}", "{{slice .zero 1}}", "{{slice .null}}", "{{slice .list 0 1 2 3}}", "{{slice}}", "{{slice .object 1}}", "{{slice .list \"1\"}}", "{{len (slice .list 1)}}",
		"{{not .yes}} {{not .null}} {{not 0}} {{not}}", "{{not}}", "{{not 1 2}}", "{{.no | not}}",
		"{{and .yes .word}} {{and .no .word.x}} {{or .no .word}} {{or .word .word.x}} {{and .null .word}} {{or .null .zero}} {{.word | and .yes}} {{.word | or .yes}} {{.no | or}} {{and nil}}", "{{and}}", "{{or}}", "{{and .yes .word.x}}", "{{or .no .word.x}}",
		"{{eq 1 1}} {{eq 1 2 1}} {{eq .word \"ana\"}} {{eq .yes true}} {{eq .null nil}} {{eq .null .missing}} {{eq .word nil}} {{eq .list nil}} {{eq nil .list}} {{eq 1.5 1.5}} {{eq 1i 1i}} {{eq .zero 0.0}} {{eq 97 (index .word 0)}} {{ne 1 2}} {{ne .null 1}}",
		"{{eq .schema_version 1}}", "{{eq 1 \"1\"}}", "{{eq .list .list}}", "{{eq .object .object}}", "{{eq .list .object}}", "{{eq .list .word}}", "{{eq 1}}", "{{eq}}", "{{eq 1 1 \"x\"}}", "{{eq 2 1 \"x\"}}", "{{ne 1}}", "{{ne 1 2 3}}", "{{1 | eq 1}}", "{{eq true 1}}", "{{eq .missing .list}}",
		"{{lt 1 2}}{{lt 2 1}}{{le 1 1}}{{gt 2 1}}{{ge 1 2}}{{lt .zero .total}}{{lt \"a\" .word}}{{gt .word \"a\"}}{{lt 1.0 2.0}}{{lt 1 (index .word 0)}}{{ge (index .word 0) 97}}", "{{lt 1 .total}}", "{{lt .null 1}}", "{{lt 1 .null}}", "{{lt true false}}", "{{lt 1i 2i}}", "{{le .list .list}}", "{{gt nil nil}}", "{{ge .object 1}}", "{{lt 1}}", "{{lt 1 2 3}}", "{{le true true}}",
		"{{call .word}}", "{{call}}", "{{call nil}}", "{{.word | call}}", "{{nofunc 1}}", "{{.for", "{{end}}", "{{else}}", "{{break}}", "{{.a | 1}}", "{{template}}", "{{range}}{{end}}", "{{(index .results 0).id}} {{(index .results 5).id}}", "{{(.missing).x}}", "{{(print 1).x}}", "{{print.x}}", "{{(.object).b 1}}", "{{(.word) 1}}", "{{.results.id}}", "{{true.x}}", "{{.object.b.c.d.e}}", "{{ .total | printf \"%.0f\" | len }}",
	} {
		compare(t, decode(t), text)
	}
}

// A template that calls itself without end is stopped.
func TestEndlessTemplate(t *testing.T) {
	_, err := template.Execute(t.Context(), "t", `{{define "x"}}{{template "x"}}{{end}}{{template "x"}}`, nil)
	if err == nil || !strings.Contains(err.Error(), "exceeded maximum template depth") {
		t.Errorf("error %v", err)
	}
}

// One that has too much to do ends when nobody waits for it any more.
func TestExecuteUntilCancelled(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := template.Execute(ctx, "t", "{{range 9223372036854775807}}{{end}}", nil); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error %v", err)
	}
}

func TestExecuteErrors(t *testing.T) {
	for text, want := range map[string]string{
		"{{.for":                 "t:1: unclosed action",
		"a\n{{.word.x}}":         `t:2:7: executing "t" at <.word.x>: can't evaluate field x in a string`,
		"{{eq .total 1}}":        `t:1:2: executing "t" at <eq .total 1>: error calling eq: incompatible types for comparison: a floating-point number and an integer`,
		"{{range .word}}{{end}}": `t:1:8: executing "t" at <.word>: range can't iterate over a string`,
	} {
		if _, err := template.Execute(t.Context(), "t", text, decode(t)); err == nil || err.Error() != want {
			t.Errorf("%s: error %v\nwant %s", text, err, want)
		}
	}
}

// Templates that are put together at random do as in text/template.
func TestExecuteAnythingLikeTextTemplate(t *testing.T) {
	data := decode(t)
	operands := []string{".", "$", "$x", "$y.id", ".id", ".word", ".total", ".zero", ".null", ".null.x", ".missing", ".missing.x", ".list", ".results", ".object", ".object.b", ".text",
		".items", ".yes", ".no", "nil", "true", "0", "1", "2", "-1", "1.5", "'a'", `"a"`, `"ana"`, `"b"`, `"%v"`, "1i", "len", "print"}
	funcs := []string{"print", "html", "not", "or", "and", // more often, as they take anything
		"and", "or", "not", "len", "index", "slice", "print", "printf", "println", "html", "js", "urlquery", "eq", "ne", "lt", "le", "gt", "ge", "call"}
	var pipe func(t *rapid.T, depth int) string
	operand := func(t *rapid.T, depth int) string {
		if depth > 0 && rapid.IntRange(0, 3).Draw(t, "nested") == 0 {
			return "(" + pipe(t, depth-1) + ")" + rapid.SampledFrom([]string{"", "", ".id", ".b.c"}).Draw(t, "field")
		}
		return rapid.SampledFrom(operands).Draw(t, "operand")
	}
	pipe = func(t *rapid.T, depth int) string {
		var cmds []string
		for range rapid.SampledFrom([]int{1, 1, 1, 2}).Draw(t, "commands") {
			words := []string{operand(t, depth)}
			if len(cmds) > 0 || rapid.IntRange(0, 2).Draw(t, "call") == 0 {
				words[0] = rapid.SampledFrom(funcs).Draw(t, "function")
				for range rapid.IntRange(0, 3).Draw(t, "arguments") {
					words = append(words, operand(t, depth))
				}
			}
			cmds = append(cmds, strings.Join(words, " "))
		}
		return strings.Join(cmds, " | ")
	}
	var list func(t *rapid.T, depth int) string
	list = func(t *rapid.T, depth int) string {
		if depth == 0 {
			return fmt.Sprintf("<{{%s}}>", pipe(t, 1))
		}
		var b strings.Builder
		for range rapid.IntRange(1, 3).Draw(t, "nodes") {
			shape := rapid.SampledFrom([]string{"{{%s}},", "{{$x := %s}}", "{{$x = %s}}", "{{if %s}}%s{{else}}%s{{end}}", "{{with %s}}%s{{else}}%s{{end}}", "{{with $y := %s}}%s{{end}}",
				"{{range %s}}%s{{else}}%s{{end}}", "{{range $x, $y := %s}}%s{{end}}", "{{range $y := %s}}%s{{break}}{{end}}", "{{range $x, $y = %s}}%s{{end}}", "{{range %s}}{{continue}}%s{{end}}", `{{template "u" %s}}`}).Draw(t, "shape")
			args := []any{pipe(t, 2)}
			for range strings.Count(shape, "%s") - 1 {
				args = append(args, list(t, depth-1))
			}
			fmt.Fprintf(&b, shape, args...)
		}
		return b.String()
	}
	rapid.Check(t, func(t *rapid.T) {
		compare(t, data, `{{define "u"}}[{{.}}{{.id}}]{{end}}{{$x := .word}}{{$y := .object}}`+list(t, 2))
	})
}
