//go:build e2e

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestImportListExport(t *testing.T) {
	dir, env := home(t)
	csv := writeCSV(t, dir, "servers.csv", 5000)
	if out := must(t, env, "import", csv); !strings.Contains(out, "5,000 rows: 5,000 stored") {
		t.Errorf("the summary does not account for the rows:\n%s", out)
	}
	if out := must(t, env, "import", csv); !strings.Contains(out, "0 stored, 5,000 duplicates") {
		t.Errorf("a second import must change nothing:\n%s", out)
	}
	if out := must(t, env, "list"); !strings.Contains(out, "10 series, 5,000 points") {
		t.Errorf("list:\n%s", out)
	}
	report := filepath.Join(dir, "report")
	must(t, env, "--export", report, "--format", "html,png,svg,pdf,csv,xlsx")
	html, err := os.ReadFile(filepath.Join(report, "index.html"))
	if err != nil || !strings.Contains(string(html), "web-07") || !strings.Contains(string(html), "<svg") {
		t.Errorf("index.html has no figure of web-07 (%v)", err)
	}
	for _, ext := range []string{"png", "svg", "pdf", "csv", "xlsx"} {
		var found int
		err := filepath.WalkDir(report, func(p string, _ os.DirEntry, err error) error {
			if strings.HasSuffix(p, "."+ext) {
				found++
			}
			return err
		})
		if err != nil || found == 0 {
			t.Errorf("the report has no %s file (%v)", ext, err)
		}
	}
}

func TestExitCodes(t *testing.T) {
	dir, env := home(t)
	bad := filepath.Join(dir, "bad.csv")
	if err := os.WriteFile(bad, []byte("colour,shape\nred,round\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"list"}, 1, "no database"},
		{[]string{"--version"}, 0, "aiops "},
		{[]string{"--help"}, 0, "Exit codes"},
		{[]string{"--exprt", "x"}, 2, "--export"},
		{[]string{"imprt"}, 2, "import"},
		{[]string{"nothing.csv"}, 2, "no file"},
		{[]string{"import", "nothing.csv"}, 1, "nothing.csv"},
		{[]string{"import", bad}, 1, "bad.csv"},
		{[]string{"--time-zone", "Mars", "list"}, 2, "Mars"},
		{[]string{"--db", "oracle:x", "list"}, 1, "oracle"},
	} {
		out, code := aiops(t, env, c.args...)
		if code != c.code || !strings.Contains(out, c.says) {
			t.Errorf("aiops %v: exit code %d, want %d and %q in:\n%s", c.args, code, c.code, c.says, out)
		}
	}
}

// A program killed in the middle of an import leaves the file wholly in or
// wholly out, no damage, and the next run says which it was.
func TestKilledImport(t *testing.T) {
	dir, env := home(t)
	const rows = 400_000
	csv := writeCSV(t, dir, "large.csv", rows)
	must(t, env, "import", writeCSV(t, dir, "small.csv", 100))
	var interrupted int
	for i := range 8 {
		cmd := exec.Command(static, "import", csv)
		cmd.Env = env
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(30+60*i) * time.Millisecond)
		_ = cmd.Process.Kill()
		err := cmd.Wait()
		before := must(t, env, "list")
		if err == nil { // it was done before the kill
			break
		}
		if !strings.Contains(before, "10 series, 100 points") {
			if strings.Contains(before, fmt.Sprintf("%d,%03d points", rows/1000, rows%1000)) {
				break // killed after the commit
			}
			t.Fatalf("killed after %d ms, half a file is stored:\n%s", 30+60*i, before)
		}
		if out := must(t, env, "import", filepath.Join(dir, "small.csv")); strings.Contains(out, "large.csv, begun") {
			interrupted++
		}
	}
	if interrupted == 0 {
		t.Error("no run said that the import had been interrupted")
	}
	must(t, env, "import", csv)
	if out := must(t, env, "list"); !strings.Contains(out, "400,000 points") {
		t.Errorf("after the last import:\n%s", out)
	}
}
