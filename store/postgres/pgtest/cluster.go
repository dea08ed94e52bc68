package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// cacheDir is where scripts/postgres.sh puts Postgres and empty clusters wait.
func cacheDir() string {
	if os.Getuid() == 0 {
		return "/var/cache/aiops-test"
	}
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	return filepath.Join(dir, "aiops-test")
}

// fill puts an empty cluster into the server's folder. It is made once for
// every version and copied from then on, which takes a tenth of the time.
func (s *Server) fill() error {
	version, err := exec.Command(filepath.Join(s.bin, "postgres"), "--version").Output()
	if err != nil {
		return fmt.Errorf("ask Postgres for its version: %w", err)
	}
	name := strings.Join(strings.FieldsFunc(string(version), func(r rune) bool { return r != '.' && (r < '0' || r > '9') }), "-")
	kept := filepath.Join(cacheDir(), "cluster-"+name)
	to := filepath.Join(s.dir, "data")
	if _, err := os.Stat(kept); err != nil {
		if err := s.initialise(); err != nil {
			return err
		}
		keepCluster(to, kept) // without it the next time is slower
		return nil
	}
	if err := copyTree(kept, to); err != nil {
		return err
	}
	return s.as.ownAll(to)
}

func (s *Server) initialise() error {
	password := filepath.Join(s.dir, "password")
	if err := errors.Join(os.WriteFile(password, []byte(Password+"\n"), 0o600), s.as.own(password)); err != nil {
		return err
	}
	cmd := exec.Command(filepath.Join(s.bin, "initdb"), "-D", filepath.Join(s.dir, "data"), "-U", User, "--pwfile", password,
		"--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions")
	cmd.Dir = s.dir
	s.as.run(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return os.Remove(password)
}

func keepCluster(from, kept string) {
	if os.MkdirAll(filepath.Dir(kept), 0o755) != nil {
		return
	}
	part, err := os.MkdirTemp(filepath.Dir(kept), "part.")
	if err != nil {
		return
	}
	defer os.RemoveAll(part)
	if copyTree(from, filepath.Join(part, "data")) == nil {
		_ = os.Rename(filepath.Join(part, "data"), kept) // another program may have been faster
	}
}

func copyTree(from, to string) error {
	if out, err := exec.Command("cp", "-R", from, to).CombinedOutput(); err != nil {
		return fmt.Errorf("copy %s: %w: %s", from, err, out)
	}
	return os.Chmod(to, 0o700)
}
