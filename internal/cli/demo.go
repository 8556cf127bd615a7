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
	"github.com/handoff-cli/handoff/internal/git"
	"github.com/spf13/cobra"
)

func newDemoCmd(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "demo",
		Short: "Walk through a handoff between two sites in a scratch repository",
		Long: `Build a scratch repository and walk through one handoff from Singapore to
London: declare, inbox, ack, query, resolve. Every command is run as you would
run it, and the repository is left for you to try.`,
		Example: "  handoff demo",
		GroupID: groupSetup,
		Args:    noArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDemo(cmd.Context(), g) },
	}
}

// actor is somebody in the demo.
type actor struct {
	name, email, place string
	offset             int // hours east of UTC
}

var (
	ana   = actor{"Ana", "ana@example.com", "Singapore", 8}
	ben   = actor{"Ben", "ben@example.com", "London", 0}
	sarah = actor{"Sarah", "sarah@example.com", "London, product", 0}
)

// scene is a moment of the demo: who types what, when.
type scene struct {
	who      actor
	at       time.Time // UTC
	tells    string
	commands [][]string
}

// demoDay is the day of the example: a Friday.
func demoDay(hour, minute int) time.Time {
	return time.Date(2026, 11, 20, hour, minute, 0, 0, time.UTC)
}

var scenes = []scene{
	{ana, demoDay(10, 2), "ends the day and declares what is left", [][]string{
		{"declare", "-f", "today.yaml"},
		{"query", "whois", "payments-refund-flow"},
	}},
	{ben, demoDay(10, 30), "looks at what waits, and takes one of the two items", [][]string{
		{"inbox"},
		{"ack", "@ana", "--take", "payments-refund-flow", "--note", "the timeout stays with you until sarah decides"},
		{"query", "whois", "payments-refund-flow"},
		{"query", "what is blocked"},
	}},
	{sarah, demoDay(14, 15), "decides, so that nobody waits over the weekend", [][]string{
		{"resolve", "session-policy", "--decision", "Sessions end after 15 minutes on web and app -- the audit asks for it, and drafts of forms are saved"},
		{"query", "what is blocked"},
		{"query", "decisions"},
	}},
}

// demoWidth is how wide the output of the demo is: as on a terminal, also in a
// pipe.
const demoWidth = 80

func runDemo(ctx context.Context, g *globals) error {
	root, err := os.MkdirTemp("", "handoff-demo-")
	if err != nil {
		return err
	}
	dir := filepath.Join(root, "payments")
	d := demo{g: g, dir: dir}
	if err := d.setUp(ctx, filepath.Join(root, "today.yaml")); err != nil {
		return errors.Join(err, os.RemoveAll(root))
	}
	for _, s := range scenes {
		if err := d.play(ctx, s); err != nil {
			return err
		}
	}
	g.printer.line("The repository is %s, and you are ben there:", dir)
	g.printer.line("  cd %s", dir)
	g.printer.line("  handoff show @ana")
	g.printer.line("  git log --stat")
	return nil
}

// demo is the scratch repository and the ids given out so far. Ids and times
// are fixed, so that every run prints the same.
type demo struct {
	g   *globals
	dir string
	ids int
}

func (d *demo) setUp(ctx context.Context, file string) error {
	if err := os.WriteFile(file, examples.TwoSites, 0o644); err != nil {
		return err
	}
	settings := map[string]string{"user.name": ben.name, "user.email": ben.email}
	var work [][]string // everybody has committed here before
	for _, s := range scenes {
		work = append(work, d.environ(s.who, scenes[0].at.Add(-time.Hour)))
	}
	return git.Init(ctx, d.dir, d.environ(ana, scenes[0].at), settings, work...)
}

// play runs the commands of a scene, each through the road of the real one.
func (d *demo) play(ctx context.Context, s scene) error {
	local := s.at.In(s.who.zone())
	d.g.printer.section(fmt.Sprintf("%s (%s, %s) %s", s.who.name, s.who.place, local.Format("Mon 15:04"), s.tells))
	for _, args := range s.commands {
		d.g.printer.styled(painted{cyan, "$ handoff " + commandLine(args)})
		var errOut bytes.Buffer
		env := d.g.Env
		env.Signals = nil // they cancel ctx
		env.Dir, env.In, env.Err, env.Interactive = d.dir, strings.NewReader(""), &errOut, false
		env.Environ, env.Width, env.Height = d.environ(s.who, s.at), demoWidth, 0
		env.Now = func() time.Time { return local }
		env.NewID = d.nextID
		if args[0] == "declare" {
			args = slices.Clone(args)
			args[2] = filepath.Join("..", args[2])
		}
		status := newGlobals(env).run(ctx, args)
		if said := strings.TrimSuffix(errOut.String(), "\n"); said != "" {
			d.g.printer.line("%s", said)
		}
		d.g.printer.line("")
		if status != StatusDone {
			return fmt.Errorf("handoff %s: status %d", commandLine(args), status)
		}
	}
	return nil
}

func (d *demo) nextID() string {
	d.ids++
	return fmt.Sprintf("dem%05d", d.ids)
}

func (a actor) zone() *time.Location { return time.FixedZone("", a.offset*3600) }

// environ is the environment of an actor: git with their identity and clock,
// and without anybody's configuration.
func (d *demo) environ(a actor, at time.Time) []string {
	environ := slices.DeleteFunc(slices.Clone(d.g.Environ), func(entry string) bool {
		return strings.HasPrefix(entry, "GIT_") || strings.HasPrefix(entry, "HANDOFF_")
	})
	date := at.In(a.zone()).Format(time.RFC3339)
	return append(environ,
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME="+a.name, "GIT_AUTHOR_EMAIL="+a.email, "GIT_AUTHOR_DATE="+date,
		"GIT_COMMITTER_NAME="+a.name, "GIT_COMMITTER_EMAIL="+a.email, "GIT_COMMITTER_DATE="+date,
	)
}

// commandLine quotes arguments as a person would type them.
func commandLine(args []string) string {
	quoted := make([]string, len(args))
	for i, arg := range args {
		if strings.ContainsAny(arg, " ;#") {
			arg = `"` + arg + `"`
		}
		quoted[i] = arg
	}
	return strings.Join(quoted, " ")
}
