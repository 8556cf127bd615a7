package deliver

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeMail is a mail server that speaks what RFC 5321 asks for.
type fakeMail struct {
	mu       sync.Mutex
	listener net.Listener
	cert     tls.Certificate
	implicit bool
	clear    bool              // it offers no STARTTLS
	answers  map[string]string // by command, instead of the usual one; "" hangs up
	taken    []string          // mails
	heard    []string          // commands
	secure   bool              // the last mail came encrypted
}

func startMail(t *testing.T, f *fakeMail) (*mailbox, *fakeMail) {
	t.Helper()
	cert, pool := certificate(t)
	f.cert = cert
	var err error
	if f.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	if f.implicit {
		f.listener = tls.NewListener(f.listener, &tls.Config{Certificates: []tls.Certificate{cert}})
	}
	t.Cleanup(func() { f.listener.Close() })
	go func() {
		for {
			conn, err := f.listener.Accept()
			if err != nil {
				return
			}
			go f.serve(conn)
		}
	}()
	scheme := "smtp://"
	if f.implicit {
		scheme = "smtps://"
	}
	target := openMail(t, scheme+f.listener.Addr().String())
	target.tls.RootCAs = pool
	return target, f
}

func openMail(t *testing.T, host string) *mailbox {
	return openForTest(t, Config{Name: "mail", Type: "mail", Host: host, From: "handoff@example.com", User: "robot", Token: secretToken()}).(*mailbox)
}

func (f *fakeMail) serve(conn net.Conn) {
	defer func() { conn.Close() }()
	secure := f.implicit
	r := bufio.NewReader(conn)
	fmt.Fprint(conn, "220 mail.example.com ESMTP\r\n")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimRight(line, "\r\n")
		f.mu.Lock()
		f.heard = append(f.heard, line)
		answer, special := f.answers[line]
		if !special {
			answer, special = f.answers[strings.SplitN(line, ":", 2)[0]]
		}
		f.mu.Unlock()
		verb, _, _ := strings.Cut(line, " ")
		switch {
		case special && answer == "":
			return
		case special:
			fmt.Fprint(conn, answer+"\r\n")
		case verb == "EHLO" && (secure || f.clear):
			fmt.Fprint(conn, "250-mail.example.com\r\n250 AUTH PLAIN\r\n")
		case verb == "EHLO":
			fmt.Fprint(conn, "250-mail.example.com\r\n250 STARTTLS\r\n")
		case verb == "STARTTLS":
			fmt.Fprint(conn, "220 go ahead\r\n")
			conn = tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{f.cert}})
			r, secure = bufio.NewReader(conn), true
		case verb == "AUTH":
			if line != "AUTH PLAIN "+base64.StdEncoding.EncodeToString([]byte("\x00robot\x00"+testToken)) {
				fmt.Fprint(conn, "535 no\r\n")
				continue
			}
			fmt.Fprint(conn, "235 welcome\r\n")
		case verb == "DATA":
			fmt.Fprint(conn, "354 go ahead\r\n")
			if !f.take(conn, r, secure) {
				return
			}
		case verb == "QUIT":
			fmt.Fprint(conn, "221 bye\r\n")
			return
		default:
			fmt.Fprint(conn, "250 ok\r\n")
		}
	}
}

// take reads a mail up to its dot. false hangs up.
func (f *fakeMail) take(conn net.Conn, r *bufio.Reader, secure bool) bool {
	var b strings.Builder
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			break
		}
		b.WriteString(strings.TrimPrefix(line, "."))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	answer, special := f.answers["."]
	if !special || answer == "" {
		f.taken, f.secure = append(f.taken, b.String()), secure
	}
	if special && answer == "" {
		return false
	}
	if !special {
		answer = "250 taken"
	}
	fmt.Fprint(conn, answer+"\r\n")
	return true
}

func (f *fakeMail) mails() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.taken)
}

// certificate is one for this machine, and who trusts it.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1<<33, 0),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"localhost"}, IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}

// letter is a message for two who have addresses and one who has none.
func letter() Message {
	m := blocker()
	m.Title = "which session policy is right – üben"
	m.To = []Person{{Name: "Ben", Account: "ben@example.com"}, {Name: "Ana", Account: "ana@example.com"}, {Name: "ines"}, {Name: "Ben", Account: "ben@example.com"}}
	m.Text = append(m.Text, ".\n..\nfrom here\n.")
	return m
}

func TestMail(t *testing.T) {
	for _, implicit := range []bool{false, true} {
		target, server := startMail(t, &fakeMail{implicit: implicit})
		r, err := target.Send(context.Background(), letter())
		if err != nil || r.ID != testKey+"@example.com" || r.URL != "" || r.Notes != nil {
			t.Fatalf("%+v %v", r, err)
		}
		if mails := server.mails(); len(mails) != 1 || !server.secure {
			t.Fatalf("%d mails, secure: %v", len(mails), server.secure)
		}
		checkLetter(t, server.mails()[0])
		if got := strings.Join(server.heard, "\n"); !strings.Contains(got, "RCPT TO:<ben@example.com>\nRCPT TO:<ana@example.com>\nDATA\nQUIT") {
			t.Errorf("heard: %s", got)
		}
		reply := Message{Key: "key-of-the-reply-01", Kind: KindReply, Title: "acknowledged", To: letter().To, Thread: &r}
		if r, err = target.Send(context.Background(), reply); err != nil || r.ID != "key-of-the-reply-01@example.com" {
			t.Errorf("%+v %v", r, err)
		}
		parsed, err := mail.ReadMessage(strings.NewReader(server.mails()[1]))
		if err != nil || parsed.Header.Get("In-Reply-To") != "<"+testKey+"@example.com>" || parsed.Header.Get("References") != "<"+testKey+"@example.com>" || parsed.Header.Get("Subject") != "Re: acknowledged" {
			t.Errorf("%v %v", parsed, err)
		}
		if _, _, err := target.Find(context.Background(), reply); !errors.Is(err, ErrCannotFind) {
			t.Errorf("%v", err)
		}
		if can := target.Can(); can != (Abilities{Never, false, true}) {
			t.Errorf("%+v", can)
		}
		reply.Thread, reply.Replaces = nil, &r
		_, err = target.Send(context.Background(), reply)
		wantFault(t, err, FaultPlace)
		reply.Replaces, reply.Thread = nil, &Receipt{ID: "a@b\r\nBcc: x"}
		_, err = target.Send(context.Background(), reply)
		wantFault(t, err, FaultPlace)
	}
}

// checkLetter holds the mail of a letter against what it has to be.
func checkLetter(t *testing.T, raw string) {
	t.Helper()
	parsed, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(parsed.Header.Get("Subject"))
	date, err := parsed.Header.Date()
	if err != nil || !date.Equal(testNow) || subject != "which session policy is right – üben" || parsed.Header.Get("Message-Id") != "<"+testKey+"@example.com>" ||
		parsed.Header.Get("From") != "handoff@example.com" || parsed.Header.Get("To") != "ben@example.com, ana@example.com" || parsed.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("headers: %v %v %v", parsed.Header, date, err)
	}
	kind, params, err := mime.ParseMediaType(parsed.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s %v", kind, err)
	}
	parts := multipart.NewReader(parsed.Body, params["boundary"])
	var contents []string
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(part) // quoted-printable is taken off
		if err != nil {
			t.Fatal(err)
		}
		contents = append(contents, part.Header.Get("Content-Type")+"\n"+strings.ReplaceAll(string(content), "\r\n", "\n"))
	}
	plain := `text/plain; charset=utf-8
which session policy is right – üben

For Ben, Ana, ines and Ben

The timeout cannot be set before somebody says which policy holds.

.
..
from here
.

needed by: Tue 2 Jun 18:00 CEST

blocks:
- login-session-timeout

the handoff: https://git.example.com/handoffs/dem00001
`
	html := `text/html; charset=utf-8
<!DOCTYPE html>
<html><body>
<p><b>which session policy is right – üben</b></p>
<p>For Ben, Ana, ines and Ben</p>
<p>The timeout cannot be set before somebody says which policy holds.</p>
<p>.<br>..<br>from here<br>.</p>
<p><b>needed by:</b> Tue 2 Jun 18:00 CEST</p>
<p><b>blocks</b></p>
<ul>
<li>login-session-timeout</li>
</ul>
<p><a href="https://git.example.com/handoffs/dem00001">the handoff</a></p>
</body></html>
`
	if len(contents) != 2 || contents[0] != plain || contents[1] != html {
		t.Errorf("the mail says\n%s", strings.Join(contents, "\n"))
	}
}

func TestMailFaults(t *testing.T) {
	for name, test := range map[string]struct {
		answers map[string]string
		clear   bool
		fault   Fault // "" for a mail that may have been sent
		mails   int
	}{
		"refused":                    {answers: map[string]string{".": "554 no spam, and no " + testToken + base64.StdEncoding.EncodeToString([]byte("\x00robot\x00"+testToken))}, fault: FaultRefused},
		"busy":                       {answers: map[string]string{".": "451 later"}, fault: FaultBusy},
		"greylisted":                 {answers: map[string]string{"RCPT TO": "450 later"}, fault: FaultBusy},
		"no such person":             {answers: map[string]string{"RCPT TO": "550 no such person"}, fault: FaultRefused},
		"sender refused":             {answers: map[string]string{"MAIL FROM": "553 not you"}, fault: FaultRefused},
		"hangs up at once":           {answers: map[string]string{"EHLO localhost": "", "HELO localhost": ""}, fault: FaultUnreachable},
		"hangs up at the password":   {answers: map[string]string{"AUTH PLAIN " + base64.StdEncoding.EncodeToString([]byte("\x00robot\x00"+testToken)): ""}, fault: FaultUnreachable},
		"hangs up at the sender":     {answers: map[string]string{"MAIL FROM": ""}, fault: FaultUnreachable},
		"hangs up at the recipients": {answers: map[string]string{"RCPT TO": ""}, fault: FaultUnreachable},
		"hangs up before the mail":   {answers: map[string]string{"DATA": ""}, fault: FaultUnreachable},
		"hangs up after the mail":    {answers: map[string]string{".": ""}, mails: 1},
		"hangs up at the end":        {answers: map[string]string{"QUIT": ""}, fault: "none", mails: 1},
	} {
		t.Run(name, func(t *testing.T) {
			target, server := startMail(t, &fakeMail{answers: test.answers, clear: test.clear})
			_, err := target.Send(context.Background(), letter())
			noSecrets(t, err)
			if err != nil && strings.Contains(err.Error(), base64.StdEncoding.EncodeToString([]byte(testToken))[:8]) {
				t.Error(err)
			}
			switch test.fault {
			case "none":
				if err != nil {
					t.Error(err)
				}
			case "":
				if uncertain := new(UncertainError); !errors.As(err, &uncertain) {
					t.Errorf("%T %v", err, err)
				}
			default:
				wantFault(t, err, test.fault)
			}
			if n := len(server.mails()); n != test.mails {
				t.Errorf("%d mails", n)
			}
		})
	}
}

// One address that is refused does not keep the others from their mail.
func TestMailToSomeOnly(t *testing.T) {
	target, server := startMail(t, &fakeMail{answers: map[string]string{"RCPT TO:<gone@example.com>": "550 no such person"}})
	m := letter()
	m.To[1].Account = "gone@example.com"
	r, err := target.Send(context.Background(), m)
	if err != nil || len(server.mails()) != 1 || len(r.Notes) != 1 || r.Notes[0] != "gone@example.com does not get it: 550 no such person" {
		t.Errorf("%+v %v", r, err)
	}
}

// Nothing goes to another machine in the clear, and no password to this one's impostor.
func TestMailIsEncrypted(t *testing.T) {
	target, server := startMail(t, &fakeMail{clear: true})
	if r, err := target.Send(context.Background(), letter()); err != nil || len(server.mails()) != 1 {
		t.Errorf("to this machine: %+v %v", r, err)
	}
	conn, err := net.Dial("tcp", server.listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	c, err := smtp.NewClient(conn, "mail.example.com")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	target.host = "mail.example.com" // another machine that offers no more
	if err := target.encrypt(c); !errors.Is(err, errClear) {
		t.Errorf("to another machine: %v", err)
	}
	untrusted, server := startMail(t, &fakeMail{})
	untrusted.tls.RootCAs = x509.NewCertPool()
	_, err = untrusted.Send(context.Background(), letter())
	wantFault(t, err, FaultUnreachable)
	for _, line := range server.heard {
		if strings.HasPrefix(line, "AUTH") {
			t.Error("a password was sent to a server that nobody vouches for")
		}
	}
	wrong, server := startMail(t, &fakeMail{})
	wrong.c.Token = known(NewSecret("swordfish-wrong"))
	_, err = wrong.Send(context.Background(), letter())
	wantFault(t, err, FaultCredentials)
	noSecrets(t, err)
	if n := len(server.mails()); n != 0 {
		t.Errorf("%d mails", n)
	}
}

// A server that says nothing is not waited for when the user stops.
func TestMailInterrupted(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	ctx, cancel := context.WithCancel(context.Background())
	began := time.Now()
	go func() {
		conn, err := listener.Accept()
		if err == nil {
			cancel()
			io.Copy(io.Discard, conn)
		}
	}()
	_, err = openMail(t, "smtp://"+listener.Addr().String()).Send(ctx, letter())
	wantFault(t, err, FaultUnreachable)
	if took := time.Since(began); !errors.Is(err, context.Canceled) || took > mailWait/2 {
		t.Errorf("after %v: %v", took, err)
	}
}

func TestMailPlan(t *testing.T) {
	plan, err := openMail(t, "mail.example.com").Plan(letter())
	if err != nil || len(plan) != 1 {
		t.Fatalf("%v %v", plan, err)
	}
	checkLetter(t, plan[0].Body)
	if got := fmt.Sprint(plan[0].Method, " ", plan[0].URL, " ", plan[0].Header); got != "SMTP smtp://mail.example.com:587 [AUTH PLAIN: robot *** MAIL FROM: handoff@example.com RCPT TO: ben@example.com RCPT TO: ana@example.com]" {
		t.Errorf("%s", got)
	}
	nobody := letter()
	nobody.To = nil
	_, err = openMail(t, "mail.example.com").Plan(nobody)
	wantFault(t, err, FaultPlace)
	for host, want := range map[string]string{"mail.example.com:465": "smtps://mail.example.com:465", "smtps://mail.example.com": "smtps://mail.example.com:465", "mail.example.com:25": "smtp://mail.example.com:25"} {
		if plan, err := openMail(t, host).Plan(letter()); err != nil || plan[0].URL != want {
			t.Errorf("%s: %v %v", host, plan, err)
		}
	}
}

// The same with a mail server that others wrote: Debian's python3-aiosmtpd.
func TestMailToAiosmtpd(t *testing.T) {
	program, err := exec.LookPath("aiosmtpd")
	if err != nil {
		t.Skip("AIOSMTPD IS NOT HERE: apt-get install python3-aiosmtpd")
	}
	dir := t.TempDir()
	cert, pool := certificate(t)
	key, err := x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile, box := filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem"), filepath.Join(dir, "box")
	for file, block := range map[string]*pem.Block{certFile: {Type: "CERTIFICATE", Bytes: cert.Certificate[0]}, keyFile: {Type: "PRIVATE KEY", Bytes: key}} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range []string{"smtp", "smtps"} {
		address := startAiosmtpd(t, program, kind, certFile, keyFile, box)
		target := openForTest(t, Config{Name: "mail", Type: "mail", Host: kind + "://" + address, From: "handoff@example.com"}).(*mailbox)
		target.tls.RootCAs = pool
		if r, err := target.Send(context.Background(), letter()); err != nil || r.ID != testKey+"@example.com" {
			t.Fatalf("%s: %+v %v", kind, r, err)
		}
		mails, err := filepath.Glob(filepath.Join(box, "new", "*"))
		if err != nil || len(mails) != 1 {
			t.Fatalf("%s: %v %v", kind, mails, err)
		}
		raw, err := os.ReadFile(mails[0])
		if err != nil {
			t.Fatal(err)
		}
		checkLetter(t, string(raw))
		if err := os.Remove(mails[0]); err != nil {
			t.Fatal(err)
		}
	}
}

// startAiosmtpd starts a server that wants TLS and puts mails into a maildir.
func startAiosmtpd(t *testing.T, program, kind, cert, key, box string) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := free.Addr().String()
	free.Close()
	options := map[string]string{"smtp": "tls", "smtps": "smtps"}[kind]
	server := exec.Command(program, "-n", "-l", address, "--"+options+"cert", cert, "--"+options+"key", key, "-c", "aiosmtpd.handlers.Mailbox", box)
	var said strings.Builder
	server.Stderr = &said
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Process.Kill()
		server.Wait()
	})
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
		if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			conn.Close()
			return address
		}
	}
	t.Fatalf("aiosmtpd does not answer: %s", said.String())
	return ""
}
