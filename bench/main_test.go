//go:build bench

package bench

import (
	"fmt"
	"os"
	"os/exec"
	"testing"
)

// program is the built program.
const program = "../build/aiops-headless"

// TestMain builds the program, so that none of yesterday is measured.
func TestMain(m *testing.M) {
	build := exec.Command("go", "build", "-tags", "headless", "-o", program, "..")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}
