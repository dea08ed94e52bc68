package pgtest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// Standby starts a second server that follows this one: a copy of its folder,
// made while it runs.
func (s *Server) Standby(t testing.TB) *Server {
	t.Helper()
	b, err := s.standby(t)
	if err != nil {
		t.Fatal("start a standby: ", err)
	}
	t.Cleanup(b.remove)
	return b
}

func (s *Server) standby(t testing.TB) (*Server, error) {
	c := Connect(t, s.URL("postgres"))
	defer c.Close(ctx)
	b := &Server{bin: s.bin, as: s.as}
	var err error
	if b.dir, err = os.MkdirTemp("", "aiops-standby-"); err != nil {
		return nil, err
	}
	if b.port, err = freePort(); err != nil {
		return nil, err
	}
	if _, err := c.Exec(ctx, "SELECT pg_backup_start('standby', true)"); err != nil {
		return nil, err
	}
	data := filepath.Join(b.dir, "data")
	if err := copyTree(filepath.Join(s.dir, "data"), data); err != nil {
		return nil, err
	}
	var label string
	if err := c.QueryRow(ctx, "SELECT labelfile FROM pg_backup_stop(false)").Scan(&label); err != nil {
		return nil, err
	}
	source := fmt.Sprintf("primary_conninfo = 'host=127.0.0.1 port=%d user=%s password=''%s'''\nwal_retrieve_retry_interval = '200ms'\n", s.port, User, Password)
	err = errors.Join(remove(filepath.Join(data, "postmaster.pid")),
		os.WriteFile(filepath.Join(data, "backup_label"), []byte(label), 0o600),
		os.WriteFile(filepath.Join(data, "standby.signal"), nil, 0o600),
		os.WriteFile(filepath.Join(data, "postgresql.auto.conf"), []byte(source), 0o600),
		os.Chmod(b.dir, 0o700), s.as.ownAll(b.dir))
	if err != nil {
		return nil, err
	}
	return b, b.Start()
}

// Promote makes a standby the primary server.
func (s *Server) Promote(t testing.TB) {
	t.Helper()
	Exec(t, s.URL("postgres"), "SELECT pg_promote()")
}
