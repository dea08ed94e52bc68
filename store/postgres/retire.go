package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// Outdated lists the partitions of an open database whose rows are all older than a time.
func (s *Store) Outdated(ctx context.Context, before time.Time) ([]Part, error) {
	return s.outdated(ctx, before)
}

// DropOutdated drops those partitions; tell is asked after each.
func (s *Store) DropOutdated(ctx context.Context, before time.Time, tell func(Part)) error {
	parts, err := s.outdated(ctx, before)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if err := s.convert(ctx, "drop "+p.Name, s.drop(ctx, p)); err != nil {
			return err
		}
		tell(p)
	}
	return s.settle(ctx)
}

// LoginHeld is a login that holds.
type LoginHeld struct {
	LoginRequest
	User          string
	Made, Expires time.Time
	Connections   int // that are open
}

// LoginsHeld lists the logins that hold, by person and device.
func (s *Store) LoginsHeld(ctx context.Context) ([]LoginHeld, error) {
	return list(ctx, s, "list logins", func(row pgx.CollectableRow) (l LoginHeld, err error) {
		err = row.Scan(&l.User, &l.Subject, &l.Person, &l.Device, &l.Role, &l.Teams, &l.Address, &l.Made, &l.Expires, &l.Connections)
		return l, err
	}, `SELECT login, subject, person, device, role, teams, address, made, expires, (SELECT count(*) FROM pg_stat_activity a WHERE a.usename = l.login)::int
		FROM aiops.logins l WHERE expires > $1 ORDER BY person, subject, device`, s.now())
}
