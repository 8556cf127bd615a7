package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"

	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/handoff-cli/handoff/internal/form"
	"github.com/handoff-cli/handoff/internal/guard"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

// globals are the flags that mean the same with every command, and the
// environment that they change.
type globals struct {
	Env
	dir     string
	printer printer
	// commands is stdout as it is. In a CI job, all other output has the lines
	// broken that the runner would take for commands.
	commands io.Writer
	output   output // where the printer prints, a pager apart
	masker          // of what is said
	colour   string
	noPager  bool
	noInput  bool

	progressLine progressLine
	listed       form.Asker // that has shown a list, nil for none

	accessible bool
	inEditor   atomic.Bool // Ctrl-C is the editor's
	unread     bool        // the flags could not all be read
	as         string
	agentName  string         // what --agent says
	agent      *handoff.Agent // what runs the command, nil for a person
	said       *handoff.Said  // of what is recorded on behalf of somebody, see behalf
	quiet      bool
	verbose    bool
}

// Main runs one command line and returns its exit status.
func Main(args []string, env Env) int {
	return newGlobals(env).run(context.Background(), args)
}

func newGlobals(env Env) *globals {
	g := &globals{Env: env, commands: env.Out}
	if env.inCI() {
		g.Err = &guard.Breaker{W: env.Err}
	}
	return g
}

func (g *globals) run(ctx context.Context, args []string) int {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if g.Signals != nil {
		go g.watchSignals(ctx, cancel)
	}
	g.printer.ctx = ctx
	g.masker = newMasker(args)
	root := newRootCmd(g)
	root.SetArgs(args)
	if len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		g.completeAll(root)
	}
	err := root.ExecuteContext(ctx)
	g.wipe()
	if err == nil && g.output.err == nil {
		return StatusDone
	}
	err = cmp.Or(err, g.output.err)
	if cause := context.Cause(ctx); cause != nil && errors.Is(err, context.Canceled) {
		err = cause
	}
	return reportError(g.Err, g.talkWidth(), err, g.printer.json || g.unread && wantsJSON(args), g.masker)
}

// watchSignals cancels ctx at a signal, with a cause that knows which. While an
// editor has the terminal, SIGINT is for it.
func (g *globals) watchSignals(ctx context.Context, cancel context.CancelCauseFunc) {
	for {
		select {
		case s := <-g.Signals:
			if number, ok := s.(syscall.Signal); ok && !(number == syscall.SIGINT && g.inEditor.Load()) {
				cancel(&signalError{number})
			}
		case <-ctx.Done():
			return
		}
	}
}

// The groups of commands in the help.
const (
	groupDaily  = "daily"
	groupRecord = "record"
	groupRead   = "read"
	groupSetup  = "setup"
)

func newRootCmd(g *globals) *cobra.Command {
	root := &cobra.Command{
		Use:   "handoff",
		Short: "Hand work over, in the repository that the team already has",
		Long: `handoff keeps what one engineer leaves for the next: the state of the work,
the blockers and who can remove them, the decisions and why. Records are YAML
files under .handoffs/, committed to git. Publishing is not transfer: an item
stays with its sender until the receiver acknowledges it.`,
		Example: `  handoff demo                 # see a whole day in a scratch repository
  handoff declare              # at the end of the day
  handoff inbox                # at the start of the next one
  handoff query what is blocked`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			return workspace.Usagef(suggestion(cmd, args[0], cmd.CommandPath()+" --help lists the commands"), "%q is not a command", args[0])
		},
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			// cobra asks this too, after this hook, and its error has no type.
			if err := cmd.ValidateFlagGroups(); err != nil {
				return workspace.Usagef(cmd.CommandPath()+" --help lists the flags", "%s", flagGroupProblem(cmd, err))
			}
			if err := checkEmpty(cmd, args); err != nil {
				return err
			}
			return g.prepare()
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return runBare(cmd.Context(), g) },
	}
	root.SetIn(g.In)
	root.SetOut(g.Out)
	root.SetErr(g.Err)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		g.unread = true
		return workspace.Usagef(cmd.CommandPath()+" --help lists the flags", "%s", flagProblem(err))
	})
	root.AddGroup(
		&cobra.Group{ID: groupDaily, Title: "Every day:"},
		&cobra.Group{ID: groupRecord, Title: "When something comes up:"},
		&cobra.Group{ID: groupRead, Title: "Ask the records:"},
		&cobra.Group{ID: groupSetup, Title: "Set up and check:"},
	)
	f := root.PersistentFlags()
	f.StringVarP(&g.dir, "directory", "C", "", "run as if started in `DIR`")
	f.BoolVar(&g.printer.json, "json", false, "print one JSON document")
	f.StringVar(&g.printer.jq, "jq", "", "print what the jq `EXPR` makes of the JSON document")
	f.StringVar(&g.printer.template, "template", "", "print the JSON document through a Go `TEMPLATE`")
	f.StringVar(&g.colour, "color", "auto", "`WHEN` to colour: auto, always, never")
	f.BoolVar(&g.noPager, "no-pager", false, "do not page long output")
	f.BoolVar(&g.noInput, "no-input", false, "never ask; a missing answer is an error")
	f.BoolVar(&g.accessible, "accessible", false, "ask line by line, for screen readers")
	f.StringVar(&g.as, "as", "", "act as `WHO`, not as the git identity's owner")
	f.StringVar(&g.agentName, "agent", "", "the coding agent `NAME` runs this, for the person whose git identity it has")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "print results and errors only")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "say more about what is done")

	root.AddCommand(
		newDeclareCmd(g), newDraftCmd(g), newRollupCmd(g), newInboxCmd(g), newAckCmd(g), newShowCmd(g),
		newAskCmd(g), newAnswerCmd(g), newResolveCmd(g), newDecideCmd(g),
		newEscalateCmd(g), newAssignCmd(g), newGiveCmd(g), newWithdrawCmd(g), newGapCmd(g),
		newRouteCmd(g), newPrimeCmd(g), newJotCmd(g), newWaitCmd(g), newMCPCmd(g), newQueryCmd(g), newLogCmd(g), newStatsCmd(g), newBoardCmd(g), newReportCmd(g), newExportCmd(g), newInitCmd(g), newHookCmd(g), newCheckCmd(g), newSchemaCmd(g), newDemoCmd(g), newVersionCmd(g),
		newVerifyCmd(g), newSyncCmd(g), newDoctorCmd(g), newManCmd(g),
	)
	root.AddCommand(newHelpTopics()...)
	root.MarkFlagsMutuallyExclusive("jq", "template")
	setCompletion(root)
	setHelp(root)
	return root
}

// prepare applies the global flags before any command runs.
func (g *globals) prepare() error {
	if g.dir != "" {
		dir := workspace.From(g.Dir, g.dir)
		info, err := os.Stat(dir)
		if err != nil {
			return workspace.Usagef("", "-C %s: no such directory", g.dir)
		}
		if !info.IsDir() {
			return workspace.Usagef("", "-C %s: not a directory", g.dir)
		}
		g.Dir = dir
	}
	switch g.colour {
	case "auto":
	case "always":
		g.Color = true
	case "never":
		g.Color = false
	default:
		return workspace.Usagef("", "--color %s: say auto, always or never", g.colour)
	}
	if g.agentName != "" && !handoff.ValidAgentWord(g.agentName) {
		return workspace.Usagef("as in --agent claude-code", "--agent %s: one word of letters, digits and - names an agent", g.agentName)
	}
	g.agent = agent.Detect(g.agentName, g.Getenv)
	if g.noInput {
		g.Interactive = false
	}
	g.openOut()
	g.printer.color, g.printer.width = g.Color, g.Width
	return nil
}

// openOut leads stdout to the printer, with the escapes that its format has.
func (g *globals) openOut() {
	g.Out = g.commands
	if g.inCI() {
		g.Out = &guard.Breaker{W: g.commands, JSON: g.printer.json}
	}
	g.output = output{w: g.Out, before: g.wipe}
	g.printer.w = &g.output
}

// wipe takes away what stands on the terminal for a while only.
func (g *globals) wipe() {
	g.letGo()
	g.progressLine.wipe()
}

// note says something about the work on stderr, for people.
func (g *globals) note(format string, args ...any) {
	if !g.quiet {
		g.say(format, args...)
	}
}

// tell says on stderr what is done on the way, to who asked for it.
func (g *globals) tell(format string, args ...any) {
	if g.verbose {
		g.say(format, args...)
	}
}

// say prints one neutralised line on stderr.
func (g *globals) say(format string, args ...any) {
	g.wipe()
	say(g.Err, g.talkWidth(), g.mask(fmt.Sprintf(format, args...)))
}

// talkWidth is how many columns stderr has, 0 where it is no terminal.
func (g *globals) talkWidth() int {
	if !g.Interactive {
		return 0
	}
	return g.Width
}

// suggestion is the hint for a word that is no command. In a short word one slip
// is as many as can be told from another word.
func suggestion(cmd *cobra.Command, word, otherwise string) string {
	cmd.SuggestionsMinimumDistance = min(len(word)/3, 2)
	near := cmd.SuggestionsFor(word)
	for _, c := range cmd.Commands() {
		if slices.Contains(c.SuggestFor, word) {
			return "did you mean " + c.CommandPath() + "? its --help shows an example"
		}
	}
	if len(near) > 0 {
		return "did you mean " + cmd.CommandPath() + " " + strings.Join(near, ", or ") + "?"
	}
	return otherwise
}

// commandName is the name of a command in a message, which begins with that of
// the program.
func commandName(cmd *cobra.Command) string {
	return strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
}

// oneOf is for a command that only holds others: it takes one of their names.
func oneOf(names ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return workspace.Usagef(cmd.CommandPath()+" --help lists them", "say %s or %s", strings.Join(names[:len(names)-1], ", "), names[len(names)-1])
		}
		return workspace.Usagef(suggestion(cmd, args[0], cmd.CommandPath()+" --help lists them"), "%q is not one of %s", args[0], strings.Join(names, ", "))
	}
}

// noArgs refuses arguments; exactArgs and maxArgs count them. They are cobra's
// checks with the words and the status of this program.
func noArgs(cmd *cobra.Command, args []string) error { return maxArgs(0, "")(cmd, args) }

func exactArgs(n int, what string) cobra.PositionalArgs {
	return cobra.MatchAll(minArgs(n, what), maxArgs(n, what))
}

func maxArgs(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) <= n {
			return nil
		}
		if n == 0 {
			return workspace.Usagef(cmd.CommandPath()+" --help shows an example", "%s takes no arguments, got %q", commandName(cmd), args[0])
		}
		return workspace.Usagef(cmd.CommandPath()+" --help shows an example", "%s takes %s, got %q as well", commandName(cmd), what, args[n])
	}
}
