package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/agent"
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/handoff-cli/handoff/internal/text"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
)

type demoOptions struct {
	team    bool
	noPause bool
}

func newDemoCmd(g *globals) *cobra.Command {
	var o demoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Walk through a handoff between two sites in a scratch repository",
		Long: `Build a scratch repository and walk through one handoff from Singapore to
London and back: declare, inbox, show, ack, query, resolve. Every command is run
as you would run it, and the repository is left for you to try.

On a terminal it pauses after each step: Enter goes on, q ends it.

--team plays a week of fifteen people at two sites instead, as their commands
would have written it, and draws the page and the measures of that week. It
takes some seconds.

Nothing is written but below the folder for scratch files (TMPDIR), and nothing
of your configuration counts.`,
		Example: `  handoff demo
  handoff demo --team`,
		GroupID: groupSetup,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), g, o) },
	}
	cmd.Flags().BoolVar(&o.team, "team", false, "a week of fifteen people, with its page and its measures")
	cmd.Flags().BoolVar(&o.noPause, "no-pause", false, "do not wait for Enter after each step")
	return cmd
}

// actor is somebody in a demo.
type actor struct{ name, email string }

var (
	ana   = actor{"Ana", "ana@example.com"}
	ben   = actor{"Ben", "ben@example.com"}
	sarah = actor{"Sarah", "sarah@example.com"}
)

// scene is a moment of the demo: who types what, when.
type scene struct {
	title    string
	who      *actor
	at       time.Duration // since ana began to work on Friday
	zone     int           // hours east of UTC
	commands [][]string    // of the program, but for catToday
}

// today is what ana has typed, and catToday shows it.
const today, catToday = "../today.yaml", "cat"

// scenes are the day of the demo. Ana is at work in Singapore at 09:00, which is 01:00 in
// London.
var scenes = []scene{
	{"Ana (Singapore, Fri 18:02) ends the day, and has written down what is left", &ana, 9*time.Hour + 2*time.Minute, 8, [][]string{
		{catToday, today},
		{"declare", "-f", today, "--returns", "mon 09:00", "--none", "shipped"},
	}},
	{"Ben (London, Fri 10:30) begins, reads it, and takes one of the two items", &ben, 9*time.Hour + 30*time.Minute, 0, [][]string{
		{"inbox"},
		{"show", "@ana"},
		{"ack", "@ana", "--take", "refund-flow", "--note", "the other waits for sarah"},
	}},
	{"Sarah (London, Fri 14:15) decides, so that nobody waits over the weekend", &sarah, 13*time.Hour + 15*time.Minute, 0, [][]string{
		{"query", "what", "is", "blocked"},
		{"resolve", "session-policy", "--decision", "15 minutes -- the audit says so"},
	}},
	{"Ana (Singapore, Mon 09:00) is back", &ana, 3 * 24 * time.Hour, 8, [][]string{{"inbox"}}},
}

// last is when it was a weekday and an hour there for the last time.
func last(day time.Weekday, hour int, zone *time.Location, now time.Time) time.Time {
	now = now.In(zone)
	for back := 0; ; back++ {
		at := time.Date(now.Year(), now.Month(), now.Day()-back, hour, 0, 0, 0, zone)
		if at.Weekday() == day && !at.After(now) {
			return at
		}
	}
}

// demoWidth is how wide the output of the demo is: as on a terminal, also in a
// pipe.
const demoWidth = 80

func runDemo(ctx context.Context, g *globals, o demoOptions) error {
	play := playDay
	if o.team {
		play = playWeek
	}
	d, err := newDemo(g, o)
	if err != nil {
		return err
	}
	if err := play(ctx, d); err != nil {
		return errors.Join(err, os.RemoveAll(filepath.Dir(d.dir)))
	}
	return nil
}

// demo is a scratch repository and the ids given out so far. Every run in a week prints
// the same.
type demo struct {
	g      *globals
	dir    string
	ids    int
	pauses *pauses // nil for none
}

func newDemo(g *globals, o demoOptions) (*demo, error) {
	root, err := os.MkdirTemp("", "handoff-demo-")
	if err == nil {
		root, err = filepath.Abs(root)
	}
	if err != nil {
		return nil, &workspace.HintedError{Err: err, Hint: "TMPDIR names a folder for scratch files that is there and can be written"}
	}
	d := &demo{g: g, dir: filepath.Join(root, "payments")}
	if g.watched() && g.Width > 0 && !o.noPause {
		d.pauses = &pauses{g: g}
	}
	return d, nil
}

// playDay shows the scenes, the last of them on the Monday that was last.
func playDay(ctx context.Context, d *demo) error {
	friday := last(time.Monday, 9, time.FixedZone("", 8*3600), d.g.Now()).Add(-3 * 24 * time.Hour)
	write := func() error { return os.WriteFile(filepath.Join(d.dir, today), examples.Demo, 0o666) }
	if err := d.setUp(ctx, &ben, friday, write, &ana, &sarah, &ben); err != nil {
		return err
	}
	if err := d.show(ctx, friday, scenes); err != nil {
		return err
	}
	d.g.printer.line("")
	d.g.printer.section("The repository is yours to try, and you are ben there")
	d.try("handoff board", "handoff query why session-limit", "git log --stat")
	d.g.printer.line("handoff demo --team plays a week of fifteen people")
	return nil
}

// try ends a demo with what its reader can type.
func (d *demo) try(commands ...string) {
	for _, command := range append([]string{"cd " + text.ShellArgument(d.dir)}, commands...) {
		d.g.printer.line("  %s", command)
	}
}

// setUp makes the repository, of which git takes owner for the user, and in which all
// of people have committed before: the first of them what fill makes.
func (d *demo) setUp(ctx context.Context, owner *actor, at time.Time, fill func() error, people ...*actor) error {
	var work [][]string
	for _, who := range people {
		work = append(work, d.environ(who, at))
	}
	settings := map[string]string{"user.name": owner.name, "user.email": owner.email}
	return git.Init(ctx, d.dir, d.environ(owner, at), settings, fill, work...)
}

// show shows scenes, until their reader has seen enough.
func (d *demo) show(ctx context.Context, start time.Time, scenes []scene) error {
	for i, s := range scenes {
		for j, args := range s.commands {
			if i+j > 0 {
				if err := d.pauses.wait(ctx); errors.Is(err, errEnough) {
					return nil
				} else if err != nil {
					return err
				}
				d.g.printer.line("")
			}
			err := d.step(ctx, s, start.Add(s.at).In(time.FixedZone("", s.zone*3600)), args)
			if errors.Is(err, errEnough) {
				return nil
			} else if err != nil {
				return err
			}
			s.title = ""
		}
	}
	return nil
}

// step shows a command and what it prints, under the title of the scene if it has one.
func (d *demo) step(ctx context.Context, s scene, at time.Time, args []string) error {
	p := d.g.printer
	p.w = d.pauses.screens(ctx, &d.g.output)
	if s.title != "" {
		p.section(s.title)
	}
	typed, said := "$", examples.Demo
	if args[0] != catToday {
		typed += " handoff"
		var err error
		if said, err = d.run(ctx, s.who, at, args, ""); err != nil {
			return err
		}
	}
	for _, arg := range args {
		typed += " " + text.ShellWord(arg)
	}
	p.styled(painted{cyan, typed})
	_, err := p.w.Write(said)
	return err
}

// run runs a command of the program as somebody, through the road of the real one, and
// returns what it printed, stderr after stdout.
func (d *demo) run(ctx context.Context, who *actor, at time.Time, args []string, in string) ([]byte, error) {
	var out, errOut bytes.Buffer
	env := d.g.Env
	env.Signals = nil // they cancel ctx
	env.Dir, env.In, env.Out, env.Err, env.Interactive = d.dir, strings.NewReader(in), &out, &errOut, false
	env.Environ, env.Width, env.Height, env.Window = d.environ(who, at), demoWidth, 0, nil
	if d.g.Width > 0 {
		env.Width = min(demoWidth, d.g.Width)
	}
	env.Now = func() time.Time { return at }
	env.NewID = d.nextID
	status := newGlobals(env).run(ctx, args)
	out.Write(errOut.Bytes())
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if status != StatusDone {
		return nil, fmt.Errorf("handoff %s: status %d\n%s", strings.Join(args, " "), status, &out)
	}
	return out.Bytes(), nil
}

func (d *demo) nextID() string {
	d.ids++
	return fmt.Sprintf("dem%05d", d.ids)
}

// environ is the environment of an actor: git with their identity and clock, and without
// anybody's configuration, coding agent or CI.
func (d *demo) environ(a *actor, at time.Time) []string {
	theirs := append(agent.Signs(), "HOME", "XDG_CONFIG_HOME", "CI", "GITHUB_ACTIONS", "GITLAB_CI")
	environ := slices.DeleteFunc(slices.Clone(d.g.Environ), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return strings.HasPrefix(name, "GIT_") || strings.HasPrefix(name, "HANDOFF_") || slices.Contains(theirs, name)
	})
	date := at.Format(time.RFC3339)
	return append(environ, "HOME="+filepath.Dir(d.dir),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME="+a.name, "GIT_AUTHOR_EMAIL="+a.email, "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME="+a.name, "GIT_COMMITTER_EMAIL="+a.email, "GIT_COMMITTER_DATE="+date,
	)
}
