package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"
	"golang.org/x/oauth2"
)

const (
	clientLeeway = time.Minute // between this computer's clock and the server's
	renewAhead   = time.Minute // before the access token ends
)

// Token is an access token that holds for a while, renewed if need be.
func (c *Client) Token(ctx context.Context) (Secret, error) {
	s, err := c.current(ctx)
	if err == nil && !c.stale(s) {
		return Secret(s.tokens.Access), nil
	}
	if err != nil {
		return "", err
	}
	token, err := c.renew(ctx, "")
	if errors.Is(err, ErrAway) && c.wire.now().Before(s.tokens.Expires) {
		return Secret(s.tokens.Access), nil // it still holds
	}
	return token, err
}

// renew asks for new tokens, one window or process at a time: the server ends
// the session when an old refresh token is used. A refused access token is
// renewed although it would hold.
func (c *Client) renew(ctx context.Context, refused string) (Secret, error) {
	unlock, err := lock(ctx, c.dir)
	if err != nil {
		return "", err
	}
	defer unlock()
	s, err := c.current(ctx)
	if err != nil {
		return "", err
	}
	if s.tokens.Access != refused && !c.stale(s) {
		return Secret(s.tokens.Access), nil // another one was faster
	}
	return c.ask(ctx, s)
}

// current is the stored session, if it holds and is of this server.
func (c *Client) current(ctx context.Context) (session, error) {
	s, err := c.vault.load(ctx)
	switch {
	case err != nil:
		return s, err
	case !c.samePlace(s):
		return s, problem(ErrSignedOut, nil, "You are signed in at %s, not at %s. Sign in there with `aiops login --issuer %s`.", s.Config.Issuer, c.cfg.Issuer, c.cfg.Issuer)
	case s.Ended != "":
		return s, problem(ErrEnded, nil, "%s", s.Ended)
	}
	return s, nil
}

func (c *Client) stale(s session) bool {
	now := c.wire.now()
	return !now.Before(s.tokens.Fresh) || now.Before(s.Seen.Add(-clientLeeway)) // a clock that was set back
}

// ask exchanges the refresh token. What came is stored before it is looked at,
// as the old one no longer holds.
func (c *Client) ask(ctx context.Context, s session) (Secret, error) {
	octx, cfg, err := c.oauth(ctx)
	if err != nil {
		return "", err
	}
	keep := context.WithoutCancel(ctx) // the answer must not be lost half-way
	if s.tokens.Refresh == "" {
		return "", problem(ErrEnded, nil, "The session has ended: the server gave nothing to renew it with. Sign in again.")
	}
	octx = context.WithValue(keep, oauth2.HTTPClient, octx.Value(oauth2.HTTPClient))
	t, err := cfg.TokenSource(octx, &oauth2.Token{RefreshToken: s.tokens.Refresh}).Token()
	if err != nil {
		err = answer(cfg.Endpoint.TokenURL, c.cfg.Client, err)
		if errors.Is(err, ErrEnded) {
			s.Ended, s.tokens = err.Error(), tokens{}
			_, lost := c.vault.save(keep, s)
			err = errors.Join(err, lost)
		}
		return "", err
	}
	databases := s.tokens.Databases
	s.tokens, s.Seen = c.tokens(t), c.wire.now()
	s.tokens.Databases = databases
	s.Identity = c.withAccess(keep, s.Identity, Secret(t.AccessToken))
	if _, err := c.vault.save(keep, s); err != nil {
		return "", err
	}
	return Secret(t.AccessToken), nil
}

func (c *Client) tokens(t *oauth2.Token) tokens {
	now := c.wire.now()
	life := 5 * time.Minute
	if t.ExpiresIn > 0 {
		life = time.Duration(t.ExpiresIn) * time.Second
	}
	return tokens{Access: t.AccessToken, Refresh: t.RefreshToken, Expires: now.Add(life), Fresh: now.Add(life - min(renewAhead, life/4))}
}

// withAccess adds the roles and teams of the access token, as Keycloak's ID
// token has none. A token that is not a JWT adds nothing: it is the service's to read.
func (c *Client) withAccess(ctx context.Context, i Identity, raw Secret) Identity {
	a, err := c.keys.check(ctx, raw, expect{issuer: c.cfg.Issuer, now: c.wire.now(), leeway: clientLeeway, fresh: true})
	if err != nil || a.Subject != i.Subject {
		return i
	}
	from := a.identity(c.cfg)
	i.Roles, i.Teams, i.Expires, i.Client = from.Roles, from.Teams, from.Expires, from.Client
	return i
}

// clock explains a token whose times are wrong by our clock, if that is what is
// wrong: a token that came just now was issued now by the server's clock.
func (c *Client) clock(id claims, err error) error {
	inTime := errors.Is(err, jwt.ErrExpired) || errors.Is(err, jwt.ErrNotValidYet) || errors.Is(err, jwt.ErrIssuedInTheFuture)
	if !inTime || id.IssuedAt == nil {
		return err
	}
	off := id.IssuedAt.Time().Sub(c.wire.now())
	side := "behind"
	if off < 0 {
		side = "ahead of"
	}
	return problem(ErrClock, err, "This computer's clock is %s %s the sign-in server's. Set the clock, then sign in again.", spell(off.Abs()), side)
}

func spell(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
