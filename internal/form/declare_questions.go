package form

import (
	"cmp"
	"strings"

	"github.com/handoff-cli/handoff/internal/handoff"
)

// pageQuestions is there when somebody asks for it in the preview: an ordinary
// day has no question, and says nothing about them.
const pageQuestions = "questions"

func (d *Declaration) questionsScreen() *Screen {
	var lines []string
	for _, q := range d.Draft.Handoff.Questions {
		lines = append(lines, typedQuestion(q))
	}
	return &Screen{Title: "Open questions", Fields: []*Field{
		{Kind: Lines, Key: "questions", Label: "What do you need to know?", Help: "one a line: question?; who; empty: no question is open", Value: strings.Join(lines, "\n"), Lacks: lacksAnswerer},
	}}
}

func takeQuestions(draft *Draft, s *Screen, done bool) {
	h := draft.Handoff
	if lines := splitLines(s.Text("questions")); done || len(lines) > 0 || h.Questions != nil {
		h.Questions = append([]handoff.OpenQuestion{}, keepKnown(lines, h.Questions, typedQuestion, parseQuestion)...)
	}
}

// lacksAnswerer asks who can answer a question.
func lacksAnswerer(answer string) string {
	for _, typed := range splitLines(answer) {
		if q := handoff.ParseQuestion(typed); q.To == "" {
			return `who can answer that? write "; ben" behind ` + inShort(typed)
		}
	}
	return ""
}

// parseQuestion always names a question: a form has no field for its id.
func parseQuestion(text string) handoff.OpenQuestion {
	q := handoff.ParseQuestion(text)
	q.ID = cmp.Or(q.ID, "question")
	return q
}
