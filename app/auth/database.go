package auth

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

// DatabaseLogin is a short-lived user of a service's database.
type DatabaseLogin struct {
	Database string    `json:"database"` // postgres://HOST:PORT/NAME without a user
	User     string    `json:"user"`
	Password string    `json:"password"`
	Role     Role      `json:"role"`
	Expires  time.Time `json:"expires"` // by the service's clock
	Seconds  int       `json:"seconds"` // how long it holds from when it was given, by any clock
	Renew    time.Time `json:"renew"`   // when another one is asked for
	Ends     time.Time `json:"ends"`    // by our clock
}

// String has no password.
func (d DatabaseLogin) String() string { return d.User + "@" + d.Database }

// GoString has none either.
func (d DatabaseLogin) GoString() string { return d.String() }

// DatabaseLogin asks a service for a login to its database, or takes the one it
// gave this computer before, while that holds. Windows and commands share it,
// as a new one ends the old.
func (c *Client) DatabaseLogin(ctx context.Context, service string) (DatabaseLogin, error) {
	s, err := c.current(ctx)
	if err != nil {
		return DatabaseLogin{}, err
	}
	old := s.tokens.Databases[service]
	if c.wire.now().Before(old.Renew) {
		return old, nil
	}
	var d DatabaseLogin
	err = c.withToken(ctx, func(token Secret) (err error) {
		d, err = c.newDatabaseLogin(ctx, service, token)
		return err
	})
	if errors.Is(err, ErrAway) && c.wire.now().Before(old.Ends) {
		return old, nil // it still holds
	}
	return d, err
}

// newDatabaseLogin asks the service, one window or process at a time.
func (c *Client) newDatabaseLogin(ctx context.Context, service string, token Secret) (DatabaseLogin, error) {
	unlock, err := lock(ctx, c.dir)
	if err != nil {
		return DatabaseLogin{}, err
	}
	defer unlock()
	s, err := c.current(ctx)
	if err != nil {
		return DatabaseLogin{}, err
	}
	if d, ok := s.tokens.Databases[service]; ok && c.wire.now().Before(d.Renew) {
		return d, nil // another one was faster
	}
	d, err := c.askDatabase(ctx, service, token)
	if err != nil {
		return d, err
	}
	if s.tokens.Databases == nil {
		s.tokens.Databases = map[string]DatabaseLogin{}
	}
	s.tokens.Databases[service] = d
	_, err = c.vault.save(context.WithoutCancel(ctx), s)
	return d, err
}

func (c *Client) askDatabase(ctx context.Context, service string, token Secret) (DatabaseLogin, error) {
	device, err := c.device()
	if err != nil {
		return DatabaseLogin{}, err
	}
	body, err := json.Marshal(map[string]string{"device": device})
	if err != nil {
		return DatabaseLogin{}, err
	}
	a, err := c.request(ctx, service, Request{Method: http.MethodPost, Path: "/api/v1/database-credentials", Body: body}, token)
	if err != nil {
		return DatabaseLogin{}, err
	}
	if a.Status != http.StatusOK && a.Status != http.StatusCreated {
		return DatabaseLogin{}, refused(service, a)
	}
	var d DatabaseLogin
	if err := json.Unmarshal(a.Body, &d); err != nil || d.User == "" || d.Database == "" || d.Seconds <= 0 {
		return d, problem(ErrAnswer, nil, "What %s answers is no database login. Check the service's address.", service)
	}
	life := time.Duration(d.Seconds) * time.Second
	d.Ends = c.wire.now().Add(life)
	d.Renew = d.Ends.Add(-min(life/4, 2*time.Minute))
	return d, nil
}

// refused tells what the service said.
func refused(service string, a Answer) error {
	kind := ErrAnswer
	if a.Status == http.StatusUnauthorized {
		kind = ErrToken
	}
	return problem(kind, nil, "%s gives no database login: %s", service, a.Says())
}

// device is this data directory's name at services: random, and the same ever after.
func (c *Client) device() (string, error) {
	path := filepath.Join(c.dir, "device")
	if text, err := os.ReadFile(path); err == nil && len(text) > 0 {
		return string(text), nil
	}
	id := rand.Text()
	if err := writeFile(path, []byte(id)); err != nil {
		return "", fmt.Errorf("remember this device: %w", err)
	}
	return id, nil
}
