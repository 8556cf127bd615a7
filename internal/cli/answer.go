package cli

import (
	"context"
	"strconv"

	"github.com/handoff-cli/handoff/internal/fold"
	"github.com/handoff-cli/handoff/internal/handoff"
	"github.com/spf13/cobra"
)

type answerOptions struct {
	publishOptions
	text   string
	open   bool
	source string
}

func newAnswerCmd(g *globals) *cobra.Command {
	var o answerOptions
	cmd := &cobra.Command{
		Use:        "answer [question] ['text']",
		SuggestFor: []string{"reply"},
		Short:      "Answer a question",
		Long: `Answer a question. It is closed by that, unless --open leaves room for more.
handoff query questions lists those that are open; on a terminal, without a
question, those are listed that wait for you.`,
		Example: `  handoff answer k3f "James's. He is online from 10:00"
  handoff answer q:which-limit "Fifteen minutes" --source call`,
		GroupID: groupRecord,
		RunE: func(cmd *cobra.Command, args []string) error {
			subject, err := aboutArgs(cmd, args, "--text", &o.text)
			if err != nil {
				return err
			}
			return runAnswer(cmd.Context(), g, o, subject)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.text, "text", "", "`TEXT` of the answer, as the second argument is")
	f.BoolVar(&o.open, "open", false, "the question stays open for more")
	f.StringVar(&o.source, "source", "", "where it was said: `PLACE` out of git, chat, call, meeting, doc")
	o.addFlags(f)
	return cmd
}

func runAnswer(ctx context.Context, g *globals, o answerOptions, subject about) (err error) {
	if err := subject.given(g, want{flag: "--text", value: &o.text}); err != nil {
		return err
	}
	ws, err := subject.openOne(ctx, g, g.openForVerdict)
	if err != nil {
		return err
	}
	q, err := ws.Question(subject.ref)
	if err != nil {
		return err
	}
	answer := &handoff.Answer{Question: fold.Target{Type: fold.TargetQuestion, Name: q.Key}.Ref(), Text: o.text, Source: o.source}
	if o.open {
		closes := false
		answer.Closes = &closes
	}
	if q.Rounds >= maxRounds {
		g.note("this is round %d: talk, then record it with --source call", q.Rounds)
	}
	if o.text == "" {
		defer func() {
			if answer.Text != "" {
				open := strconv.FormatBool(!answer.Closing())
				err = typed(err, "handoff answer "+answer.Question, [][2]string{{"text", answer.Text}, {"open", open}})
			}
		}()
		if err := askAnswer(ctx, g, ws, q, answer); err != nil {
			return err
		}
	}
	return checkAndPublish(ctx, g, ws, o.publishOptions, []*handoff.Record{ws.NewRecord(answer)}, "nothing was answered")
}

// maxRounds is after how many rounds writing does not help any more.
const maxRounds = 3
