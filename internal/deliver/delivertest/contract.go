// Package delivertest holds servers of tests against what the services that they stand
// for publish about themselves. Only tests import it.
package delivertest

import (
	"bytes"
	"context"
	_ "embed" // the descriptions
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// Contract is a published description of a service.
type Contract struct {
	doc    *openapi3.T
	router routers.Router
}

//go:embed github.json
var github []byte

//go:embed forgejo.json
var forgejo []byte

// The descriptions of forges, see the README beside testdata of package deliver.
var (
	GitHub  = sync.OnceValues(func() (Contract, error) { return load(github) })
	Forgejo = sync.OnceValues(func() (Contract, error) { return load(forgejo) })
)

func load(data []byte) (Contract, error) {
	var version struct{ Swagger string }
	if err := json.Unmarshal(data, &version); err != nil {
		return Contract{}, err
	}
	var doc *openapi3.T
	var err error
	if version.Swagger == "" {
		doc, err = openapi3.NewLoader().LoadFromData(data)
	} else {
		var old openapi2.T
		if err := json.Unmarshal(data, &old); err != nil {
			return Contract{}, err
		}
		doc, err = openapi2conv.ToV3(&old)
	}
	if err != nil {
		return Contract{}, err
	}
	path := ""
	if len(doc.Servers) > 0 {
		if u, err := url.Parse(doc.Servers[0].URL); err == nil {
			path = u.Path
		}
	}
	doc.Servers, doc.Security = openapi3.Servers{{URL: "http://described" + path}}, nil
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			operation.Security = nil // what a token may do is not described
		}
	}
	router, err := gorillamux.NewRouter(doc)
	return Contract{doc, router}, err
}

// Check holds a request and what a server of the tests answers against a description:
// one that does not fit is reported. The paths of the server begin with prefix.
func (c Contract) Check(report func(format string, args ...any), prefix string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			report("%s %s: %v", r.Method, r.URL.Path, err)
		}
		input := c.request(report, prefix, r, body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if input != nil {
			c.answer(report, input, answer)
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		if _, err := w.Write(answer.Body.Bytes()); err != nil {
			report("%s %s: %v", r.Method, r.URL.Path, err)
		}
	})
}

func (c Contract) request(report func(format string, args ...any), prefix string, r *http.Request, body []byte) *openapi3filter.RequestValidationInput {
	described := r.Clone(context.Background())
	described.URL.Scheme, described.URL.Host, described.Host = "http", "described", "described"
	described.URL.Path = strings.TrimPrefix(r.URL.Path, prefix)
	described.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := c.router.FindRoute(described)
	if err != nil {
		report("%s %s is not in the description: %v", r.Method, r.URL.Path, err)
		return nil
	}
	input := &openapi3filter.RequestValidationInput{
		Request: described, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		report("%s %s: the request is not as described: %v\n%s", r.Method, r.URL, err, body)
	}
	return input
}

func (c Contract) answer(report func(format string, args ...any), input *openapi3filter.RequestValidationInput, answer *httptest.ResponseRecorder) {
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(),
		Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: input.Options,
	})
	if err != nil {
		report("%s %s: the server of the test does not answer as described: %v\n%s", input.Request.Method, input.Request.URL, err, answer.Body)
	}
}
