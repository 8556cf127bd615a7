package deliver

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// mailbox sends mail over SMTP (RFC 5321), encrypted: with STARTTLS (RFC 3207), or with
// TLS from the first byte (RFC 8314). In the clear it goes to this machine only. A mail
// cannot be changed or looked for; it is answered in its thread, by its Message-ID
// (RFC 5322, 3.6.4). After the last byte of a mail and before the server's answer
// nobody can tell whether it was taken.
type mailbox struct {
	blind
	c        Config
	outside  Outside
	host     string // to connect to and to verify
	port     string
	implicit bool // TLS from the first byte
	from     string
	to       []string
	tls      *tls.Config
}

// newMail opens a mail server: Host is its name, with a port or without one, 587 with
// STARTTLS being meant; port 465, or smtps://, stands for TLS from the first byte.
// From is the address of the sender; To are addresses that get every mail beside the
// people of a message. User and Token sign in, where the server asks for it.
func newMail(c Config, o Outside) (Target, error) {
	t := &mailbox{c: c, outside: o}
	address := c.Host
	if !strings.Contains(address, "://") {
		address = "smtp://" + address
	}
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || u.User != nil || u.Path != "" || u.RawQuery != "" || u.Fragment != "" ||
		u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, c.wrong("host: write host, host:port, smtp://host:port or smtps://host:port")
	}
	t.host, t.port = u.Hostname(), u.Port()
	t.implicit = u.Scheme == "smtps" || t.port == "465"
	if t.port == "" {
		t.port = "587"
		if t.implicit {
			t.port = "465"
		}
	}
	if t.from, err = mailAddress(c.From); err != nil {
		return nil, c.wrong("from: %v", err)
	}
	for _, to := range c.To {
		address, err := mailAddress(to)
		if err != nil {
			return nil, c.wrong("to: %v", err)
		}
		t.to = append(t.to, address)
	}
	if (c.User == "") != (c.Token == nil) {
		return nil, c.wrong("user, token: one of them is missing")
	}
	t.tls = &tls.Config{ServerName: t.host, MinVersion: tls.VersionTLS12}
	return t, nil
}

// mailAddress reads one address without a name.
func mailAddress(s string) (string, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Address != s || !text.Clean(s) || strings.ContainsAny(s, "\n\t <>\"") {
		return "", fmt.Errorf("%q is no address of mail, such as ana@example.com", text.OneLine(s))
	}
	return a.Address, nil
}

func (*mailbox) Can() Abilities { return Abilities{Once: Never, Reply: true} }

// recipients are who gets a mail, each once.
func (t *mailbox) recipients(m Message) ([]string, error) {
	if err := t.c.unable(m, t.Can()); err != nil {
		return nil, err
	}
	if m.Thread != nil && !mailReceipt().MatchString(m.Thread.ID) {
		return nil, t.failed(FaultPlace, strconv.Quote(m.Thread.ID)+" is no receipt of a mail")
	}
	to := slices.Clone(t.to)
	for _, p := range m.To {
		if address, err := mailAddress(p.Account); err == nil && !slices.Contains(to, address) {
			to = append(to, address)
		}
	}
	if to == nil {
		return nil, t.failed(FaultPlace, "nobody whom it is for has an address")
	}
	return to, nil
}

func (t *mailbox) Plan(m Message) ([]Request, error) {
	to, err := t.recipients(m)
	if err != nil {
		return nil, err
	}
	r := Request{Method: "SMTP", URL: "smtp://" + net.JoinHostPort(t.host, t.port), Body: string(t.write(m, to))}
	if t.implicit {
		r.URL = "smtps://" + net.JoinHostPort(t.host, t.port)
	}
	if t.c.User != "" {
		r.Header = append(r.Header, "AUTH PLAIN: "+t.c.User+" "+masked)
	}
	r.Header = append(r.Header, "MAIL FROM: "+t.from)
	for _, address := range to {
		r.Header = append(r.Header, "RCPT TO: "+address)
	}
	return []Request{r}, nil
}

// failed says that nothing was sent.
func (t *mailbox) failed(fault Fault, why string) *NotSentError {
	return &NotSentError{Target: t.c.Name, Fault: fault, Why: why}
}

func (t *mailbox) Send(ctx context.Context, m Message) (Receipt, error) {
	to, err := t.recipients(m)
	if err != nil {
		return Receipt{}, err
	}
	var token Secret
	if t.c.Token != nil {
		if token, err = t.c.Token(ctx); err != nil {
			return Receipt{}, &NotSentError{Target: t.c.Name, Fault: FaultCredentials, Why: err.Error(), err: err}
		}
	}
	ctx, cancel := context.WithTimeout(ctx, mailWait)
	defer cancel()
	conn, err := (&net.Dialer{Timeout: connectWait}).DialContext(ctx, "tcp", net.JoinHostPort(t.host, t.port))
	if err != nil {
		return Receipt{}, t.because(ctx, err, token)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { conn.Close() }) // ends whatever is waited for
	defer stop()
	c, err := t.session(conn)
	if err != nil {
		return Receipt{}, t.because(ctx, err, token)
	}
	notes, err := t.open(c, token, to)
	if err != nil {
		return Receipt{}, t.because(ctx, err, token)
	}
	if err := t.data(c, t.write(m, to)); err != nil {
		return Receipt{}, t.because(ctx, err, token)
	}
	defer time.AfterFunc(quitWait, func() { conn.Close() }).Stop()
	_ = c.Quit() // it has been taken, whatever is said to that
	return Receipt{ID: t.messageID(m.Key), Notes: notes}, nil
}

// mailWait is how long a mail may take, quitWait how long the goodbye after it.
const (
	mailWait = time.Minute
	quitWait = 5 * time.Second
)

// session begins an encrypted session on a connection.
func (t *mailbox) session(conn net.Conn) (*smtp.Client, error) {
	if t.implicit {
		conn = tls.Client(conn, t.tls)
	}
	c, err := smtp.NewClient(conn, t.host)
	if err != nil {
		return nil, err
	}
	return c, t.encrypt(c)
}

// errClear says that a server offers no encryption.
var errClear = errors.New("it offers no STARTTLS, and nothing is sent in the clear")

func (t *mailbox) encrypt(c *smtp.Client) error {
	if err := c.Hello("localhost"); err != nil || t.implicit {
		return err
	}
	if offered, _ := c.Extension("STARTTLS"); offered {
		return c.StartTLS(t.tls)
	}
	if isLoopback(t.host) {
		return nil
	}
	return errClear
}

// open signs in and names sender and recipients. A recipient who is refused is noted,
// unless all are.
func (t *mailbox) open(c *smtp.Client, token Secret, to []string) (notes []string, err error) {
	if t.c.User != "" {
		if err := c.Auth(smtp.PlainAuth("", t.c.User, token.reveal(), t.host)); err != nil {
			return nil, &authError{err}
		}
	}
	if err := c.Mail(t.from); err != nil {
		return nil, err
	}
	for _, address := range to {
		if err = c.Rcpt(address); err == nil {
			continue
		}
		said, refused := errors.AsType[*textproto.Error](err)
		if !refused {
			return nil, err
		}
		notes = append(notes, text.OneLine(fmt.Sprintf("%s does not get it: %d %s", address, said.Code, shorten(said.Msg, mostSaid))))
	}
	if len(notes) == len(to) {
		return nil, err
	}
	return notes, nil
}

// authError says that a server does not let us in.
type authError struct{ error }

func (e *authError) Unwrap() error { return e.error }

// lostError says that a mail went out and that no answer came.
type lostError struct{ error }

func (e *lostError) Unwrap() error { return e.error }

// data sends the mail. From the point at its end on, it may have been taken.
func (t *mailbox) data(c *smtp.Client, mail []byte) error {
	w, err := c.Data()
	if err != nil {
		return err
	}
	if _, err := w.Write(mail); err != nil {
		return err // without its end it is no mail
	}
	err = w.Close()
	if _, refused := errors.AsType[*textproto.Error](err); err != nil && !refused {
		return &lostError{err}
	}
	return err
}

// because turns what went wrong into an error of this package. What a server says may
// repeat what it was sent.
func (t *mailbox) because(ctx context.Context, err error, token Secret) error {
	plain := func(token string) string {
		return "PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00"+t.c.User+"\x00"+token))
	}
	why := (&server{base: &url.URL{Host: t.host}, authorization: plain}).hide(err, token)
	if ctx.Err() != nil {
		why = t.host + ": no answer in time"
	}
	if _, lost := errors.AsType[*lostError](err); lost {
		return &UncertainError{Target: t.c.Name, Why: why, err: ended(ctx)}
	}
	e := t.failed(FaultUnreachable, why)
	e.err = ended(ctx)
	said, answered := errors.AsType[*textproto.Error](err)
	_, auth := errors.AsType[*authError](err)
	_, broken := errors.AsType[net.Error](err)
	switch {
	case auth && answered && said.Code/100 == 5, auth && !answered && !broken && !errors.Is(err, io.EOF):
		e.Fault = FaultCredentials
	case answered && said.Code/100 == 4:
		e.Fault = FaultBusy
	case answered, errors.Is(err, errClear):
		e.Fault = FaultRefused
	}
	return e
}

// messageID names a mail by its key, below the domain of the sender.
func (t *mailbox) messageID(key string) string {
	return key + "@" + t.from[strings.LastIndexByte(t.from, '@')+1:]
}

var mailReceipt = text.Pattern(`^[a-z0-9-]{16,64}@[A-Za-z0-9.-]{1,253}$`)

// subject is the title of a mail, of an answer with the usual sign. "=?" would begin
// what a reader decodes (RFC 2047).
func subject(m Message) string {
	title := cmp.Or(oneLine(m.Title), "handoff")
	title = strings.ReplaceAll(title, "=?", "= ?")
	if m.Thread != nil && !strings.HasPrefix(title, "Re: ") {
		title = "Re: " + title
	}
	return shorten(title, 200)
}
