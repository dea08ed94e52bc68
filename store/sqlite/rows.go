package sqlite

import (
	"context"
	"database/sql"
	"os"
	"strings"
)

// rows collects rows of one table and inserts many with one statement.
type rows struct {
	conn       *sql.Conn
	head, tail string
	width      int
	full       int // rows of the largest statement
	args       []any
	prepared   map[int]*sql.Stmt // by number of rows
}

func newRows(conn *sql.Conn, head, tail string, width, full int) rows {
	return rows{conn: conn, head: head, tail: tail, width: width, full: full, args: make([]any, 0, width*full), prepared: map[int]*sql.Stmt{}}
}

// add takes a row.
func (r *rows) add(ctx context.Context, values ...any) error {
	r.args = append(r.args, values...)
	if len(r.args) < r.width*r.full {
		return nil
	}
	return r.flush(ctx)
}

// flush inserts what was collected, by statements of 100, 10 and 1 rows, so
// that few need to be prepared.
func (r *rows) flush(ctx context.Context) error {
	args := r.args
	for n := r.full; len(args) > 0; {
		if len(args) < n*r.width {
			n = max(1, n/10)
			continue
		}
		st, err := r.statement(ctx, n)
		if err != nil {
			return err
		}
		if _, err := st.ExecContext(ctx, args[:n*r.width]...); err != nil {
			return err
		}
		args = args[n*r.width:]
	}
	r.args = r.args[:0]
	return nil
}

func (r *rows) statement(ctx context.Context, n int) (*sql.Stmt, error) {
	if st := r.prepared[n]; st != nil {
		return st, nil
	}
	row := "(" + strings.TrimSuffix(strings.Repeat("?,", r.width), ",") + "),"
	st, err := r.conn.PrepareContext(ctx, r.head+strings.TrimSuffix(strings.Repeat(row, n), ",")+r.tail)
	if err == nil {
		r.prepared[n] = st
	}
	return st, err
}

func (r *rows) close() {
	for _, st := range r.prepared {
		st.Close()
	}
}

// logSize is the size of the database's write-ahead log.
func logSize(path string) int64 {
	info, err := os.Stat(path + "-wal")
	if err != nil {
		return 0
	}
	return info.Size()
}
