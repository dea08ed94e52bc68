package auth

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	"golang.org/x/oauth2"

	"aiops/app/config"
)

// Client signs a person in on this computer and keeps them signed in.
type Client struct {
	cfg   Config
	dir   string
	vault vault
	wire  *wire
	keys  *keySet
	cache cache

	mu  sync.Mutex
	doc document
}

// ClientOptions are what tests set; the zero value is the user's own.
type ClientOptions struct {
	Dir string // of the session; "": beside the user's data
	Now func() time.Time
	// NoKeyring keeps tokens in a file, as on a computer without a keyring.
	NoKeyring bool
}

// NewClient is for the server that is configured; where none is, for the one of the stored session.
func NewClient(ctx context.Context, cfg Config, o ClientOptions) (*Client, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Dir == "" {
		data, err := config.DataDir()
		if err != nil {
			return nil, err
		}
		o.Dir = filepath.Join(data, "sign-in")
	}
	v := vault{o.Dir, o.NoKeyring}
	if cfg.Issuer == "" {
		s, err := v.load(ctx)
		if s.Config.Issuer == "" {
			return nil, cmp.Or(err, ErrNoIssuer)
		}
		cfg = s.Config
	}
	cfg = cfg.withDefaults()
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	if cfg.CAFile != "" {
		abs, err := filepath.Abs(cfg.CAFile) // it is stored, and read from elsewhere
		if err != nil {
			return nil, err
		}
		cfg.CAFile = abs
	}
	w, err := newWire(cfg.CAFile, o.Now)
	if err != nil {
		return nil, err
	}
	c := &Client{cfg: cfg, dir: o.Dir, vault: v, wire: w, cache: newCache(o.Dir, cfg.Issuer)}
	c.keys = newKeySet(w, c.cache, func(ctx context.Context) (string, error) {
		d, err := c.document(ctx)
		return d.Keys, err
	})
	return c, nil
}

// Host is the sign-in server's, for titles.
func (c *Client) Host() string {
	u, err := url.Parse(c.cfg.Issuer)
	if err != nil {
		return c.cfg.Issuer
	}
	return u.Host
}

func (c *Client) document(ctx context.Context) (document, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.doc.Token == "" {
		d, err := discover(ctx, c.wire, c.cfg.Issuer, c.cache)
		if err != nil {
			return d, err
		}
		c.doc = d
	}
	return c.doc, nil
}

// oauth is the library's view of the server; its requests go through our wire.
func (c *Client) oauth(ctx context.Context) (context.Context, *oauth2.Config, error) {
	d, err := c.document(ctx)
	if err != nil {
		return ctx, nil, err
	}
	return context.WithValue(ctx, oauth2.HTTPClient, c.wire.http),
		&oauth2.Config{ClientID: c.cfg.Client, Endpoint: d.endpoint(), Scopes: []string{"openid", "profile", "email"}}, nil
}

// Status is who is signed in, as far as it is known.
type Status struct {
	Identity Identity
	Issuer   string
	Seen     time.Time // when the server last confirmed it
	Offline  bool      // the server is away: this is the last that was known
	Ended    string    // why signing in again is needed; "" while it holds
}

// Status tells who was signed in last, without asking the server.
func (c *Client) Status(ctx context.Context) (Status, error) {
	s, err := c.vault.load(ctx)
	if s.Identity.Subject == "" {
		return Status{}, err
	}
	return s.status(), err
}

func (s session) status() Status {
	return Status{Identity: s.Identity, Issuer: s.Config.Issuer, Seen: s.Seen, Ended: s.Ended}
}

// Confirm asks the server, if need be, whether the session still holds. What
// cannot be asked is told as the last that was known.
func (c *Client) Confirm(ctx context.Context) (Status, error) {
	_, err := c.Token(ctx)
	st, stored := c.Status(ctx)
	switch {
	case st.Identity.Subject == "":
		return st, errors.Join(err, stored)
	case errors.Is(err, ErrAway):
		st.Offline = true
		return st, nil
	case errors.Is(err, ErrEnded):
		return st, nil
	}
	return st, err
}

// samePlace reports whether a stored session is of the configured server.
func (c *Client) samePlace(s session) bool {
	return s.Config.Issuer == c.cfg.Issuer && s.Config.Client == c.cfg.Client
}
