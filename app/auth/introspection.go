package auth

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"net/url"
	"sync"
	"time"
)

const answersKept = 10_000

// introspection asks the server whether a token still holds (RFC 7662), and keeps answers for a moment.
type introspection struct {
	v      *Verifier
	client string
	secret Secret
	hold   time.Duration

	mu   sync.Mutex
	seen map[[sha256.Size]byte]verdict
}

type verdict struct {
	at     time.Time
	active bool
}

func newIntrospection(v *Verifier, o VerifierOptions) *introspection {
	if o.AskEverySpan == 0 {
		o.AskEverySpan = 10 * time.Second
	}
	return &introspection{v: v, client: o.AskAs, secret: o.AskSecret, hold: o.AskEverySpan, seen: map[[sha256.Size]byte]verdict{}}
}

// holds reports a token that was revoked. A server that is away is an error too: who must know at once takes no chances.
func (i *introspection) holds(ctx context.Context, raw Secret) error {
	key, now := sha256.Sum256([]byte(raw)), i.v.wire.now()
	i.mu.Lock()
	known, ok := i.seen[key]
	i.mu.Unlock()
	if !ok || now.Sub(known.at) >= i.hold {
		active, err := i.ask(ctx, raw)
		if err != nil {
			return err
		}
		known = verdict{now, active}
		i.keep(key, known)
	}
	if !known.active {
		return invalid("its session has ended", ErrEnded)
	}
	return nil
}

func (i *introspection) keep(key [sha256.Size]byte, v verdict) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.seen) >= answersKept {
		clear(i.seen)
	}
	i.seen[key] = v
}

func (i *introspection) ask(ctx context.Context, raw Secret) (bool, error) {
	d, err := i.v.document(ctx)
	if err != nil {
		return false, err
	}
	if d.Introspect == "" {
		return false, problem(ErrAnswer, nil, "The sign-in server has no introspection endpoint: leave --oidc-ask-as away.")
	}
	form := url.Values{"token": {raw.Reveal()}, "token_type_hint": {"access_token"}}
	status, body, err := i.v.wire.post(ctx, d.Introspect, form, func(r *http.Request) {
		r.SetBasicAuth(url.QueryEscape(i.client), url.QueryEscape(i.secret.Reveal()))
	})
	if err != nil {
		return false, err
	}
	if status != http.StatusOK {
		return false, problem(ErrClient, nil, "The sign-in server does not tell %q whether a token holds (status %d). Check its secret.", i.client, status)
	}
	var a struct {
		Active bool `json:"active"`
	}
	if err := json.Unmarshal(body, &a); err != nil {
		return false, problem(ErrAnswer, err, "The sign-in server's answer about a token cannot be read.")
	}
	return a.Active, nil
}
