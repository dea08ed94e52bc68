// Package keyring keeps secrets in the operating system's keyring: Secret
// Service on Linux, Keychain on macOS, Credential Manager on Windows.
package keyring

import (
	"context"
	"errors"
	"fmt"
	"time"

	system "github.com/zalando/go-keyring"
)

// What can be wrong with a keyring.
var (
	ErrNotFound    = errors.New("the keyring holds no such secret")
	ErrUnavailable = errors.New("the system's keyring cannot be used")
)

// patience is how long a keyring is waited for: it may ask the user to unlock it.
const patience = 60 * time.Second

// Get returns a secret, or ErrNotFound, or ErrUnavailable. The keyring may ask
// the user something, so it is never called on the UI thread.
func Get(ctx context.Context, service, account string) (string, error) {
	return ask(ctx, func() (string, error) { return system.Get(service, account) })
}

// Set stores a secret in place of the one that is there.
func Set(ctx context.Context, service, account, secret string) error {
	_, err := ask(ctx, func() (string, error) { return "", system.Set(service, account, secret) })
	return err
}

// Delete removes a secret, or returns ErrNotFound.
func Delete(ctx context.Context, service, account string) error {
	_, err := ask(ctx, func() (string, error) { return "", system.Delete(service, account) })
	return err
}

// InMemory puts a keyring in memory in the system's place, for tests.
func InMemory() { system.MockInit() }

// ask waits for the keyring's answer, but not for ever. A call that is given
// up goes on in the background: the keyrings know no other way.
func ask(ctx context.Context, call func() (string, error)) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	type answer struct {
		secret string
		err    error
	}
	answered := make(chan answer, 1)
	go func() {
		secret, err := call()
		answered <- answer{secret, err}
	}()
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case a := <-answered:
		return a.secret, convert(a.err)
	case <-late.C:
		return "", fmt.Errorf("%w: it did not answer within %v. Unlock it and try again", ErrUnavailable, patience)
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func convert(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, system.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, system.ErrSetDataTooBig):
		return errors.New("the secret is longer than the system's keyring takes")
	}
	return fmt.Errorf("%w (%v)", ErrUnavailable, err)
}
