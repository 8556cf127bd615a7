package report

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// How long a browser may take: for what it asks, for the answer, and between the two.
const (
	requestTime = 10 * time.Second
	answerTime  = time.Minute
	idleTime    = 2 * time.Minute
	headerLimit = 16 << 10
)

// AddressError says why an address is none at which a page is shown.
type AddressError struct{ Address, Why string }

func (e *AddressError) Error() string { return e.Address + ": " + e.Why }

// Listen opens a port of this machine that no other machine reaches: who reads a page
// may see what the team keeps to itself. The error is an *AddressError for an address
// that is not of that kind.
func Listen(address string) (net.Listener, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, &AddressError{address, "no address with a port"}
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return nil, &AddressError{address, "no address with a port"}
	}
	if host == "localhost" {
		host = "127.0.0.1" // whatever a name server makes of that name
	}
	ip := net.ParseIP(host)
	switch {
	case host == "" || ip != nil && ip.IsUnspecified():
		return nil, &AddressError{address, "that is every address of this machine, so that others could read the page; it is shown on this machine only"}
	case ip == nil || !ip.IsLoopback():
		return nil, &AddressError{address, "other machines can reach that; the page is shown on this machine only"}
	}
	return net.Listen("tcp", net.JoinHostPort(host, port))
}

// Serve shows a page to the browsers of this machine until ctx ends: what page returns,
// which is asked for each time. The listener is one of [Listen].
func Serve(ctx context.Context, l net.Listener, page func(context.Context) ([]byte, error)) error {
	server := &http.Server{
		Handler:           &handler{hosts: hostsOf(l.Addr()), page: page},
		ReadHeaderTimeout: requestTime, ReadTimeout: requestTime, WriteTimeout: answerTime, IdleTimeout: idleTime, MaxHeaderBytes: headerLimit,
		BaseContext:                  func(net.Listener) context.Context { return ctx },
		DisableGeneralOptionsHandler: true, // it would answer before a name is looked at
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() }) // who reads can read again
	defer stop()
	err := server.Serve(l)
	if errors.Is(err, http.ErrServerClosed) && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// hostsOf are the names under which a browser of this machine knows an address.
func hostsOf(address net.Addr) []string {
	_, port, err := net.SplitHostPort(address.String())
	if err != nil {
		return nil
	}
	hosts := []string{address.String(), "localhost:" + port}
	if port == "80" {
		hosts = append(hosts, "localhost", strings.TrimSuffix(address.String(), ":80"))
	}
	return hosts
}

// handler answers with the page, and with nothing else.
type handler struct {
	hosts []string
	page  func(context.Context) ([]byte, error)
}

// ServeHTTP answers who asks for the page under its own name. A name of somebody else
// that leads here is how a foreign page would read this one: that is refused, as is
// what another page sends.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	head := w.Header()
	head.Set("Content-Type", "text/plain; charset=utf-8")
	head.Set("X-Content-Type-Options", "nosniff")
	head.Set("Cache-Control", "no-cache")
	head.Set("Cross-Origin-Resource-Policy", "same-origin")
	head.Set("Cross-Origin-Opener-Policy", "same-origin")
	head.Set("Referrer-Policy", "no-referrer")
	head.Set("Content-Security-Policy", policy+"; frame-ancestors 'none'")
	switch {
	case !h.isOwn(r.Host):
		http.Error(w, "this page has another address", http.StatusMisdirectedRequest)
	case !h.isOwnOrigin(r.Header):
		http.Error(w, "another page asks for this one", http.StatusForbidden)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		head.Set("Allow", "GET, HEAD")
		http.Error(w, "this page can only be read", http.StatusMethodNotAllowed)
	case r.URL.Path != "/":
		http.Error(w, "there is one page here, at /", http.StatusNotFound)
	default:
		h.show(w, r)
	}
}

func (h *handler) isOwn(host string) bool {
	for _, own := range h.hosts {
		if strings.EqualFold(host, own) {
			return true
		}
	}
	return false
}

// isOwnOrigin reports whether no other page asks. A browser says which one does.
func (h *handler) isOwnOrigin(head http.Header) bool {
	for _, origin := range head.Values("Origin") {
		host, ok := strings.CutPrefix(origin, "http://")
		if !ok || !h.isOwn(host) {
			return false
		}
	}
	site, mode := head.Get("Sec-Fetch-Site"), head.Get("Sec-Fetch-Mode")
	return site == "" || site == "none" || site == "same-origin" || mode == "navigate" // a link that somebody followed
}

// show writes the page, or that what the browser has of it still holds.
func (h *handler) show(w http.ResponseWriter, r *http.Request) {
	data, err := h.page(r.Context())
	if err != nil {
		http.Error(w, fmt.Sprintf("the page cannot be drawn: %v", err), http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(data)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	w.Header().Set("ETag", tag)
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(data) // a browser that has gone away needs none
	}
}
