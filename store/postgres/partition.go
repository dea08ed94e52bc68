package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"aiops/store"
)

// ahead is how many months' partitions are made before they are needed.
const ahead = 3

// Partition makes the facts a table that is partitioned by the month, with
// partitions for the months to come. A table that has rows becomes the first
// partition, up to the end of this month or the next: nothing is copied, and
// others are locked out only for the moment of the exchange.
func Partition(ctx context.Context, url string, o Options, tell func(string)) (Status, error) {
	return migrating(ctx, url, o, func(s *Store) error {
		if err := s.migrate(ctx, false); err != nil {
			return err
		}
		return s.convert(ctx, "partition the facts", s.partition(ctx, tell))
	})
}

func (s *Store) partition(ctx context.Context, tell func(string)) error {
	facts := s.layout.facts
	switch {
	case facts.managed:
		return s.within(ctx, "BEGIN", "COMMIT", func(c *pgx.Conn) error { return s.manage(ctx, c) })
	case facts.partitioned:
		return refuse(store.ErrForeign, "table server_metrics_fact of %s is partitioned by others, so it is left as it is", s.where)
	case !facts.unique:
		return s.noUnique()
	}
	e := &exchange{s: s, high: monthAfter(s.now().UTC().AddDate(0, 0, 7)), tell: tell}
	for _, step := range []func(context.Context) error{e.examine, e.keyIndex, e.boundary, e.swap} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return s.look(ctx)
}

// manage brings up to date what makes partitions, and makes those to come.
func (s *Store) manage(ctx context.Context, c *pgx.Conn) error {
	schema, table, err := factsName(ctx, c)
	if err != nil {
		return err
	}
	text, err := migrations.ReadFile("migrations/partitions.sql")
	if err != nil {
		return err
	}
	fill := strings.NewReplacer("FACTS", schema+"."+table, "PREFIX", "server_metrics_fact_", "'SCHEMA'", quoteText(strings.Trim(schema, `"`)))
	if _, err := c.Exec(ctx, fill.Replace(string(text)), pgx.QueryExecModeSimpleProtocol); err != nil {
		return err
	}
	now := s.now().UTC()
	_, err = c.Exec(ctx, `SELECT aiops.add_partitions($1, $2)`, now, now.AddDate(0, ahead, 0))
	return err
}

// factsName is the facts' table and its schema, quoted.
func factsName(ctx context.Context, c *pgx.Conn) (schema, table string, err error) {
	err = c.QueryRow(ctx, `SELECT quote_ident(nspname), quote_ident(relname) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
		WHERE c.oid = to_regclass('server_metrics_fact')`).Scan(&schema, &table)
	return schema, table, err
}

// monthAfter is the start of the next month.
func monthAfter(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
}

// exchange puts a partitioned table in the place of the facts.
type exchange struct {
	s      *Store
	high   time.Time // the first time after the old table
	schema string    // quoted
	table  string    // with its schema
	keyed  bool      // the primary key is made of vm, timestamp and id
	tell   func(string)
}

// examine finds what stands against it.
func (e *exchange) examine(ctx context.Context) error {
	var against []string
	err := e.s.within(ctx, "BEGIN", "ROLLBACK", func(c *pgx.Conn) error {
		schema, table, err := factsName(ctx, c)
		if err != nil {
			return err
		}
		e.schema, e.table = schema, schema+"."+table
		err = c.QueryRow(ctx, `SELECT count(*) = 3 FROM pg_attribute WHERE attrelid = $1::text::regclass AND attname IN ('vm', 'timestamp', 'id') AND attnotnull`, e.table).Scan(&e.keyed)
		if err != nil {
			return err
		}
		rows, err := c.Query(ctx, `SELECT 'column ' || attname || ' counts by itself' FROM pg_attribute a WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped
				AND (attidentity <> '' OR pg_get_serial_sequence($1::text, attname::text) IS NOT NULL)
			UNION ALL SELECT conrelid::regclass || ' refers to it' FROM pg_constraint WHERE confrelid = $1::text::regclass AND contype = 'f'
			UNION ALL SELECT 'it refers to ' || confrelid::regclass FROM pg_constraint WHERE conrelid = $1::text::regclass AND contype = 'f'
			UNION ALL SELECT DISTINCT ev_class::regclass || ' is a view of it' FROM pg_rewrite r JOIN pg_depend d ON d.objid = r.oid WHERE d.refobjid = $1::text::regclass AND ev_class <> d.refobjid
			UNION ALL SELECT 'it has trigger ' || tgname FROM pg_trigger WHERE tgrelid = $1::text::regclass AND NOT tgisinternal AND tgname NOT LIKE 'aiops\_note\_%'
			UNION ALL SELECT 'it inherits' FROM pg_inherits WHERE inhrelid = $1::text::regclass OR inhparent = $1::text::regclass`, e.table)
		if err == nil {
			against, err = pgx.CollectRows(rows, pgx.RowTo[string])
		}
		return err
	})
	if err == nil && len(against) > 0 {
		err = refuse(store.ErrForeign, "%s of %s cannot be exchanged for a partitioned table as it stands: %s. Take that away, or partition it by hand", e.table, e.s.where, strings.Join(against, "; "))
	}
	return err
}

// alone runs a statement outside of any transaction, and without a time limit.
func (s *Store) alone(ctx context.Context, statements ...string) error {
	conn, err := s.begin(ctx, "SET statement_timeout = 0")
	if err != nil {
		return err
	}
	for _, one := range statements {
		if _, err = conn.Exec(ctx, one, pgx.QueryExecModeSimpleProtocol); err != nil {
			break
		}
	}
	if _, e := conn.Exec(context.WithoutCancel(ctx), "RESET statement_timeout", pgx.QueryExecModeSimpleProtocol); e != nil || err != nil {
		discard(conn)
		return errors.Join(err, e)
	}
	conn.Release()
	return nil
}

// keyIndex builds the index of the new primary key while others read and write.
func (e *exchange) keyIndex(ctx context.Context) error {
	if !e.keyed {
		return nil
	}
	e.tell("Building the index of the new primary key (vm, timestamp, id); others may read and write")
	return e.s.alone(ctx, "DROP INDEX IF EXISTS "+e.schema+".server_metrics_fact_key", // one that was not finished
		`CREATE UNIQUE INDEX CONCURRENTLY server_metrics_fact_key ON `+e.table+` (vm, "timestamp", id)`)
}

// boundary promises that the old table holds nothing after its end, so that
// the exchange does not have to look.
func (e *exchange) boundary(ctx context.Context) error {
	var last *time.Time
	err := e.s.within(ctx, "BEGIN", "ROLLBACK", func(c *pgx.Conn) error {
		return c.QueryRow(ctx, `SELECT max("timestamp")::timestamptz FROM server_metrics_fact`).Scan(&last)
	})
	if err != nil {
		return err
	}
	if last != nil && !last.Before(e.high) {
		e.high = monthAfter(last.UTC())
	}
	e.tell("Checking that every row lies before " + e.high.Format(time.DateOnly) + "; others may read and write")
	return e.s.alone(ctx, "SET lock_timeout = '20s'", "ALTER TABLE "+e.table+" DROP CONSTRAINT IF EXISTS aiops_before",
		fmt.Sprintf(`ALTER TABLE %s ADD CONSTRAINT aiops_before CHECK ("timestamp" IS NOT NULL AND "timestamp" < '%s') NOT VALID`, e.table, e.high.Format(time.RFC3339)),
		"RESET lock_timeout", "ALTER TABLE "+e.table+" VALIDATE CONSTRAINT aiops_before")
}

// swap exchanges the tables in one short transaction.
func (e *exchange) swap(ctx context.Context) error {
	e.tell("Exchanging the tables; others wait for a moment")
	return e.s.within(ctx, "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '20s'", "COMMIT", func(c *pgx.Conn) error {
		text, err := migrations.ReadFile("migrations/exchange.sql")
		if err != nil {
			return err
		}
		if _, err := c.Exec(ctx, e.fill(string(text)), pgx.QueryExecModeSimpleProtocol); err != nil {
			return err
		}
		if err := e.s.manage(ctx, c); err != nil {
			return err
		}
		_, err = c.Exec(ctx, `INSERT INTO aiops.partitions TABLE aiops.partitions_now ON CONFLICT (name) DO UPDATE SET low = excluded.low, high = excluded.high`)
		return err
	})
}

// fill puts names and times into a text of SQL.
func (e *exchange) fill(text string) string {
	return strings.NewReplacer("FACTS", e.table, "SCHEMA", e.schema, "HIGH", e.high.Format(time.RFC3339),
		"BEFORE", "server_metrics_fact_before_"+e.high.Format("2006_01"), "KEYED", fmt.Sprint(e.keyed)).Replace(text)
}

func quoteText(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
