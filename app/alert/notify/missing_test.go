package notify

import (
	"os"
	"testing"
)

// missing skips a test that needs a program which is not there; where the
// checks run (CI is set) it must be.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(what)
	}
	t.Skip(what)
}
