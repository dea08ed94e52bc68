package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"aiops/app/keyring"
	"aiops/store/postgres"
)

// WithReplica is the address of a database whose points are read from a standby.
func WithReplica(db, read string) (string, error) { return postgres.WithReplica(db, read) }

// passwordService is what the databases' passwords are kept under in the keyring.
const passwordService = "aiops-dashboard database"

// Migration says what MigrateDatabase does beside creating what is missing.
type Migration struct {
	Track      bool // add triggers that note changes to a facts' table that others made
	Index      bool // and the index that a range of one series is read from
	Partition  bool // by the month
	Distribute bool // on Citus or TimescaleDB
	Tell       func(string)
}

// MigrateDatabase creates what is missing in a Postgres database and changes
// how it is made where that is asked for.
func MigrateDatabase(ctx context.Context, db string, m Migration) (postgres.Status, error) {
	o := postgresOptions(false, nil)
	switch {
	case m.Partition:
		return postgres.Partition(ctx, db, o, m.Tell)
	case m.Index:
		return postgres.Index(ctx, db, o, m.Tell)
	case m.Distribute:
		return postgres.Distribute(ctx, db, o, m.Tell)
	}
	return postgres.Migrate(ctx, db, o, m.Track)
}

// DatabaseStatus tells a Postgres database's state and changes nothing.
func DatabaseStatus(ctx context.Context, db string) (postgres.Status, error) {
	return postgres.Look(ctx, db, postgresOptions(true, nil))
}

// OutdatedParts are the partitions that hold only points from before a time.
func OutdatedParts(ctx context.Context, db string, before time.Time) ([]postgres.Part, error) {
	return postgres.Outdated(ctx, db, postgresOptions(true, nil), before)
}

// DropParts drops them.
func DropParts(ctx context.Context, db string, before time.Time, tell func(postgres.Part)) error {
	return postgres.DropOutdated(ctx, db, postgresOptions(false, nil), before, tell)
}

func postgresOptions(readOnly bool, now func() time.Time) postgres.Options {
	return postgres.Options{ReadOnly: readOnly, Now: now, Password: savedPassword}
}

// savedPassword looks for a database's password in the keyring; what it does
// not find there is empty.
func savedPassword(ctx context.Context, address string) (string, error) {
	secret, err := keyring.Get(ctx, passwordService, address)
	if errors.Is(err, keyring.ErrNotFound) || errors.Is(err, keyring.ErrUnavailable) {
		return "", nil // the server will say whether one is needed
	}
	return secret, err
}

// SavePassword keeps a database's password in the keyring and returns the
// address that it is kept for.
func SavePassword(ctx context.Context, db, password string) (string, error) {
	address, err := postgres.Address(db)
	if err == nil {
		err = keyring.Set(ctx, passwordService, address, password)
	}
	if err != nil {
		return "", fmt.Errorf("store the password: %w", err)
	}
	return address, nil
}

// ForgetPassword takes a database's password out of the keyring.
func ForgetPassword(ctx context.Context, db string) (string, error) {
	address, err := postgres.Address(db)
	if err == nil {
		err = keyring.Delete(ctx, passwordService, address)
	}
	if err != nil {
		return "", fmt.Errorf("delete the password of %s: %w", address, err)
	}
	return address, nil
}

// KeptSince is the time that points are kept from, for a span such as 13mo, 2y or 90d.
func KeptSince(now time.Time, keep string) (time.Time, error) {
	for unit, back := range map[string]func(int) time.Time{
		"mo": func(n int) time.Time { return now.AddDate(0, -n, 0) },
		"y":  func(n int) time.Time { return now.AddDate(-n, 0, 0) },
		"d":  func(n int) time.Time { return now.AddDate(0, 0, -n) },
	} {
		if digits, ok := strings.CutSuffix(keep, unit); ok {
			if n, err := strconv.Atoi(digits); err == nil && n > 0 && n < 100_000 {
				return back(n), nil
			}
		}
	}
	return time.Time{}, fmt.Errorf("--keep %s: write how long points are kept, such as 13mo, 2y or 90d", keep)
}
