package deliver

import (
	"bytes"
	"cmp"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"strings"
	"time"

	"github.com/handoff-cli/handoff/internal/text"
)

// write writes a mail: headers of ASCII in lines of their own, then the message as
// plain text and as HTML, both quoted-printable.
func (t *mailbox) write(m Message, to []string) []byte {
	var b bytes.Buffer
	header := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	header("From", t.from)
	header("To", strings.Join(to, ",\r\n "))
	header("Subject", mime.QEncoding.Encode("utf-8", subject(m)))
	header("Date", t.outside.Now().Format(time.RFC1123Z))
	header("Message-ID", "<"+t.messageID(m.Key)+">")
	if m.Thread != nil {
		header("In-Reply-To", "<"+m.Thread.ID+">")
		header("References", "<"+m.Thread.ID+">")
	}
	header("Auto-Submitted", "auto-generated") // RFC 3834: no answer of a machine, please
	header("MIME-Version", "1.0")
	// No line of quoted-printable has "=_", so no text can end its part.
	boundary := "=_" + m.Key
	header("Content-Type", fmt.Sprintf("multipart/alternative; boundary=%q", boundary))
	for _, part := range []struct{ kind, content string }{{"plain", mailPlain(m)}, {"html", mailHTML(m)}} {
		fmt.Fprintf(&b, "\r\n--%s\r\n", boundary)
		header("Content-Type", "text/"+part.kind+"; charset=utf-8")
		header("Content-Transfer-Encoding", "quoted-printable")
		b.WriteString("\r\n")
		w := quotedprintable.NewWriter(&b)
		// A buffer takes everything.
		_, _ = w.Write([]byte(strings.ReplaceAll(part.content, "\n", "\r\n")))
		_ = w.Close()
	}
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

// mailLimit is how many bytes of a message a mail holds. No standard has one; what is
// longer is cut off by some that show it.
const mailLimit = 90000

func mailPlain(m Message) string {
	var b strings.Builder
	paragraph := func(lines ...string) { b.WriteString(strings.Join(lines, "\n") + "\n\n") }
	if title := oneLine(m.Title); title != "" {
		paragraph(title)
	}
	if len(m.To) > 0 {
		paragraph("For " + names(m.To))
	}
	content, cut := parts(m, mailLimit)
	for i, p := range content {
		switch {
		case p.fact != nil:
			b.WriteString(p.fact.Name + ": " + p.fact.Value + "\n")
			if i+1 == len(content) || content[i+1].fact == nil {
				b.WriteString("\n")
			}
		case p.title == "":
			paragraph(p.lines...)
		default:
			paragraph(p.title + ":\n- " + strings.Join(p.lines, "\n- "))
		}
	}
	if cut {
		paragraph("…")
	}
	for _, l := range webLinks(m) {
		paragraph(text.JoinNonEmpty(": ", l.Text, l.URL))
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func mailHTML(m Message) string {
	var b strings.Builder
	paragraph := func(markup string) { b.WriteString("<p>" + markup + "</p>\n") }
	b.WriteString("<!DOCTYPE html>\n<html><body>\n")
	if title := oneLine(m.Title); title != "" {
		paragraph("<b>" + htmlText(title) + "</b>")
	}
	if len(m.To) > 0 {
		paragraph("For " + htmlText(names(m.To)))
	}
	content, cut := parts(m, mailLimit)
	for _, p := range content {
		switch {
		case p.fact != nil:
			paragraph("<b>" + htmlText(p.fact.Name) + ":</b> " + htmlText(p.fact.Value))
		case p.title == "":
			for _, line := range p.lines {
				paragraph(htmlText(line))
			}
		default:
			paragraph("<b>" + htmlText(p.title) + "</b>")
			b.WriteString("<ul>\n")
			for _, line := range p.lines {
				b.WriteString("<li>" + htmlText(line) + "</li>\n")
			}
			b.WriteString("</ul>\n")
		}
	}
	if cut {
		paragraph("…")
	}
	for _, l := range webLinks(m) {
		paragraph(`<a href="` + htmlText(l.URL) + `">` + htmlText(cmp.Or(l.Text, l.URL)) + "</a>")
	}
	b.WriteString("</body></html>\n")
	return b.String()
}
