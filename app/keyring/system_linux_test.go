package keyring

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestSystem stores in a real keyring, on a message bus of its own.
func TestSystem(t *testing.T) {
	if os.Getenv("AIOPS_TEST_KEYRING") != "" {
		inside(t)
		return
	}
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	home := t.TempDir()
	cmd := exec.Command("dbus-run-session", "--", "sh", "-c", `printf login | gnome-keyring-daemon --unlock --components=secrets >&2; exec "$0" -test.run '^TestSystem$' -test.v`, os.Args[0])
	cmd.Env = append(os.Environ(), "AIOPS_TEST_KEYRING=1", "HOME="+home, "XDG_DATA_HOME="+home, "XDG_RUNTIME_DIR="+home)
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestSystem") {
		t.Errorf("%v\n%s", err, out)
	}
	time.Sleep(100 * time.Millisecond) // the keyring ends with its bus
}

func inside(t *testing.T) {
	const secret = "ge:heim/@1 ü"
	if _, err := Get(ctx, "aiops-test", "ann@db:5432/fleet"); !errors.Is(err, ErrNotFound) {
		t.Errorf("an empty keyring: %v", err)
	}
	if err := Set(ctx, "aiops-test", "ann@db:5432/fleet", secret); err != nil {
		t.Fatal(err)
	}
	if got, err := Get(ctx, "aiops-test", "ann@db:5432/fleet"); got != secret || err != nil {
		t.Errorf("%q came back, %v", got, err)
	}
	if err := Delete(ctx, "aiops-test", "ann@db:5432/fleet"); err != nil {
		t.Error(err)
	}
	if err := Delete(ctx, "aiops-test", "ann@db:5432/fleet"); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleted twice: %v", err)
	}
}
