package serve

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"strings"

	"aiops/app/auth"
)

// state is what is known of a request while it is answered.
type state struct {
	id     string
	route  string
	path   string // as the client asked for it
	client string // address
	who    auth.Identity
	status int
	err    error // why, where the answer is a problem
}

type stateKey struct{}

func stateOf(ctx context.Context) *state {
	s, _ := ctx.Value(stateKey{}).(*state)
	if s == nil {
		return &state{}
	}
	return s
}

func requestID(ctx context.Context) string { return stateOf(ctx).id }

// note keeps why a request failed for its line in the log.
func note(ctx context.Context, status int, err error) {
	s := stateOf(ctx)
	s.status, s.err = status, err
}

func originalPath(r *http.Request) string { return stateOf(r.Context()).path }

// newRequestID takes the client's own name of a request if it is a decent one.
func newRequestID(given string) string {
	if len(given) >= 8 && len(given) <= 64 && strings.Trim(given, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.") == "" {
		return given
	}
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
