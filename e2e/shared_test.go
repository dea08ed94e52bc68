//go:build e2e

package e2e

import (
	"os"
	"testing"
	"time"

	"aiops/store/postgres/pgtest"
)

// Of two instances that share a forecast of the fleet one is killed in the
// middle: the other finishes the run, and every series has its forecast.
func TestAnInstanceOfASharedForecastIsKilled(t *testing.T) {
	url := pgtest.URL(t)
	_, env := home(t)
	env = append(env, "AIOPS_DB="+url)
	must(t, env, "db", "migrate")
	must(t, env, "generate", "--vms", "16", "--days", "3")
	conn := pgtest.Connect(t, url)
	defer conn.Close(t.Context())
	count := func(query string) (n int) {
		if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	run := []string{"forecast", "--shared", "night", "--output", os.DevNull}
	victim := start(t, env, static, run...)
	for end := time.Now().Add(30 * time.Second); count(`SELECT count(*) FROM aiops.jobs WHERE state = 'done'`) == 0 ||
		count(`SELECT count(*) FROM aiops.jobs WHERE state = 'running'`) == 0; time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the first instance does not begin")
		}
	}
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait() // it was killed
	left := count(`SELECT count(*) FROM aiops.jobs WHERE state <> 'done'`)
	if left == 0 {
		t.Fatal("it was done before it was killed")
	}
	must(t, env, run...)
	series := count(`SELECT count(*) FROM aiops.series WHERE count > 0`)
	if n := count(`SELECT count(*) FROM aiops.jobs WHERE state = 'done'`); n != series {
		t.Errorf("%d of %d series are done", n, series)
	}
	if n := count(`SELECT count(DISTINCT (vm, metric)) FROM server_metrics_predictions`); n != series {
		t.Errorf("%d of %d series have a forecast", n, series)
	}
	t.Logf("%d series, %d were left by the one that was killed", series, left)
}
