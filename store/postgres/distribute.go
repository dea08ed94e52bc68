package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"aiops/store"
)

// Distribute spreads the facts over the nodes of Citus or makes them a
// hypertable of TimescaleDB, whichever extension the database has.
func Distribute(ctx context.Context, url string, o Options, tell func(string)) (Status, error) {
	return migrating(ctx, url, o, func(s *Store) error {
		var have []string
		err := s.reading(ctx, "look for extensions", func(c *pgx.Conn) error {
			return c.QueryRow(ctx, `SELECT coalesce(array_agg(extname::text), '{}') FROM pg_extension WHERE extname IN ('citus', 'timescaledb')`).Scan(&have)
		})
		if err != nil {
			return err
		}
		steps, err := distribution(have, s.where)
		if err != nil {
			return err
		}
		if err := s.migrate(ctx, false); err != nil {
			return err
		}
		for _, one := range steps {
			tell(one.about)
			if err := s.convert(ctx, "distribute the facts", s.alone(ctx, one.sql)); err != nil {
				return err
			}
		}
		return s.look(ctx)
	})
}

// step is a statement and what it does.
type step struct{ about, sql string }

// distribution are the statements for the extension that is there.
func distribution(have []string, where place) ([]step, error) {
	if len(have) == 0 {
		return nil, refuse(store.ErrNotFound, "%s has neither Citus nor TimescaleDB. Install one of them on the server, run CREATE EXTENSION citus or CREATE EXTENSION timescaledb in the database, and try again; docs/SCALING.md says when it is worth it", where)
	}
	if len(have) > 1 {
		return nil, refuse(store.ErrConflict, "%s has both Citus and TimescaleDB, which do not go together on one table. Drop the one that is not wanted", where)
	}
	text, err := migrations.ReadFile("migrations/" + have[0] + ".sql")
	if err != nil {
		return nil, err
	}
	var out []step
	for part := range strings.SplitSeq(string(text), "\n-- Step: ") {
		if about, sql, ok := strings.Cut(part, "\n"); ok && !strings.HasPrefix(part, "--") {
			out = append(out, step{strings.TrimSpace(about), strings.TrimSpace(sql)})
		}
	}
	return out, nil
}
