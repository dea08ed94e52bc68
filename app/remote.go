package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
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

// openRemote opens the database of a service with logins that are renewed as
// long as somebody is signed in. Who only reads opens it for reading.
func openRemote(ctx context.Context, service string, readOnly bool, now func() time.Time) (store.Store, error) {
	if u, err := url.Parse(service); err != nil || u.Host == "" || u.User != nil {
		return nil, fmt.Errorf("--db %s is not a service's address, such as https://aiops.example.com", service)
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
			return l.User, l.Password, err
		}})
}

// remoteError says what to do about it, and that a copy may be used where the service is only away.
func remoteError(service string, err error) error {
	switch {
	case errors.Is(err, auth.ErrSignedOut), errors.Is(err, auth.ErrNoIssuer):
		return fmt.Errorf("the database of %s needs a sign-in: %w", service, err)
	case errors.Is(err, auth.ErrAway):
		return fmt.Errorf("%w (%w)", err, store.ErrAway)
	}
	return err
}
