package cache

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres"
	"aiops/store/postgres/pgtest"
)

// TestMain lets the test binary be the program that gets killed.
func TestMain(m *testing.M) {
	if mode := os.Getenv("AIOPS_TEST_VICTIM"); mode != "" {
		if err := victim(mode, os.Getenv("AIOPS_TEST_URL"), os.Getenv("AIOPS_TEST_COPY")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// victim changes things while the database is away and says what was
// acknowledged, or sends, or pulls.
func victim(mode, url, path string) error {
	fmt.Println("begin")
	s, err := Open(ctx, Options{Path: path, Quiet: true, Offline: mode == "queue", change: 50, Remote: func(ctx context.Context) (store.Store, error) {
		return postgres.Open(ctx, url, postgres.Options{})
	}})
	if err != nil {
		return err
	}
	defer s.Close()
	switch mode {
	case "pull":
		_, err = s.Pull(ctx, nil, metric.Range{}, nil)
		return err
	case "push":
		return s.Push(ctx)
	}
	for i := range 40 {
		name := fmt.Sprintf("%d-%d", os.Getpid(), i)
		if i%4 == 3 {
			err = importAs(s, name)
		} else {
			_, err = s.PutAnnotation(ctx, metric.Annotation{VM: name, From: base, To: base, Kind: metric.Note, Text: name})
		}
		if err != nil {
			return err
		}
		fmt.Println("done", name)
	}
	return nil
}

func importAs(s store.Store, name string) error {
	tx, err := s.Begin(ctx, store.Origin{Source: name})
	if err != nil {
		return err
	}
	all := line(metric.Key{VM: "points-" + name, Metric: "cpu"}, 200, 1)
	for i := 0; i < 200; i += 50 {
		if _, err := tx.Write(ctx, metric.Series{Key: all.Key, Times: all.Times[i : i+50], Values: all.Values[i : i+50]}, store.Replace); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// kills is how many rounds there are; AIOPS_TEST_KILLS asks for more.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("AIOPS_TEST_KILLS")); err == nil {
		return n
	}
	return 20
}

// run starts a victim and calls kill when it has begun; it returns what was acknowledged.
func run(t *testing.T, mode, url, path string, kill func(*exec.Cmd, int)) (acknowledged []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "AIOPS_TEST_VICTIM="+mode, "AIOPS_TEST_URL="+url, "AIOPS_TEST_COPY="+path)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 0; lines.Scan(); n++ {
		if name, ok := strings.CutPrefix(lines.Text(), "done "); ok {
			acknowledged = append(acknowledged, name)
		}
		kill(cmd, n)
	}
	_ = cmd.Wait() // killed, or done before that
	return acknowledged
}

// TestKilled kills programs that queue, push and pull, and the server meanwhile,
// at random points. No acknowledged change is lost and none is there twice, and
// the copy becomes what the database is.
func TestKilled(t *testing.T) {
	srv := pgtest.StartServer(t)
	url, path := srv.Database(t), filepath.Join(t.TempDir(), "copy.db")
	opened, err := postgres.Open(ctx, url, postgres.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	write(t, opened, line(cpu, 20_000, 1))
	run(t, "pull", url, path, func(*exec.Cmd, int) {})
	rnd := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	var done []string
	programs, servers := 0, 0
	for i := range kills() {
		last := rnd.IntN(45)
		done = append(done, run(t, "queue", url, path, func(cmd *exec.Cmd, n int) {
			if n == last {
				programs++
				_ = cmd.Process.Kill()
			}
		})...)
		mode := []string{"push", "pull"}[i%2]
		if mode == "pull" {
			write(t, opened, metric.Series{Key: cpu, Times: []int64{base + int64(rnd.IntN(20_000))*60*second, base + int64(30_000+i)*60*second}, Values: []float64{rnd.Float64(), 1}})
		}
		wait := time.Duration(rnd.IntN(150)) * time.Millisecond
		run(t, mode, url, path, func(cmd *exec.Cmd, _ int) {
			time.Sleep(wait)
			if i%4 > 1 {
				servers++
				if err := srv.Kill(); err != nil {
					t.Fatal(err)
				}
				return
			}
			programs++
			_ = cmd.Process.Kill()
		})
		if i%4 > 1 {
			if err := srv.Start(); err != nil {
				t.Fatal(err)
			}
		}
		whole(t, opened)
	}
	run(t, "push", url, path, func(*exec.Cmd, int) {})
	whole(t, opened)
	check(t, opened, url, path, done)
	t.Logf("%d kills of the program, %d of the server, %d changes acknowledged", programs, servers, len(done))
}

// whole checks that of each import all points are in the database, or none.
func whole(t *testing.T, there *postgres.Store) {
	t.Helper()
	all, err := there.Catalog(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if strings.HasPrefix(s.VM, "points-") && s.Count != 200 {
			t.Errorf("of an import %d of 200 points are there", s.Count)
		}
	}
}

// check compares the database with what was acknowledged, and the copy with the database.
func check(t *testing.T, there *postgres.Store, url, path string, acknowledged []string) {
	t.Helper()
	times := map[string]int{}
	for _, a := range notes(t, there) {
		times[a.Text]++
	}
	for _, name := range acknowledged {
		_, number, _ := strings.Cut(name, "-")
		if i, err := strconv.Atoi(number); err == nil && i%4 == 3 {
			if n := points(t, there, metric.Key{VM: "points-" + name, Metric: "cpu"}).Len(); n != 200 {
				t.Errorf("%s was acknowledged, and %d of 200 points are there", name, n)
			}
		} else if times[name] != 1 {
			t.Errorf("%s was acknowledged and is there %d times", name, times[name])
		}
	}
	for name, n := range times {
		if n != 1 {
			t.Errorf("%s is there %d times", name, n)
		}
	}
	s, err := Open(ctx, Options{Path: path, Quiet: true, Remote: func(ctx context.Context) (store.Store, error) {
		return postgres.Open(ctx, url, postgres.Options{})
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	pull(t, s)
	if l := s.Link(); l.Queued != 0 {
		t.Errorf("link %+v", l)
	}
	all, err := store.Envelopes(ctx, there, store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		got := points(t, s.local, e.Key)
		same := got.Len() == e.Len()
		for i := 0; same && i < got.Len(); i++ {
			same = got.Times[i] == e.Times[i] && got.Values[i] == e.Mean[i]
		}
		if !same {
			t.Errorf("%s is not the same in the copy: %d points, there are %d", e.Key, got.Len(), e.Len())
		}
	}
}
