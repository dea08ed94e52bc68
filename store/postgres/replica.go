package postgres

import (
	"context"
	"errors"
	"net/url"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	lagLimit    = 10 * time.Second // a replica that is further behind is not read
	replicaWait = 2 * time.Second  // how long a connection to it is waited for
	restLimit   = 30 * time.Second // the longest time for which one that failed is left alone
)

// readParam holds the replica's URL in the address of a database.
const readParam = "db_read"

// WithReplica is the address of a database whose points are read from a standby
// where that is up to date.
func WithReplica(db, read string) (string, error) {
	u, err := url.Parse(db)
	if err != nil {
		return "", badURL(err)
	}
	q := u.Query()
	q.Set(readParam, read)
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// withoutReplica takes the replica's URL out again.
func withoutReplica(db string) (primary, read string) {
	u, err := url.Parse(db)
	if err != nil || !u.Query().Has(readParam) {
		return db, ""
	}
	q := u.Query()
	read = q.Get(readParam)
	q.Del(readParam)
	u.RawQuery = q.Encode()
	return u.String(), read
}

// replica is a standby that answers reads.
type replica struct {
	pool  *pgxpool.Pool
	where place

	mu    sync.Mutex
	until time.Time // it is left alone until then
	pause time.Duration
}

// openReplica makes the pool of a replica: of the URL for reading, or of the
// standbys among an address's hosts. There may be none.
func openReplica(ctx context.Context, main *pgxpool.Config, read string, o Options) (*replica, error) {
	config := main.Copy()
	switch {
	case read != "":
		var err error
		if config, err = pgxpool.ParseConfig(read); err != nil {
			return nil, errors.Join(errors.New("the replica's address (--db-read) cannot be used"), badURL(err))
		}
		tune(config, read)
		if err := o.password(ctx, config.ConnConfig); err != nil {
			return nil, err
		}
		if c := config.ConnConfig; c.Password == "" && c.User == main.ConnConfig.User {
			c.Password = main.ConnConfig.Password
		}
	case severalHosts(main.ConnConfig) && o.chooses(main.ConnString()):
		main.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
		config.ConnConfig.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsStandby
	default:
		return nil, nil
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	return &replica{pool: pool, where: placeOf(config.ConnConfig)}, err
}

// chooses reports whether the address leaves it to the program which of its
// hosts writes and which one reads.
func (Options) chooses(address string) bool {
	attrs := os.Getenv("PGTARGETSESSIONATTRS")
	if u, err := url.Parse(address); err == nil && u.Query().Has("target_session_attrs") {
		attrs = u.Query().Get("target_session_attrs")
	}
	return slices.Contains([]string{"", "any", "primary", "read-write"}, attrs)
}

func severalHosts(c *pgx.ConnConfig) bool {
	return slices.ContainsFunc(c.Fallbacks, func(f *pgconn.FallbackConfig) bool { return f.Host != c.Host || f.Port != c.Port })
}

// onReplica begins to read on the replica, if there is one that knows all that
// this program wrote. Otherwise it returns nothing.
func (s *Store) onReplica(ctx context.Context, begin string) *pgxpool.Conn {
	r := s.replica
	if r == nil || r.rests() {
		return nil
	}
	soon, cancel := context.WithTimeout(ctx, replicaWait)
	defer cancel()
	conn, err := s.first(soon, r.pool, "")
	if err != nil {
		r.rest()
		return nil
	}
	state, err := s.ask(soon, conn.Conn())
	switch {
	case err != nil:
		discard(conn)
		r.rest()
		return nil
	case !state.standby || state.lag > lagLimit:
		conn.Release()
		r.rest()
		return nil
	case !state.current:
		conn.Release()
		return nil
	}
	// The snapshot is taken after the question: it holds at least what was replayed then.
	if _, err := conn.Exec(ctx, begin, pgx.QueryExecModeSimpleProtocol); err != nil {
		discard(conn)
		r.rest()
		return nil
	}
	r.works()
	return conn
}

// replicaState is how far a replica is.
type replicaState struct {
	standby, current bool // it still is one; it has all that this program wrote
	lag              time.Duration
}

func (s *Store) ask(ctx context.Context, c *pgx.Conn) (st replicaState, err error) {
	var seconds float64
	err = c.QueryRow(ctx, `SELECT pg_is_in_recovery(), coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false),
		CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
			ELSE coalesce(extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()), 0) END::float8`, s.mine.get()).Scan(&st.standby, &st.current, &seconds)
	st.lag = time.Duration(seconds * float64(time.Second))
	return st, err
}

func (r *replica) rests() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return time.Now().Before(r.until)
}

// rest leaves the replica alone for a while, longer each time.
func (r *replica) rest() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pause = min(max(2*r.pause, time.Second), restLimit)
	r.until = time.Now().Add(r.pause)
}

func (r *replica) works() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pause = 0
}

// position is where in the server's log this program's last write is.
type position struct {
	mu       sync.Mutex
	timeline string
	lsn      string
}

func (p *position) get() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.lsn == "" {
		return "0/0"
	}
	return p.lsn
}

// nowhere is a position that no replica has reached.
const nowhere = "FFFFFFFF/FFFFFFFF"

// wrote remembers the position after a commit: replicas are read again when
// they have come there.
func (s *Store) wrote(c *pgx.Conn) {
	if s.replica == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	s.mine.mu.Lock()
	defer s.mine.mu.Unlock()
	known := s.mine.lsn
	if known == "" || known == nowhere {
		known = "0/0"
	}
	var timeline, lsn string
	err := c.QueryRow(ctx, `SELECT left(pg_walfile_name(at), 8), CASE WHEN left(pg_walfile_name(at), 8) = $1 THEN greatest(at, $2::text::pg_lsn) ELSE at END::text
		FROM (SELECT pg_current_wal_insert_lsn() AS at) p`, s.mine.timeline, known).Scan(&timeline, &lsn)
	if err != nil {
		s.mine.lsn = nowhere // until the next write
		return
	}
	s.mine.timeline, s.mine.lsn = timeline, lsn
}
