//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	windowed = "../build/aiops"
	static   = "../build/aiops-headless"
)

// home is a fresh user's environment: nothing of this machine's user reaches the program.
func home(t *testing.T) (dir string, env []string) {
	t.Helper()
	dir = t.TempDir()
	return dir, []string{"AIOPS_HOME=" + dir, "HOME=" + dir, "PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8"}
}

// aiops runs the static program to its end.
func aiops(t *testing.T, env []string, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), static, args...)
	cmd.Env = env
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	err := cmd.Run()
	if _, isExit := err.(*exec.ExitError); err != nil && !isExit {
		t.Fatal(err)
	}
	return both.String(), cmd.ProcessState.ExitCode()
}

// must is aiops for runs that have to succeed.
func must(t *testing.T, env []string, args ...string) string {
	t.Helper()
	out, code := aiops(t, env, args...)
	if code != 0 {
		t.Fatalf("aiops %s: exit code %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

func writeCSV(t *testing.T, dir, name string, rows int) string {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("vm,timestamp,metric,value\n")
	for i := range rows {
		fmt.Fprintf(&b, "web-%02d,%d,cpu,%d.5\n", i%10, 1_700_000_000+int64(i/10)*60, i%90)
	}
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// start starts a program in the background; it is ended, by pid, with the test.
func start(t *testing.T, env []string, name string, args ...string) *exec.Cmd {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = env
	if err := cmd.Start(); err != nil {
		cancel()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = cmd.Wait()
	})
	return cmd
}
