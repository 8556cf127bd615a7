package main

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/handoff-cli/handoff/internal/cli"
	"github.com/itchyny/gojq"
)

// printedVariable names the directory in which the tests' handoff notes what it has printed
// in JSON.
const printedVariable = "HANDOFF_TEST_PRINTED"

// printout is what a command has printed with --json, as the tests' handoff notes it.
type printout struct {
	Args     []string
	Status   int
	Document []byte // empty where there is none
	Error    []byte // the last line of stderr
}

// watched is the program, of which what it prints in JSON is noted where a script looks.
func watched(args []string, env cli.Env) int {
	flags, _, _ := strings.Cut(" "+strings.Join(args, " ")+" ", " -- ")
	inJSON := strings.Contains(flags, " --json ")
	dir := os.Getenv(printedVariable)
	if dir == "" || !inJSON && !strings.Contains(flags, " --jq ") {
		return cli.Main(args, env)
	}
	p := printout{Args: args}
	document, errs := new(bytes.Buffer), new(bytes.Buffer)
	env.Err = io.MultiWriter(env.Err, errs)
	if asked, ok := askedWhole(args); ok {
		args, env.Out = asked, &afterLine{line: document, rest: env.Out}
	} else if !strings.Contains(flags, " --template ") && !strings.Contains(flags, " --jq ") {
		env.Out = io.MultiWriter(env.Out, document)
	}
	p.Status = cli.Main(args, env)
	p.Document = document.Bytes()
	if lines := bytes.Split(bytes.TrimSpace(errs.Bytes()), []byte("\n")); inJSON && p.Status != 0 {
		p.Error = lines[len(lines)-1]
	}
	noted, err := json.Marshal(p)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, strconv.Itoa(os.Getpid())+"-"+rand.Text()), noted, 0o600)
	}
	if err != nil {
		panic(err)
	}
	return p.Status
}

// askedWhole are the arguments with an expression of --jq that prints the document in a
// line of its own, before what it printed; false where there is none that can be read.
func askedWhole(args []string) ([]string, bool) {
	i := slices.Index(args, "--jq")
	if i < 0 || i+1 == len(args) {
		return nil, false
	}
	if _, err := gojq.Parse(args[i+1]); err != nil {
		return nil, false
	}
	asked := slices.Clone(args)
	asked[i+1] = "., (" + args[i+1] + "\n)"
	return asked, true
}

// afterLine passes on what follows the first line.
type afterLine struct {
	line *bytes.Buffer
	rest io.Writer
	over bool
}

func (w *afterLine) Write(p []byte) (int, error) {
	rest := p
	if !w.over {
		var line []byte
		line, rest, w.over = bytes.Cut(p, []byte("\n"))
		w.line.Write(line)
	}
	n, err := w.rest.Write(rest)
	return len(p) - len(rest) + n, err
}
