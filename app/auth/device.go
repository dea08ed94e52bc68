package auth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// Code is what a person enters in a browser, on any device, to sign in here.
type Code struct {
	User     string    // such as WDJB-MJHT
	Address  string    // where it is entered
	Complete string    // the same with the code filled in; "" if the server has none
	Began    time.Time // the code holds from here
	Expires  time.Time // to here

	device *oauth2.DeviceAuthResponse
	nonce  string
	proof  string // PKCE: only who asked for the code gets the tokens
}

// Sentences of the wait for a person's approval.
const (
	Waiting  = "Waiting for you to approve in the browser..."
	Slower   = "The server asks to be asked less often. Still waiting for you..."
	AwayWait = "The sign-in server is away. Trying again until the code expires..."
)

// Begin asks for a code.
func (c *Client) Begin(ctx context.Context) (*Code, error) {
	ctx, cfg, err := c.oauth(ctx)
	if err != nil {
		return nil, err
	}
	if cfg.Endpoint.DeviceAuthURL == "" {
		return nil, problem(ErrClient, nil, "The server at %s has no sign-in with a code (device flow). Have it switched on.", c.cfg.Issuer)
	}
	code := &Code{nonce: oauth2.GenerateVerifier(), proof: oauth2.GenerateVerifier(), Began: c.wire.now()}
	code.device, err = cfg.DeviceAuth(ctx, oauth2.S256ChallengeOption(code.proof), oauth2.SetAuthURLParam("nonce", code.nonce))
	if err != nil {
		return nil, answer(cfg.Endpoint.DeviceAuthURL, c.cfg.Client, err)
	}
	d := code.device
	if d.UserCode == "" || d.DeviceCode == "" || d.VerificationURI == "" {
		return nil, problem(ErrAnswer, nil, "The sign-in server's answer has no code in it.")
	}
	if d.Expiry.IsZero() {
		d.Expiry = time.Now().Add(10 * time.Minute)
	}
	code.User, code.Address, code.Complete = d.UserCode, d.VerificationURI, d.VerificationURIComplete
	code.Expires = code.Began.Add(time.Until(d.Expiry).Round(time.Second))
	return code, nil
}

// Wait waits until the person has approved, and stores the session. tell is
// called with a sentence when the state changes. A warning is no error.
func (c *Client) Wait(ctx context.Context, code *Code, tell func(string)) (st Status, warning string, err error) {
	octx, cfg, err := c.oauth(ctx)
	if err != nil {
		return Status{}, "", err
	}
	said := ""
	say := func(s string) {
		if s != said {
			said = s
			tell(s)
		}
	}
	say(Waiting)
	tap := *c.wire.http
	tap.Transport = pollTap{c.wire.http.Transport, say}
	octx = context.WithValue(octx, oauth2.HTTPClient, &tap)
	for {
		token, err := cfg.DeviceAccessToken(octx, code.device, oauth2.VerifierOption(code.proof))
		if err == nil {
			return c.accept(ctx, token, code.nonce)
		}
		if ctx.Err() != nil {
			return Status{}, "", ctx.Err()
		}
		if time.Now().After(code.device.Expiry) || errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, errPoll) {
			return Status{}, "", problem(ErrExpired, err, "The code has expired. Get a new code.")
		}
		if err = answer(cfg.Endpoint.TokenURL, c.cfg.Client, err); !errors.Is(err, ErrAway) {
			if errors.Is(err, ErrEnded) { // invalid_grant: the server has forgotten the code
				err = problem(ErrExpired, err, "The sign-in server no longer knows the code. Get a new code.")
			}
			return Status{}, "", err
		}
		say(AwayWait)
	}
}

var errPoll = errors.New("poll")

// pollTap hears what the polls are answered.
type pollTap struct {
	next http.RoundTripper
	say  func(string)
}

// RoundTrip passes the request on and tells of its answer.
func (p pollTap) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := p.next.RoundTrip(r)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPoll, err)
	}
	if resp.StatusCode != http.StatusBadRequest {
		return resp, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, answerLimit))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, fmt.Errorf("%w: %w", errPoll, err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var a struct {
		Error string `json:"error"`
	}
	if json.Unmarshal(body, &a) == nil {
		switch a.Error {
		case "authorization_pending":
			p.say(Waiting)
		case "slow_down":
			p.say(Slower)
		}
	}
	return resp, nil
}

// accept checks the tokens of a new sign-in and stores them.
func (c *Client) accept(ctx context.Context, t *oauth2.Token, nonce string) (Status, string, error) {
	raw, _ := t.Extra("id_token").(string)
	if raw == "" {
		return Status{}, "", problem(ErrAnswer, nil, "The sign-in server gave no ID token: the scope openid must be allowed for %q.", c.cfg.Client)
	}
	id, err := c.checkID(ctx, Secret(raw), nonce)
	if err != nil {
		return Status{}, "", err
	}
	s := session{Config: c.cfg, Identity: id.identity(c.cfg), Seen: c.wire.now(), tokens: c.tokens(t)}
	s.Identity = c.withAccess(ctx, s.Identity, Secret(t.AccessToken))
	unlock, err := lock(ctx, c.dir)
	if err != nil {
		return Status{}, "", err
	}
	defer unlock()
	warning, err := c.vault.save(ctx, s)
	return s.status(), warning, err
}

// checkID verifies an ID token; where only its times are wrong and our clock is off, it says so.
func (c *Client) checkID(ctx context.Context, raw Secret, nonce string) (claims, error) {
	id, err := c.keys.check(ctx, raw, expect{issuer: c.cfg.Issuer, audience: c.cfg.Client, now: c.wire.now(), leeway: clientLeeway})
	if err != nil {
		return id, c.clock(id, err)
	}
	if id.Party != "" && id.Party != c.cfg.Client {
		return id, invalid("it was issued to another program", nil)
	}
	if id.Nonce != "" && id.Nonce != nonce && nonce != "" {
		return id, invalid("it answers another sign-in", nil)
	}
	return id, nil
}
