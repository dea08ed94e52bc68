package auth

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
)

// serviceLimit is how many bytes of a service's answer are read.
const serviceLimit = 16 << 20

// Request is what a service is asked.
type Request struct {
	Method, Path string
	Match        string // If-Match; "": none
	Body         []byte // JSON; nil: none
}

// Answer is what it says, whatever that is.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Says is the sentence of an answer that refuses (RFC 9457).
func (a Answer) Says() string {
	var p struct {
		Detail string `json:"detail"`
	}
	if json.Unmarshal(a.Body, &p) != nil {
		p.Detail = "" // a proxy's page
	}
	return cmp.Or(p.Detail, http.StatusText(a.Status))
}

// AskService asks a service as the person who is signed in. Only a service
// that cannot be reached, and a session that does not hold, are errors.
func (c *Client) AskService(ctx context.Context, service string, r Request) (Answer, error) {
	var a Answer
	err := c.withToken(ctx, func(token Secret) (err error) {
		if a, err = c.request(ctx, service, r, token); err == nil && a.Status == http.StatusUnauthorized {
			err = problem(ErrToken, nil, "%s: %s", service, a.Says())
		}
		return err
	})
	return a, err
}

// withToken does something with a token that holds; with another one where it is
// refused, as its key was thrown away or its session ended.
func (c *Client) withToken(ctx context.Context, do func(Secret) error) error {
	token, err := c.Token(ctx)
	if err == nil {
		err = do(token)
	}
	if errors.Is(err, ErrToken) {
		if token, err = c.renew(ctx, token.Reveal()); err == nil {
			err = do(token)
		}
	}
	return err
}

// request asks with a token.
func (c *Client) request(ctx context.Context, service string, r Request, token Secret) (Answer, error) {
	out, err := http.NewRequestWithContext(ctx, r.Method, strings.TrimSuffix(service, "/")+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return Answer{}, err
	}
	if r.Body != nil {
		out.Header.Set("Content-Type", "application/json")
	}
	if r.Match != "" {
		out.Header.Set("If-Match", r.Match)
	}
	out.Header.Set("Accept", "application/json")
	out.Header.Set("Authorization", "Bearer "+token.Reveal())
	a, err := c.wire.answer(out, serviceLimit)
	if errors.Is(err, ErrAway) { // not the sign-in server
		err = problem(ErrAway, err, "The service %s cannot be reached. Check the network and try again.", service)
	}
	return a, err
}
