package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/handoff-cli/handoff/internal/ask"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/query"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// filterOptions are the flags that narrow every list.
type filterOptions struct {
	workspace.SourceOptions
	filters []filterFlag
	limit   int
}

// filterFlag is a flag that is a term of the query language. Of several values,
// in one flag with commas or in many, one will do.
type filterFlag struct {
	qualifier query.Qualifier
	usage     string
	values    []string
}

func (o *filterOptions) addFlags(f *pflag.FlagSet, more ...filterFlag) {
	o.filters = append([]filterFlag{
		{qualifier: query.Since, usage: "not before `WHEN`: 2d, yesterday, or a time"},
		{qualifier: query.Until, usage: "before `WHEN`; of a day, before its end"},
		{qualifier: query.By, usage: "written by `WHO`, or by one of a team:NAME"},
		{qualifier: query.To, usage: "addressed to `WHO`, also through a group"},
		{qualifier: query.Team, usage: "of `TEAM`"},
		{qualifier: query.Owner, usage: "about items of which `WHO` is the owner"},
		{qualifier: query.InItem, usage: "about `ITEM`"},
	}, more...)
	for i := range o.filters {
		t := &o.filters[i]
		commaListVar(f, &t.values, string(t.qualifier), t.usage)
	}
	addSourceFlags(f, &o.SourceOptions)
	f.IntVar(&o.limit, "limit", 0, "at most `N` rows")
}

// narrow lays the flags over a query, in a fixed order.
func (o *filterOptions) narrow(q *query.Query, env query.ParseEnv) error {
	for _, f := range o.filters {
		if len(f.values) == 0 {
			continue
		}
		err := q.Add(f.qualifier, strings.Join(f.values, ","), env)
		if wrong, ok := errors.AsType[*query.TermError](err); ok {
			name, term := "--"+string(f.qualifier), string(f.qualifier)+":"
			return workspace.Usagef(strings.ReplaceAll(wrong.Hint, term, name+" "), "%s %s: %s", name, wrong.Term.Value, wrong.Problem)
		} else if err != nil {
			return err
		}
	}
	if o.limit < 0 {
		return workspace.Usagef("leave it out for all of them", "--limit %d: not a number of rows", o.limit)
	}
	q.Limit = o.limit
	return nil
}

type queryOptions struct {
	filterOptions
	repos reposOptions
}

func newQueryCmd(g *globals) *cobra.Command {
	var o queryOptions
	cmd := &cobra.Command{
		Use:   "query <question…>",
		Short: "Answer a question from the records, and cite them",
		Long: `Answer a question from the records, and cite them. A question is a plain one, a
topic with terms as on GitHub, or words to search for.

A plain question has a question word, a verb, a name and a time: "what is
blocking ben", "is PR 1842 merged", "what did ana ship yesterday". Things go by
their slug, number, ticket, branch, path, or words of their title; people by
handle or name, and I and my are you. With -v, and as "understood" in JSON, it
is said how a question was read. A name that several things have is listed.

The first line of an answer is a sentence, "say" in JSON; that to a question of
yes or no begins with yes or no ("verdict"). The status is 0 when the records
answer, also when the answer is "none", and 3 when no record covers the
question: it then names whom to ask, and why. A question that is not understood
is status 2, with the topics that are near. Nothing is ever guessed.

Terms narrow a question, all of them together, and a - before one negates it:
is: kind: by: to: owner: holder: resolver: decider: team: item: severity: ref:
since: until: and words, in double quotes where they belong together. A value
that does not exist is answered with those that do.
` + reposHelp + `
An item of one name in two repositories is two items; "me" is who you are in
each.
`,
		Example: `  handoff query what is blocked
  handoff query who is reviewing PR 1842?
  handoff query next ben
  handoff query 'is:blocked resolver:sarah since:2d "session timeout"'
  handoff query 'items -holder:ben'
  handoff query blocked --all-repos ~/src`,
		GroupID: groupRead,
		Args:    minArgs(1, "a question"),
		RunE:    func(cmd *cobra.Command, args []string) error { return runQuery(cmd.Context(), g, o, args) },
	}
	cmd.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && unknown.GetSpecifiedShortnames() != "" {
			return workspace.Usagef("quote a question that negates a term, as in: handoff query 'items -holder:ben'", "%s", flagProblem(err))
		}
		return cmd.Root().FlagErrorFunc()(cmd, err)
	})
	o.addFlags(cmd.Flags())
	o.repos.addFlags(cmd.Flags())
	addHelp(cmd, func() string { return "\nTopics:\n" + topicHelp() })
	return cmd
}

// topicHelp lists the topics. What each of them holds is long; the text of the
// flag --help is not the place to shorten it.
func topicHelp() string {
	var b strings.Builder
	for _, t := range query.Topics() {
		usage := text.JoinNonEmpty(" ", string(t.Name), t.Arg())
		b.WriteString("  " + usage + "\n")
		for _, line := range wrapWords(t.Help, 72) {
			b.WriteString("      " + line + "\n")
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// minArgs wants at least n arguments.
func minArgs(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return workspace.Usagef(cmd.CommandPath()+" --help shows an example", "%s: %s is missing", commandName(cmd), what)
		}
		return nil
	}
}

func runQuery(ctx context.Context, g *globals, o queryOptions, args []string) error {
	// Before the repository is opened: a mistyped question is cheap. Who asks is
	// not known yet, nor is anybody else, and any handle will do.
	anybody := func(string) (string, error) { return "me", nil }
	if err := ask.Check(args, query.ParseEnv{Now: g.Now(), Me: "me", Person: anybody}); err != nil {
		return err
	}
	if len(o.repos.dirs) > 0 {
		return runQueryAll(ctx, g, o, args)
	}
	ws, err := g.openFor(ctx, o.SourceOptions, fold.Part{})
	if err != nil {
		return err
	}
	if ws.MakeDir(filepath.Dir(string(ws.QueryCounter()))) == nil {
		ws.QueryCounter().Add()
	}
	answer, _, err := askQuestion(ws, o, args)
	if err != nil {
		return err
	}
	g.readBy(ws)
	err = g.printAnswer(answer)
	if len(answer.Rows) == 0 {
		g.noteFetched(ctx, ws)
	}
	return err
}

// askQuestion puts a question to a repository.
func askQuestion(ws *workspace.Workspace, o queryOptions, args []string) (query.Answer, query.Query, error) {
	q, err := ask.Read(args, ask.Env{ParseEnv: ws.ParseEnv(), Known: ws.State, Recall: ws.Recall, Config: ws.TeamConfig})
	if err != nil {
		return query.Answer{}, q, err
	}
	if err := o.narrow(&q, ws.ParseEnv()); err != nil {
		return query.Answer{}, q, err
	}
	ws.Tell("understood as: %s", q)
	answer, err := query.Ask(q, ws.Recall, ws.QueryEnv())
	if err == nil && len(answer.Rows) == 0 {
		err = ask.Missed(args, q)
	}
	return answer, q, err
}

// runQueryAll puts the question to many repositories. It is counted in none of
// them: somebody looks at all of it, and nobody at one.
func runQueryAll(ctx context.Context, g *globals, o queryOptions, args []string) error {
	type reply struct {
		query.RepoAnswer
		env query.Env
	}
	var answers []query.RepoAnswer
	var env query.Env
	_, unread, err := readRepositories(ctx, g, o.repos,
		func(ctx context.Context, r workspace.Repository, ws *workspace.Workspace, send func(reply) error) error {
			if err := ws.LoadFromMany(ctx, o.SourceOptions, fold.Part{}); err != nil {
				return err
			}
			answer, q, err := askQuestion(ws, o, args)
			if err != nil && !misread(err) {
				return err
			}
			return send(reply{query.RepoAnswer{Repo: r.Name, Asked: q, Answer: answer, Err: err}, ws.QueryEnv()})
		},
		func(_ workspace.Repository, said reply) error {
			answers, env = append(answers, said.RepoAnswer), said.env
			return nil
		})
	if err != nil {
		return err
	}
	if err := notUnderstood(answers); err != nil {
		return err
	}
	if len(answers) == 0 {
		return unread
	}
	var names []string
	if some, ok := errors.AsType[*workspace.ReposError](unread); ok {
		for _, failure := range some.Failures {
			names = append(names, failure.Name)
		}
	}
	g.printer.now = g.Now()
	return errors.Join(unread, g.printAnswer(query.Merge(answers, names, env)))
}

// misread reports whether an error is that of a question which the names of one
// repository make no sense of. Those of another may.
func misread(err error) bool {
	_, unknown := errors.AsType[*query.UnknownQuestionError](err)
	_, ambiguous := errors.AsType[*handoff.AmbiguousError](err)
	_, nothing := errors.AsType[*handoff.UnknownError](err)
	return unknown || ambiguous || nothing
}

// notUnderstood is why a question is understood nowhere, nil where it is
// somewhere. Where nobody knows a name, one that several things of a repository
// have is what was meant.
func notUnderstood(answers []query.RepoAnswer) error {
	var first error
	understood := false
	for _, of := range answers {
		if of.Answered && of.Err == nil {
			return nil
		}
		understood = understood || of.Err == nil
		if _, ambiguous := errors.AsType[*handoff.AmbiguousError](of.Err); ambiguous {
			return fmt.Errorf("%s: %w", of.Repo, of.Err)
		}
		first = cmp.Or(first, of.Err)
	}
	if understood {
		return nil
	}
	return first
}

// printAnswer prints what the answer says and the rows. An answer that no record
// covers is the answer no.
func (g *globals) printAnswer(a query.Answer) error {
	a.Say = g.mask(a.Say) // it may repeat the question
	if g.printer.structured() {
		if err := g.printer.document(a); err != nil {
			return err
		}
	} else if err := g.page(func() { g.printer.answer(a) }); err != nil {
		return err
	}
	if !a.Answered {
		no := &workspace.NoError{Message: a.Say}
		if len(a.Ask) == 0 {
			no.Hint = "handoff sync fetches what others have published"
		}
		return no
	}
	return nil
}

// answer prints what the answer says, and the rows. Where no record covers the
// question the error says so.
func (p *printer) answer(a query.Answer) {
	if a.Answered {
		for _, line := range p.wrap(a.Say, 0) {
			p.line("%s", line)
		}
	}
	p.rows(a.Rows)
}
