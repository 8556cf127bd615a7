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
	help.Args = func(_ *cobra.Command, args []string) error {
		cmd, rest, err := root.Find(args)
		if err != nil || len(rest) == 0 {
			return err
		}
		return workspace.Usagef(suggestion(cmd, rest[0], "handoff --help lists the commands and the topics"), "no help on %q", rest[0])
	}
}

// usage prints how a command is called, as the template of cobra would. That is
// left alone because what runs a template can call any method of any type by its
// name, so that all of them would have to be in the program.
func usage(cmd *cobra.Command) error {
	var b strings.Builder
	b.WriteString("Usage:")
	if cmd.Runnable() {
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
		for _, sub := range cmd.Commands() {
			if sub.GroupID == group.ID && (sub.IsAvailableCommand() || sub.Name() == "help") {
				fmt.Fprintf(b, "\n  %-*s %s", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
}

// usageFlags writes the flags of a set that are not hidden, if there are any.
func usageFlags(b *strings.Builder, title string, flags *pflag.FlagSet) {
	if flags.HasAvailableFlags() {
		fmt.Fprintf(b, "\n\n%s\n%s", title, strings.TrimRightFunc(flags.FlagUsagesWrapped(helpWidth), unicode.IsSpace))
	}
}

// newHelpTopics returns the texts of "handoff help TOPIC": commands that do
// nothing but explain.
func newHelpTopics() []*cobra.Command {
	topic := func(name, short, long string) *cobra.Command {
		return &cobra.Command{Use: name, Short: short, Long: strings.TrimSpace(long)}
	}
	ruleTopic := topic("rules", "The rules that a record is checked against", "An error refuses to publish and fails a check; a warning is printed. Rules\nmarked ! cannot be waived or switched off.")
	addHelp(ruleTopic, rulesHelp)
	agentTopic := topic("agents", "What coding agents may do, and how they are told", agentsHelp)
	addHelp(agentTopic, agentSigns)
	return []*cobra.Command{
		topic("environment", "Environment variables that matter", environmentHelp),
		topic("exit-codes", "What the exit statuses mean", statusHelp),
		topic("formatting", "JSON, jq and templates", formattingHelp),
		topic("ids", "How to name a record, an item, a blocker", idsHelp),
		topic("config", "What .handoffs/config.yaml may say", configHelp+targetsHelp),
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

const configHelp = `
.handoffs/config.yaml is optional; handoff init writes it. It is read from HEAD
and changed like any other file, by review. It may describe people and rules,
but holds no URL to call, no token and no command.

  format:     1
  people:     {ana: {emails: [ana@example.com], team: payments,
               tz: Asia/Singapore, hours: "09:00-18:00", days: mon-fri,
               away: [{from: 2026-12-21, to: 2027-01-04, cover: ben}]},
               ben: {emails: [ben@example.com], team: payments},
               sarah: {emails: [sarah@example.com]},
               ines: {emails: [ines@example.com]}}
  teams:      {payments: {lead: ben, zone: apac}}
  pods:       {refunds: {teams: [payments], leads: {apac: ana, emea: ben}}}
  zones:      [apac, emea, amer]
  store:      {branch: current}      # or a branch of their own
  read:       all                    # or current: HEAD alone
  commit:     {skip_ci: false}
  timing:     {publish_grace: 10m, clock_skew: 5m, backdate: 15m}
  ack_policy: per_item               # or any, all
  acks:       {signed: true}         # or said on a forge; handoff help agents
  hook:       {before_shift_end: 90m, commits: 10, hours: 12}
  sla:        {ack: {routine: 1h, watch: 30m, critical: 15m}, answer: 8h,
               blocker_ack: 4h, blocker_resolve: 2d}
  authority:  [{area: session-policy, primary: sarah, alternates: [ines]}]
  escalation: {default: [alternate, "team:lead"]}
  interfaces: [{from: apac, to: emea, trigger: end of shift,
               done_when: [the receiver has acked],
               conditions: [no deploy after 16:00], requires: [accept, effort],
               on_missing: reject, ack: 2h}]   # or warn, or "return:ben"
  exceptions: {judgement: sarah, policy: ines, incomplete: sender}
  rules:      {preset: default, HO204: off, allow_secrets: [70bd908a4d40]}
  deliver:    {blockers: github, questions: github, decisions: github,
               handoffs: payments-chat}   # names of targets, and nothing else
  agents:     {answer: publish, ask: publish, decide: propose}   # or draft
  refs:       {ticket: "https://jira.example.com/browse/{id}"}
  verify:     {settled: [{finding: HO902, record: k3f9q2m7,
               why: "held a customer's address, removed in review"}]}

verify.settled names findings of handoff verify that a review has looked into,
each by its code and by its record, its commit or both. verify shows them as
settled. verify.keys names by its fingerprint what a machine signs with that
records comments: SHA256:… as ssh-keygen -l prints it, or 40 hex digits of PGP.
What counts is the file of the default branch, where there is one.

handoff init writes what it knows, and the other keys as comments that explain
them. handoff check .handoffs/config.yaml checks it before you commit.
`

const targetsHelp = `
What a target is you say in a file of your own, which no repository has:
$XDG_CONFIG_HOME/handoff/config.yaml, or ~/.config/handoff/config.yaml. Without
it nothing is ever sent or asked over the network.

  format:  1
  targets:
    github:        {type: github, project: example/app}
    payments-chat: {type: slack, channel: C012AB3CD,
                    token_command: [pass, show, slack]}
    pager:         {type: webhook, webhook_env: PAGER_URL,
                    token_env: PAGER_SECRET}
    mail:          {type: mail, host: mail.example.com, user: ana,
                    from: ana@example.com, token_env: MAIL_PASSWORD}

  type     github, gitlab, gitea, forgejo, jira, linear, slack, teams,
           googlechat, webhook, mail
  host     where it is not the service's own: a host, or https://host/path
  project  owner/name of a forge; of Jira and Linear the prefix of the tickets
  channel  of a chat, as its API calls it
  user, from, to
           of mail, and the user of Jira
  token_env, webhook_env
           the variable that has the token, or the address of a webhook
  token_command, webhook_command
           a program that prints it, and its arguments; no shell reads them

The file holds no secret itself. Without token_env and token_command a token is
looked for in GH_TOKEN, GITHUB_TOKEN and gh auth token, in GITLAB_TOKEN and
glab, in LINEAR_API_KEY and SLACK_BOT_TOKEN, each for its own host alone. In a
job, and instead of the file, variables say the same, as in
HANDOFF_TARGET_PAYMENTS_CHAT_CHANNEL=C012AB3CD, with TYPE, HOST, PROJECT,
CHANNEL, USER, FROM, TO, TOKEN or WEBHOOK at the end.

A forge that this repository is on, as its remotes say, is also asked how pull
requests stand: by declare and sync, about the items at hand, for two seconds at
most. The records keep what it said and when; nothing else asks. A token without
a target asks nobody.

People are mentioned under the account that the roster has for them: github,
gitlab, gitea, jira, linear, slack, teams (the name that they sign in with) or
googlechat (the number of users/NUMBER); mail goes to their first address. Under
the same account handoff sync --from github records what they say in comments.`

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
		if rule.Fixed {
			mark = "!"
		}
		level := "warning"
		if rule.Level == handoff.LevelError {
			level = "error"
		}
		fmt.Fprintf(&b, "%s %s %-8s %s\n", rule.Code, mark, level, rule.Title)
	}
	return b.String()
}

// addHelp adds text to the long help of a command when that is asked for: what
// takes time to make must not cost every other command.
func addHelp(cmd *cobra.Command, text func() string) {
	cmd.SetHelpFunc(func(cmd *cobra.Command, args []string) {
		cmd.Long += text()
		cmd.Root().HelpFunc()(cmd, args)
	})
}
