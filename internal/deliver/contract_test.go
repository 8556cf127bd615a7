package deliver

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi2"
	"github.com/getkin/kin-openapi/openapi2conv"
	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

// contract is a published description of a service.
type contract struct{ router routers.Router }

var (
	githubContract  = sync.OnceValues(func() (contract, error) { return loadContract("github.json") })
	forgejoContract = sync.OnceValues(func() (contract, error) { return loadContract("forgejo.json") })
)

func loadContract(file string) (contract, error) {
	data, err := os.ReadFile("testdata/" + file)
	if err != nil {
		return contract{}, err
	}
	var version struct{ Swagger string }
	if err := json.Unmarshal(data, &version); err != nil {
		return contract{}, err
	}
	var doc *openapi3.T
	if version.Swagger == "" {
		doc, err = openapi3.NewLoader().LoadFromData(data)
	} else {
		var old openapi2.T
		if err := json.Unmarshal(data, &old); err != nil {
			return contract{}, err
		}
		doc, err = openapi2conv.ToV3(&old)
	}
	if err != nil {
		return contract{}, err
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
	return contract{router}, err
}

// check holds a request and what a server of the tests answers against a description:
// one that does not fit fails the test.
func (c contract) check(t *testing.T, prefix string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("%s %s: %v", r.Method, r.URL.Path, err)
		}
		input := c.request(t, prefix, r, body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		if input != nil {
			c.answer(t, input, answer)
		}
		for name, values := range answer.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes()) // who asked may have had enough of it
	})
}

func (c contract) request(t *testing.T, prefix string, r *http.Request, body []byte) *openapi3filter.RequestValidationInput {
	described := r.Clone(context.Background())
	described.URL.Scheme, described.URL.Host, described.Host = "http", "described", "described"
	described.URL.Path = strings.TrimPrefix(r.URL.Path, prefix)
	described.Body = io.NopCloser(bytes.NewReader(body))
	route, params, err := c.router.FindRoute(described)
	if err != nil {
		t.Errorf("%s %s is not in the description: %v", r.Method, r.URL.Path, err)
		return nil
	}
	input := &openapi3filter.RequestValidationInput{
		Request: described, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true},
	}
	if err := openapi3filter.ValidateRequest(context.Background(), input); err != nil {
		t.Errorf("%s %s: the request is not as described: %v\n%s", r.Method, r.URL, err, body)
	}
	return input
}

func (c contract) answer(t *testing.T, input *openapi3filter.RequestValidationInput, answer *httptest.ResponseRecorder) {
	err := openapi3filter.ValidateResponse(context.Background(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.Code, Header: answer.Header(),
		Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: input.Options,
	})
	if err != nil {
		t.Errorf("%s %s: the server of the test does not answer as described: %v\n%s", input.Request.Method, input.Request.URL, err, answer.Body)
	}
}

func TestContractsLoad(t *testing.T) {
	for _, load := range []func() (contract, error){githubContract, forgejoContract} {
		if _, err := load(); err != nil {
			t.Error(err)
		}
	}
}
