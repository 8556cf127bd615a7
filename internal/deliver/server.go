package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// The bounds of what a server may cost.
const (
	answerWait  = 20 * time.Second // for one answer, from the first byte out to the last byte in
	connectWait = 10 * time.Second // of it, for a connection, and as much again for TLS
	longestWait = 30 * time.Second // that a server may ask for before it is asked again
	sendWait    = 2 * time.Minute  // for all requests of one message
	mostTries   = 3
	mostAnswer  = 8 << 20 // bytes: a hundred issues of 64 KiB each
	mostHops    = 3       // of redirects, on the same host
	mostSaid    = 200     // characters of a server's own words in an error
)

// server is one host that a target speaks HTTP with.
type server struct {
	target string   // its name, for errors
	base   *url.URL // without a slash at its end
	hidden Secret   // the base is one: of a webhook
	header map[string]string
	token  Source // nil for none
	// authorization is the value of the header of that name for a token; nil for a
	// token that is not sent.
	authorization func(token string) string
	// said takes the server's own words out of an answer that refuses; nil for the
	// "message" of a JSON object.
	said func(body []byte) string
	// refuses looks for a refusal in an answer whose status is one of success, as APIs
	// have it that say so in its body; nil for none.
	refuses func(body []byte) *failure
	// sign adds headers that depend on the body and the secret of the token; nil for none.
	sign func(h http.Header, body []byte, secret Secret)

	client *http.Client
	now    func() time.Time
	wait   func(context.Context, time.Duration) error
}

// newServer speaks with a host in JSON.
func newServer(c Config, o Outside, base *url.URL) *server {
	return &server{
		target: c.Name, base: base, token: c.Token, header: map[string]string{"Accept": "application/json"},
		authorization: func(token string) string { return "Bearer " + token },
		client:        newClient(), now: o.Now, wait: wait,
	}
}

// newClient makes a client that goes where it is sent and nowhere else. Its HTTP is
// 1.1, so that there is one request on a connection, and one answer.
func newClient() *http.Client {
	dialer := &net.Dialer{Timeout: connectWait}
	return &http.Client{
		Timeout: answerWait,
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSHandshakeTimeout: connectWait,
			MaxResponseHeaderBytes: 64 << 10, IdleConnTimeout: answerWait, MaxIdleConnsPerHost: 1,
		},
		CheckRedirect: stayOnHost,
	}
}

// stayOnHost follows a redirect to the same host only, and none that makes another
// request of it.
func stayOnHost(next *http.Request, before []*http.Request) error {
	first := before[0]
	if next.URL.Scheme != first.URL.Scheme || next.URL.Host != first.URL.Host || next.Method != first.Method || len(before) > mostHops {
		return http.ErrUseLastResponse
	}
	return nil
}

// wait waits.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// lasts reports whether there is time left after a pause.
func lasts(ctx context.Context, pause time.Duration) bool {
	end, ends := ctx.Deadline()
	return ctx.Err() == nil && (!ends || time.Until(end) > pause)
}

// call is one request of a target.
type call struct {
	method string
	path   string     // below the base of the server, its parts escaped
	query  url.Values // or nil
	body   any        // encoded as JSON; nil for none
	form   url.Values // instead of a body; nil for none
	reads  bool       // it changes nothing, as every GET
	// again says that this request may be repeated although it may have been carried
	// out: it edits, or the server knows its key.
	again bool
}

// asks reports whether a call only asks.
func (c call) asks() bool { return c.reads || c.method == http.MethodGet }

// url is where a call goes. The address of a webhook may have a query of its own.
func (s *server) url(c call) string {
	base, query, _ := strings.Cut(s.base.String(), "?")
	if query = text.JoinNonEmpty("&", query, c.query.Encode()); query != "" {
		query = "?" + query
	}
	return base + c.path + query
}

// content is the body of a call, and its type.
func (c call) content(indent string) (body []byte, contentType string) {
	switch {
	case c.form != nil:
		return []byte(c.form.Encode()), "application/x-www-form-urlencoded"
	case c.body != nil:
		return encode(c.body, indent), "application/json; charset=utf-8"
	}
	return nil, ""
}

// request writes a call down for people.
func (s *server) request(c call) Request {
	r := Request{Method: c.method, URL: s.url(c)}
	for name, value := range s.header {
		r.Header = append(r.Header, name+": "+value)
	}
	if s.token != nil && s.authorization != nil {
		r.Header = append(r.Header, "Authorization: "+s.authorization(masked))
	}
	if body, contentType := c.content("  "); contentType != "" {
		r.Header = append(r.Header, "Content-Type: "+contentType)
		r.Body = string(body)
	}
	slices.Sort(r.Header)
	return r
}

// encode writes a body, which is made of what JSON can say.
func encode(body any, indent string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	if err := e.Encode(body); err != nil {
		panic("a body that is no JSON: " + err.Error())
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// failure is how a request went wrong.
type failure struct {
	fault Fault
	code  string // the server's own word for it, or ""
	why   string
	pause time.Duration // that the server asked for
	maybe bool          // it may have been carried out
	err   error
}

// do makes a call and reads the answer, which must be JSON, into answer, unless that
// is nil. A server that is busy is asked again when it says so, and one that failed
// where that does no harm. The error is a *NotSentError, or an *UncertainError where
// the call does more than ask.
func (s *server) do(ctx context.Context, c call, answer any) error {
	for try := 1; ; try++ {
		f := s.once(ctx, c, answer)
		if f == nil {
			return nil
		}
		pause := max(f.pause, time.Duration(try)*time.Second)
		worth := f.fault == FaultBusy || f.maybe && (c.asks() || c.again)
		if !worth || try == mostTries || pause > longestWait || !lasts(ctx, pause) || s.wait(ctx, pause) != nil {
			return s.fail(c, f)
		}
	}
}

// silent says that a server has carried out a call and not told what it made.
func (s *server) silent() error {
	return &UncertainError{Target: s.target, Why: s.base.Host + " does not tell what it made"}
}

// fail says how a call went wrong.
func (s *server) fail(c call, f *failure) error {
	if f.maybe && !c.asks() {
		return &UncertainError{Target: s.target, Why: f.why, err: f.err}
	}
	return &NotSentError{Target: s.target, Fault: f.fault, Why: f.why, RetryAfter: f.pause, code: f.code, err: f.err}
}

// once makes a call, one time. nil says that it was carried out and that the answer
// was read.
func (s *server) once(ctx context.Context, c call, answer any) *failure {
	var token Secret
	if s.token != nil {
		var err error
		if token, err = s.token(ctx); err != nil {
			return &failure{fault: FaultCredentials, why: err.Error(), err: err}
		}
		if token.IsZero() {
			return &failure{fault: FaultCredentials, why: "there is no token for " + s.base.Host}
		}
	}
	// With a connection the request is under way: another goroutine writes it.
	connected := false
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { connected = true }}
	request, err := s.httpRequest(httptrace.WithClientTrace(ctx, trace), c, token)
	if err != nil {
		return &failure{fault: FaultConfig, why: s.hide(err, token)}
	}
	response, err := s.client.Do(request)
	if err != nil {
		return &failure{fault: FaultUnreachable, why: s.hide(err, token), maybe: connected, err: ended(ctx)}
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, mostAnswer+1))
	f := s.judge(response, body)
	switch {
	case f != nil:
		if said := s.refusal(body); said != nil && (said.fault == FaultBusy || said.fault == FaultCredentials) {
			f.fault = said.fault // it knows better than the status
		}
	case err != nil:
		return &failure{fault: FaultUnreachable, why: "half an answer: " + s.hide(err, token), maybe: true, err: ended(ctx)}
	case len(body) > mostAnswer:
		f = &failure{fault: FaultAnswer, why: fmt.Sprintf("%s gave an answer of more than %d MiB", s.base.Host, mostAnswer>>20), maybe: true}
	default:
		f = s.read(body, answer)
	}
	if f != nil {
		f.why = s.mask(f.why, token)
	}
	return f
}

// read takes an answer apart.
func (s *server) read(body []byte, answer any) *failure {
	if f := s.refusal(body); f != nil {
		f.why = s.base.Host + " answered " + shorten(text.OneLine(f.why), mostSaid)
		return f
	}
	if answer == nil || json.Unmarshal(body, answer) == nil {
		return nil
	}
	return &failure{fault: FaultAnswer, why: s.base.Host + " gave an answer that is not the JSON of its documentation", maybe: true}
}

// refusal is that which the body of an answer holds, or nil.
func (s *server) refusal(body []byte) *failure {
	if s.refuses == nil {
		return nil
	}
	return s.refuses(body)
}

// httpRequest is a call with its secrets.
func (s *server) httpRequest(ctx context.Context, c call, token Secret) (*http.Request, error) {
	body, contentType := c.content("")
	r, err := http.NewRequestWithContext(ctx, c.method, s.url(c), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("User-Agent", "handoff")
	for name, value := range s.header {
		r.Header.Set(name, value)
	}
	if contentType != "" {
		r.Header.Set("Content-Type", contentType)
	}
	if !token.IsZero() && s.authorization != nil {
		r.Header.Set("Authorization", s.authorization(token.reveal()))
	}
	if s.sign != nil {
		s.sign(r.Header, body, token)
	}
	return r, nil
}

// judge says what is wrong with an answer by its status.
func (s *server) judge(r *http.Response, body []byte) *failure {
	f := &failure{why: s.base.Host + " answered " + r.Status}
	if said := s.words(body); said != "" {
		f.why += ": " + said
	}
	switch code := r.StatusCode; {
	case code/100 == 2:
		return nil
	case code/100 == 3:
		f.fault, f.why = FaultRedirect, s.base.Host+" says that it is elsewhere now"
		if to, err := r.Location(); err == nil {
			f.why += ", on " + to.Host
		}
	case code == http.StatusTooManyRequests, code == http.StatusForbidden && exhausted(r.Header):
		f.fault, f.pause = FaultBusy, retryAfter(r.Header, s.now())
	case code == http.StatusUnauthorized, code == http.StatusForbidden:
		f.fault = FaultCredentials
	case code == http.StatusNotFound, code == http.StatusGone:
		f.fault = FaultNotFound
	case code == http.StatusRequestTimeout, code/100 == 5:
		f.fault, f.pause, f.maybe = FaultUnreachable, retryAfter(r.Header, s.now()), true
	default:
		f.fault = FaultRefused
	}
	return f
}

// words are the server's own, of an answer that refuses, or "".
func (s *server) words(body []byte) string {
	said := s.said
	if said == nil {
		said = messageOf
	}
	return shorten(text.OneLine(strings.TrimSpace(said(body))), mostSaid)
}

// messageOf is the "message" of a JSON object.
func messageOf(body []byte) string {
	var answer struct{ Message string }
	if json.Unmarshal(body, &answer) != nil {
		return ""
	}
	return answer.Message
}

// exhausted reports whether a server refuses since too much was asked for already.
// GitHub answers so with 403 (docs.github.com, "Rate limits for the REST API").
func exhausted(h http.Header) bool {
	return h.Get("Retry-After") != "" || h.Get("X-RateLimit-Remaining") == "0"
}

// retryAfter is how long a server asks to wait: in seconds or until a moment
// (RFC 9110, 10.2.3), or, where it is GitHub's or GitLab's, until its count begins
// anew.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil {
		return time.Duration(min(max(seconds, 0), 1<<20)) * time.Second
	}
	if until, err := http.ParseTime(value); err == nil {
		return max(until.Sub(now), 0)
	}
	for _, name := range []string{"X-RateLimit-Reset", "RateLimit-Reset"} {
		if seconds, err := strconv.ParseInt(h.Get(name), 10, 64); err == nil {
			return max(time.Unix(seconds, 0).Sub(now), 0)
		}
	}
	return 0
}

// hide is what went wrong on the way, without the address: it may be a secret, and
// the error of a client begins with it.
func (s *server) hide(err error, secrets ...Secret) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	why := err.Error()
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		why = "no answer in time"
	}
	return s.base.Host + ": " + s.mask(why, secrets...)
}

// mask takes secrets out of a text: the whole of each, how it is sent, and the parts of
// an address that is one.
func (s *server) mask(text string, secrets ...Secret) string {
	if !s.hidden.IsZero() {
		secrets = append(secrets, s.hidden, NewSecret(s.base.RequestURI()), NewSecret(s.base.Path), NewSecret(s.base.RawQuery))
	}
	for _, secret := range secrets {
		for _, form := range s.forms(secret) {
			if len(form) > 1 { // an address may have no more of a path than its slash
				text = strings.ReplaceAll(text, form, masked)
			}
		}
	}
	return text
}

// forms are how a secret may come back.
func (s *server) forms(secret Secret) []string {
	forms := []string{secret.reveal()}
	if s.authorization != nil && !secret.IsZero() {
		_, sent, _ := strings.Cut(s.authorization(secret.reveal()), " ")
		forms = append(forms, sent)
	}
	return forms
}

// ended is why a context ended, if the user ended it.
func ended(ctx context.Context) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return context.Canceled
	}
	return nil
}
