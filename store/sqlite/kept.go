package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"aiops/metric"
)

// Kept is which times of which series a copy holds, in order.
func (s *Store) Kept(ctx context.Context) (map[metric.Key][]metric.Range, error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT vm, metric, from_us, to_us FROM kept ORDER BY vm, metric, from_us`)
	if err != nil {
		return nil, convert(ctx, s.path, "look what the copy holds", err)
	}
	defer rows.Close()
	out := map[metric.Key][]metric.Range{}
	for rows.Next() {
		var k metric.Key
		var r metric.Range
		if err := rows.Scan(&k.VM, &k.Metric, &r.From, &r.To); err != nil {
			return nil, convert(ctx, s.path, "look what the copy holds", err)
		}
		out[k] = append(out[k], r)
	}
	return out, convert(ctx, s.path, "look what the copy holds", rows.Err())
}

// Keep notes that the copy holds a series in these ranges and no others.
func (s *Store) Keep(ctx context.Context, k metric.Key, ranges []metric.Range) error {
	return s.writing(ctx, "note what the copy holds", func(conn *sql.Conn) error {
		_, err := conn.ExecContext(ctx, `DELETE FROM kept WHERE vm = ? AND metric = ?`, k.VM, k.Metric)
		for _, r := range ranges {
			if err == nil {
				_, err = conn.ExecContext(ctx, `INSERT INTO kept VALUES (?, ?, ?, ?, ?)`, k.VM, k.Metric, r.From, r.To, s.now().UnixMicro())
			}
		}
		return err
	})
}

// Used notes that series were looked at; by the hour, as nobody needs to know better.
func (s *Store) Used(ctx context.Context, keys []metric.Key) error {
	return s.writing(ctx, "note what is looked at", func(conn *sql.Conn) error {
		now := s.now().UnixMicro()
		for _, k := range keys {
			_, err := conn.ExecContext(ctx, `UPDATE kept SET used_us = ? WHERE vm = ? AND metric = ? AND used_us < ?`, now, k.VM, k.Metric, now-3600_000_000)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// LeastUsed is the series that the copy holds and that was not looked at for
// the longest time.
func (s *Store) LeastUsed(ctx context.Context) (k metric.Key, found bool, err error) {
	err = s.readers.QueryRowContext(ctx, `SELECT vm, metric FROM kept GROUP BY vm, metric ORDER BY max(used_us) LIMIT 1`).Scan(&k.VM, &k.Metric)
	if errors.Is(err, sql.ErrNoRows) {
		return k, false, nil
	}
	return k, err == nil, convert(ctx, s.path, "look what the copy holds", err)
}

// Size is how many bytes of the file are in use.
func (s *Store) Size(ctx context.Context) (int64, error) {
	var n int64
	err := s.readers.QueryRowContext(ctx, `SELECT (page_count - freelist_count) * page_size FROM pragma_page_count, pragma_freelist_count, pragma_page_size`).Scan(&n)
	return n, convert(ctx, s.path, "look how large the copy is", err)
}

// Durable waits until what was committed is on the disk.
func (s *Store) Durable(ctx context.Context) error {
	return s.durable(ctx, "save", func(conn *sql.Conn) error {
		return setNote(ctx, conn, "saved", []byte(s.now().String()))
	})
}
