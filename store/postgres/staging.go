package postgres

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
)

// stagingName is a temporary table of the connection that points are copied into.
const stagingName = "pg_temp.aiops_staging"

// temporary creates the temporary tables inside a transaction: the staging table with the types of
// the facts' columns, so that values are the same after one more copy; times of VMs; what the facts say of them.
func (t table) temporary() []string {
	return []string{
		`SET LOCAL client_min_messages = warning`,
		fmt.Sprintf(`CREATE TEMPORARY TABLE IF NOT EXISTS aiops_staging (id uuid, at %s, value %s) ON COMMIT DELETE ROWS`, t.time(), t.columns["value"].exact),
		fmt.Sprintf(`CREATE TEMPORARY TABLE IF NOT EXISTS aiops_ranges (vm text, lo %s, hi %[1]s) ON COMMIT DELETE ROWS`, t.time()),
		`CREATE TEMPORARY TABLE IF NOT EXISTS aiops_fresh (vm text COLLATE "C", metric text COLLATE "C", hour timestamptz, count integer,
			min double precision, max double precision, mean double precision) ON COMMIT DELETE ROWS`,
	}
}

// copyIn adds rows to the staging table, by COPY in its binary form.
func (t table) copyIn(ctx context.Context, c *pgx.Conn, ids *idSource, times []int64, values []float64) error {
	kind := t.columns["value"].kind
	if kind != "numeric" && kind != "double precision" {
		return t.copyText(ctx, c, ids, times, values)
	}
	r := &copier{ids: ids, times: times, values: values, numeric: kind == "numeric", out: make([]byte, 0, 1<<16)}
	r.out = append(r.out, "PGCOPY\n\xff\r\n\x00\x00\x00\x00\x00\x00\x00\x00\x00"...)
	_, err := c.PgConn().CopyFrom(ctx, r, "COPY "+stagingName+" FROM STDIN (FORMAT binary)")
	return err
}

// copier makes the bytes of a binary COPY as they are asked for.
type copier struct {
	ids     *idSource
	times   []int64
	values  []float64
	numeric bool
	out     []byte // made and not yet read
	read    int
	ended   bool
}

func (r *copier) Read(p []byte) (int, error) {
	if r.read == len(r.out) {
		r.out, r.read = r.out[:0], 0
		r.fill()
	} else if r.read == 0 && len(r.out) < 1<<10 {
		r.fill() // after the head
	}
	if r.read == len(r.out) {
		return 0, io.EOF
	}
	n := copy(p, r.out[r.read:])
	r.read += n
	return n, nil
}

func (r *copier) fill() {
	for len(r.times) > 0 && len(r.out) < 1<<16-256 {
		r.row()
	}
	if len(r.times) == 0 && !r.ended {
		r.out = append(r.out, 0xff, 0xff)
		r.ended = true
	}
}

func (r *copier) row() {
	b := append(r.out, 0, 3, 0, 0, 0, 16)
	id := r.ids.next()
	b = append(b, id[:]...)
	b = append(b, 0, 0, 0, 8)
	b = binary.BigEndian.AppendUint64(b, uint64(r.times[0]-epoch))
	if r.numeric {
		b = appendNumeric(b, r.values[0])
	} else {
		b = appendFloat(b, r.values[0])
	}
	r.out, r.times, r.values = b, r.times[1:], r.values[1:]
}

// copyText fills the staging table where the values' type has another form.
func (t table) copyText(ctx context.Context, c *pgx.Conn, ids *idSource, times []int64, values []float64) error {
	statement := fmt.Sprintf(`INSERT INTO %s SELECT u.id, u.at, u.value::numeric::%s FROM unnest($1::uuid[], $2::%s[], $3::text[]) u(id, at, value)`,
		stagingName, t.columns["value"].exact, t.time())
	for n := 0; n < len(times); n += 5000 {
		end := min(n+5000, len(times))
		all := make([][16]byte, end-n)
		for i := range all {
			all[i] = ids.next()
		}
		if _, err := c.Exec(ctx, statement, all, moments(times[n:end]), texts(values[n:end])); err != nil {
			return err
		}
	}
	return nil
}
