package app

import (
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
)

// Address is a database's address in the parts that a form asks for.
type Address struct {
	Service  string // of a service that hands out logins, https://HOST/PATH; the rest is empty then
	Postgres bool
	Path     string // of an SQLite file
	Server   string // HOST or HOST:PORT
	Database string
	User     string
	TLS      string     // Postgres' sslmode; empty: prefer
	Other    url.Values // what else the address says, such as sslrootcert
}

// TLSModes are the values of Address.TLS that make sense, the safest first.
func TLSModes() []string { return []string{"verify-full", "require", "prefer", "disable"} }

// ParseAddress takes a `--db` value apart. A password is left out.
func ParseAddress(db string) (Address, error) {
	if IsService(db) {
		return Address{Service: strings.TrimRight(db, "/")}, nil
	}
	if !IsPostgres(db) {
		return Address{Path: strings.TrimPrefix(db, "sqlite:")}, nil
	}
	u, err := url.Parse(db)
	if err != nil { // the error holds the address, and that perhaps a password
		return Address{}, fmt.Errorf("the address is not valid; write postgres://USER@HOST:5432/DATABASE")
	}
	q := u.Query()
	a := Address{Postgres: true, Server: u.Host, Database: strings.TrimPrefix(u.Path, "/"), User: u.User.Username(), TLS: q.Get("sslmode"), Other: q}
	q.Del("sslmode")
	q.Del("password")
	return a, nil
}

// Check says what is missing.
func (a Address) Check() error {
	switch {
	case a.Service != "":
		_, err := describe(a.Service)
		return err
	case !a.Postgres && strings.TrimSpace(a.Path) == "":
		return fmt.Errorf("name the database's file")
	case a.Postgres && strings.TrimSpace(a.Server) == "":
		return fmt.Errorf("name the server, such as db.example.com or db.example.com:5432")
	case a.Postgres && strings.TrimSpace(a.User) == "":
		return fmt.Errorf("name the user that signs in to Postgres")
	case a.Postgres && strings.TrimSpace(a.Database) == "":
		return fmt.Errorf("name the database on %s", a.Server)
	}
	return nil
}

// String is the `--db` value.
func (a Address) String() string {
	if a.Service != "" {
		return a.Service
	}
	if !a.Postgres {
		path := a.Path
		if abs, err := filepath.Abs(path); err == nil && !strings.HasPrefix(path, "~/") {
			path = abs
		}
		return "sqlite:" + path
	}
	u := a.url()
	u.User = url.User(a.User)
	return u.String()
}

// With is the address with a password in it, to connect with; never to be kept or shown.
func (a Address) With(password string) string {
	if !a.Postgres || password == "" {
		return a.String()
	}
	u := a.url()
	u.User = url.UserPassword(a.User, password)
	return u.String()
}

func (a Address) url() *url.URL {
	q := url.Values{}
	for k, v := range a.Other {
		q[k] = v
	}
	if a.TLS != "" {
		q.Set("sslmode", a.TLS)
	}
	return &url.URL{Scheme: "postgres", Host: a.Server, Path: "/" + a.Database, RawQuery: q.Encode()}
}
