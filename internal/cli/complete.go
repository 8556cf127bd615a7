package cli

import (
	"context"
	"strings"
	"unicode"

	"github.com/handoff-cli/handoff/examples"
	"github.com/handoff-cli/handoff/internal/config"
	"github.com/handoff-cli/handoff/internal/export"
	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/handoff-cli/handoff/internal/workspace"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Completion works while somebody types: it says nothing, asks nothing, writes
// nothing but the index, and where something is wrong it offers nothing. What it
// offers goes into a shell, so only words of harmless characters are offered.

// offer is a word that may stand at the cursor.
type offer struct{ word, about string }

// offers lists words. Those that do not begin as what was typed are dropped
// later.
type offers func(*cursor) []offer

// completed are the arguments that are not free text, by the command. Other
// commands have subcommands, or take nothing that can be listed.
var completed = map[string]offers{
	"handoff show":     (*cursor).anything,
	"handoff ack":      (*cursor).waiting,
	"handoff answer":   (*cursor).questions,
	"handoff resolve":  (*cursor).blockers,
	"handoff assign":   (*cursor).items,
	"handoff give":     (*cursor).items,
	"handoff escalate": (*cursor).unsettled,
	"handoff gap":      (*cursor).anything,
	"handoff withdraw": (*cursor).own,
	"handoff route":    (*cursor).unsettled,
	"handoff query":    (*cursor).question,
	"handoff log":      (*cursor).decided,
	"handoff schema":   (*cursor).kinds,
}

// completedFlags are the values that are not free text, by the flag. A flag
// means the same with every command, but for those of completedHere, and where
// its value is not a single word: that is not completed.
var completedFlags = map[string]offers{
	"as":          (*cursor).handles,
	"decided-by":  (*cursor).handles,
	"approved-by": (*cursor).handles,
	"by":          (*cursor).people,
	"to":          (*cursor).people,
	"cc":          (*cursor).people,
	"cover":       (*cursor).handles,
	"owner":       (*cursor).people,
	"team":        (*cursor).teams,
	"pod":         (*cursor).pods,
	"item":        (*cursor).items,
	"take":        (*cursor).items,
	"give":        (*cursor).items,
	"keep":        (*cursor).items,
	"blocks":      (*cursor).items,
	"kind":        (*cursor).kinds,
	"answers":     (*cursor).unsettled,
	"about":       (*cursor).anything,
	"via":         (*cursor).anything,
	"amend":       (*cursor).own,
	"since":       (*cursor).times,
	"until":       (*cursor).times,
	"none":        fixed("shipped", "items", "blockers", "decisions", "questions", "dropped", "watch", "standing"),
	"format":      fixed(checkFormats...),
	"color":       fixed("auto", "always", "never"),
}

// completedHere are flags that take less with one command than elsewhere.
var completedHere = map[string]offers{
	"handoff ask --to":          (*cursor).handles,
	"handoff assign --to":       (*cursor).handles,
	"handoff give --to":         (*cursor).handles,
	"handoff escalate --to":     (*cursor).handles,
	"handoff ack --outcome":     choices(handoff.KindAck, "outcome"),
	"handoff ack --reason":      choices(handoff.KindAck, "reason"),
	"handoff ack --exception":   choices(handoff.KindAck, "exception"),
	"handoff answer --source":   choices(handoff.KindAnswer, "source"),
	"handoff decide --door":     choices(handoff.KindDecision, "door"),
	"handoff decide --source":   choices(handoff.KindDecision, "source"),
	"handoff decide --status":   choices(handoff.KindDecision, "status"),
	"handoff escalate --reason": choices(handoff.KindEscalation, "reason"),
	"handoff gap --class":       choices(handoff.KindGap, "class"),
	"handoff gap --impact":      choices(handoff.KindGap, "impact"),
	"handoff resolve --outcome": choices(handoff.KindResolution, "outcome"),
	"handoff resolve --source":  choices(handoff.KindResolution, "source"),
	"handoff export --format":   fixed(export.Formats...),
	"handoff init --ci":         fixed(examples.CIServices...),

	"handoff init --pages-readable-by": fixed(examples.PageReaders...),
	"handoff init --example":           exampleNames,
	"handoff route --via":              (*cursor).targets,
	"handoff show --format":            fixed(formatText, formatMarkdown),
	"handoff rollup --format":          fixed(formatText, formatMarkdown),
	"handoff stats --format":           fixed(formatText, formatMarkdown),

	"handoff board --person":      (*cursor).handles,
	"handoff report --person":     (*cursor).handles,
	"handoff decide --accept":     (*cursor).proposed,
	"handoff decide --reject":     (*cursor).proposed,
	"handoff decide --supersedes": (*cursor).decisions,
	"handoff decide --beside":     (*cursor).decisions,
}

// completeAll tells every command below root what may stand where. File names
// are offered only where a file is meant.
func (g *globals) completeAll(root *cobra.Command) {
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	for _, cmd := range append(subcommands(root), root) {
		if list, ok := completed[cmd.CommandPath()]; ok {
			if choosers[cmd.Name()].what != "" {
				list = first(list) // a text follows
			}
			cmd.ValidArgsFunction = g.complete(list, false)
		}
		for _, flags := range []*pflag.FlagSet{cmd.LocalNonPersistentFlags(), cmd.PersistentFlags()} {
			flags.VisitAll(func(f *pflag.Flag) { g.completeFlag(cmd, f) })
		}
	}
	if check, _, err := root.Find([]string{"check"}); err == nil {
		check.ValidArgsFunction = files
	}
}

func (g *globals) completeFlag(cmd *cobra.Command, f *pflag.Flag) {
	list, isList := f.Value.(*listFlag)
	complete := completedHere[cmd.CommandPath()+" --"+f.Name]
	if complete == nil {
		complete = completedFlags[f.Name]
	}
	var err error
	switch {
	case f.Name == "file" || f.Name == "output":
		err = cmd.RegisterFlagCompletionFunc(f.Name, files)
	case f.Name == "directory":
		err = cmd.MarkPersistentFlagDirname(f.Name)
	case f.Name == "all-repos":
		err = cmd.MarkFlagDirname(f.Name)
	case complete != nil && (!isList || list.split):
		err = cmd.RegisterFlagCompletionFunc(f.Name, g.complete(complete, isList))
	}
	if err != nil {
		panic(err) // the flag is there: it was just visited
	}
}

// first offers words for the first argument only.
func first(list offers) offers {
	return func(c *cursor) []offer {
		if len(c.words) > 0 {
			return nil
		}
		return list(c)
	}
}

// subcommands are all commands below root.
func subcommands(root *cobra.Command) []*cobra.Command {
	var list []*cobra.Command
	for _, cmd := range root.Commands() {
		list = append(append(list, cmd), subcommands(cmd)...)
	}
	return list
}

// files leaves it to the shell to offer files.
func files(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}

// complete makes a list of words into what cobra calls. Where several values are
// joined by commas, the last one is completed.
func (g *globals) complete(list offers, commas bool) cobra.CompletionFunc {
	return func(cmd *cobra.Command, words []string, typed string) ([]string, cobra.ShellCompDirective) {
		g.quiet, g.Interactive = true, false
		if err := g.prepare(); err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		c := &cursor{ctx: cmd.Context(), g: g, cmd: cmd, words: words, typed: typed}
		before := ""
		if i := strings.LastIndexByte(typed, ','); commas && i >= 0 {
			before, c.typed = typed[:i+1], typed[i+1:]
		}
		return shellWords(before, c.typed, list(c))
	}
}

// shellWords are the words that begin as typed and are safe in a shell, with
// what they are. No space follows where all of them want more.
func shellWords(before, typed string, list []offer) ([]string, cobra.ShellCompDirective) {
	directive := cobra.ShellCompDirectiveNoFileComp
	var words []string
	seen := make(map[string]bool)
	open := true
	for _, o := range list {
		if !strings.HasPrefix(o.word, typed) || !harmless(before+o.word) || seen[o.word] {
			continue
		}
		seen[o.word] = true
		word := before + o.word
		// The script for bash escapes a comma before it compares a word with what
		// was typed, but only where the words are explained.
		if about := plainText(o.about); about != "" && !strings.Contains(word, ",") {
			word += "\t" + about
		}
		words = append(words, word)
		open = open && strings.HasSuffix(o.word, ":")
	}
	if open && len(words) > 0 {
		directive |= cobra.ShellCompDirectiveNoSpace
	}
	return words, directive
}

// harmless reports whether no shell takes a word for anything but itself.
func harmless(word string) bool {
	return word != "" && word[0] != '-' && !strings.ContainsFunc(word, func(r rune) bool {
		isWord := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'
		return !isWord && !strings.ContainsRune("@:.,_/+-", r)
	})
}

// plainText is a text as a menu of a shell may show it: letters, digits and the
// usual marks, in one line that is cut where menus are.
func plainText(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(".,:/_+-", r) {
			return r
		}
		switch r {
		case ';':
			return ','
		case '\'':
			return '’'
		}
		return ' '
	}, text)
	return truncate(strings.Join(strings.Fields(text), " "), 60)
}

// cursor is where something is completed, and what was typed before it.
type cursor struct {
	ctx   context.Context
	g     *globals
	cmd   *cobra.Command
	words []string // before the cursor, without flags
	typed string   // at the cursor
	ws    *workspace.Workspace
}

// open opens the repository without touching it: not even what an interrupted
// command left is put right. Outside of one, or where it cannot be read, there
// is an empty workspace.
func (c *cursor) open() *workspace.Workspace {
	if c.ws != nil {
		return c.ws
	}
	c.ws = &workspace.Workspace{TeamConfig: config.Default()}
	c.ws.Hold(fold.Of(nil, ""))
	ws, err := workspace.OpenAsItIs(c.ctx, c.g.opening())
	if err == nil {
		err = ws.Load(c.ctx, fold.Part{})
	}
	if err == nil {
		c.ws = ws
	}
	return c.ws
}

// state is what is known of a part beside the present.
func (c *cursor) state(part fold.Part) *fold.View {
	ws := c.open()
	if err := ws.Need(part); err != nil {
		ws.Hold(fold.Of(nil, ""))
	}
	return ws.State
}
