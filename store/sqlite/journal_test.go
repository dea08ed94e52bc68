package sqlite

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/metric"
	"aiops/store"
)

// TestMain lets the test binary be the program that gets killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("AIOPS_TEST_VICTIM"); path != "" {
		if err := victim(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// victim imports file after file of 20,000 points and says where it is.
func victim(path string) error {
	s, err := Open(ctx, path, Options{})
	if err != nil {
		return err
	}
	defer s.Close()
	for file := range 50 {
		name := fmt.Sprintf("file-%d.csv", file)
		fmt.Println("begin", name)
		tx, err := s.Begin(ctx, store.Origin{Source: name, Began: time.Now()})
		if err != nil {
			return err
		}
		all := steps(metric.Key{VM: name, Metric: "cpu"}, base, second, 20_000)
		for i := 0; i < all.Len(); i += 1000 {
			part := metric.Series{Key: all.Key, Times: all.Times[i : i+1000], Values: all.Values[i : i+1000]}
			if _, err := tx.Write(ctx, part, store.Replace); err != nil {
				return err
			}
			fmt.Println("wrote", name)
			if name == os.Getenv("AIOPS_TEST_STAY") && i == 9000 {
				time.Sleep(time.Hour) // until it is killed
			}
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		fmt.Println("done", name)
	}
	return nil
}

// kill starts a victim, kills it once enough says so and returns what it said.
func kill(t *testing.T, path string, enough func(line string) bool) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "AIOPS_TEST_VICTIM="+path)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said []string
	killed := false
	for lines := bufio.NewScanner(out); lines.Scan(); {
		said = append(said, lines.Text())
		if !killed && enough(lines.Text()) {
			killed = true
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			io.Copy(io.Discard, out)
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the victim came to its end before it was killed")
	}
	return said
}

// whole checks the database file and that files are wholly in or wholly out;
// it returns the names of those that are in.
func whole(t *testing.T, s *Store) []string {
	t.Helper()
	var report string
	if err := s.readers.QueryRowContext(ctx, "PRAGMA integrity_check").Scan(&report); err != nil || report != "ok" {
		t.Fatalf("integrity check: %s, %v", report, err)
	}
	all, err := store.Envelopes(ctx, s, store.Query{})
	if err != nil {
		t.Fatal(err)
	}
	var in []string
	for _, e := range all {
		if e.Len() != 20_000 {
			t.Errorf("%s has %d points of 20000", e.Key, e.Len())
		}
		in = append(in, e.VM)
	}
	infos, err := s.Catalog(ctx)
	if err != nil || len(infos) != len(all) {
		t.Errorf("%d series in the catalog, %d with points, %v", len(infos), len(all), err)
	}
	sameRollups(t, s)
	return in
}

func TestKilledInTheMiddle(t *testing.T) {
	t.Setenv("AIOPS_TEST_STAY", "file-1.csv")
	path := filepath.Join(t.TempDir(), "fleet.db")
	writes := 0
	kill(t, path, func(line string) bool {
		if line == "wrote file-1.csv" {
			writes++
		}
		return writes == 10
	})
	s := open(t, path)
	got, err := s.Interrupted(ctx)
	if err != nil || len(got) != 1 || got[0].Source != "file-1.csv" || time.Since(got[0].Began) > time.Minute {
		t.Errorf("interrupted %v, %v, want file-1.csv", got, err)
	}
	if again, err := s.Interrupted(ctx); err != nil || len(again) != 0 {
		t.Errorf("told again: %v, %v", again, err)
	}
	if in := whole(t, s); !slices.Equal(in, []string{"file-0.csv"}) {
		t.Errorf("stored %v, want file-0.csv only", in)
	}
	write(t, s, steps(cpu, base, second, 20_000))
	whole(t, s)
}

// Wherever the kill strikes, each file is in or out, and those that are out
// although they were begun are named.
func TestKilledAnywhere(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	for range 10 {
		path := filepath.Join(t.TempDir(), "fleet.db")
		wait := time.Duration(rnd.IntN(100_000)) * time.Microsecond
		var until time.Time
		said := kill(t, path, func(string) bool {
			if until.IsZero() {
				until = time.Now().Add(wait)
			}
			return time.Now().After(until)
		})
		s := open(t, path)
		gone, err := s.Interrupted(ctx)
		if err != nil || len(gone) > 1 {
			t.Fatalf("interrupted %v, %v", gone, err)
		}
		in := whole(t, s)
		for _, line := range said {
			if name, ok := strings.CutPrefix(line, "done "); ok && !slices.Contains(in, name) {
				t.Errorf("%s was done but is not stored", name)
			}
		}
		for _, o := range gone {
			if slices.Contains(in, o.Source) {
				t.Errorf("%s is stored and counts as interrupted", o.Source)
			}
		}
	}
}

// A program that is still importing is not interrupted, one whose number was
// given to another process is.
func TestInterruptedLeavesTheLivingAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "fleet.db")
	first, second := open(t, path), open(t, path)
	tx, err := first.Begin(ctx, store.Origin{Source: "living.csv"})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*Store{first, second} {
		if got, err := s.Interrupted(ctx); err != nil || len(got) != 0 {
			t.Errorf("%v, %v", got, err)
		}
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, c := range []struct {
		name string
		pid  int
		age  time.Duration
		told bool
	}{
		{"between note and lock", os.Getppid(), time.Second, false},
		{"long ago", os.Getppid(), 2 * time.Hour, true},
		{"this number again", os.Getpid(), time.Second, true},
		{"nobody", 1 << 30, time.Second, true},
	} {
		_, err := first.writer.ExecContext(ctx, `INSERT INTO imports (source, began, pid) VALUES (?, ?, ?)`, c.name, now.Add(-c.age).UnixMicro(), c.pid)
		if err != nil {
			t.Fatal(err)
		}
		got, err := second.Interrupted(ctx)
		if err != nil || (len(got) == 1) != c.told {
			t.Errorf("%s: %v, %v", c.name, got, err)
		}
		if _, err := first.writer.ExecContext(ctx, `DELETE FROM imports`); err != nil {
			t.Fatal(err)
		}
	}
}

// A finished write stays in the journal with its count.
func TestJournalOfFinished(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "fleet.db"))
	write(t, s, steps(cpu, base, second, 300), steps(cpu, base, second, 310))
	var source string
	var stored int64
	err := s.readers.QueryRowContext(ctx, `SELECT source, stored FROM imports WHERE finished >= began`).Scan(&source, &stored)
	if err != nil || source != "a.csv" || stored != 310 {
		t.Error(source, stored, err)
	}
}
