package postgres

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
	"aiops/store/postgres/pgtest"
)

// TestMain lets the test binary be the program that gets killed.
func TestMain(m *testing.M) {
	if url := os.Getenv("AIOPS_TEST_VICTIM"); url != "" {
		if err := victim(url); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

const perFile = 4000

// kills is how often something is killed: 20 times, or as AIOPS_TEST_KILLS says.
func kills(t *testing.T) int {
	text := os.Getenv("AIOPS_TEST_KILLS")
	if text == "" {
		return 20
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		t.Fatal("AIOPS_TEST_KILLS is not a number")
	}
	return n
}

// importFile writes one file's points, in parts.
func importFile(s store.Store, name string) error {
	tx, err := s.Begin(ctx, store.Origin{Source: name})
	if err != nil {
		return err
	}
	all := steps(metric.Key{VM: name, Metric: "cpu"}, base, second, perFile)
	for i := 0; i < perFile; i += perFile / 4 {
		part := metric.Series{Key: all.Key, Times: all.Times[i : i+perFile/4], Values: all.Values[i : i+perFile/4]}
		if _, err := tx.Write(ctx, part, store.Replace); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		fmt.Println("wrote", name)
	}
	return tx.Commit()
}

// victim imports file after file and says where it is.
func victim(url string) error {
	s, err := Open(ctx, url, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	for i := range 1000 {
		name := fmt.Sprintf("%d-%d.csv", os.Getpid(), i)
		if err := importFile(s, name); err != nil {
			return err
		}
		fmt.Println("done", name)
	}
	return nil
}

// whole checks that files are wholly in or wholly out and that each one that
// was acknowledged is in.
func whole(t *testing.T, s *Store, acknowledged []string) {
	t.Helper()
	all, err := store.Envelopes(ctx, s, store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]bool{}
	for _, e := range all {
		if e.Len() != perFile {
			t.Errorf("%s has %d points of %d", e.Key, e.Len(), perFile)
		}
		in[e.VM] = true
	}
	for _, name := range acknowledged {
		if !in[name] {
			t.Errorf("%s was acknowledged and is not there", name)
		}
	}
	infos, err := s.Catalog(ctx)
	if err != nil || len(infos) != len(all) {
		t.Errorf("%d series in the catalog, %d with points, %v", len(infos), len(all), err)
	}
}

// TestServerKilled kills the server with SIGKILL in the middle of writes. What
// was acknowledged is there, everything is whole, and the same open store goes
// on with the restarted server by itself.
func TestServerKilled(t *testing.T) {
	for _, parted := range []bool{false, true} {
		t.Run(fmt.Sprintf("partitioned=%v", parted), func(t *testing.T) { killServer(t, parted, kills(t)/2) })
	}
}

func killServer(t *testing.T, parted bool, kills int) {
	server := pgtest.StartServer(t)
	db := server.Database(t)
	s := open(t, db)
	if parted {
		s = partitioned(t, db)
	}
	rnd := rand.New(rand.NewPCG(3, 4))
	var done []string
	told := 0
	for i := range kills {
		result := make(chan error, 1)
		name := fmt.Sprintf("file-%d.csv", i)
		go func() { result <- importFile(s, name) }()
		time.Sleep(time.Duration(rnd.IntN(60)) * time.Millisecond)
		if err := server.Kill(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rnd.IntN(20)) * time.Millisecond)
		if err := server.Start(); err != nil {
			t.Fatal(err)
		}
		if err := <-result; err == nil {
			done = append(done, name)
		} else if strings.Contains(err.Error(), pgtest.Password) {
			t.Fatalf("the error holds the password: %v", err)
		}
		left, err := s.Interrupted(ctx)
		if err != nil {
			t.Fatal(err)
		}
		told += len(left)
		whole(t, s, done)
		if err := importFile(s, name); err != nil { // sending it again is harmless
			t.Fatal("the next write:", err)
		}
		done = append(done, name)
	}
	whole(t, s, done)
	consistent(t, s)
	t.Logf("%d kills, %d files acknowledged, %d writes told of as interrupted, 0 rows lost", kills, len(done), told)
}

// TestProgramKilled kills this program in the middle of a write.
func TestProgramKilled(t *testing.T) {
	url := migrated(t)
	s := open(t, url)
	var done []string
	for i := range kills(t) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "AIOPS_TEST_VICTIM="+url)
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
				done = append(done, name)
			} else if n > 3+i%12 {
				_ = cmd.Process.Kill()
			}
		}
		if cmd.Wait() == nil {
			t.Fatal("the victim came to its end before it was killed")
		}
		// The server sees the broken connection a moment later.
		if tx, err := s.Begin(ctx, store.Origin{Source: "next"}); err != nil {
			t.Fatal(err)
		} else if err := tx.Rollback(); err != nil {
			t.Fatal(err)
		}
		left, err := s.Interrupted(ctx)
		if err != nil || len(left) > 1 || len(left) == 1 && !strings.HasSuffix(left[0].Source, ".csv") {
			t.Errorf("interrupted %v, %v", left, err)
		}
		if again, err := s.Interrupted(ctx); err != nil || len(again) > 0 {
			t.Errorf("it was told twice: %v, %v", again, err)
		}
		whole(t, s, done)
	}
	consistent(t, s)
	t.Logf("%d kills, %d files acknowledged, 0 rows lost", kills(t), len(done))
}

// TestTwoPrograms: two programs write the same series, with other values, and
// a third one inserts by itself.
func TestTwoPrograms(t *testing.T) {
	url := pgtest.URL(t)
	all := [2]*Store{open(t, url), open(t, url)}
	var wg sync.WaitGroup
	for p, s := range all {
		wg.Go(func() {
			for i := range 6 {
				tx, err := s.Begin(ctx, store.Origin{Source: "same"})
				if err != nil {
					t.Error(err)
					return
				}
				one := steps(cpu, base+int64(i)*500*minute, minute, 1000)
				for j := range one.Values {
					one.Values[j] = float64(p)
				}
				if _, err := tx.Write(ctx, one, store.Replace); err != nil {
					t.Error(err)
				}
				if err := tx.Commit(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Go(func() {
		c := pgtest.Connect(t, url)
		defer c.Close(ctx)
		for i := range 200 {
			_, err := c.Exec(ctx, `INSERT INTO server_metrics_fact (vm, timestamp, metric, value) VALUES ('web-01', to_timestamp($1), 'cpu', 5)
				ON CONFLICT (vm, timestamp, metric) DO UPDATE SET value = 5`, base/second+int64(i)*930)
			if err != nil {
				t.Error(err)
			}
		}
	})
	wg.Wait()
	consistent(t, all[0])
	consistent(t, all[1])
	if all, _ := all[0].Catalog(ctx); len(all) != 1 || all[0].Count < 3500 {
		t.Errorf("catalog %+v", all)
	}
}

// TestOpenAtOnce: programs that start at the same time on an empty database.
func TestOpenAtOnce(t *testing.T) {
	url := pgtest.URL(t)
	var wg sync.WaitGroup
	for i := range 6 {
		wg.Go(func() {
			s, err := Open(ctx, url, Options{})
			if err != nil {
				t.Error(err)
				return
			}
			defer s.Close()
			if err := importFile(s, fmt.Sprintf("%d.csv", i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	whole(t, open(t, url), []string{"0.csv", "1.csv", "2.csv", "3.csv", "4.csv", "5.csv"})
}
