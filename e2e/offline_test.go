//go:build e2e

package e2e

import (
	"context"
	"fmt"
	"image"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/store/postgres/pgtest"
)

var (
	cards   = image.Rect(280, 580, 1420, 670) // the figures of the four series
	below   = image.Rect(40, 50, 700, 86)     // the bar below the header
	source  = image.Rect(1180, 8, 1400, 40)   // the name of the database in the header
	foot    = image.Rect(0, 872, 560, 900)    // the footer's first words
	sources = image.Rect(10, 720, 260, 865)   // the sidebar's foot
)

// The walk of somebody whose network goes: connect to a team's Postgres, look,
// lose it, work on, start again without it, get it back. What was made
// meanwhile is stored once.
func TestWindowOffline(t *testing.T) {
	dir, env := home(t)
	server := pgtest.StartServer(t)
	wire, direct := server.Proxy(t), server.Database(t)
	env = append(env, "PGPASSWORD="+pgtest.Password)
	must(t, append(env, "AIOPS_DB="+direct), "import", writeTrouble(t, dir, "servers.csv"))
	must(t, env, "sources", "add", "fleet", over(t, wire, direct))

	s := newScreen(t, env, "1440x900")
	program := start(t, s.env, windowed)
	empty := s.wait("the first start", func(img image.Image) bool { return colours(img, whole) > 60 })
	s.chooseSource(empty)
	online := s.wait("the team's curves", func(img image.Image) bool { return colours(img, plot) > 60 && colours(img, sources) > 10 })
	until(t, "the copy", func() bool {
		out, code := aiops(t, env, "--db", "fleet", "--offline", "list")
		return code == 0 && strings.Contains(out, "web-03")
	})

	wire.Cut()
	cut := s.wait("the bar and the copy", func(img image.Image) bool {
		return differ(online, img, below) > 0.5 && differ(online, img, foot) > 0.01
	})
	if colours(cut, plot) < 60 {
		t.Error("without the network the curves are gone")
	}
	s.do("mousemove", "800", "350", "click", "4", "click", "4")
	s.wait("a zoomed copy", func(img image.Image) bool { return differ(cut, img, plot) > 0.1 && colours(img, plot) > 30 })
	s.annotate("Cable pulled")
	s.quit(program)
	if n := annotations(t, direct); n != 0 {
		t.Errorf("%d annotations came through a wire that is cut", n)
	}

	program = start(t, s.env, windowed)
	again := s.wait("the copy at the next start", func(img image.Image) bool {
		return colours(img, plot) > 60 && colours(img, cards) > 60 && differ(online, img, below) > 0.5
	})
	wire.Mend()
	s.wait("the connection again", func(img image.Image) bool {
		return differ(again, img, below) > 0.5 && differ(again, img, source) > 0.005
	})
	until(t, "the annotation in Postgres", func() bool { return annotations(t, direct) > 0 })
	time.Sleep(2 * time.Second)
	s.see()
	s.quit(program)
	if n := annotations(t, direct); n != 1 {
		t.Errorf("the annotation is stored %d times", n)
	}

	snapshot := filepath.Join(dir, "fleet.db")
	must(t, env, "--db", "fleet", "snapshot", snapshot)
	wire.Cut()
	start(t, s.env, windowed, snapshot)
	s.wait("the snapshot without a network", func(img image.Image) bool { return colours(img, plot) > 60 && colours(img, cards) > 60 })
}

// over is a database's address that leads through a network, without the password.
func over(t *testing.T, wire *pgtest.Proxy, to string) string {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal("the server's address is no URL")
	}
	u.Host, u.User = fmt.Sprintf("127.0.0.1:%d", wire.Port()), url.User(u.User.Username())
	return u.String()
}

// quit ends the program as its users do.
func (s *screen) quit(program *exec.Cmd) {
	s.t.Helper()
	s.see()
	s.do("mousemove", "700", "450", "key", "ctrl+q", "mousemove", "130", "640")
	if err := program.Wait(); err != nil {
		s.t.Errorf("the program ended with %v", err)
	}
}

// chooseSource takes the second data source of the menu in the header.
func (s *screen) chooseSource(before image.Image) {
	s.t.Helper()
	menu := image.Rect(1180, 50, 1430, 200)
	s.do("mousemove", "1330", "24", "click", "1")
	s.wait("the menu of data sources", func(img image.Image) bool { return differ(before, img, menu) > 0.2 })
	s.do("key", "Down", "Down", "Return")
}

// annotate notes something at the middle of what is seen.
func (s *screen) annotate(words string) {
	s.t.Helper()
	before := s.see()
	s.do("mousemove", "800", "300", "key", "n")
	s.wait("the form of an annotation", func(img image.Image) bool { return differ(before, img, whole) > 0.2 })
	s.do("type", "--delay", "20", words)
	s.see()
	s.do("key", "Return")
	s.wait("the annotated chart", func(img image.Image) bool { return differ(before, img, whole) < 0.2 })
}

func annotations(t *testing.T, url string) (n int) {
	t.Helper()
	conn := pgtest.Connect(t, url)
	defer conn.Close(context.Background())
	if err := conn.QueryRow(context.Background(), `SELECT count(*) FROM aiops.annotations WHERE text = 'Cable pulled'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
