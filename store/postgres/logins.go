package postgres

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// lockLogins keeps two services from changing the same login at once.
const lockLogins = 0x41494F50_05

const (
	loginPrefix      = "aiops_login_"
	loginConnections = 20 // two windows of eight, and a command
)

// LoginRequest says for whom a login is made.
type LoginRequest struct {
	Subject, Person, Device string // who, on which device
	Role                    string // viewer, analyst or admin
	Teams                   []string
	VMs                     []string // patterns such as web-* of the VMs that may be seen; nil: all
	Address                 string   // where it was asked for from
	Hold                    time.Duration
}

// Login is a short-lived user of the database.
type Login struct {
	User, Password string
	Expires        time.Time
}

// groups are the roles that grants are made to.
var groups = map[string]string{"viewer": "aiops_viewer", "analyst": "aiops_analyst", "admin": "aiops_admin"}

// MakeLogin makes a login, or gives the one of this person and device a new
// password and a later end. Its password is nowhere in the server's logs.
func (s *Store) MakeLogin(ctx context.Context, r LoginRequest) (Login, error) {
	group, ok := groups[r.Role]
	if !ok {
		return Login{}, fmt.Errorf("make a login: there is no role %q", r.Role)
	}
	sum := sha256.Sum256([]byte(s.where.database + "\x00" + r.Subject + "\x00" + r.Device)) // a server's databases share its roles
	l := Login{User: loginPrefix + hex.EncodeToString(sum[:10]), Password: rand.Text(), Expires: s.now().Add(r.Hold).UTC().Truncate(time.Second)}
	verifier, err := scram(l.Password)
	if err != nil {
		return Login{}, err
	}
	err = s.writing(ctx, "make a login", func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(lockLogins)); err != nil {
			return err
		}
		if err := alterLogin(ctx, c, l, verifier, group); err != nil {
			return err
		}
		_, err := c.Exec(ctx, `INSERT INTO aiops.logins (login, subject, person, device, role, teams, patterns, address, expires)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (login) DO UPDATE SET person = excluded.person, role = excluded.role, teams = excluded.teams,
			patterns = excluded.patterns, address = excluded.address, made = now(), expires = excluded.expires`,
			l.User, r.Subject, r.Person, r.Device, r.Role, append([]string{}, r.Teams...), likes(r.VMs), r.Address, l.Expires)
		return err
	})
	return l, err
}

// alterLogin writes statements that take no parameters: every part is made here, of known letters.
func alterLogin(ctx context.Context, c *pgx.Conn, l Login, verifier, group string) error {
	var there bool
	if err := c.QueryRow(ctx, `SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1)`, l.User).Scan(&there); err != nil {
		return err
	}
	verb := "CREATE"
	if there {
		verb = "ALTER"
	}
	statements := []string{fmt.Sprintf(`%s ROLE %s LOGIN PASSWORD '%s' VALID UNTIL '%s' CONNECTION LIMIT %d`, verb, l.User, verifier, l.Expires.Format(time.RFC3339), loginConnections)}
	for _, g := range groups { // the role may be another one than the last time
		if g != group && there {
			statements = append(statements, fmt.Sprintf(`REVOKE %s FROM %s`, g, l.User))
		}
	}
	statements = append(statements, fmt.Sprintf(`GRANT %s TO %s`, group, l.User))
	_, err := c.Exec(ctx, strings.Join(statements, ";"), pgx.QueryExecModeSimpleProtocol)
	return err
}

// DropLogins ends the connections of logins that have expired and drops them; it returns whose they were.
func (s *Store) DropLogins(ctx context.Context) (dropped []LoginRequest, err error) {
	err = s.writing(ctx, "drop expired logins", func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(lockLogins)); err != nil {
			return err
		}
		rows, err := c.Query(ctx, `DELETE FROM aiops.logins WHERE expires < $1 RETURNING login, subject, person, device, role, address`, s.now())
		if err != nil {
			return err
		}
		var names []string
		dropped, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (r LoginRequest, err error) {
			var name string
			err = row.Scan(&name, &r.Subject, &r.Person, &r.Device, &r.Role, &r.Address)
			names = append(names, name)
			return r, err
		})
		if err != nil {
			return err
		}
		if names, err = present(ctx, c, names); err != nil {
			return err
		}
		return dropRoles(ctx, c, names)
	})
	return dropped, err
}

// present leaves out the roles that somebody dropped by hand.
func present(ctx context.Context, c *pgx.Conn, names []string) ([]string, error) {
	rows, err := c.Query(ctx, `SELECT rolname::text FROM pg_roles WHERE rolname = ANY ($1)`, names)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// EndLogins drops all logins of a person, as when an administrator ends their sessions.
func (s *Store) EndLogins(ctx context.Context, subject string) error {
	err := s.writing(ctx, "end logins", func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, `UPDATE aiops.logins SET expires = '-infinity' WHERE subject = $1 RETURNING login`, subject)
		if err != nil {
			return err
		}
		names, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err == nil {
			names, err = present(ctx, c, names)
		}
		for _, name := range names { // so that nobody comes back while their connections are ended
			if err == nil {
				_, err = c.Exec(ctx, `ALTER ROLE `+pgx.Identifier{name}.Sanitize()+` NOLOGIN`)
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	_, err = s.DropLogins(ctx)
	return err
}

func dropRoles(ctx context.Context, c *pgx.Conn, names []string) error {
	for _, name := range names {
		id := pgx.Identifier{name}.Sanitize()
		_, err := c.Exec(ctx, `GRANT `+id+` TO CURRENT_USER`) // only a member may end its connections
		if err == nil {
			_, err = c.Exec(ctx, `SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity WHERE usename = $1`, name)
		}
		if err == nil {
			_, err = c.Exec(ctx, `DROP ROLE IF EXISTS `+id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// scram is what Postgres stores of a password (RFC 5803), so that the password itself is never sent to it in a statement.
func scram(password string) (string, error) {
	const rounds = 4096
	salt := make([]byte, 16)
	rand.Read(salt) // never fails
	salted, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		return "", fmt.Errorf("make a login: %w", err)
	}
	mac := func(key []byte, text string) []byte {
		m := hmac.New(sha256.New, key)
		m.Write([]byte(text))
		return m.Sum(nil)
	}
	key := sha256.Sum256(mac(salted, "Client Key"))
	b := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", rounds, b(salt), b(key[:]), b(mac(salted, "Server Key"))), nil
}

// likes turns patterns with * and ? into those of LIKE; nil stays nil: everything.
func likes(patterns []string) []string {
	if patterns == nil {
		return nil
	}
	out := make([]string, len(patterns))
	for i, p := range patterns {
		out[i] = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, `*`, `%`, `?`, `_`).Replace(p)
	}
	return out
}
