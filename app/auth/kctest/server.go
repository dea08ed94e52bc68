package kctest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Version of Keycloak that scripts/keycloak.sh fetches.
const Version = "26.4.7"

// AdminUser and AdminPassword administer the test servers.
const (
	AdminUser     = "boss"
	AdminPassword = "boss-pw"
)

// patience is how long a start may take: the first one fills the database.
const patience = 5 * time.Minute

// Server is a Keycloak that the test program owns.
type Server struct {
	home, dir string
	port      int
	name      string         // the address that it calls itself by; "": as it is asked
	hold      io.WriteCloser // it runs until this is closed
	cmd       *exec.Cmd
}

// Start starts a server with the project's realm. Where none can be had the test is skipped; in CI it fails.
func Start(t testing.TB) *Server {
	t.Helper()
	return StartBehind(t, "")
}

// StartBehind is Start for a server behind a proxy, which people know by a name such as https://HOST/keycloak.
func StartBehind(t testing.TB, name string) *Server {
	t.Helper()
	s, err := start(name)
	if err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the end of Keycloak's log:\n%s", s.log())
		}
		_ = s.end()
		_ = os.RemoveAll(s.dir)
	})
	return s
}

// URL is the server's address.
func (s *Server) URL() string { return "http://127.0.0.1:" + strconv.Itoa(s.port) }

// Issuer is the realm's.
func (s *Server) Issuer() string {
	if s.name != "" {
		return s.name + "/realms/aiops"
	}
	return s.URL() + "/realms/aiops"
}

func start(name string) (*Server, error) {
	home, err := home()
	if err != nil {
		return nil, err
	}
	realm, err := realmFile()
	if err != nil {
		return nil, err
	}
	warm, err := warmData(home, realm)
	if err != nil {
		return nil, err
	}
	s, err := prepare(home, realm)
	if err != nil {
		return nil, err
	}
	s.name = name
	if err := copyTree(warm, filepath.Join(s.dir, "data")); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	if err := s.Start(); err != nil {
		return nil, errors.Join(err, s.end(), os.RemoveAll(s.dir))
	}
	return s, nil
}

// prepare makes a folder that is Keycloak's home with data of its own.
func prepare(home, realm string) (*Server, error) {
	dir, err := os.MkdirTemp("", "aiops-keycloak-")
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"bin", "conf", "lib", "providers", "themes"} {
		if err := os.Symlink(filepath.Join(home, name), filepath.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(realm)
	if err != nil {
		return nil, err
	}
	in := filepath.Join(dir, "data", "import")
	if err := errors.Join(os.MkdirAll(in, 0o700), os.WriteFile(filepath.Join(in, "aiops-realm.json"), text, 0o600)); err != nil {
		return nil, err
	}
	port, err := freePort()
	return &Server{home: home, dir: dir, port: port}, err
}

// keep runs the server until standard input ends, as it does with the test program.
const keep = `dir=$1; shift; "$@" >>"$dir/log" 2>&1 </dev/null & pid=$!; echo $pid >"$dir/pid"
cat >/dev/null; kill -TERM $pid 2>/dev/null; wait $pid`

// Start starts the server, also again after Kill: on the same port and data.
func (s *Server) Start() error {
	args := []string{"-c", keep, "sh", s.dir, "java", "-Xms64m", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC",
		"-Dkc.home.dir=" + s.dir, "-Djboss.server.config.dir=" + filepath.Join(s.home, "conf"),
		"-Djava.util.logging.manager=org.jboss.logmanager.LogManager", "-Dpicocli.disable.closures=true",
		"-Djava.util.concurrent.ForkJoinPool.common.threadFactory=io.quarkus.bootstrap.forkjoin.QuarkusForkJoinWorkerThreadFactory",
		"-cp", filepath.Join(s.home, "lib", "quarkus-run.jar"), "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
		"start", "--optimized", "--import-realm", "--http-enabled=true", "--http-host=127.0.0.1", "--http-port=" + strconv.Itoa(s.port), "--hostname-strict=false", "--cache=local"}
	if s.name != "" {
		args[len(args)-2] = "--hostname=" + s.name
		args = append(args, "--proxy-headers=xforwarded")
	}
	s.cmd = exec.Command("sh", args...)
	s.cmd.Dir = s.dir
	s.cmd.Env = append(os.Environ(), "KC_BOOTSTRAP_ADMIN_USERNAME="+AdminUser, "KC_BOOTSTRAP_ADMIN_PASSWORD="+AdminPassword)
	hold, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.hold = hold
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start Keycloak: %w", err)
	}
	return s.wait()
}

func (s *Server) wait() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for ctx.Err() == nil {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL()+"/realms/aiops", nil)
		if err != nil {
			return err
		}
		if resp, err := http.DefaultClient.Do(r); err == nil {
			_ = resp.Body.Close() // only its code matters
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		if pid := s.pid(); pid > 0 && !runs(pid) {
			return fmt.Errorf("start Keycloak: it ended\n%s", s.log())
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("start Keycloak: it did not come up within %v\n%s", patience, s.log())
}

func (s *Server) pid() int {
	text, _ := os.ReadFile(filepath.Join(s.dir, "pid"))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}

func runs(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

// Kill ends the server with SIGKILL, in the middle of whatever it does.
func (s *Server) Kill() error {
	p, err := os.FindProcess(s.pid())
	if err != nil {
		return err
	}
	_ = p.Kill() // it may have ended by itself
	return s.end()
}

// end lets the server stop in order and waits for it.
func (s *Server) end() error {
	if s.hold == nil {
		return nil
	}
	err := s.hold.Close()
	_ = s.cmd.Wait() // its exit code is that of a stopped server
	s.hold = nil
	return errors.Join(err, os.Remove(filepath.Join(s.dir, "pid")))
}

func (s *Server) log() string {
	text, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	return string(text[max(0, len(text)-4000):])
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
