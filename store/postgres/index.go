package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"aiops/store"
)

// seriesIndex is the index that a range of one series is read from alone.
const seriesIndex = "idx_server_metrics_fact_series"

const seriesColumns = `(vm, metric, "timestamp") INCLUDE (value)`

// indexed tells whether there is such an index, whatever its name.
const indexed = `SELECT EXISTS (SELECT FROM pg_index i WHERE indrelid = to_regclass('server_metrics_fact') AND indisvalid AND indpred IS NULL AND indnkeyatts >= 3
	AND (SELECT array_agg(attname::text ORDER BY n) FROM unnest(indkey::int2[]) WITH ORDINALITY k(attnum, n) JOIN pg_attribute a USING (attnum) WHERE a.attrelid = indrelid)
		@> '{value}' AND ARRAY (SELECT attname::text FROM generate_series(0, 2) n JOIN pg_attribute a ON a.attnum = indkey[n] WHERE a.attrelid = indrelid ORDER BY n) = '{vm,metric,timestamp}')`

// Index adds to a facts' table that others made the index that a range of one
// series is read from. Others may read and write meanwhile.
func Index(ctx context.Context, url string, o Options, tell func(string)) (Status, error) {
	return migrating(ctx, url, o, func(s *Store) error {
		if err := s.migrate(ctx, false); err != nil {
			return err
		}
		return s.convert(ctx, "index the facts", s.index(ctx, tell))
	})
}

func (s *Store) index(ctx context.Context, tell func(string)) error {
	var there bool
	var schema, table string
	var parts []string // without the index
	err := s.within(ctx, "BEGIN", "ROLLBACK", func(c *pgx.Conn) (err error) {
		if err = c.QueryRow(ctx, indexed).Scan(&there); err != nil {
			return err
		}
		if schema, table, err = factsName(ctx, c); err != nil || !s.layout.facts.partitioned {
			return err
		}
		parts, err = s.bare(ctx, c, schema)
		return err
	})
	if err != nil || there {
		return err
	}
	table = schema + "." + table
	if !s.layout.facts.partitioned {
		tell("Building an index on (vm, metric, timestamp) with the value; others may read and write")
		return s.alone(ctx, buildIndex(schema, seriesIndex, table)...)
	}
	if err := s.alone(ctx, fmt.Sprintf("CREATE INDEX IF NOT EXISTS %s ON ONLY %s %s", seriesIndex, table, seriesColumns)); err != nil {
		return err
	}
	for i, part := range parts {
		tell(fmt.Sprintf("Partition %d of %d: building the index of %s; others may read and write", i+1, len(parts), part))
		name := pgx.Identifier{part + "_series"}.Sanitize()
		statements := append(buildIndex(schema, name, schema+"."+pgx.Identifier{part}.Sanitize()),
			fmt.Sprintf("ALTER INDEX %[1]s.%[2]s ATTACH PARTITION %[1]s.%[3]s", schema, seriesIndex, name))
		if err := s.alone(ctx, statements...); err != nil {
			return err
		}
	}
	return nil
}

func buildIndex(schema, name, table string) []string {
	return []string{fmt.Sprintf("DROP INDEX IF EXISTS %s.%s", schema, name), // one that was not finished
		fmt.Sprintf("CREATE INDEX CONCURRENTLY %s ON %s %s", name, table, seriesColumns)}
}

// bare are the partitions whose index is not yet a part of the facts' own.
func (s *Store) bare(ctx context.Context, c *pgx.Conn, schema string) ([]string, error) {
	var deep bool
	if err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_partition_tree(to_regclass('server_metrics_fact')) WHERE level > 0 AND NOT isleaf)
		OR EXISTS (SELECT FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid WHERE inhparent = to_regclass('server_metrics_fact') AND relnamespace <> $1::regnamespace)`, schema).Scan(&deep); err != nil {
		return nil, err
	}
	if deep {
		return nil, refuse(store.ErrForeign, "the partitions of server_metrics_fact of %s have partitions, or lie in other schemas. Make the index by hand: CREATE INDEX ON server_metrics_fact %s", s.where, seriesColumns)
	}
	rows, err := c.Query(ctx, `SELECT relname::text FROM pg_inherits p JOIN pg_class c ON c.oid = p.inhrelid WHERE inhparent = to_regclass('server_metrics_fact')
		AND NOT EXISTS (SELECT FROM pg_index i JOIN pg_inherits h ON h.inhrelid = i.indexrelid WHERE i.indrelid = c.oid AND h.inhparent = to_regclass($1)) ORDER BY 1`, schema+"."+seriesIndex)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
