package form

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
)

func prompt(t *testing.T, s *Screen, input string) (Reply, string, error) {
	t.Helper()
	var out strings.Builder
	reply, err := NewPrompter(strings.NewReader(input), &out).Ask(context.Background(), s)
	return reply, out.String(), err
}

func sampleScreen() *Screen {
	return &Screen{Title: "A \x1b[31mscreen", Facts: []string{"a fact"}, Fields: []*Field{
		choice("status", "Status", "blocked", "ready", "blocked"),
		{Kind: Line, Key: "state", Label: "State", Default: "as it was", Read: func(text string) error {
			if text == "bad" {
				return errors.New("cannot be read")
			}
			return nil
		}},
		{Kind: Lines, Key: "shipped", Label: "Shipped"},
		{Kind: Ticks, Key: "give", Label: "Give", Options: []Option{{"a", "A"}, {"b", "B"}}, Ticked: []string{"a"}},
	}}
}

func TestPrompterAnswers(t *testing.T) {
	s := sampleScreen()
	reply, out, err := prompt(t, s, "ready\r\nbad\n审计 🎉\none\r\ntwo\n\n1 2\n")
	if reply != Next || err != nil {
		t.Fatalf("%v, %v", reply, err)
	}
	if s.Text("status") != "ready" || s.Text("state") != "审计 🎉" || s.Text("shipped") != "one\ntwo" || strings.Join(s.Field("give").Ticked, " ") != "a b" {
		t.Errorf("answers %q %q %q %q", s.Text("status"), s.Text("state"), s.Text("shipped"), s.Field("give").Ticked)
	}
	if !strings.Contains(out, "cannot be read") || !strings.Contains(out, "State [as it was]:") || strings.Contains(out, "\x1b") {
		t.Errorf("%s", out)
	}
}

func TestPrompterKeepsClearsAndGoesBack(t *testing.T) {
	s := sampleScreen()
	if reply, _, err := prompt(t, s, "\n\n\n\n"); reply != Next || err != nil || s.Text("state") != "as it was" || s.Text("status") != "blocked" {
		t.Errorf("%v, %v, %q", reply, err, s.Text("state"))
	}
	s = sampleScreen()
	if _, _, err := prompt(t, s, "7\n1\n.\n\n.\n"); err != nil || s.Text("state") != "" || len(s.Field("give").Ticked) != 0 {
		t.Errorf("%v, state %q, give %q", err, s.Text("state"), s.Field("give").Ticked)
	}
	if reply, _, err := prompt(t, sampleScreen(), "\n<\n<\n"); reply != Back || err != nil {
		t.Errorf("%v, %v", reply, err)
	}
	if reply, _, err := prompt(t, sampleScreen(), "\n!\n"); reply != Editor || err != nil {
		t.Errorf("%v, %v", reply, err)
	}
}

// TestPrompterEndOfInput ends the input after every byte: never an answer that
// nobody finished, always the text that was typed.
func TestPrompterEndOfInput(t *testing.T) {
	const input = "1\nhalf a sent"
	for end := range len(input) + 1 {
		s := sampleScreen()
		_, _, err := prompt(t, s, input[:end])
		if !errors.Is(err, ErrStopped) {
			t.Errorf("after %q: %v", input[:end], err)
		}
		if typed := strings.TrimPrefix(input[:end], "1\n"); end > 2 && s.Field("state").Value != strings.TrimSpace(typed) {
			t.Errorf("after %q the state is %q", input[:end], s.Field("state").Value)
		}
	}
}

// TestPrompterStopsWithItsContext cancels while nobody types.
func TestPrompterStopsWithItsContext(t *testing.T) {
	in, never := io.Pipe()
	defer never.Close()
	ctx, cancel := context.WithCancelCause(context.Background())
	stopped := errors.New("stopped")
	cancel(stopped)
	if _, err := NewPrompter(in, io.Discard).Ask(ctx, sampleScreen()); !errors.Is(err, stopped) {
		t.Error(err)
	}
}

// TestPrompterHelpFitsTheLine asks for help in a terminal of 80 columns.
func TestPrompterHelpFitsTheLine(t *testing.T) {
	s := sampleScreen()
	s.Field("shipped").Help = "one a line; empty: nothing else"
	_, out, _ := prompt(t, s, "?\n\n\n\n")
	_, help, _ := strings.Cut(out, "number [2]: ") // it begins on a line of its own, which Enter ended
	help, _, _ = strings.Cut(help, "\n")
	if len(help) > 80 || !strings.HasSuffix(help, "! opens the editor") {
		t.Errorf("%d columns: %s", len(help), help)
	}
	if !strings.Contains(out, "Shipped (one a line; empty: nothing else; an empty line ends)\n") {
		t.Errorf("%s", out)
	}
}
