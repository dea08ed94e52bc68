package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// algorithms are the signatures that are taken: with public keys only, so that
// nobody who knows a public key can sign with it.
var algorithms = []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.PS256, jose.EdDSA}

const (
	leeway     = 10 * time.Second // between the clocks of two servers
	tokenLimit = 16 << 10         // bytes
)

// claims is what a token says, and all of it again by name.
type claims struct {
	jwt.Claims
	Nonce    string `json:"nonce"`
	Type     string `json:"typ"`
	Party    string `json:"azp"`
	Name     string `json:"name"`
	User     string `json:"preferred_username"`
	Email    string `json:"email"`
	ClientID string `json:"client_id"`

	all map[string]any
}

// expect is what must be so of a token.
type expect struct {
	issuer, audience string // "" does not look at the audience
	now              time.Time
	leeway           time.Duration
	fresh            bool // it came from the server just now: only that it is whole counts, not our clock
}

// check reads a token whose signature, issuer, audience and times are right.
func (k *keySet) check(ctx context.Context, raw Secret, e expect) (claims, error) {
	if len(raw) > tokenLimit {
		return claims{}, invalid("it is too long", nil)
	}
	token, err := jwt.ParseSigned(raw.Reveal(), algorithms)
	if err != nil || len(token.Headers) != 1 {
		return claims{}, invalid("it is no token signed with RS256, ES256, PS256 or EdDSA", nil) // the library's text may quote it
	}
	head := token.Headers[0]
	key, err := k.key(ctx, head.KeyID, jose.SignatureAlgorithm(head.Algorithm))
	if err != nil {
		return claims{}, err
	}
	var c claims
	if err := token.Claims(key, &c, &c.all); err != nil {
		return claims{}, invalid("its signature is wrong", nil)
	}
	return c, c.hold(e)
}

// hold reports what of the claims is not as expected.
func (c claims) hold(e expect) error {
	want := jwt.Expected{Issuer: e.issuer, Time: e.now}
	if e.fresh && c.IssuedAt != nil {
		want.Time = c.IssuedAt.Time()
	}
	if e.audience != "" {
		want.AnyAudience = jwt.Audience{e.audience}
	}
	switch err := c.ValidateWithLeeway(want, e.leeway); {
	case errors.Is(err, jwt.ErrInvalidIssuer):
		return invalid("another server issued it", err)
	case errors.Is(err, jwt.ErrInvalidAudience):
		return invalid("it is for another service", err)
	case errors.Is(err, jwt.ErrExpired):
		return invalid("it has expired", err)
	case errors.Is(err, jwt.ErrNotValidYet), errors.Is(err, jwt.ErrIssuedInTheFuture):
		return invalid("it is from the future", err)
	case err != nil:
		return invalid("its claims are not right", err)
	case c.Expiry == nil:
		return invalid("it would never expire", nil)
	case c.Subject == "":
		return invalid("it says nothing of whom it is for", nil)
	}
	return nil
}

func invalid(why string, err error) error {
	return problem(ErrToken, err, "The token is not valid: %s.", why)
}

// identity is whom the claims speak of.
func (c claims) identity(cfg Config) Identity {
	i := Identity{Subject: c.Subject, Name: c.Name, Email: c.Email, Client: c.Party, Expires: c.Expiry.Time()}
	if i.Name == "" {
		i.Name = c.User
	}
	if i.Client == "" {
		i.Client = c.ClientID
	}
	for _, name := range c.texts(cfg.RoleClaim) {
		if r, ok := cfg.role(name); ok && !slices.Contains(i.Roles, r) {
			i.Roles = append(i.Roles, r)
		}
	}
	slices.SortFunc(i.Roles, func(a, b Role) int { return b.rank() - a.rank() })
	for _, team := range c.texts(cfg.TeamClaim) {
		i.Teams = append(i.Teams, strings.TrimPrefix(team, "/"))
	}
	slices.Sort(i.Teams)
	return i
}

// texts are the list at a path such as realm_access.roles; whatever is not a list of texts is left out.
func (c claims) texts(path string) []string {
	var v any = c.all
	if whole, ok := c.all[path]; ok { // a claim whose name has dots, such as https://example.com/roles
		v = whole
	} else {
		for name := range strings.SplitSeq(path, ".") {
			m, _ := v.(map[string]any)
			v = m[name]
		}
	}
	var out []string
	list, _ := v.([]any)
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}
