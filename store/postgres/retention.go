package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/store"
)

// Part is a partition of the facts.
type Part struct {
	Name       string
	From, To   time.Time // From is zero where it has no beginning
	Rows       int64     // estimated by the server
	Bytes      int64     // with its indexes
	Unfinished bool      // its detaching was interrupted
	table      string    // with its schema, quoted
}

// Outdated lists the partitions whose rows are all older than a time, the
// oldest first.
func Outdated(ctx context.Context, url string, o Options, before time.Time) (parts []Part, err error) {
	o.ReadOnly = true
	s, err := connect(ctx, url, o)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	return s.outdated(ctx, before)
}

// DropOutdated drops those partitions, one after the other. Others read and
// write meanwhile; a partition goes when nobody reads it any more.
func DropOutdated(ctx context.Context, url string, o Options, before time.Time, tell func(Part)) error {
	_, err := migrating(ctx, url, o, func(s *Store) error {
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
		return nil
	})
	return err
}

func (s *Store) outdated(ctx context.Context, before time.Time) (parts []Part, err error) {
	if !s.layout.facts.managed {
		return nil, refuse(store.ErrForeign, "the facts of %s are not partitioned by this program, so old ones cannot be dropped as a whole. `aiops db migrate --partition month` partitions them", s.where)
	}
	return list(ctx, s, "list partitions", func(row pgx.CollectableRow) (p Part, err error) {
		var from *time.Time
		err = row.Scan(&p.Name, &from, &p.To, &p.Rows, &p.Bytes, &p.Unfinished, &p.table)
		if from != nil {
			p.From = *from
		}
		return p, err
	}, `SELECT n.name, nullif(n.low, '-infinity'), n.high, greatest(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid), false, c.relnamespace::regnamespace || '.' || quote_ident(c.relname)
		FROM aiops.partitions_now n JOIN pg_inherits i ON i.inhparent = to_regclass('server_metrics_fact') JOIN pg_class c ON c.oid = i.inhrelid AND c.relname = n.name
		WHERE n.high <= $1
		UNION ALL SELECT p.name, nullif(p.low, '-infinity'), p.high, greatest(c.reltuples, 0)::bigint, pg_total_relation_size(c.oid), true, c.relnamespace::regnamespace || '.' || quote_ident(c.relname)
		FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid JOIN aiops.partitions p ON p.name = c.relname
		WHERE i.inhparent = to_regclass('server_metrics_fact') AND i.inhdetachpending ORDER BY 3`, before)
}

// drop detaches a partition without locking others out, and then drops it.
func (s *Store) drop(ctx context.Context, p Part) error {
	var schema, facts string
	err := s.within(ctx, "BEGIN", "ROLLBACK", func(c *pgx.Conn) (err error) {
		schema, facts, err = factsName(ctx, c)
		return err
	})
	if err != nil {
		return err
	}
	how := " CONCURRENTLY"
	if p.Unfinished {
		how = " FINALIZE"
	}
	return s.alone(ctx, "ALTER TABLE "+schema+"."+facts+" DETACH PARTITION "+p.table+how, "DROP TABLE "+p.table)
}
