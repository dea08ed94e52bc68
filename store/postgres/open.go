package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgconn/ctxwatch"
	"github.com/jackc/pgx/v5/pgxpool"

	"aiops/store"
)

// Options change how a database is opened. The zero value is right for most.
type Options struct {
	ReadOnly bool             // writes give store.ErrReadOnly, and nothing is created; the catalog still takes in what others changed
	Now      func() time.Time // the clock; nil is time.Now
	// Login, if set, gives the user and the password of each new connection, as short-lived ones change.
	Login func(ctx context.Context) (user, password string, err error)
	// Password looks for the password of an address (user@host:port/database)
	// where the URL, PGPASSWORD, .pgpass and the service file have none. It may
	// find none.
	Password func(ctx context.Context, address string) (string, error)
}

// Defaults that the URL may change: ?pool_max_conns=20&statement_timeout=60000&connect_timeout=5.
const (
	maxConns       = 8
	queryTimeout   = 5 * time.Minute
	connectTimeout = 10 * time.Second
)

// Open connects to the database that a URL (postgres://USER@HOST:PORT/DATABASE)
// names, and creates the tables that it lacks. Tables that others made are used
// as they are.
func Open(ctx context.Context, url string, o Options) (*Store, error) {
	s, err := connect(ctx, url, o)
	if err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// connect makes the pool and looks at what is there.
func connect(ctx context.Context, url string, o Options) (*Store, error) {
	url, read := withoutReplica(url)
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, badURL(err)
	}
	tune(config, url)
	if o.Login != nil {
		config.ConnConfig.User = "" // this computer's user has nothing to do with it
		config.BeforeConnect = func(ctx context.Context, c *pgx.ConnConfig) (err error) {
			c.User, c.Password, err = o.Login(ctx)
			return err
		}
	} else if err := o.password(ctx, config.ConnConfig); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s := &Store{where: placeOf(config.ConnConfig), readOnly: o.ReadOnly, now: o.Now, slot: make(chan struct{}, 1), slice: sliceRows}
	s.life, s.end = context.WithCancel(context.Background())
	if s.now == nil {
		s.now = time.Now
	}
	if s.replica, err = openReplica(ctx, config, read, o); err != nil {
		return nil, s.convert(ctx, "open database", err)
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, s.convert(ctx, "open database", err)
	}
	if err := s.look(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// password asks elsewhere for a password that is not known.
func (o Options) password(ctx context.Context, c *pgx.ConnConfig) (err error) {
	if c.Password == "" && o.Password != nil {
		c.Password, err = o.Password(ctx, placeOf(c).address())
	}
	return err
}

// Address is user@host:port/database of a URL: what a password is kept for.
func Address(url string) (string, error) {
	url, _ = withoutReplica(url)
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return "", badURL(err)
	}
	return placeOf(config.ConnConfig).address(), nil
}

// tune sets what the URL leaves open.
func tune(config *pgxpool.Config, url string) {
	if !strings.Contains(url, "pool_max_conns") {
		config.MaxConns = maxConns
	}
	c := config.ConnConfig
	if c.ConnectTimeout == 0 || !strings.Contains(url, "connect_timeout") {
		c.ConnectTimeout = connectTimeout
	}
	if !strings.HasPrefix(c.Host, "/") {
		c.DialFunc = dialer(c.ConnectTimeout)
	}
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "aiops"
	}
	if c.RuntimeParams["statement_timeout"] == "" {
		c.RuntimeParams["statement_timeout"] = strconv.FormatInt(queryTimeout.Milliseconds(), 10)
	}
	c.RuntimeParams["timezone"] = "UTC" // times without a zone are UTC
	// A cancelled call cancels the statement on the server too.
	c.BuildContextWatcherHandler = func(conn *pgconn.PgConn) ctxwatch.Handler {
		return &pgconn.CancelRequestContextWatcherHandler{Conn: conn, DeadlineDelay: 2 * time.Second}
	}
}

// place is where the database is, without secrets.
type place struct {
	user, host, database string
	port                 uint16
	others               string // the other hosts of the address
}

func placeOf(c *pgx.ConnConfig) place {
	p := place{user: c.User, host: c.Host, database: c.Database, port: c.Port}
	if p.database == "" {
		p.database = p.user
	}
	for i, f := range c.Fallbacks {
		if before := c.Fallbacks[:i]; (f.Host != c.Host || f.Port != c.Port) &&
			!slices.ContainsFunc(before, func(b *pgconn.FallbackConfig) bool { return b.Host == f.Host && b.Port == f.Port }) {
			p.others += "," + net.JoinHostPort(f.Host, strconv.Itoa(int(f.Port)))
		}
	}
	return p
}

func (p place) String() string { return "postgres://" + p.address() }

func (p place) address() string {
	if p.user == "" { // logins that change
		return p.server() + "/" + p.database
	}
	return p.user + "@" + p.server() + "/" + p.database
}

// who is the user, in sentences.
func (p place) who() string { return cmp.Or(p.user, "your role") }

func (p place) server() string {
	if strings.HasPrefix(p.host, "/") {
		return p.host
	}
	return net.JoinHostPort(p.host, strconv.Itoa(int(p.port))) + p.others
}

// look reads how the tables are made.
func (s *Store) look(ctx context.Context) error {
	return s.reading(ctx, "open database", func(c *pgx.Conn) error {
		var version int
		err := c.QueryRow(ctx, `SELECT current_setting('server_version_num')::int`).Scan(&version)
		if err == nil && version < 140_000 {
			return refuse(store.ErrForeign, "%s is Postgres %d; this program needs 14 or newer", s.where.server(), version/10_000)
		}
		if err == nil {
			s.layout, err = readLayout(ctx, c)
		}
		return err
	})
}

// prepare creates what is missing, unless the database is opened for reading
// or somebody else's to create things in.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.known(); err != nil {
		return err
	}
	if s.readOnly || s.layout.complete() {
		return s.layout.check(s.where)
	}
	if err := s.migrate(ctx, false); err != nil && (!denied(err) || !s.layout.facts.there) {
		return err
	}
	return s.layout.check(s.where)
}

// badURL tells what is wrong with a URL, never the URL: it may hold a password.
func badURL(err error) error {
	text := ""
	var parse *pgconn.ParseConfigError
	if errors.As(err, &parse) {
		text = parse.Error()
		if _, after, ok := strings.Cut(text, "`: "); ok {
			text = after
		}
		for _, known := range []string{"sslmode is invalid", "invalid port", "failed to read service", "unable to read CA file", "unable to add CA to cert pool",
			"unable to read key file", "unable to read cert", "invalid connect_timeout", "unknown target_session_attrs", "pool_"} {
			if strings.Contains(text, known) {
				text = known
				return fmt.Errorf("the database's address is not valid (%s); write postgres://USER@HOST:5432/DATABASE", text)
			}
		}
	}
	return errors.New("the database's address is not valid; write postgres://USER@HOST:5432/DATABASE, with %-escapes for characters such as @ or /, and keep the password in PGPASSWORD, ~/.pgpass or the keyring (`aiops db password`)")
}

// Describe describes the database that a URL names, without asking it.
func Describe(url string) (store.Info, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return store.Info{}, badURL(err)
	}
	return (&Store{where: placeOf(config.ConnConfig)}).Info(), nil
}
