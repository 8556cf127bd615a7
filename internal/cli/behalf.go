package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/handoff-cli/handoff/internal/git/odb"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
)

// What somebody has said elsewhere becomes the record that their own command would have
// made: the command is run, with them as the author and the user as the committer. This
// file is how.

// behalf is a command that is run on behalf of somebody who is not here.
type behalf struct {
	*globals
	out, talk *bytes.Buffer
}

// onBehalfOf makes ready for a command that says what somebody has said elsewhere. It is
// false for whom the roster has no address under which a commit would be theirs.
func (g *globals) onBehalfOf(ws *workspace.Workspace, handle string, said handoff.Said) (behalf, bool) {
	name, email, ok := ws.TeamConfig.CommitsAs(handle)
	if !ok {
		return behalf{}, false
	}
	b := behalf{out: new(bytes.Buffer), talk: new(bytes.Buffer)}
	env := g.Env
	env.In, env.Out, env.Err = strings.NewReader(""), b.out, b.talk
	env.Environ = append(env.Environ[:len(env.Environ):len(env.Environ)], "GIT_AUTHOR_NAME="+name, "GIT_AUTHOR_EMAIL="+email)
	env.Interactive, env.Color, env.Width = false, false, 0
	b.globals = &globals{Env: env, commands: env.Out, masker: g.masker, dir: g.dir, said: &said, noPager: true, noInput: true}
	b.printer = printer{ctx: g.printer.ctx, json: true}
	b.openOut()
	return b, true
}

// run runs the command. It returns what was published, nil for nothing, and what the
// command had to say. A refusal is among that, and no error.
func (b behalf) run(ctx context.Context, command func(context.Context, *globals) error) (*publication, string, error) {
	err := command(ctx, b.globals)
	if err == nil {
		err = b.output.err
	}
	if isRefusal(err) {
		report(b.talk, 0, err, false, b.masker)
		err = nil
	}
	words := strings.TrimSpace(b.talk.String())
	if b.out.Len() == 0 || err != nil && !workspace.Committed(err) {
		return nil, words, err
	}
	p := new(publication)
	if decodeErr := json.Unmarshal(b.out.Bytes(), p); decodeErr != nil {
		return nil, words, errors.Join(err, decodeErr)
	}
	return p, words, err
}

// isRefusal reports whether an error is a no to what was asked for, and not a trouble of
// the machine.
func isRefusal(err error) bool {
	return odb.IsError[*workspace.FindingsError](err) || odb.IsError[*workspace.NoError](err) || odb.IsError[*workspace.UsageError](err) ||
		odb.IsError[*handoff.AmbiguousError](err) || odb.IsError[*handoff.UnknownError](err)
}
