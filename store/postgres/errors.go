package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/puddle/v2"

	"aiops/store"
)

// failure is a whole sentence for the user that still is one of package
// store's sentinels, or the engine's error.
type failure struct {
	text string
	kind error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.kind }

func refuse(kind error, format string, args ...any) error {
	return &failure{fmt.Sprintf(format, args...), kind}
}

// convert turns the engine's errors into those of package store and into
// sentences that say what to do.
func (s *Store) convert(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if c := ctx.Err(); c != nil {
		return c
	}
	var told *failure
	if errors.As(err, &told) {
		return err
	}
	if errors.Is(err, puddle.ErrClosedPool) {
		return fmt.Errorf("%s: %w", doing, errClosed)
	}
	text, kind := s.where.explain(err)
	if text == "" {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if kind == nil {
		kind = err
	}
	return &failure{doing + ": " + text, kind}
}

// explain is a sentence for the errors that a user can do something about,
// and the sentinel that they are.
func (p place) explain(err error) (string, error) {
	switch c := code(err); {
	case c == "28P01" || c == "28000":
		return fmt.Sprintf("%s does not let %s in: the password is wrong or missing, or pg_hba.conf does not allow it. Put the password in PGPASSWORD or ~/.pgpass, or store it with `aiops db password`", p.server(), p.who()), nil
	case c == "3D000":
		return fmt.Sprintf("there is no database %q on %s. Check its name, or create it: createdb %s", p.database, p.server(), p.database), store.ErrNotFound
	case c == "53300" || c == "55000" && strings.Contains(err.Error(), "connection"):
		return p.server() + " has no connection left. Try again later, close other programs, or raise its max_connections; ?pool_max_conns=2 makes this program take fewer", store.ErrAway
	case c == "53100":
		return "the disk of " + p.server() + " is full; nothing of this is stored. Free some space there and try again", nil
	case c == "53200":
		return p.server() + " is out of memory; nothing of this is stored. Try again later", nil
	case c == "25006":
		return p.String() + " takes no writes: it is a standby or set to read-only. Name the primary server with --db", store.ErrReadOnly
	case c == "42501":
		return fmt.Sprintf("%s has no right to do this in %s (%s). Ask the database's owner to grant it", p.who(), p, message(err)), store.ErrReadOnly
	case c == "57014" && strings.Contains(message(err), "user request"):
		return "somebody stopped this on " + p.server() + ". Try again", nil
	case c == "57014":
		return p.server() + " took too long and was stopped by its statement_timeout. Choose a smaller range, or set ?statement_timeout=MILLISECONDS in --db", nil
	case c == "55P03":
		return "another program holds a lock on the table for too long. Try again when it has finished", store.ErrLocked
	case c == "40P01" || c == "40001":
		return "another program wrote the same points at the same time; nothing of this is stored. Try again", store.ErrConflict
	case c == "23514" && strings.Contains(message(err), "no partition"):
		return "table server_metrics_fact has no partition for a point's time, and this program did not make its partitions. Ask the database's owner for one. Nothing of this is stored", nil
	case c == "23514" && strings.Contains(message(err), "chk_timestamp_not_future"):
		return "a point's time lies in the future of the clock of " + p.server() + ". Set this computer's clock, or try again in a moment. Nothing of this is stored", store.ErrEarly
	case c == "23514":
		return fmt.Sprintf("the database's rules do not allow a value (%s). Nothing of this is stored", message(err)), nil
	case c == "22021" || c == "22P05":
		return "a name holds characters that Postgres cannot store (NUL, or bytes that are not UTF-8). Nothing of this is stored", nil
	case c == "42P10":
		return "table server_metrics_fact lacks the unique (vm, timestamp, metric). Add it: CREATE UNIQUE INDEX ON server_metrics_fact (vm, \"timestamp\", metric)", store.ErrForeign
	case starting(err):
		return p.server() + " is starting, stopping or recovering. Try again in a moment", store.ErrAway
	case lost(err):
		return "the connection to " + p.server() + " broke, because the server went away or the network did. A write that was under way is not stored; try again", store.ErrAway
	}
	return p.unreachable(err)
}

// unreachable explains a server that could not be connected to.
func (p place) unreachable(err error) (string, error) {
	var c *pgconn.ConnectError
	var dns *net.DNSError
	switch {
	case !errors.As(err, &c):
		return "", nil
	case errors.As(err, &dns):
		return fmt.Sprintf("there is no server %s. Check the address that --db names, and the network", p.host), store.ErrAway
	case errors.Is(err, syscall.ECONNREFUSED):
		return fmt.Sprintf("no Postgres answers at %s. Check the address that --db names, and whether the server runs", p.server()), store.ErrAway
	case broken(err):
		return fmt.Sprintf("the connection to %s broke while it came about. Check the network, and whether the server runs", p.server()), store.ErrAway
	case strings.Contains(err.Error(), "tls") || strings.Contains(err.Error(), "x509") || strings.Contains(err.Error(), "TLS"):
		return fmt.Sprintf("no safe connection to %s (%s). Check sslmode and sslrootcert in --db", p.server(), reason(c)), nil
	}
	return fmt.Sprintf("no connection to %s (%s). Check the address that --db names, and the network", p.server(), reason(c)), store.ErrAway
}

// reason is the last part of a connection's error.
func reason(err error) string {
	lines := strings.Split(strings.TrimSpace(err.Error()), "\n")
	last := strings.TrimSpace(lines[len(lines)-1])
	if _, after, ok := strings.Cut(last, "): "); ok {
		last = after
	}
	return last
}

func code(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

func message(err error) string {
	var e *pgconn.PgError
	if errors.As(err, &e) {
		return e.Message
	}
	return ""
}

// denied reports that rights are missing.
func denied(err error) bool { return errors.Is(err, store.ErrReadOnly) }

// starting reports that the server takes no connections at the moment.
func starting(err error) bool { return code(err) == "57P03" }

// lost reports that an open connection broke.
func lost(err error) bool {
	switch code(err) {
	case "57P01", "57P02", "57P05", "25P03", "08003", "08006":
		return true
	case "":
	default:
		return false
	}
	var c *pgconn.ConnectError
	if err == nil || errors.As(err, &c) {
		return false
	}
	var n net.Error
	return broken(err) || errors.Is(err, net.ErrClosed) || errors.As(err, &n) || strings.Contains(err.Error(), "conn closed")
}

// broken reports that the other end closed the connection.
func broken(err error) bool {
	return errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
