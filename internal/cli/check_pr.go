package cli

import (
	"context"
	"slices"

	"github.com/handoff-cli/handoff/internal/check"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/spf13/pflag"
)

// prOptions are the flags of the pull request check.
type prOptions struct {
	on         bool
	base, head string
	number     int
	policy     guard.Policy

	flags *pflag.FlagSet
}

func (o *prOptions) addFlags(f *pflag.FlagSet) {
	o.flags = f
	f.BoolVar(&o.on, "pr", false, "check a pull request")
	f.StringVar(&o.base, "base", "", "the branch that it goes into is `REV`")
	f.StringVar(&o.head, "head", "", "its last commit is `REV`")
	f.IntVar(&o.number, "number", 0, "its number is `N`")
	f.BoolVar(&o.policy.Require, "require", false, "no handoff is an error, not a warning")
	f.BoolVar(&o.policy.SkipDraft, "skip-draft", false, "a draft owes none")
	o.policy.SkipAuthors = []string{guard.Bots}
	commaListVar(f, &o.policy.SkipAuthors, "skip-author", "a change that an `ACCOUNT` like this opened owes no handoff")
	commaListVar(f, &o.policy.SkipPaths, "skip-path", "changes to files of this `PATTERN` alone owe none, as in .gitignore")
	commaListVar(f, &o.policy.SkipLabels, "skip-label", "a pull request with this `LABEL` owes none")
}

// changed reports whether a flag is set that says something about a pull
// request.
func (o *prOptions) changed() bool {
	return slices.ContainsFunc([]string{"base", "head", "number", "require", "skip-draft", "skip-author", "skip-path", "skip-label"}, o.flags.Changed)
}

func checkPullRequest(ctx context.Context, g *globals, o *checkOptions) (check.Result, error) {
	request := check.PRRequest{Service: guard.Running(g.Getenv), Head: o.pr.head, Base: o.pr.base, Policy: o.pr.policy}
	request.Policy.Strict = o.strict
	isPR, err := o.pr.detect(g, &request)
	if err != nil {
		return check.Result{}, err
	}
	if !isPR && request.Service != "" {
		g.note("this job runs for no pull request")
		return check.Result{}, nil
	}
	ws, err := g.openHere(ctx)
	if err != nil {
		return check.Result{}, err
	}
	if o.reader = ws.Me; request.Service == "" {
		if request.Pr, err = check.PullRequestHere(ws, o.pr.base, o.pr.head); err != nil {
			return check.Result{}, err
		}
		request.Pr.Number = o.pr.number
	}
	found, err := check.PullRequest(ctx, ws, request)
	if err == nil && request.Pr.Author == "" && o.pr.flags.Changed("skip-author") {
		g.note("--skip-author: nothing here says whose account opened the change, and a commit can name anybody; nobody is skipped")
	}
	return found, err
}

// detect finds out which pull request it is, by the job and the flags.
func (o *prOptions) detect(g *globals, request *check.PRRequest) (isPR bool, err error) {
	event, err := guard.ReadEvent(request.Service, g.Getenv)
	if err != nil {
		return false, err
	}
	pr, isPR, err := guard.Detect(request.Service, g.Getenv, event)
	if err != nil {
		return false, err
	}
	if o.base != "" {
		pr.Base, pr.BaseSHA, isPR = o.base, "", true
	}
	if o.number > 0 {
		pr.Number = o.number
	}
	request.Pr = pr
	return isPR, nil
}
