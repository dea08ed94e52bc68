package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// serveOnce runs the program until it says where it serves, or ends.
func serveOnce(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 1500*time.Millisecond)
	defer cancel()
	var out, errs bytes.Buffer
	Main(ctx, Env{Args: args, Out: &out, Err: &errs, Version: "test", Now: time.Now})
	return out.String() + errs.String()
}

// Flags go before the environment, and that before the file.
func TestServeSettings(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("AIOPS_HOME", dir)
	file := filepath.Join(dir, "config.toml")
	if err := os.WriteFile(file, []byte("listen = \"127.0.0.1:0\"\nbase-path = \"/from-file\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serveOnce(t, "serve"); !strings.Contains(got, "/from-file/docs") || !strings.Contains(got, "this computer only") {
		t.Error(got)
	}
	t.Setenv("AIOPS_BASE_PATH", "/from-env")
	if got := serveOnce(t, "serve"); !strings.Contains(got, "/from-env/docs") {
		t.Error(got)
	}
	if got := serveOnce(t, "serve", "--base-path", "/from-flag"); !strings.Contains(got, "/from-flag/docs") {
		t.Error(got)
	}
	if got := serveOnce(t, "serve", "--listen", "0.0.0.0:0"); !strings.Contains(got, "so it listens on this computer only") || strings.Contains(got, "serving") {
		t.Error(got)
	}
}

func TestConfigCheck(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("AIOPS_HOME", dir)
	got := serveOnce(t, "--db", "sqlite:"+filepath.Join(dir, "none.db"), "config", "check")
	if !strings.Contains(got, "database") || !strings.Contains(got, "wrong: there is no database") || !strings.Contains(got, "1 setting not right") {
		t.Error(got)
	}
	if err := os.WriteFile(filepath.Join(dir, "alerts.yaml"), []byte("rules:\n  - {name: x, kind: nonsense}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serveOnce(t, "config", "check"); !strings.Contains(got, "alert rules") || !strings.Contains(got, "2 settings not right") {
		t.Error(got)
	}
}

// What a stopped instance holds, the others get back.
func TestTransactionsAreLetGo(t *testing.T) {
	for db, want := range map[string]string{
		"sqlite:x.db":              "sqlite:x.db",
		"postgres://a@h,i:5433/db": "postgres://a@h,i:5433/db?idle_in_transaction_session_timeout=15000",
		"postgres://a@h/db?x=1":    "postgres://a@h/db?x=1&idle_in_transaction_session_timeout=15000",
		"postgres://a@h/db?idle_in_transaction_session_timeout=1": "postgres://a@h/db?idle_in_transaction_session_timeout=1",
	} {
		if got := letGo(db); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
