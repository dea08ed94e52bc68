//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A program killed while it takes a snapshot leaves no file of that name, or a
// whole one; the next one takes no notice.
func TestKilledSnapshot(t *testing.T) {
	dir, env := home(t)
	must(t, env, "import", writeCSV(t, dir, "large.csv", 400_000))
	path := filepath.Join(dir, "taken", "home.db")
	for i := range 6 {
		cmd := exec.Command(static, "snapshot", path)
		cmd.Env = env
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(20+60*i) * time.Millisecond)
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // killed, or done before that
		if _, err := os.Stat(path); err == nil {
			break
		}
	}
	must(t, env, "snapshot", "--force", path)
	out := must(t, env, "--db", "sqlite:"+path, "list")
	if !strings.Contains(out, "10 series, 400,000 points") || !strings.Contains(out, "It is a snapshot of "+filepath.Join(dir, "metrics.db")) {
		t.Errorf("the snapshot:\n%s", out)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if out, code := aiops(t, env, "--db", path, "generate"); code != 1 || !strings.Contains(out, "stays as it is") {
		t.Errorf("a write into it: exit code %d\n%s", code, out)
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != string(before) {
		t.Errorf("it was changed (%v)", err)
	}
	must(t, env, "--db", path, "snapshot", "--writable", filepath.Join(dir, "mine.db"))
	must(t, env, "--db", filepath.Join(dir, "mine.db"), "import", writeCSV(t, dir, "small.csv", 10))
}
