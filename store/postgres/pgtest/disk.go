package pgtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// SmallDisk makes a disk of some megabytes for the server, and what makes it
// larger. It takes root's rights.
func (s *Server) SmallDisk(t testing.TB, megabytes int) (dir string, grow func(megabytes int)) {
	t.Helper()
	dir, err := os.MkdirTemp("", "aiops-disk-")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm", megabytes), "aiops-test", dir).CombinedOutput(); err != nil {
		_ = os.Remove(dir)
		absent(t, fmt.Errorf("no small disk for the test: %w: %s", err, out))
	}
	t.Cleanup(func() {
		_ = s.end() // it holds files open there
		if err := errors.Join(exec.Command("umount", "-l", dir).Run(), os.Remove(dir)); err != nil {
			t.Error(err)
		}
	})
	if err := errors.Join(os.Chmod(dir, 0o700), s.as.own(dir)); err != nil {
		t.Fatal(err)
	}
	return dir, func(megabytes int) {
		if out, err := exec.Command("mount", "-o", fmt.Sprintf("remount,size=%dm", megabytes), dir).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
}
