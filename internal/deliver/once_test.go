package deliver

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSendAndFind(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, _, there := w.start(t)
		if can := target.Can(); can != (Abilities{w.once, w.edits, w.replies}) {
			t.Errorf("can: %+v", can)
		}
		first, err := target.Send(context.Background(), w.message())
		if err != nil || there() != 1 || first.Notes != nil {
			t.Fatalf("%+v %v, %d there", first, err, there())
		}
		found, known, err := target.Find(context.Background(), w.message())
		switch {
		case w.once == Never:
			if !errors.Is(err, ErrCannotFind) {
				t.Errorf("it cannot look, and says %v", err)
			}
		case err != nil:
			t.Errorf("find: %v", err)
		case known && (found.ID != first.ID || found.URL != first.URL || found.Notes != nil):
			t.Errorf("found %+v, sent %+v", found, first)
		case !known && w.once == ByListing:
			t.Error("what was sent is not found")
		case !known: // by key, it can be sent again
			again, err := target.Send(context.Background(), w.message())
			if err != nil || again.ID != first.ID {
				t.Errorf("%+v %v", again, err)
			}
		}
		if there() != 1 {
			t.Errorf("%d messages are there", there())
		}
		other := w.message()
		other.Key = "another-key-0000001"
		if r, known, err := target.Find(context.Background(), other); known || err != nil && w.once != Never {
			t.Errorf("what was not sent is found: %+v %v %v", r, known, err)
		}
	})
}

// What Plan shows is what is sent, but for secrets and for what only answers tell.
func TestPlan(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, door, _ := w.start(t)
		plan, err := target.Plan(w.message())
		if err != nil || len(plan) == 0 {
			t.Fatalf("%v %v", plan, err)
		}
		if n := len(door.requests()); n > 0 {
			t.Errorf("Plan made %d requests", n)
		}
		if shown := fmt.Sprintf("%+v", plan); strings.Contains(shown, "swordfish") {
			t.Errorf("the plan has secrets: %s", shown)
		}
		if _, err := target.Send(context.Background(), w.message()); err != nil {
			t.Fatal(err)
		}
		sent := door.requests()
		if len(sent) != len(plan) {
			t.Fatalf("%d requests, planned are %d", len(sent), len(plan))
		}
		for i, p := range plan {
			_, path, _ := strings.Cut(strings.ReplaceAll(p.URL, masked, "http://x"+testPath), "://")
			path = path[strings.IndexByte(path, '/'):]
			body := compactJSON(p.Body)
			if i > 0 {
				for placeholder, value := range map[string]string{`"<id>"`: "1046", `"<number>"`: "46", "%3Cts%3E": fmt.Sprintf("%d.000000", testNow.Unix())} {
					body = strings.ReplaceAll(body, placeholder, value)
				}
			}
			got := strings.ReplaceAll(sent[i].url, "key=swordfish-key&", "")
			got = strings.ReplaceAll(got, "?key=swordfish-key", "")
			if p.Method != sent[i].method || path != got || body != sent[i].body {
				t.Errorf("planned: %s %s\n%s\nsent: %s %s\n%s", p.Method, path, body, sent[i].method, got, sent[i].body)
			}
			for _, line := range p.Header {
				name, value, _ := strings.Cut(line, ": ")
				if have := sent[i].header.Get(name); have != value && !strings.Contains(value, masked) {
					t.Errorf("planned %s, sent %q", line, have)
				}
			}
			if sent[i].header.Get("Authorization") != "" && !slices.ContainsFunc(p.Header, func(l string) bool { return strings.HasPrefix(l, "Authorization: ") }) {
				t.Error("the plan has no Authorization")
			}
		}
	})
}

// compactJSON takes the white space out of indented JSON.
func compactJSON(s string) string {
	var b strings.Builder
	for line := range strings.SplitSeq(s, "\n") {
		line = strings.TrimLeft(line, " ")
		if name, value, ok := strings.Cut(line, `": `); ok && strings.HasPrefix(line, `"`) && !strings.Contains(name, `\"`) && !strings.Contains(name[1:], `"`) {
			line = name + `":` + value
		}
		b.WriteString(line)
	}
	return b.String()
}

// hangUp does what was asked for, and closes the connection without an answer.
func hangUp(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// half does what was asked for, and gives half of the answer.
func half(w http.ResponseWriter, r *http.Request, next http.Handler) {
	answer := httptest.NewRecorder()
	next.ServeHTTP(answer, r)
	w.Header().Set("Content-Length", fmt.Sprint(answer.Body.Len()+10))
	w.WriteHeader(answer.Code)
	w.Write(answer.Body.Bytes()[:answer.Body.Len()/2])
	panic(http.ErrAbortHandler)
}

// saysNothing does what was asked for, and tells nothing of it.
func saysNothing(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	jot(w, http.StatusOK, map[string]any{})
}

// failAfter does what was asked for, and says that it failed.
func failAfter(w http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	http.Error(w, "upstream timed out", http.StatusBadGateway)
}

// drop closes the connection, and does nothing.
func drop(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }

// Whatever becomes of the answer, there is one message, or nobody sends another one.
func TestAnswerIsLost(t *testing.T) {
	faults := map[string]func(http.ResponseWriter, *http.Request, http.Handler){"hang up": hangUp, "half": half, "fail": failAfter, "say nothing": saysNothing}
	everyWorld(t, func(t *testing.T, w world) {
		for name, fault := range faults {
			if (name == "half" || name == "say nothing") && strings.Contains("webhook teams slack by webhook google chat", w.name) {
				continue // the answer says nothing that is needed, and may be empty
			}
			t.Run(name, func(t *testing.T) {
				target, door, there := w.start(t)
				door.fault, door.faults = fault, 1
				r, err := target.Send(context.Background(), w.message())
				uncertain := new(UncertainError)
				switch {
				case w.once != Never && (err != nil || r.ID == ""):
					t.Errorf("it was sent: %+v %v", r, err)
				case w.once == Never && !errors.As(err, &uncertain):
					t.Errorf("it may have been sent: %+v %v", r, err)
				}
				if w.once != ByKey && door.messages() != 1 {
					t.Errorf("it was sent %d times", door.messages())
				}
				if there() != 1 {
					t.Errorf("%d messages are there", there())
				}
			})
		}
	})
}

// A request that did not do anything is as little repeated: nobody can tell.
func TestRequestIsLost(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, door, there := w.start(t)
		door.fault, door.faults = drop, 1
		_, err := target.Send(context.Background(), w.message())
		if uncertain := new(UncertainError); w.once == ByKey && w.name != "linear" {
			if err != nil || there() != 1 {
				t.Errorf("with a key it is sent again: %v, %d there", err, there())
			}
			return
		} else if !errors.As(err, &uncertain) || there() != 0 || door.messages() != 1 {
			t.Fatalf("%v, %d there, sent %d times", err, there(), door.messages())
		}
		if w.once == Never {
			return
		}
		// The next time it is looked for, and sent.
		if _, known, err := target.Find(context.Background(), w.message()); known || err != nil {
			t.Errorf("found %v, %v", known, err)
		}
		if _, err := target.Send(context.Background(), w.message()); err != nil || there() != 1 {
			t.Errorf("%v, %d there", err, there())
		}
	})
}

// The sender is stopped between the answer and its record: the same message again.
func TestSentBeforeButNotWrittenDown(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		if w.once == Never {
			return // it says so, and is not sent again
		}
		target, _, there := w.start(t)
		ctx, cancel := context.WithCancel(context.Background())
		if _, err := target.Send(ctx, w.message()); err != nil {
			t.Fatal(err)
		}
		cancel()
		r, known, err := target.Find(context.Background(), w.message())
		if err == nil && !known {
			r, err = target.Send(context.Background(), w.message())
		}
		if err != nil || r.ID == "" || there() != 1 {
			t.Errorf("%+v %v, %d there", r, err, there())
		}
	})
}

func TestBusy(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, door, there := w.start(t)
		waits := impatient(t, target)
		busy := func(after string) func(http.ResponseWriter, *http.Request, http.Handler) {
			return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
				w.Header().Set("Retry-After", after)
				w.WriteHeader(http.StatusTooManyRequests)
			}
		}
		door.fault, door.faults = busy("7"), 2
		if _, err := target.Send(context.Background(), w.message()); err != nil || there() != 1 {
			t.Errorf("%v, %d there", err, there())
		}
		if !slices.Equal(*waits, []time.Duration{7 * time.Second, 7 * time.Second}) {
			t.Errorf("waited %v", *waits)
		}
		for after, want := range map[string]time.Duration{
			"3600": time.Hour,
			testNow.Add(time.Minute).Format(http.TimeFormat): time.Minute,
			"99999999999999": 0,
		} {
			*waits = nil
			door.fault, door.faults = busy(after), 9
			m := w.message()
			m.Key = "another-key-0000001"
			_, err := target.Send(context.Background(), m)
			refused := wantFault(t, err, FaultBusy)
			if refused.RetryAfter != want && want > 0 || there() != 1 || want > longestWait && *waits != nil {
				t.Errorf("%s: %v, retry after %v, %d there, waited %v", after, err, refused.RetryAfter, there(), *waits)
			}
		}
	})
}

func wantFault(t *testing.T, err error, want Fault) *NotSentError {
	t.Helper()
	refused := new(NotSentError)
	if !errors.As(err, &refused) || refused.Fault != want {
		t.Errorf("%T %v, want a NotSentError of %s", err, err, want)
	}
	return refused
}

// Edits and replies go where the receipt says, and change nothing else.
func TestEditsAndReplies(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, door, there := w.start(t)
		first, err := target.Send(context.Background(), w.message())
		if err != nil {
			t.Fatal(err)
		}
		edit := w.message()
		edit.Key, edit.Text, edit.Replaces, edit.Done = "key-of-the-edit-001", []string{"a later version"}, &first, true
		r, err := target.Send(context.Background(), edit)
		sent := door.requests()
		switch last := sent[len(sent)-1]; {
		case !w.edits:
			wantFault(t, err, FaultPlace)
		case err != nil || r.ID != first.ID && w.name != "webhook":
			t.Errorf("edit: %+v %v", r, err)
		case !strings.Contains(fmt.Sprint(sent), "a later version"):
			t.Errorf("edit: %+v", last)
		case w.name != "webhook" && there() != 1:
			t.Errorf("an edit made another message: %d", there())
		}
		if _, known, err := target.Find(context.Background(), edit); known || w.edits && w.once != Never && err != nil {
			t.Errorf("an edit is found: %v", err)
		}
		before := there()
		reply := Message{Key: "key-of-the-reply-01", Kind: KindReply, Title: "acknowledged", Text: []string{"ben takes it"}, Thread: &first}
		answer, err := target.Send(context.Background(), reply)
		if !w.replies {
			wantFault(t, err, FaultPlace)
			return
		}
		if err != nil || there() != before+1 {
			t.Errorf("reply: %v, %d there", err, there())
		}
		found, known, err := target.Find(context.Background(), reply)
		if w.once == ByListing && (err != nil || !known || found.ID != answer.ID) {
			t.Errorf("the reply is not found: %+v %v %v", found, known, err)
		}
		if w.once == ByListing && found.ID == first.ID {
			t.Error("the reply has the receipt of what it answers")
		}
	})
}

// A message may be no more than its title.
func TestShortMessages(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, _, there := w.start(t)
		m := Message{Key: testKey, Kind: KindBlocker, Title: "settled", About: w.message().About}
		if _, err := target.Send(context.Background(), m); err != nil || there() != 1 {
			t.Errorf("%v, %d there", err, there())
		}
		if _, known, err := target.Find(context.Background(), m); w.once == ByListing && (err != nil || !known) {
			t.Errorf("it is not found: %v", err)
		}
	})
}

// A receipt comes from a record, and whoever can push can write that.
func TestForgedReceipts(t *testing.T) {
	everyWorld(t, func(t *testing.T, w world) {
		target, door, _ := w.start(t)
		if can := target.Can(); !can.Edit && !can.Reply {
			return // it takes no receipts
		}
		if w.name == "webhook" {
			return // a receipt is data there
		}
		for _, id := range []string{"", "../../../other/repo/issues/1", "issues/1/../../x", "issues/0", "issues/-1", "issues/1#", "issues/1?x=1", "OTHER-1#10001",
			"PAY-1#1/../../2", "PAY-1#00000000-0000-4000-8000-00000000000/", "PAY-1?", "C999OTHER/1.2", "1503435956.000247/..", "a\nb", "%2e%2e", strings.Repeat("9", 500)} {
			for _, m := range []Message{{Key: testKey, Kind: KindReply, Thread: &Receipt{ID: id}}, {Key: testKey, Kind: KindReply, Replaces: &Receipt{ID: id}}} {
				_, err := target.Send(context.Background(), m)
				wantFault(t, err, FaultPlace)
				if _, _, err := target.Find(context.Background(), m); err == nil {
					t.Errorf("%q is looked for", id)
				}
				if _, err := target.Plan(m); err == nil {
					t.Errorf("%q is planned", id)
				}
			}
		}
		if n := len(door.requests()); n > 0 {
			t.Errorf("%d requests were made", n)
		}
	})
}

// A key that is none would make a marker that others could write.
func TestKeys(t *testing.T) {
	for key, good := range map[string]bool{testKey: true, "": false, "short": false, "UPPERCASE-IS-NOT-ONE": false, "with space in the key": false, "-->-->-->-->-->-->": false, strings.Repeat("a", 65): false} {
		if (CheckKey(key) == nil) != good {
			t.Errorf("%q", key)
		}
	}
	everyWorld(t, func(t *testing.T, w world) {
		target, door, _ := w.start(t)
		m := w.message()
		m.Key = "--> x"
		_, err := target.Send(context.Background(), m)
		wantFault(t, err, FaultPlace)
		if len(door.requests()) > 0 {
			t.Error("it was sent")
		}
	})
}
