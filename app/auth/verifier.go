package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Verifier tells the service who asks: it checks access tokens with the server's
// public keys, without asking the server each time.
type Verifier struct {
	cfg   Config
	wire  *wire
	cache cache
	keys  *keySet
	ask   *introspection // nil: tokens hold until they expire

	mu  sync.Mutex
	doc document
}

// VerifierOptions are what is not needed everywhere.
type VerifierOptions struct {
	CacheDir     string // keeps keys for a start while the server is away
	Now          func() time.Time
	AskAs        string // a client that asks whether a token still holds: ended sessions end at once
	AskSecret    Secret
	AskEverySpan time.Duration // how long an answer holds; 0: 10 s
}

// NewVerifier checks tokens of the issuer for the audience.
func NewVerifier(cfg Config, o VerifierOptions) (*Verifier, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	if cfg.Audience == "" {
		return nil, errors.New("name the service's audience with --oidc-audience: without it tokens for other services would be taken")
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	w, err := newWire(cfg.CAFile, o.Now)
	if err != nil {
		return nil, err
	}
	v := &Verifier{cfg: cfg, wire: w, cache: newCache(o.CacheDir, cfg.Issuer)}
	v.keys = newKeySet(w, v.cache, func(ctx context.Context) (string, error) {
		d, err := v.document(ctx)
		return d.Keys, err
	})
	if o.AskAs != "" {
		v.ask = newIntrospection(v, o)
	}
	return v, nil
}

// Ready asks the server for its keys, so that a wrong address shows when the service starts.
func (v *Verifier) Ready(ctx context.Context) error {
	return v.keys.fetch(ctx)
}

func (v *Verifier) document(ctx context.Context) (document, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.doc.Keys == "" {
		d, err := discover(ctx, v.wire, v.cfg.Issuer, v.cache)
		if err != nil {
			return d, err
		}
		v.doc = d
	}
	return v.doc, nil
}

// Verify tells whom an access token is for.
func (v *Verifier) Verify(ctx context.Context, raw Secret) (Identity, error) {
	c, err := v.keys.check(ctx, raw, expect{issuer: v.cfg.Issuer, audience: v.cfg.Audience, now: v.wire.now(), leeway: leeway})
	if err != nil {
		return Identity{}, err
	}
	switch c.Type {
	case "ID", "Refresh", "Offline", "Logout": // Keycloak says what a token is for
		return Identity{}, invalid("it is not an access token", nil)
	}
	if v.ask != nil {
		if err := v.ask.holds(ctx, raw); err != nil {
			return Identity{}, err
		}
	}
	return c.identity(v.cfg), nil
}

// Who tells who sent a request, by its bearer token.
func (v *Verifier) Who(r *http.Request) (Identity, error) {
	all := r.Header.Values("Authorization")
	if len(all) == 0 {
		return Identity{}, problem(ErrSignedOut, nil, "Sign in first: send an access token as Authorization: Bearer TOKEN.")
	}
	scheme, token, _ := strings.Cut(all[0], " ")
	if len(all) > 1 || !strings.EqualFold(scheme, "Bearer") || strings.TrimSpace(token) == "" {
		return Identity{}, invalid("one header Authorization: Bearer TOKEN is needed", nil)
	}
	return v.Verify(r.Context(), Secret(strings.TrimSpace(token)))
}

// Challenge is the header WWW-Authenticate for an error of Who (RFC 6750); "" where signing in would not help.
func Challenge(err error) string {
	switch {
	case errors.Is(err, ErrSignedOut):
		return `Bearer realm="aiops"`
	case errors.Is(err, ErrToken):
		return `Bearer realm="aiops", error="invalid_token", error_description="` + strings.ReplaceAll(err.Error(), `"`, "'") + `"`
	}
	return ""
}
