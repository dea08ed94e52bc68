package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"aiops/app/auth"
	"aiops/store"
	"aiops/store/postgres"
)

// IsService reports whether a `--db` value names a service that hands out logins to its database.
func IsService(db string) bool {
	return strings.HasPrefix(db, "https://") || strings.HasPrefix(db, "http://")
}

// OnServer reports whether a `--db` value names a database on a server, of which there is a local copy.
func OnServer(db string) bool { return IsPostgres(db) || IsService(db) }

// openRemote opens the database of a service with logins that are renewed as
// long as somebody is signed in. Who only reads opens it for reading.
func openRemote(ctx context.Context, service string, readOnly bool, now func() time.Time) (store.Store, error) {
	if _, err := describe(service); err != nil {
		return nil, err
	}
	client, err := auth.NewClient(ctx, auth.Config{}, auth.ClientOptions{Now: now})
	if err != nil {
		return nil, remoteError(service, err)
	}
	first, err := client.DatabaseLogin(ctx, service)
	if err != nil {
		return nil, remoteError(service, err)
	}
	return postgres.Open(ctx, first.Database, postgres.Options{ReadOnly: readOnly || first.Role == auth.Viewer, Now: now,
		Login: func(ctx context.Context) (string, string, error) {
			l, err := client.DatabaseLogin(ctx, service)
			if err != nil {
				err = remoteError(service, err)
			}
			return l.User, l.Password, err
		}})
}

var errService = errors.New("write a service's address as https://aiops.example.com, without a user")

// remoteError says what to do about it, and that a local copy may be used
// meanwhile: without a network, and until somebody signs in.
func remoteError(service string, err error) error {
	switch {
	case errors.Is(err, auth.ErrSignedOut), errors.Is(err, auth.ErrNoIssuer):
		return away{fmt.Errorf("the database of %s needs a sign-in: %w", service, err)}
	case errors.Is(err, auth.ErrEnded), errors.Is(err, auth.ErrAway):
		return away{err}
	}
	return err
}

// away is an error that leaves the local copy to be worked with.
type away struct{ error }

// Unwrap gives what happened, and that the database is away.
func (a away) Unwrap() []error { return []error{a.error, store.ErrAway} }

// NeedsSignIn reports whether signing in would bring a database back.
func NeedsSignIn(err error) bool {
	return errors.Is(err, auth.ErrSignedOut) || errors.Is(err, auth.ErrEnded)
}
