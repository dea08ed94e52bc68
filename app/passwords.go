package app

import (
	"context"
	"errors"
	"fmt"

	"aiops/app/keyring"
)

// keyringService is what the program's secrets are filed under.
const keyringService = "aiops-dashboard"

// passwordAccount names a database's password in the keyring: USER@SERVER/DATABASE.
func passwordAccount(db string) string {
	a, err := ParseAddress(db)
	if err != nil || !a.Postgres {
		return ""
	}
	return a.User + "@" + a.Server + "/" + a.Database
}

func keepPassword(ctx context.Context, db, password string) error {
	account := passwordAccount(db)
	if account == "" {
		return errors.New("an SQLite file has no password")
	}
	if err := keyring.Set(ctx, keyringService, account, password); err != nil {
		return fmt.Errorf("keep the password: %w. Leave the field empty and put the password into ~/.pgpass instead", err)
	}
	return nil
}

// forgetPassword takes a password out of the keyring, if one is there.
func forgetPassword(ctx context.Context, db string) error {
	account := passwordAccount(db)
	if account == "" {
		return nil
	}
	err := keyring.Delete(ctx, keyringService, account)
	if errors.Is(err, keyring.ErrNotFound) || errors.Is(err, keyring.ErrUnavailable) {
		return nil // there is none
	}
	return err
}
