package postgres

import (
	"context"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// readOrder finds the index that a series' first or last row in some time is
// read from: its columns, of which the time is the last or the last but one.
func (t *table) readOrder(ctx context.Context, c *pgx.Conn, name string) error {
	rows, err := c.Query(ctx, `SELECT attname::text, quote_ident(nspname) || '.' || quote_ident(collname) FROM (
			SELECT indkey::int2[] AS keys, indrelid FROM pg_index i WHERE indrelid = to_regclass($1) AND indisvalid AND indpred IS NULL AND indnkeyatts >= 3
				AND 0 = ALL ((indoption::int2[])[0:2])
				AND (SELECT array_agg(attname::text ORDER BY attname) FROM pg_attribute WHERE attrelid = indrelid AND attnum = ANY ((indkey::int2[])[0:2])) = '{metric,timestamp,vm}'
			ORDER BY array_position((indkey::int2[])[0:2], (SELECT attnum FROM pg_attribute WHERE attrelid = indrelid AND attname = 'timestamp')) DESC, indexrelid LIMIT 1) i
		CROSS JOIN generate_series(0, 2) n JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = keys[n]
		LEFT JOIN pg_collation l ON l.oid = attcollation LEFT JOIN pg_namespace s ON s.oid = collnamespace ORDER BY n`, name)
	if err != nil {
		return err
	}
	t.order = nil
	var column string
	var collation *string
	_, err = pgx.ForEachRow(rows, []any{&column, &collation}, func() error {
		k := key{name: column}
		if collation != nil {
			k.collation = *collation
		}
		t.order = append(t.order, k)
		return nil
	})
	if len(t.order) > 0 && t.order[0].name == "timestamp" {
		t.order = nil
	}
	return err
}

// key is a column of an index.
type key struct{ name, collation string }

// nearest is SQL for the first rows, or backwards the last ones, of a series s between two times: what follows WHERE.
// It goes by rows of columns, which an index of the time alone cannot answer:
// the server would take that one where it does not know how many series have rows at the same time.
func (t table) nearest(from, op, to string, backwards bool) string {
	direction := ""
	if backwards {
		direction = " DESC"
	}
	if len(t.order) == 0 {
		return `vm = s.vm AND metric = s.metric AND "timestamp" >= ` + from + ` AND "timestamp" ` + op + ` ` + to + ` ORDER BY "timestamp"` + direction
	}
	n := slices.IndexFunc(t.order, func(k key) bool { return k.name == "timestamp" })
	var columns, values, equal []string
	for i, k := range t.order {
		switch {
		case i < n:
			columns, values = append(columns, k.name), append(values, "s."+k.name+" COLLATE "+k.collation)
		case i > n:
			equal = append(equal, " AND "+k.name+" = s."+k.name)
		}
	}
	columns = append(columns, `"timestamp"`)
	row, prefix := "("+strings.Join(columns, ", ")+")", "("+strings.Join(values, ", ")+", "
	return row + " >= " + prefix + from + ") AND " + row + " " + op + " " + prefix + to + ")" + strings.Join(equal, "") +
		" ORDER BY " + strings.Join(columns, direction+", ") + direction
}
