//go:build bench

package bench

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"aiops/store/postgres/pgtest"
)

// BenchmarkSharedForecast forecasts the demo data of 24 VMs and 7 days in
// one Postgres, by so many processes of one core that share the run. The server
// has the machine's other work.
func BenchmarkSharedForecast(b *testing.B) {
	url := pgtest.URL(b)
	home := b.TempDir()
	env := append(os.Environ(), "AIOPS_DB="+url, "GOMAXPROCS=1")
	start := func(home string, args ...string) *exec.Cmd {
		cmd := exec.Command(program, args...)
		cmd.Env = append(env, "AIOPS_HOME="+home)
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		return cmd
	}
	for _, args := range [][]string{{"db", "migrate"}, {"generate", "--vms", "24", "--days", "7"}} {
		if err := start(home, args...).Wait(); err != nil {
			b.Fatal(err)
		}
	}
	for _, n := range []int{1, 2, 4} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			began, run := time.Now(), 0
			for b.Loop() {
				run++
				var all []*exec.Cmd
				for range n {
					all = append(all, start(b.TempDir(), "forecast", "--shared", fmt.Sprintf("%d of %d %v", run, n, began), "--output", os.DevNull))
				}
				for _, cmd := range all {
					if err := cmd.Wait(); err != nil {
						b.Error(err)
					}
				}
			}
			b.ReportMetric(time.Since(began).Seconds()/float64(b.N), "s/run")
		})
	}
}
