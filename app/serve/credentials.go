package serve

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/app/auth"
	"aiops/store/postgres"
)

// Logins hands out short-lived logins to the database.
type Logins interface {
	Make(ctx context.Context, who auth.Identity, device, from string) (auth.DatabaseLogin, error)
	// End drops all logins of a person.
	End(ctx context.Context, subject string) error
	// Held lists the logins that hold.
	Held(ctx context.Context) ([]postgres.LoginHeld, error)
}

type credentialsInput struct {
	Body struct {
		Device string `json:"device" minLength:"1" maxLength:"128" pattern:"^[A-Za-z0-9._-]+$" patternDescription:"letters, digits, dot, dash, underscore" example:"laptop-7" doc:"The device that asks; one login a person and device, so that a new one ends the old"`
	}
}

type credentialsOutput struct {
	CacheControl string `header:"Cache-Control"`
	Body         credentialsBody
}

type credentialsBody struct {
	Database string    `json:"database" example:"postgres://db.example.com:5432/aiops?sslmode=verify-full"`
	User     string    `json:"user"`
	Password string    `json:"password"`
	Role     string    `json:"role" enum:"viewer,analyst,admin"`
	Seconds  int       `json:"seconds" doc:"How long it holds from now, for clients whose clock is off"`
	Expires  time.Time `json:"expires" doc:"Ask again before; connections that are open then are ended"`
}

// postCredentials makes a login for who asks.
func (s *Server) postCredentials(ctx context.Context, in *credentialsInput) (*credentialsOutput, error) {
	if s.opt.Logins == nil {
		return nil, noLogins()
	}
	st := stateOf(ctx)
	l, err := s.opt.Logins.Make(ctx, st.who, in.Body.Device, st.client)
	if err != nil {
		return nil, err
	}
	return &credentialsOutput{"no-store", credentialsBody{l.Database, l.User, l.Password, string(l.Role), l.Seconds, l.Expires}}, nil
}

type endCredentialsInput struct {
	Subject string `path:"subject" maxLength:"255" doc:"The person, as the sign-in server names them (sub)"`
}

// endCredentials ends all logins of a person at once.
func (s *Server) endCredentials(ctx context.Context, in *endCredentialsInput) (*struct{}, error) {
	if s.opt.Logins == nil {
		return nil, noLogins()
	}
	return nil, s.opt.Logins.End(ctx, in.Subject)
}

func noLogins() error {
	return huma.Error404NotFound("This service hands out no logins to its database; its database is not Postgres, or --database-logins is not set.")
}

// handedOut documents the answer.
func handedOut(op *huma.Operation, _ huma.Registry) {
	op.DefaultStatus = http.StatusCreated
	op.Errors = append(op.Errors, http.StatusNotFound)
}
