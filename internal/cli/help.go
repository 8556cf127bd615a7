package cli

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/rules"
	"github.com/handoff-cli/handoff/internal/sorting"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// helpWidth is how wide the help is at most.
const helpWidth = 80

// setHelp fits the help of cobra to this program: the exit statuses, lines that
// are not too long, topics as they are asked for, and a word for what there is
// no help on.
func setHelp(root *cobra.Command) {
	root.SetUsageFunc(usage)
	root.SetHelpCommandGroupID(groupSetup)
	root.InitDefaultHelpCmd()
	help, _, err := root.Find([]string{"help"})
	if err != nil {
		return
	}
	help.Use = "help [command|topic]"
	help.Short = "Tell all about a command or a topic"
	help.Long = help.Short + `, which handoff --help lists, or
about a rule, by its code.`
	help.Example = "  handoff help declare\n  handoff help config\n  handoff help HO201"
	topics := help.Run
	help.Run = func(cmd *cobra.Command, args []string) {
		if rule, ok := ruleOf(args); ok {
			fmt.Fprint(cmd.OutOrStdout(), ruleHelp(rule))
			return
		}
		topics(cmd, args)
	}
	help.Args = func(_ *cobra.Command, args []string) error {
		if _, ok := ruleOf(args); ok {
			return nil
		}
		cmd, rest, err := root.Find(args)
		if err != nil || len(rest) == 0 {
			return err
		}
		return workspace.Usagef(suggestion(cmd, rest[0], "handoff --help lists the commands and the topics, handoff help rules the rules"), "no help on %q", rest[0])
	}
}

// usage prints how a command is called, as the template of cobra would. That is
// left alone because what runs a template can call any method of any type by its
// name, so that all of them would have to be in the program.
func usage(cmd *cobra.Command) error {
	var b strings.Builder
	b.WriteString("Usage:")
	if isCalled(cmd) {
		fmt.Fprintf(&b, "\n  %s", cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n  %s [command]", cmd.CommandPath())
	}
	if len(cmd.Aliases) > 0 {
		fmt.Fprintf(&b, "\n\nAliases:\n  %s", cmd.NameAndAliases())
	}
	if cmd.HasExample() {
		fmt.Fprintf(&b, "\n\nExamples:\n%s", cmd.Example)
	}
	usageCommands(&b, cmd)
	usageFlags(&b, "Flags:", cmd.LocalFlags())
	usageFlags(&b, "Global Flags:", cmd.InheritedFlags())
	if cmd.HasHelpSubCommands() {
		b.WriteString("\n\nAdditional help topics:")
		for _, topic := range cmd.Commands() {
			if topic.IsAdditionalHelpTopicCommand() {
				fmt.Fprintf(&b, "\n  handoff help %-*s %s", topic.NamePadding(), topic.Name(), topic.Short)
			}
		}
	}
	if cmd.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n\nUse \"%s [command] --help\" for more information about a command.", cmd.CommandPath())
	}
	b.WriteString("\n")
	if !cmd.HasParent() {
		b.WriteString("\n" + statusHelp)
	}
	_, err := io.WriteString(cmd.OutOrStderr(), b.String())
	return err
}

// isCalled reports whether a command does something, and does not only hold others.
func isCalled(cmd *cobra.Command) bool {
	return cmd.Runnable() && (!cmd.HasAvailableSubCommands() || !cmd.HasParent() || cmd.ValidateArgs(nil) == nil)
}

// usageCommands writes the commands below a command, by their groups where it has any.
func usageCommands(b *strings.Builder, cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	groups := slices.Clone(cmd.Groups())
	switch {
	case len(groups) == 0:
		groups = append(groups, &cobra.Group{Title: "Available Commands:"})
	case !cmd.AllChildCommandsHaveGroup():
		groups = append(groups, &cobra.Group{Title: "Additional Commands:"})
	}
	for _, group := range groups {
		fmt.Fprintf(b, "\n\n%s", group.Title)
		for _, sub := range inGroup(cmd, group.ID) {
			fmt.Fprintf(b, "\n  %-*s %s", sub.NamePadding(), sub.Name(), sub.Short)
		}
	}
}

// helpOrder is the order of the commands in the help: as somebody comes to need them.
const helpOrder = ` declare inbox ack show sync rollup
 ask answer resolve decide give assign escalate withdraw gap jot draft route
 query log board stats report export prime wait
 demo init help hook check verify doctor schema mcp completion version `

// inGroup are the commands below a command that the help shows in a group.
func inGroup(cmd *cobra.Command, group string) []*cobra.Command {
	list := slices.DeleteFunc(slices.Clone(cmd.Commands()), func(sub *cobra.Command) bool {
		return sub.GroupID != group || !sub.IsAvailableCommand() && sub.Name() != "help"
	})
	if !cmd.HasParent() {
		sorting.By(list, func(a, b *cobra.Command) int {
			return strings.Index(helpOrder, " "+a.Name()) - strings.Index(helpOrder, " "+b.Name())
		})
	}
	return list
}

// usageFlags writes the flags of a set that are not hidden, if there are any.
func usageFlags(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if flags.HasAvailableFlags() {
		flags.VisitAll(markRepeatable)
		table := withoutValue().ReplaceAllStringFunc(flags.FlagUsagesWrapped(helpWidth), func(s string) string {
			m := withoutValue().FindStringSubmatch(s)
			return fmt.Sprintf("%-*s", len(s), m[1]+"[="+m[2]+"]")
		})
		fmt.Fprintf(b, "\n\n%s\n%s", title, strings.TrimRightFunc(table, unicode.IsSpace))
	}
}

// withoutValue matches how pflag shows a flag that may stand without its value.
var withoutValue = text.Pattern(`(--[a-z-]+) (\S+)\[="[^"]*"\]`)

// markRepeatable has the help of a flag say that it may be given more than once.
func markRepeatable(f *pflag.Flag) {
	const mark = " (repeatable)"
	if _, isList := f.Value.(*listFlag); isList && !strings.HasSuffix(f.Usage, mark) {
		f.Usage += mark
	}
}

// newHelpTopics returns the texts of "handoff help TOPIC": commands that do
// nothing but explain.
func newHelpTopics() []*cobra.Command {
	topic := func(name, short, long string) *cobra.Command {
		return &cobra.Command{Use: name, Short: short, Long: strings.TrimSpace(long)}
	}
	ruleTopic := topic("rules", "The rules that a record is checked against", "An error refuses to publish and fails a check; a warning is printed. Rules\nmarked ! cannot be waived or switched off. handoff help CODE says of a rule when\nit fires, why, and what to write instead.")
	addHelp(ruleTopic, rulesHelp)
	agentTopic := topic("agents", "What coding agents may do, and how they are told", agentsHelp)
	addHelp(agentTopic, agentSigns)
	return []*cobra.Command{
		topic("environment", "Environment variables that matter", environmentHelp),
		topic("exit-codes", "What the exit statuses mean", statusHelp),
		topic("formatting", "JSON, jq and templates", formattingHelp),
		topic("ids", "How to name a record, an item, a blocker", idsHelp),
		topic("config", "What .handoffs/config.yaml may say", configHelp+keysHelp+targetsHelp),
		agentTopic,
		topic("security", "Whom the program trusts, and with what", securityHelp),
		ruleTopic,
	}
}

const environmentHelp = `
HANDOFF_EDITOR     the editor of declare --editor; else what git would start,
                   but for what the repository's own configuration names
HANDOFF_PAGER      the pager; else GIT_PAGER, PAGER, less. "cat" pages nothing
ACCESSIBLE         ask line by line, as with --accessible; so does TERM=dumb
NO_COLOR, CLICOLOR, CLICOLOR_FORCE, TERM
                   whether to colour
COLUMNS            the width of the terminal, if it is not what it says
XDG_CONFIG_HOME    where handoff/config.yaml is, which says what a target is
HANDOFF_TARGET_NAME_KEY
                   what the target NAME is, see handoff help config
GH_TOKEN, GITHUB_TOKEN, GITLAB_TOKEN, LINEAR_API_KEY, SLACK_BOT_TOKEN
                   tokens of targets, each for its own host alone
HANDOFF_AGENT, HANDOFF_AGENT_MODEL, HANDOFF_AGENT_SESSION
                   the coding agent that runs the command, see handoff help
                   agents, which lists the variables of agents as well
GIT_AUTHOR_NAME, GIT_AUTHOR_EMAIL, GIT_AUTHOR_DATE and the same for COMMITTER
                   identity and time of what you write, as in git
GIT_DIR, GIT_WORK_TREE, GIT_CEILING_DIRECTORIES
                   which repository, as in git

The git configuration, as in git config handoff.push always:

handoff.dir        a directory for the records other than .handoffs
handoff.push       ask: declare asks on a terminal whether to push, the default;
                   always: every command that writes pushes; never: only
                   --push does
handoff.shareQueries
                   true: handoffs say how many questions you have asked`

const formattingHelp = `
--json prints exactly one document on stdout; an error is one line of JSON on
stderr. Every document has "schema_version": 1, lists are under "results", and
fields are only ever added. Times are of RFC 3339, in UTC, by the second; those
in a record are as it was written. In a pipe, text is tab-separated and never
cut.

  handoff query blocked --jq '.results[] | .id + " waits for " + .resolver'
  handoff inbox --template '{{range .results}}{{.id}}{{"\n"}}{{end}}'
  handoff log --json | jq '.results | length'`

const idsHelp = `
A record has an id of eight characters without i, l, o and u. Any three or more
from its beginning name it, as long as they are unique.

  k3f9q2m7, k3f      a record
  @, @ana            your latest handoff, ana's
  refund-flow        the item, blocker, question or decision of that name
  item:x blk:x q:x dec:x   the same, where a name alone is ambiguous

Names stay the same from handoff to handoff: the name is the thread.

People are named by their handle, with or without @; by their address; or by
their name in the configuration, or in the commits where it lists nobody: ben,
@Ben, ben@example.com, Okri. It is the handle that is stored.`

const agentsHelp = `
A coding agent works in a clone, with the git identity of a person. The person
stays accountable: what an agent prepared names both, "ben (prepared by
claude-code)", in the record, wherever it is printed, and in the commit, as
"Assisted-by: claude-code".

What gives or takes work an agent only drafts: declare, ack, give, assign,
withdraw, rollup. A draft has a number and waits in the git directory, for all
work trees. The person reads and publishes it:

  handoff draft list
  handoff draft publish 3

Which other acts an agent publishes by itself the team says under "agents" in
the configuration: draft, publish, or, of a decision, propose. By default it
asks and answers, and proposes decisions; the rest are drafts.

An agent runs these commands, or calls them as tools: handoff mcp serves the
Model Context Protocol on standard input and output. There it is told by what
the client calls itself, where nothing of the below names it.

An agent that hides that it is one cannot be told from the person. What holds
against that is outside of the program: a signing key that asks for a touch, or
acks that are said on a forge (handoff sync --help). With "acks: {signed: true}"
in the configuration handoff verify warns of each ack that has neither a good
signature of its author nor the word of a forge, proven. Without it, and where
records name agents, it says how many those are.

HANDOFF_AGENT_MODEL and HANDOFF_AGENT_SESSION say which model it is, and in
which session. Nobody can say that an agent is none. It is told by --agent NAME,
and else by the first of these variables that is set:
`

// agentSigns lists the variables by which an agent is told.
func agentSigns() string { return "\n  " + strings.Join(agent.Signs(), "\n  ") }

const securityHelp = `
Whoever can get a commit into a branch that you read is not trusted. What comes
from a record, a ref or a path is printed with control characters escaped.
Parsing is bounded. Nothing in a repository runs a program, names a host or
moves a credential: it can name a target, and what that is you say yourself.
Texts that look like secrets are refused before they are committed, and no
message shows more of one than its first four characters; handoff verify audits
the history afterwards.

Read are HEAD, the local branches and the branches of the remote that the
default branch follows. Foreign, and read only with --ref, with --all-refs or
where the configuration says read: foreign, are the branches of other remotes,
refs that no refspec maps from a branch, such as those of pull requests, and
local branches that follow one of them, until you have committed their tip.
What you committed yourself counts wherever it lies. A row that only a foreign
branch holds says so: "only on fork/pr". What somebody has said in a comment is
committed by a machine, and says so until that is proven here (handoff verify
--help): "on the word of github, not proven".

Of two contents under one id that of the default branch counts, then that of
the branch of records, then the one that was committed first; whatever prints
it says "contents disagree". What cannot be read hides nothing else: check and
doctor name it, with the way out.`

// rulesHelp lists the table of rules.
func rulesHelp() string {
	var b strings.Builder
	b.WriteString("\n\n")
	for _, rule := range rules.Table() {
		mark := " "
		if !rules.Adjustable(rule.Code) && !rules.Waivable(rule.Code) {
			mark = "!"
		}
		fmt.Fprintf(&b, "%s %s %-8s %s\n", rule.Code, mark, levelWord(rule.Level), rule.Title)
	}
	return b.String()
}

func levelWord(level handoff.Level) string {
	if level == handoff.LevelError {
		return "error"
	}
	return "warning"
}

// ruleOf is the rule whose code is asked for.
func ruleOf(args []string) (rules.Rule, bool) {
	if len(args) != 1 {
		return rules.Rule{}, false
	}
	return rules.Lookup(strings.ToUpper(args[0]))
}

// ruleHelp says all of a rule.
func ruleHelp(rule rules.Rule) string {
	var b strings.Builder
	why, cure := rules.Reasons(rule.Code)
	fmt.Fprintf(&b, "%s: %s\n\n", rule.Code, rule.Title)
	for _, part := range []string{"When: " + rule.When + ".", "Why: " + why, "Instead: " + cure, ruleLevel(rule)} {
		b.WriteString(strings.Join(wrapWords(part, helpWidth), "\n") + "\n\n")
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ruleLevel says of a rule how its findings weigh, and who can change that.
func ruleLevel(rule rules.Rule) string {
	said := "Level: " + levelWord(rule.Level)
	switch {
	case rule.Mixed && rule.Level == handoff.LevelError:
		said += ", in some cases a warning"
	case rule.Mixed:
		said += ", in some cases an error"
	}
	if rule.English {
		said += "; silent where records are not in English"
	}
	if rules.Adjustable(rule.Code) {
		said += ". A team sets it under rules in .handoffs/config.yaml: {" + rule.Code + ": off}, or warn, or error"
	}
	if rules.Waivable(rule.Code) {
		said += ". A handoff may break it with --waive '" + rule.Code + ";why'"
	} else {
		said += ". No record may break it"
	}
	return said + "."
}

// addHelp adds text to the long help of a command when that is asked for: what
// takes time to make must not cost every other command.
func addHelp(cmd *cobra.Command, text func() string) {
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		cmd.Long += text()
		cmd.Root().HelpFunc()(cmd, args)
	})
}
