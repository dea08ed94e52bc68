package cli

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"aiops/app"
	"aiops/app/auth"
	"aiops/app/config"
	"aiops/app/serve"
	"aiops/store"
)

// serveSignIn is how the service knows who asks, and what it hands out.
type serveSignIn struct {
	Issuer     string        `name:"oidc-issuer" env:"AIOPS_OIDC_ISSUER" placeholder:"URL" help:"Sign-in server, such as https://sso.example.com/realms/aiops. With it every request needs an access token, and other addresses than this computer's may be listened on."`
	Audience   string        `name:"oidc-audience" env:"AIOPS_OIDC_AUDIENCE" default:"aiops-api" placeholder:"NAME" help:"This service's name in access tokens (default: aiops-api)."`
	CA         string        `name:"oidc-ca" env:"AIOPS_OIDC_CA" type:"path" placeholder:"FILE" help:"Certificates (PEM) to trust at the sign-in server besides the system's."`
	Roles      string        `name:"oidc-roles" env:"AIOPS_OIDC_ROLES" placeholder:"viewer=NAME,..." help:"The server's names of the roles viewer, analyst and admin, where they are others."`
	RoleClaim  string        `name:"oidc-role-claim" env:"AIOPS_OIDC_ROLE_CLAIM" placeholder:"PATH" help:"Where a token lists roles (default: realm_access.roles)."`
	TeamClaim  string        `name:"oidc-team-claim" env:"AIOPS_OIDC_TEAM_CLAIM" placeholder:"PATH" help:"Where a token lists teams (default: groups)."`
	AskAs      string        `name:"oidc-ask-as" env:"AIOPS_OIDC_ASK_AS" placeholder:"CLIENT" help:"Ask the server as this client whether a token still holds, so that ended sessions end here within 10 s."`
	AskSecret  string        `name:"oidc-ask-secret-file" env:"AIOPS_OIDC_ASK_SECRET_FILE" type:"path" placeholder:"FILE" help:"The client's secret; or in AIOPS_OIDC_ASK_SECRET."`
	WebClient  string        `name:"oidc-web-client" env:"AIOPS_OIDC_WEB_CLIENT" default:"aiops-web" placeholder:"NAME" help:"The dashboard page's name at the sign-in server: a public client with PKCE (default: aiops-web)."`
	Origins    []string      `name:"cors-origin" env:"AIOPS_CORS_ORIGIN" placeholder:"URL" help:"Pages of this site may ask, such as https://grafana.example.com; may be repeated."`
	HandOut    string        `name:"database-logins" env:"AIOPS_DATABASE_LOGINS" placeholder:"postgres://HOST:PORT/DATABASE" help:"Hand out short-lived logins to the database to who is signed in; this is its address as they reach it."`
	LoginHold  time.Duration `name:"login-hold" env:"AIOPS_LOGIN_HOLD" default:"15m" placeholder:"15m" help:"How long such a login holds."`
	LoginTeams string        `name:"login-teams" env:"AIOPS_LOGIN_TEAMS" placeholder:"TEAM=web-*;db-*,..." help:"Which VMs a team sees in the database. Default: everybody sees everything."`
}

// apply makes the service ask who is there; without an issuer it changes nothing.
func (c serveSignIn) apply(r *run, st store.Store, o *serve.Options) error {
	if c.Issuer == "" {
		return nil
	}
	v, err := c.verifier(r)
	if err != nil {
		return err
	}
	if err := v.Ready(r.ctx); err != nil {
		if !errors.Is(err, auth.ErrAway) {
			return err
		}
		fmt.Fprintf(r.Err, "aiops: %v Until then the keys of the last time are taken.\n", err)
	}
	o.Who, o.SignIn = v.Who, serve.SignIn{Issuer: c.Issuer, Client: c.WebClient}
	if o.Origins, err = origins(c.Origins); err != nil || c.HandOut == "" {
		return err
	}
	teams, err := app.ParseTeams(c.LoginTeams)
	if err != nil {
		return usageError{fmt.Errorf("--login-teams: %w", err)}
	}
	logins, err := app.NewLogins(r.ctx, st, app.LoginOptions{Address: c.HandOut, Hold: c.LoginHold, Teams: teams})
	if err != nil {
		return fmt.Errorf("--database-logins: %w", err)
	}
	o.Logins = logins
	go logins.Keep(r.ctx, o.Log)
	return nil
}

func (c serveSignIn) verifier(r *run) (*auth.Verifier, error) {
	names, err := auth.ParseRoleNames(c.Roles)
	if err != nil {
		return nil, usageError{fmt.Errorf("--oidc-roles: %w", err)}
	}
	dir, err := config.DataDir()
	if err != nil {
		return nil, err
	}
	secret := os.Getenv("AIOPS_OIDC_ASK_SECRET")
	if c.AskSecret != "" {
		text, err := os.ReadFile(c.AskSecret)
		if err != nil {
			return nil, fmt.Errorf("--oidc-ask-secret-file: %w", err)
		}
		secret = strings.TrimSpace(string(text))
	}
	return auth.NewVerifier(auth.Config{Issuer: c.Issuer, Audience: c.Audience, CAFile: c.CA, RoleClaim: c.RoleClaim, TeamClaim: c.TeamClaim, RoleNames: names},
		auth.VerifierOptions{CacheDir: filepath.Join(dir, "verifier"), Now: r.Now, AskAs: c.AskAs, AskSecret: auth.Secret(secret)})
}

// origins are compared to the letter, so they are written as browsers write them.
func origins(all []string) ([]string, error) {
	for _, o := range all {
		u, err := url.Parse(o)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.TrimSuffix(o, "/") != u.Scheme+"://"+u.Host || strings.HasSuffix(o, "/") {
			return nil, usageError{fmt.Errorf("--cors-origin %s: write a scheme and a host, such as https://grafana.example.com; * is not taken", o)}
		}
	}
	return all, nil
}
