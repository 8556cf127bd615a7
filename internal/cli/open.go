package cli

import (
	"context"
	"fmt"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/pflag"
)

// opening is how the flags want a workspace to be opened.
func (g *globals) opening() workspace.Options {
	return workspace.Options{
		Start: g.Dir, Named: g.dir != "", Environ: g.Environ, As: g.as, Agent: g.agent, Elsewhere: g.said, Dated: g.Getenv("GIT_AUTHOR_DATE") != "",
		Clock: g.Now, DrawID: g.NewID, Tell: g.tell, Note: g.note, Warn: g.say, Count: g.counter, CountOf: g.progress,
	}
}

// open opens the repository for somebody who reads: a configuration that is wrong
// is no reason to answer nothing, so it is said and the defaults count.
func (g *globals) open(ctx context.Context) (*workspace.Workspace, error) {
	ws, err := g.openHere(ctx)
	if err == nil {
		g.warnOfConfig(ws, "")
	}
	return ws, err
}

// openHere opens the repository and reads the configuration.
func (g *globals) openHere(ctx context.Context) (*workspace.Workspace, error) {
	return workspace.Open(ctx, g.opening())
}

// openForWriting opens the repository, refuses without an identity, and loads a
// part of the state.
func (g *globals) openForWriting(ctx context.Context, part fold.Part) (*workspace.Workspace, error) {
	go rules.Prepare() // while git is asked
	ws, err := g.openHere(ctx)
	if err != nil {
		return nil, err
	}
	return ws, ws.BeginWriting(ctx, part)
}

// openForVerdict is openForWriting for an ack, an answer or a resolution. Who
// gives one speaks for themselves: in the name of somebody else it is refused
// before anything is asked or written, as every audit would find it afterwards.
func (g *globals) openForVerdict(ctx context.Context, part fold.Part) (*workspace.Workspace, error) {
	ws, err := g.openForWriting(ctx, part)
	if err != nil {
		return nil, err
	}
	return ws, g.underOwnName(ws)
}

// underOwnName refuses --as where the git identity is not that of whom it names.
func (g *globals) underOwnName(ws *workspace.Workspace) error {
	if g.as == "" {
		return nil
	}
	who := ws.TeamConfig.Writer(ws.MappedAuthor.Name, ws.MappedAuthor.Email)
	if ws.TeamConfig.WritesAs(who, ws.Me) || ws.TeamConfig.WritesAs(ws.TeamConfig.Writer(ws.Author.Name, ws.Author.Email), ws.Me) {
		return nil
	}
	hint := "leave --as out to answer as " + who.Handle + "; " + ws.Me + " answers under their own git identity"
	if who.Handle == ws.Me {
		hint = "commit under an address that the roster has for " + ws.Me + ", or have " + ws.Author.Email + " added to it by review"
	}
	return workspace.Usagef(hint, "--as %s: an ack, an answer or a resolution is given under one's own name, and %s is not an address of %s", ws.Me, ws.Author.Email, ws.Me)
}

// openForReading opens the repository and reads every file that the refs hold.
func (g *globals) openForReading(ctx context.Context) (*workspace.Workspace, error) {
	ws, err := g.open(ctx)
	if err != nil {
		return nil, err
	}
	return ws, ws.LoadAll(ctx)
}

// openFor opens the repository for a question and loads the part of the state
// that it is put to.
func (g *globals) openFor(ctx context.Context, o workspace.SourceOptions, part fold.Part) (*workspace.Workspace, error) {
	ws, err := g.open(ctx)
	if err != nil {
		return nil, err
	}
	return ws, ws.LoadFor(ctx, o, part)
}

// addSourceFlags defines the flags that say which records a question is put to.
func addSourceFlags(f *pflag.FlagSet, o *workspace.SourceOptions) {
	f.StringVar(&o.AsOf, "as-of", "", "answer as it was at a `TIME`, or at a revision")
	commaListVar(f, &o.Refs, "ref", "read the records of this `REF` only")
	f.BoolVar(&o.AllRefs, "all-refs", false, "read all branches, also those of strangers, whatever the configuration says")
}

// warnOfConfig tells somebody who reads that the configuration is wrong, in one
// line. What stands before the path says of which repository, if there are many.
func (g *globals) warnOfConfig(ws *workspace.Workspace, before string) {
	errs := workspace.Errors(ws.ConfigFindings)
	if len(errs) == 0 {
		return
	}
	more := ""
	if len(errs) > 1 {
		more = fmt.Sprintf(", and %d more", len(errs)-1)
	}
	g.say("handoff: warning: %s%s:%d:%d: %s%s; the defaults count until it is corrected and committed",
		before, text.OneLine(errs[0].Path), errs[0].Line, errs[0].Col, text.OneLine(errs[0].Message), more)
}
