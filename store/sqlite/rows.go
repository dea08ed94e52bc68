package sqlite

import (
	"context"
	"database/sql"
	"os"
	"strings"
)

// rows collects rows of one series and inserts many with one statement. The
// series is one parameter for all of them: binding is a good part of the work.
type rows struct {
	conn       *sql.Conn
	head, tail string
	width      int               // columns besides the series
	full       int               // rows of the largest statement
	args       []any             // the series, then the rows
	prepared   map[int]*sql.Stmt // by number of rows
}

func newRows(conn *sql.Conn, head, tail string, width, full int) rows {
	return rows{conn: conn, head: head, tail: tail, width: width, full: full,
		args: make([]any, 1, 1+width*full), prepared: map[int]*sql.Stmt{}}
}

// add takes a row.
func (r *rows) add(ctx context.Context, series int64, values ...any) error {
	if len(r.args) > 1 && r.args[0] != series {
		if err := r.flush(ctx); err != nil {
			return err
		}
	}
	if len(r.args) == 1 {
		r.args[0] = series
	}
	r.args = append(r.args, values...)
	if len(r.args) <= r.width*r.full {
		return nil
	}
	return r.flush(ctx)
}

// flush inserts what was collected, by statements of a few sizes, each a tenth
// of the one before, so that few need to be prepared.
func (r *rows) flush(ctx context.Context) error {
	args := r.args
	for n := r.full; len(args) > 1; {
		if len(args) <= n*r.width {
			n = max(1, n/10)
			continue
		}
		st, err := r.statement(ctx, n)
		if err != nil {
			return err
		}
		if _, err := st.ExecContext(ctx, args[:1+n*r.width]...); err != nil {
			return err
		}
		args = args[n*r.width:]
		args[0] = r.args[0]
	}
	r.args = r.args[:1]
	return nil
}

func (r *rows) statement(ctx context.Context, n int) (*sql.Stmt, error) {
	if st := r.prepared[n]; st != nil {
		return st, nil
	}
	row := "(?1" + strings.Repeat(",?", r.width) + "),"
	text := r.head + strings.TrimSuffix(strings.Repeat(row, n), ",")
	st, err := r.conn.PrepareContext(ctx, text+r.tail)
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
