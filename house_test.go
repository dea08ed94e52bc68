package main

import (
	"encoding/json"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"
)

// rule says what the packages below a directory may import of the project,
// and which outside libraries belong to them alone.
type rule struct {
	dir string   // "" is the program itself
	may []string // directories of the project; their sub-packages are included
}

// house is the picture in docs/ARCHITECTURE.md: the longest matching dir wins.
var house = []rule{
	{"metric", nil},
	{"assets", nil},
	{"store", []string{"metric", "store"}},
	{"forecast", []string{"metric", "forecast"}},
	{"charts", []string{"metric", "assets"}},
	{"app/keyring", nil},
	{"app/auth", []string{"metric", "store", "app/auth", "app/config", "app/keyring"}},
	{"app/serve", []string{"metric", "store", "forecast", "charts", "assets", "app", "app/alert", "app/auth", "app/config", "app/view", "app/serve"}},
	{"app/config", []string{"metric", "store", "forecast"}},
	{"app/alert", []string{"metric", "store", "forecast", "app/alert"}},
	{"app/s3models", []string{"metric", "forecast"}},
	{"app", []string{"metric", "store", "forecast", "app/config", "app/alert", "app/auth", "app/keyring", "app/s3models"}},
	{"app/view", []string{"metric", "store", "forecast", "charts", "app", "app/alert", "app/auth"}},
	{"app/ui", []string{"metric", "store", "forecast", "charts", "assets", "app", "app/alert", "app/auth", "app/keyring", "app/view", "app/ui"}},
	{"app/export", []string{"metric", "store", "forecast", "charts", "assets", "app", "app/alert", "app/view", "app/export"}},
	{"app/cli", []string{"metric", "store", "forecast", "app", "app/alert", "app/auth", "app/config", "app/keyring", "app/view", "app/export", "app/serve"}},
	{"e2e", []string{"metric", "store"}},
	{"bench", []string{"metric", "store", "forecast"}},
}

// owned are libraries that only some directories may import.
var owned = map[string][]string{
	"fyne.io/fyne":                  {"app/ui", ""},
	"database/sql":                  {"store"},
	"modernc.org/sqlite":            {"store"},
	"github.com/pressly/goose":      {"store"},
	"github.com/jackc":              {"store/postgres"},
	"gonum.org/v1/plot":             {"charts"},
	"github.com/alecthomas/kong":    {"app/cli"},
	"github.com/xuri/excelize":      {"store/ingest", "app/export"},
	"github.com/parquet-go":         {"store/ingest"},
	"fyne.io/fyne/v2/app":           {""},
	"github.com/BurntSushi/toml":    {"app/config"},
	"golang.org/x/image/vector":     {"charts"},
	"github.com/klauspost/compress": {"store/ingest", "app/serve"},
	"github.com/danielgtaylor/huma": {"app/serve"},
	"github.com/cespare/xxhash":     {"app/serve"},
	"github.com/hashicorp":          {"app/serve"},
	"golang.org/x/time":             {"app/serve", "app/auth"},
	"github.com/prometheus":         {"app/serve"},
	"go.opentelemetry.io":           {"app/serve"},
	"google.golang.org/protobuf":    {"store/ingest"},
	"github.com/influxdata":         {"store/ingest"},
	"github.com/minio/minio-go":     {"app/s3models"},
	"github.com/redis/go-redis":     {"app/serve"},
	"github.com/rickar/cal":         {"forecast/prophet"},
	"go.yaml.in/yaml":               {"app/alert"},
	"github.com/cenkalti/backoff":   {"app/alert/notify", "store/cache"},
	"github.com/godbus/dbus":        {"app/alert/notify"},
	"golang.org/x/oauth2":           {"app/auth"},
	"github.com/go-jose/go-jose":    {"app/auth"},
	"github.com/chromedp":           {"e2e"},
	"rsc.io/qr":                     {"app/view"},
	"github.com/zalando/go-keyring": {"app/keyring"},
}

type goPackage struct {
	ImportPath, Dir, Doc string
	Imports              []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,Imports", "-tags", "ci,headless,migrated_fynedo", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []goPackage
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		switch err := dec.Decode(&p); err {
		case nil:
			all = append(all, p)
		case io.EOF:
			return all
		default:
			t.Fatal(err)
		}
	}
}

func TestHouseImportsGoOneWay(t *testing.T) {
	for _, p := range packages(t) {
		dir := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "aiops"), "/")
		for _, imp := range p.Imports {
			if own, ok := strings.CutPrefix(imp, "aiops/"); ok {
				if dir != "" && !mayImport(dir, own) {
					t.Errorf("%s must not import %s", dir, own)
				}
				continue
			}
			for lib, owners := range owned {
				if within(imp, lib) && !slices.ContainsFunc(owners, func(o string) bool { return o == dir || o != "" && within(dir, o) }) {
					t.Errorf("%s must not import %s: that belongs to %q", dir, imp, owners)
				}
			}
		}
		if within(dir, "metric") && slices.ContainsFunc(p.Imports, func(s string) bool { return strings.Contains(s, ".") }) {
			t.Errorf("%s imports more than the standard library: %v", dir, p.Imports)
		}
	}
}

func mayImport(dir, own string) bool {
	best := rule{dir: "-"}
	for _, r := range house {
		if within(dir, r.dir) && len(r.dir) >= len(strings.TrimPrefix(best.dir, "-")) {
			best = r
		}
	}
	for _, m := range best.may {
		if own == m || m != "app" && within(own, m) {
			return true
		}
	}
	return false
}

func within(dir, root string) bool {
	return dir == root || strings.HasPrefix(dir, root+"/")
}

// The static program must not need a C compiler, a display or Fyne.
func TestHouseHeadlessHasNoWindow(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-tags", "headless", ".").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	for dep := range strings.Lines(string(out)) {
		if strings.HasPrefix(dep, "fyne.io/") || strings.HasPrefix(dep, "github.com/go-gl/") {
			t.Errorf("the build without a window contains %s", strings.TrimSpace(dep))
		}
	}
}

func TestHousePackagesSayWhatTheyAre(t *testing.T) {
	for _, p := range packages(t) {
		if p.Doc == "" {
			t.Errorf("%s has no package comment", p.ImportPath)
		}
		if slices.Contains([]string{"util", "utils", "common", "helpers"}, path.Base(p.ImportPath)) {
			t.Errorf("%s: name a package after what it does", p.ImportPath)
		}
	}
}
