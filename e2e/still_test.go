//go:build e2e

package e2e

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"aiops/store/postgres/pgtest"
)

// Of two processes on one Postgres, the one that evaluates the rules and does
// jobs stands still for longer than its leases hold, and then goes on as if
// nothing had happened. Afterwards both are killed at once.
func TestAnInstanceStandsStill(t *testing.T) {
	dir, env := home(t)
	url := pgtest.URL(t)
	heard, rules, env := listen(t, dir, env)
	conn := pgtest.Connect(t, url)
	defer conn.Close(t.Context())
	number := func(query string) (n int) {
		if err := conn.QueryRow(t.Context(), query).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	divided := func() bool {
		return number(`SELECT count(DISTINCT worker) FROM aiops.jobs WHERE kind = 'watch' AND state = 'running' AND due > now()`) == 2
	}
	noted := func() {
		t.Helper()
		until(t, "it to be noted that people know", func() bool { return number(noted) == 1 })
	}
	post := func(address, vm string) {
		t.Helper()
		body := fmt.Sprintf(`{"vm":%q,"timestamp":%q,"metric":"cpu","value":95}`, vm, time.Now().UTC().Add(-time.Second).Format(time.RFC3339Nano))
		r, err := http.Post("http://"+address+"/api/v1/metrics", "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if _ = r.Body.Close(); r.StatusCode != 201 {
			t.Fatal(r.Status)
		}
	}
	addresses := []string{freeAddress(t), freeAddress(t)}
	still := serve(t, env, addresses[0], "--db", url, "--rules", rules)
	other := serve(t, env, addresses[1], "--db", url, "--rules", rules)
	until(t, "the series to be divided", divided)
	post(addresses[0], "web-01")
	until(t, "the first alert to be told", func() bool { return heard.count("web-01 firing") > 0 })
	noted()
	for range 3 {
		r, err := http.Post("http://"+addresses[0]+"/api/v1/train", "application/json", strings.NewReader(`{"async":true}`))
		if err != nil {
			t.Fatal(err)
		}
		_ = r.Body.Close()
	}
	if err := still.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	acknowledged, sent := load(addresses[1:], 4*time.Second, func() { post(addresses[1], "web-02") })
	until(t, "the other one to hold all series", func() bool {
		return number(`SELECT count(*) FROM aiops.jobs WHERE kind = 'watch' AND state = 'running' AND due > now()`) == 8 &&
			number(`SELECT count(DISTINCT worker) FROM aiops.jobs WHERE kind = 'watch' AND state = 'running'`) == 1
	})
	post(addresses[1], "web-03")
	for _, vm := range []string{"web-02", "web-03"} {
		until(t, vm+" to be told", func() bool { return heard.count(vm+" firing") > 0 })
	}
	until(t, "the jobs to be done", func() bool { return len(jobs(t, addresses[1], "done")) == 3 })
	if err := still.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	until(t, "the series to be divided again", divided)
	post(addresses[0], "web-04")
	post(addresses[1], "web-05")
	for _, vm := range []string{"web-04", "web-05"} {
		until(t, vm+" to be told", func() bool { return heard.count(vm+" firing") > 0 })
	}
	noted()
	for _, p := range []*os.Process{still.Process, other.Process} {
		if err := p.Kill(); err != nil {
			t.Fatal(err)
		}
	}
	_, _ = still.Wait(), other.Wait() // they were killed
	serve(t, env, addresses[0], "--db", url, "--rules", rules)
	post(addresses[0], "web-06")
	until(t, "web-06 to be told", func() bool { return heard.count("web-06 firing") > 0 })
	var vms []string
	for i := range 6 {
		vm := fmt.Sprintf("web-%02d", i+1)
		vms = append(vms, vm)
		if n := heard.count(vm + " firing"); n != 1 {
			t.Errorf("the alert of %s was told %d times", vm, n)
		}
		if n := number(`SELECT count(*) FROM aiops.transitions WHERE vm = '` + vm + `' AND to_state = 'firing'`); n != 1 {
			t.Errorf("the alert of %s was recorded %d times", vm, n)
		}
	}
	checkBatches(t, addresses[0], acknowledged, sent, vms...)
	if n := len(jobs(t, addresses[0], "done")); n != 3 {
		t.Errorf("%d jobs are done, want 3", n)
	}
}
