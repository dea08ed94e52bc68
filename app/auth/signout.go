package auth

import (
	"context"
	"net/http"
	"net/url"
)

// SignOut ends the session at the server and forgets it here. Where the server
// cannot be told, it is forgotten all the same, and the error says so.
func (c *Client) SignOut(ctx context.Context) error {
	unlock, err := lock(ctx, c.dir)
	if err != nil {
		return err
	}
	defer unlock()
	s, err := c.vault.load(ctx)
	if err != nil && s.Identity.Subject == "" {
		return err
	}
	var told error
	if s.tokens.Refresh != "" && c.samePlace(s) {
		told = c.end(ctx, s.tokens.Refresh)
	}
	if err := c.vault.remove(context.WithoutCancel(ctx), s.Config); err != nil {
		return err
	}
	if told != nil {
		return problem(ErrAway, told, "Signed out on this computer. The server could not be told (%v), so the session there ends only by itself.", told)
	}
	return nil
}

// end revokes the refresh token (RFC 7009) and ends the session at the server.
func (c *Client) end(ctx context.Context, refresh string) error {
	d, err := c.document(ctx)
	if err != nil {
		return err
	}
	if d.Revoke == "" && d.End == "" {
		return problem(ErrAnswer, nil, "it has no way to")
	}
	if d.End != "" { // Keycloak's takes a refresh token and ends the whole session
		if c.post(ctx, d.End, url.Values{"client_id": {c.cfg.Client}, "refresh_token": {refresh}}) == nil {
			return nil
		}
	}
	if d.Revoke == "" {
		return problem(ErrAnswer, nil, "it refused")
	}
	return c.post(ctx, d.Revoke, url.Values{"client_id": {c.cfg.Client}, "token": {refresh}, "token_type_hint": {"refresh_token"}})
}

func (c *Client) post(ctx context.Context, address string, form url.Values) error {
	status, _, err := c.wire.post(ctx, address, form, nil)
	if err == nil && status >= 300 {
		err = problem(ErrAnswer, nil, "it answered %d %s", status, http.StatusText(status))
	}
	return err
}
