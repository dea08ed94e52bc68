package auth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"
)

// What can be wrong, one sentinel each. A Problem says it to people.
var (
	ErrAway        = errors.New("the sign-in server cannot be reached")
	ErrCertificate = errors.New("the sign-in server's certificate is not trusted")
	ErrIssuer      = errors.New("the sign-in server calls itself otherwise")
	ErrRealm       = errors.New("there is no such realm")
	ErrClient      = errors.New("the sign-in server does not know this program")
	ErrDenied      = errors.New("the sign-in was refused")
	ErrExpired     = errors.New("the code has expired")
	ErrClock       = errors.New("the clock is wrong")
	ErrToken       = errors.New("the token is not valid")
	ErrEnded       = errors.New("the session has ended")
	ErrSignedOut   = errors.New("nobody is signed in")
	ErrAnswer      = errors.New("the sign-in server's answer cannot be used")
)

// Problem is what went wrong, in a sentence that says what to do.
type Problem struct {
	Kind error  // one of the sentinels
	Text string // for people
	Err  error  // what was found, for logs; nil if there is no more to say
}

// Error is the sentence.
func (p *Problem) Error() string { return p.Text }

// Unwrap gives the sentinel and what was found.
func (p *Problem) Unwrap() []error {
	if p.Err == nil {
		return []error{p.Kind}
	}
	return []error{p.Kind, p.Err}
}

func problem(kind, err error, format string, args ...any) error {
	return &Problem{Kind: kind, Text: fmt.Sprintf(format, args...), Err: err}
}

// transport explains why a server was not reached.
func transport(address string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	var p *Problem
	if errors.As(err, &p) {
		return err
	}
	host := address
	if u, e := url.Parse(address); e == nil && u.Host != "" {
		host = u.Host
	}
	var unknown x509.UnknownAuthorityError
	var invalid x509.CertificateInvalidError
	var name x509.HostnameError
	var record tls.RecordHeaderError
	var dns *net.DNSError
	switch {
	case errors.As(err, &unknown):
		return problem(ErrCertificate, err, "The certificate of %s is signed by an authority that this computer does not know. Name your organisation's certificate file with --ca FILE.", host)
	case errors.As(err, &name):
		return problem(ErrCertificate, err, "The certificate of %s is for another host. Check the address, or ask whoever runs the server.", host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return problem(ErrCertificate, err, "The certificate of %s is out of date, or this computer's clock is wrong. Check the clock first.", host)
	case errors.As(err, &invalid):
		return problem(ErrCertificate, err, "The certificate of %s cannot be used: %v.", host, invalid)
	case errors.As(err, &record), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return problem(ErrAway, err, "%s does not speak https. Check the address and the port.", host)
	case errors.As(err, &dns) && dns.IsNotFound:
		return problem(ErrAway, err, "There is no server named %s. Check the address and the network.", dns.Name)
	}
	return problem(ErrAway, err, "The sign-in server %s cannot be reached. Check the network and try again.", host)
}

// answer explains an OAuth error of the token or device endpoint.
func answer(address, client string, err error) error {
	var r *oauth2.RetrieveError
	if !errors.As(err, &r) {
		return transport(address, err)
	}
	found := errors.New(strings.TrimSpace(r.ErrorCode + " " + r.ErrorDescription))
	switch r.ErrorCode {
	case "access_denied":
		return problem(ErrDenied, found, "The sign-in was refused in the browser. Start again if that was a mistake.")
	case "expired_token":
		return problem(ErrExpired, found, "The code has expired. Get a new code.")
	case "invalid_client":
		return problem(ErrClient, found, "The sign-in server does not know a program %q. Check --client-id, or have it added to the realm.", client)
	case "unauthorized_client":
		return problem(ErrClient, found, "The sign-in server does not let %q sign in with a code. Have the device flow switched on for it.", client)
	case "invalid_grant":
		return problem(ErrEnded, found, "The session has ended%s. Sign in again.", because(r.ErrorDescription))
	case "invalid_scope":
		return problem(ErrAnswer, found, "The sign-in server refuses the scopes that %q asks for: %s.", client, r.ErrorDescription)
	}
	if code := statusCode(r.Response); code >= 500 || code == http.StatusTooManyRequests {
		return problem(ErrAway, found, "The sign-in server is not ready (%s). Try again in a moment.", http.StatusText(code))
	}
	return problem(ErrAnswer, found, "The sign-in server refused with %q (status %d). Ask whoever runs it.", found, statusCode(r.Response))
}

func statusCode(r *http.Response) int {
	if r == nil {
		return 0
	}
	return r.StatusCode
}

// because tells Keycloak's reasons for the end of a session.
func because(description string) string {
	switch description {
	case "Session not active":
		return ": it was closed at the server, or by signing out elsewhere"
	case "Token is not active":
		return ": it was not used for too long"
	case "Stale token", "Maximum allowed refresh token reuse exceeded":
		return ": its token was used twice, so the server closed it to be safe"
	case "User disabled", "Account disabled":
		return ": the account is disabled"
	}
	return ""
}
