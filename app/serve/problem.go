package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"aiops/app"
	"aiops/store"
)

// problems is the one table of error codes: the last part of a problem's type
// by its status, urn:aiops:problem:invalid.
var problems = map[int]string{
	http.StatusBadRequest:                  "malformed",
	http.StatusUnauthorized:                "unauthenticated",
	http.StatusForbidden:                   "forbidden",
	http.StatusNotFound:                    "not-found",
	http.StatusMethodNotAllowed:            "method-not-allowed",
	http.StatusNotAcceptable:               "not-acceptable",
	http.StatusRequestTimeout:              "too-slow",
	http.StatusConflict:                    "conflict",
	http.StatusRequestEntityTooLarge:       "too-large",
	http.StatusUnsupportedMediaType:        "unsupported-type",
	http.StatusMisdirectedRequest:          "misdirected",
	http.StatusPreconditionFailed:          "changed-meanwhile",
	http.StatusPreconditionRequired:        "no-if-match",
	http.StatusUnprocessableEntity:         "invalid",
	http.StatusTooManyRequests:             "too-many-requests",
	http.StatusRequestHeaderFieldsTooLarge: "headers-too-large",
	http.StatusInternalServerError:         "internal",
	http.StatusServiceUnavailable:          "unavailable",
	http.StatusGatewayTimeout:              "timeout",
}

// statusOf is the one table of what an error is answered with.
func statusOf(err error) int {
	var s huma.StatusError
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &s):
		return s.GetStatus()
	case errors.Is(err, store.ErrAway):
		return http.StatusServiceUnavailable
	case errors.As(err, &large):
		return http.StatusRequestEntityTooLarge
	case errors.Is(err, os.ErrDeadlineExceeded):
		return http.StatusRequestTimeout
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusGatewayTimeout
	case errors.Is(err, context.Canceled):
		return http.StatusServiceUnavailable // the client is gone, or the service stops
	case errors.Is(err, app.ErrNoRole):
		return http.StatusForbidden
	case errors.Is(err, store.ErrNotFound):
		return http.StatusNotFound
	case errors.Is(err, store.ErrConflict):
		return http.StatusConflict
	case errors.Is(err, store.ErrEarly), errors.Is(err, store.ErrLocked), errors.Is(err, store.ErrReadOnly):
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// detailOf is the sentence that the client reads. What is broken inside is told
// to the log, and to the client by its request's number only.
func detailOf(err error, status int) string {
	switch {
	case status == http.StatusGatewayTimeout:
		return "The answer took too long. Ask for less at once: a shorter range, fewer series, or step for decimated points."
	case status == http.StatusInternalServerError:
		return "Something broke inside the service. The log tells more under this request's X-Request-ID."
	case status == http.StatusServiceUnavailable && errors.Is(err, context.Canceled):
		return "The service is stopping. Try again in a moment."
	}
	return err.Error()
}

// problem is an error as it is answered.
func problem(err error) *huma.ErrorModel {
	var m *huma.ErrorModel
	if errors.As(err, &m) {
		return m
	}
	status := statusOf(err)
	return &huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detailOf(err, status)}
}

// fill completes a problem with its type and the request that it belongs to.
func fill(ctx context.Context, m *huma.ErrorModel) *huma.ErrorModel {
	out := *m
	if code, ok := problems[m.Status]; ok && (m.Type == "" || m.Type == "about:blank") {
		out.Type = "urn:aiops:problem:" + code
	}
	if id := requestID(ctx); id != "" {
		out.Instance = "urn:aiops:request:" + id
	}
	return &out
}

// Bounds of what is told of a client's own values.
const (
	mostEcho    = 200 // bytes of a value
	mostDetails = 100
)

// brief leaves out values that are long: a body is not sent back.
func brief(m *huma.ErrorModel) {
	if m.Detail == "validation failed" && len(m.Errors) > 0 { // huma's words for all of them
		m.Detail = sentenceOf(m.Errors)
	}
	m.Errors = m.Errors[:min(len(m.Errors), mostDetails)]
	for i, e := range m.Errors {
		if text, err := json.Marshal(e.Value); err != nil || len(text) > mostEcho {
			short := *e
			short.Value = nil
			m.Errors[i] = &short
		}
	}
}

// sentenceOf tells the first details in one line, for people.
func sentenceOf(all []*huma.ErrorDetail) string {
	var parts []string
	for _, e := range all[:min(len(all), 3)] {
		parts = append(parts, e.Location+": "+e.Message)
	}
	if n := len(all) - len(parts); n > 0 {
		parts = append(parts, fmt.Sprintf("and %d more", n))
	}
	return strings.Join(parts, "; ")
}

// writeProblem answers with a problem where huma does not.
func writeProblem(w http.ResponseWriter, r *http.Request, err error) {
	m := fill(r.Context(), problem(err))
	note(r.Context(), m.Status, err)
	body, e := json.Marshal(m)
	if e != nil {
		body = []byte(`{"status":` + strconv.Itoa(m.Status) + `}`)
	}
	h := w.Header()
	h.Del("ETag")
	h.Del("Content-Encoding")
	h.Set("Content-Type", "application/problem+json")
	h.Set("Content-Length", strconv.Itoa(len(body)+1))
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(m.Status)
	_, _ = w.Write(append(body, '\n')) // a client that is gone needs no answer
}

// invalid is a 422 about one place of the request.
func invalid(location string, value any, message string) error {
	return huma.Error422UnprocessableEntity(message, &huma.ErrorDetail{Location: location, Value: value, Message: message})
}
