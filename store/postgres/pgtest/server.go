package pgtest

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Server is a Postgres server that the test program owns.
type Server struct {
	bin, dir string
	port     int
	as       account
	hold     io.WriteCloser // the server runs until this is closed
	cmd      *exec.Cmd
}

// StartServer starts a server of the test's own, to be killed and restarted.
func StartServer(t testing.TB) *Server {
	t.Helper()
	s, err := start()
	if err != nil {
		absent(t, err)
	}
	t.Cleanup(s.remove)
	return s
}

// URL names a database of the server.
func (s *Server) URL(db string) string {
	u := url.URL{Scheme: "postgres", User: url.UserPassword(User, Password), Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), Path: "/" + db}
	return u.String()
}

// Port is where the server listens on 127.0.0.1.
func (s *Server) Port() int { return s.port }

func start() (*Server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	as, err := unprivileged()
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, as: as}
	if s.dir, err = os.MkdirTemp("", "aiops-postgres-"); err != nil {
		return nil, err
	}
	if err := errors.Join(os.Chmod(s.dir, 0o700), as.own(s.dir)); err != nil {
		return nil, err
	}
	if err := s.fill(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	if s.port, err = freePort(); err != nil {
		return nil, err
	}
	return s, s.Start()
}

// keep runs the server until standard input ends, as it does with the test
// program, and then takes the folder away.
const keep = `dir=$1; shift; "$@" >>"$dir/log" 2>&1 </dev/null & pid=$!
cat >/dev/null; kill -QUIT $pid 2>/dev/null; wait $pid; [ -e "$dir/stay" ] || rm -rf "$dir"`

// Start starts the server again after Kill.
func (s *Server) Start() error {
	s.cmd = exec.Command("sh", "-c", keep, "sh", s.dir, filepath.Join(s.bin, "postgres"), "-D", filepath.Join(s.dir, "data"), "-p", strconv.Itoa(s.port),
		"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=60",
		"-c", "shared_buffers=64MB", "-c", "max_wal_size=2GB", "-c", "autovacuum_naptime=20s")
	s.cmd.Dir = s.dir
	s.as.run(s.cmd)
	hold, err := s.cmd.StdinPipe()
	if err != nil {
		return err
	}
	s.hold = hold
	if err := s.cmd.Start(); err != nil {
		return fmt.Errorf("start Postgres: %w", err)
	}
	return s.wait()
}

func (s *Server) wait() error {
	var err error
	for range 400 {
		conn, e := pgx.Connect(ctx, s.URL("postgres"))
		if e == nil {
			return conn.Close(ctx)
		}
		err = e
		time.Sleep(25 * time.Millisecond)
	}
	log, _ := os.ReadFile(filepath.Join(s.dir, "log"))
	log = log[max(0, len(log)-2000):]
	return fmt.Errorf("start Postgres: it did not come up: %w\n%s", err, log)
}

// Kill ends the server and all its processes with SIGKILL, in the middle of whatever they do.
func (s *Server) Kill() error {
	pids, err := s.processes()
	if err != nil {
		return err
	}
	if p, err := os.FindProcess(pids[0]); err == nil {
		_ = stop(p) // so that no process is added
	}
	if pids, err = s.processes(); err != nil {
		return err
	}
	for _, pid := range pids {
		if p, err := os.FindProcess(pid); err == nil {
			_ = p.Kill() // it may have ended by itself
		}
	}
	if err := os.WriteFile(filepath.Join(s.dir, "stay"), nil, 0o600); err != nil {
		return err
	}
	err = s.end()
	for _, pid := range pids {
		for n := 0; n < 400 && runs(pid); n++ { // its memory is in use until then
			time.Sleep(5 * time.Millisecond)
		}
	}
	return errors.Join(err, os.Remove(filepath.Join(s.dir, "stay")), remove(filepath.Join(s.dir, "data", "postmaster.pid")))
}

// processes are the server's, the first one first.
func (s *Server) processes() ([]int, error) {
	text, err := os.ReadFile(filepath.Join(s.dir, "data", "postmaster.pid"))
	if err != nil {
		return nil, err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil {
		return nil, err
	}
	children, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	out := []int{pid}
	for _, f := range strings.Fields(string(children)) {
		if n, err := strconv.Atoi(f); err == nil {
			out = append(out, n)
		}
	}
	return out, nil
}

// runs reports whether a process has not ended.
func runs(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	return err == nil && !strings.Contains(string(stat), ") Z ")
}

func (s *Server) end() error {
	err := s.hold.Close()
	_ = s.cmd.Wait() // its exit code is that of a killed server
	return err
}

// remove ends the server and takes its folder away, also when it was killed and not started again.
func (s *Server) remove() {
	_ = s.end() // it may have ended before
	_ = os.RemoveAll(s.dir)
}

func remove(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// programs is the folder of initdb and postgres.
func programs() (string, error) {
	var found []string
	if dir := os.Getenv("AIOPS_TEST_POSTGRES"); dir != "" && !strings.Contains(dir, "://") {
		found = []string{dir}
	} else {
		for _, pattern := range []string{"/usr/local/pgsql/bin", "/usr/lib/postgresql/*/bin", filepath.Join(cacheDir(), "postgres-*", "bin")} {
			all, _ := filepath.Glob(pattern)
			found = append(found, all...)
		}
		if p, err := exec.LookPath("initdb"); err == nil {
			found = append([]string{filepath.Dir(p)}, found...)
		}
	}
	for _, dir := range slices.Backward(found) {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("no Postgres for the tests: run scripts/postgres.sh, or name a server's URL or a folder with initdb in AIOPS_TEST_POSTGRES")
}

// Log is what the server wrote into its log.
func (s *Server) Log(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// CommandLines are those of the server's processes, as a list of processes
// shows them, where the system tells.
func (s *Server) CommandLines(t testing.TB) string {
	t.Helper()
	pids, err := s.processes()
	if err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, pid := range pids {
		text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)) // it may have ended
		all += string(text) + "\n"
	}
	return all
}
