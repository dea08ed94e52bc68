package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A snapshot takes the trained models of its series along, and forecasts come
// from them on another machine.
func TestSnapshotTakesModelsAlong(t *testing.T) {
	database(t, history(false))
	says(t, 0, "MEAN ERROR", "train")
	snap, part, fewer := filepath.Join(t.TempDir(), "home.db"), filepath.Join(t.TempDir(), "part.db"), filepath.Join(t.TempDir(), "fewer.db")
	says(t, 0, "2 trained models (", "snapshot", snap)
	says(t, 0, "1 trained models (", "snapshot", fewer, "--vm", "web-02")
	if out := says(t, 0, "points of", "snapshot", part, "--from", "2d"); strings.Contains(out, "trained") {
		t.Errorf("models that saw more than the snapshot holds: %s", out)
	}

	home := t.TempDir()
	t.Setenv("AIOPS_HOME", home)
	written := func() int {
		t.Helper()
		files, err := filepath.Glob(filepath.Join(home, "models", "*", "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		return len(files)
	}
	if out := says(t, 0, "web-02", "--db", snap, "models"); !strings.Contains(out, "db-01") {
		t.Errorf("models of the snapshot:\n%s", out)
	}
	says(t, 0, "web-02", "--db", snap, "forecast")
	if n := written(); n != 0 {
		t.Errorf("%d models were trained anew", n)
	}
	says(t, 0, "points of", "--db", snap, "snapshot", "--writable", filepath.Join(home, "copy.db"))
	says(t, 0, "web-02", "--db", filepath.Join(home, "copy.db"), "models")
	says(t, 1, "came with "+snap, "--db", snap, "models", "delete", "--all")
	says(t, 0, "MEAN ERROR", "--db", snap, "train", "--vm", "web-02")
	if n := written(); n != 1 {
		t.Errorf("%d models beside the snapshot, want the one that was trained on it", n)
	}
	says(t, 0, "1 models are deleted", "--db", snap, "models", "delete", "--vm", "web-02")
	says(t, 0, "web-02", "--db", snap, "models")
}

// A damaged model is told, and the forecast is made from a new one.
func TestSnapshotWithDamagedModel(t *testing.T) {
	database(t, history(false))
	says(t, 0, "MEAN ERROR", "train", "--vm", "web-02")
	snap := filepath.Join(t.TempDir(), "home.db")
	says(t, 0, "1 trained models (", "snapshot", snap)
	damageModels(t, snap)
	t.Setenv("AIOPS_HOME", t.TempDir())
	says(t, 1, "is not what was written", "--db", snap, "models")
	says(t, 0, "trained anew", "--db", snap, "forecast", "--vm", "web-02")
}

// damageModels overwrites the first bytes of every gzip text of a file.
func damageModels(t *testing.T, path string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.ReplaceAll(text, []byte{0x1f, 0x8b, 8, 0}, []byte{0x1f, 0x8b, 9, 0})
	if bytes.Equal(bad, text) {
		t.Fatal("no model in the file")
	}
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A snapshot is imported into another database like any file.
func TestImportSnapshot(t *testing.T) {
	database(t, history(false))
	snap := filepath.Join(t.TempDir(), "home.db")
	says(t, 0, "2 series", "snapshot", snap)
	t.Setenv("AIOPS_HOME", t.TempDir())
	if out := says(t, 0, "2 series, in ", "import", snap); !strings.Contains(out, "snapshot of metrics.db") || !strings.Contains(out, "stored") {
		t.Errorf("the report:\n%s", out)
	}
	says(t, 0, "0 stored, ", "import", snap)
	says(t, 0, "2 series, ", "list")
	says(t, 1, "it is the database that it would be imported into", "--db", snap, "import", snap)
}
