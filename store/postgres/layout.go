package postgres

import (
	"context"
	"slices"

	"github.com/jackc/pgx/v5"

	"aiops/store"
)

// latest is the number of the last migration of schema aiops.
const latest = 4

// layout is how the tables of a database are made.
type layout struct {
	format      int // of schema aiops, 0: not there
	facts, pred table
	tracked     bool // changes of the facts by others are noted
}

// table is a shared table: its columns may be of several types.
type table struct {
	there       bool
	unique      bool // (vm, timestamp, metric)
	partitioned bool
	managed     bool // by aiops.add_partitions
	columns     map[string]column
	order       []key // of an index that a series' rows are read from by time; none: there is none
}

type column struct {
	kind   string // "numeric", "uuid"
	exact  string // with its modifiers: "numeric(10,2)"
	filled bool   // it has a default
}

func (l layout) complete() bool { return l.format >= latest && l.facts.there && l.pred.there }

// time is the type of column timestamp; every connection's zone is UTC.
func (t table) time() string { return t.columns["timestamp"].kind }

// limited reports whether a column may keep less of a value than it was given.
func (c column) limited() bool { return c.exact != "double precision" && c.exact != "numeric" }

func readLayout(ctx context.Context, c *pgx.Conn) (layout, error) {
	var l layout
	var ours bool
	err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_namespace n JOIN pg_class c ON c.relnamespace = n.oid WHERE nspname = 'aiops' AND relname = 'migrations'
			AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT')),
		EXISTS (SELECT FROM pg_trigger WHERE tgrelid = to_regclass('server_metrics_fact') AND tgname = 'aiops_note_insert' AND tgenabled <> 'D')`).
		Scan(&ours, &l.tracked)
	if err == nil && ours {
		err = c.QueryRow(ctx, `SELECT coalesce(max(version), 0) FROM aiops.migrations`).Scan(&l.format)
	}
	l.tracked = l.tracked && l.format > 0
	if err == nil {
		l.facts, err = readTable(ctx, c, "server_metrics_fact")
	}
	if err == nil {
		l.pred, err = readTable(ctx, c, "server_metrics_predictions")
	}
	if err == nil && l.facts.there {
		l.facts.partitioned, l.facts.managed, err = readPartitioned(ctx, c)
	}
	return l, err
}

// readPartitioned reports whether the facts are partitioned, and by this program.
func readPartitioned(ctx context.Context, c *pgx.Conn) (is, managed bool, err error) {
	err = c.QueryRow(ctx, partitioning).Scan(&is, &managed)
	return is, managed, err
}

// partitioning asks whether the facts are partitioned, and by this program.
const partitioning = `SELECT relkind = 'p', relkind = 'p' AND EXISTS (SELECT FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace
		WHERE nspname = 'aiops' AND proname = 'add_partitions' AND has_schema_privilege(n.oid, 'USAGE') AND has_function_privilege(p.oid, 'EXECUTE'))
		FROM pg_class WHERE oid = to_regclass('server_metrics_fact')`

func readTable(ctx context.Context, c *pgx.Conn, name string) (table, error) {
	t := table{columns: map[string]column{}}
	rows, err := c.Query(ctx, `SELECT attname::text, format_type(atttypid, NULL), format_type(atttypid, atttypmod), atthasdef OR attidentity <> ''
		FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`, name)
	if err != nil {
		return t, err
	}
	defer rows.Close()
	for rows.Next() {
		var col column
		var name string
		if err := rows.Scan(&name, &col.kind, &col.exact, &col.filled); err != nil {
			return t, err
		}
		t.columns[name] = col
		t.there = true
	}
	if err := rows.Err(); err != nil || !t.there {
		return t, err
	}
	err = c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_index WHERE indrelid = to_regclass($1) AND indisunique AND indpred IS NULL AND indnkeyatts = 3
		AND (SELECT array_agg(attname::text ORDER BY attname) FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY (indkey::int2[]))
			@> '{metric,timestamp,vm}')`, name).Scan(&t.unique)
	if err != nil {
		return t, err
	}
	return t, t.readOrder(ctx, c, name)
}

// check says what keeps the tables from being used.
func (l layout) check(where place) error {
	if !l.facts.there {
		return refuse(store.ErrNotFound, "%s has no table server_metrics_fact yet: `aiops db migrate`, `aiops import FILE` or `aiops generate` makes it", where)
	}
	if err := l.facts.check(where, "server_metrics_fact", "value"); err != nil || !l.pred.there {
		return err
	}
	return l.pred.check(where, "server_metrics_predictions", "value_predicted", "lower_bound", "upper_bound")
}

func (t table) check(where place, name string, values ...string) error {
	for _, c := range append([]string{"vm", "timestamp", "metric"}, values...) {
		if _, ok := t.columns[c]; !ok {
			return refuse(store.ErrForeign, "table %s of %s has no column %s. Choose another database with --db, or another schema with ?search_path=NAME", name, where, c)
		}
	}
	if kind := t.time(); kind != "timestamp with time zone" && kind != "timestamp without time zone" {
		return refuse(store.ErrForeign, "column timestamp of table %s of %s is a %s, not a timestamp. Choose another database with --db", name, where, kind)
	}
	for _, v := range values {
		if kind := t.columns[v].kind; !slices.Contains([]string{"numeric", "double precision", "real"}, kind) {
			return refuse(store.ErrForeign, "column %s of table %s of %s is a %s, not a number. Choose another database with --db", v, name, where, kind)
		}
	}
	return nil
}

// identity is how a new row gets its id and created_at: the columns that the
// table does not fill itself, and their values, id being a uuid.
func (t table) identity(id string) (columns, values string) {
	if c, ok := t.columns["id"]; ok && (c.kind == "uuid" || !c.filled) {
		columns, values = "id, ", id+"::"+c.kind+", "
	}
	if c, ok := t.columns["created_at"]; ok && !c.filled {
		columns, values = columns+"created_at, ", values+"now(), "
	}
	return columns, values
}

// supplied reports whether new rows' ids are ours, so that they can be told
// from those that were there.
func (t table) supplied() bool { return t.columns["id"].kind == "uuid" }
