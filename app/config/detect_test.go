package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiops/forecast/anomaly"
	"aiops/metric"
)

const detectToml = `
[[detect]]
vm = "db-*"
metric = "cpu?"
sensitivity = 1.5
direction = "up"
min_deviation = "10%"
ceiling = 95
min_points = 3
min_duration = "15m"
ignore_gaps = true

[[detect]]
metric = "disk*"
direction = "both"
min_deviation = 5

[[detect]]
sensitivity = 0.5

[[quiet]]
name = "Backup"
vm = "db-*"
days = ["sat", "Sunday"]
from = "22:00"
to = 02:00:00
zone = "Europe/Berlin"

[[quiet]]
name = "Migration"
from = 2026-11-22T10:00:00Z
to = "2026-11-22 14:00"
learn = false

[[quiet]]
name = "Christmas"
dates = ["12-24", "2026-01-01"]
learn = false
`

func TestDetectionOptions(t *testing.T) {
	d, err := parseDetection(detectToml)
	if err != nil {
		t.Fatal(err)
	}
	o := d.Options(metric.Key{VM: "db-01", Metric: "cpu0"})
	if o.Sensitivity != 1.5 || o.Direction != anomaly.Up || o.MinShare != 0.1 || o.MinDeviation != 0 || *o.Ceiling != 95 || o.Floor != nil ||
		o.MinSteps != 3 || o.MinDuration != 15*60e6 || !o.IgnoreGaps {
		t.Errorf("%+v", o)
	}
	if o = d.Options(metric.Key{VM: "web", Metric: "disk.read"}); o.MinDeviation != 5 || o.Direction != anomaly.Both || o.Sensitivity != 0 {
		t.Errorf("%+v", o)
	}
	if o = d.Options(metric.Key{VM: "web", Metric: "cpu0"}); o.Sensitivity != 0.5 {
		t.Errorf("%+v", o)
	}
}

func TestQuietTimes(t *testing.T) {
	d, err := parseDetection(detectToml)
	if err != nil {
		t.Fatal(err)
	}
	db, web := metric.Key{VM: "db-01", Metric: "cpu"}, metric.Key{VM: "web", Metric: "cpu"}
	for _, c := range []struct {
		at    string
		k     metric.Key
		quiet bool // and learnt from
		skip  bool
	}{
		{"2026-11-21T21:00:00Z", db, true, false},  // Saturday 22:00 in Berlin
		{"2026-11-21T20:59:59Z", db, false, false}, // a second before
		{"2026-11-22T00:30:00Z", db, true, false},  // past midnight
		{"2026-11-22T01:00:00Z", db, false, false}, // 02:00 in Berlin
		{"2026-11-23T00:30:00Z", db, true, false},  // Monday, begun on Sunday
		{"2026-11-23T22:30:00Z", db, false, false}, // Monday
		{"2026-11-20T23:30:00Z", db, false, false}, // Saturday 00:30 in Berlin, but it begins in the evening
		{"2026-07-04T20:00:00Z", db, true, false},  // 22:00 in Berlin's summer
		{"2026-11-21T21:00:00Z", web, false, false},
		{"2026-11-22T10:00:00Z", web, false, true},
		{"2026-11-22T14:00:00Z", web, false, false},
		{"2027-12-24T00:00:00Z", web, false, true},
		{"2027-12-24T23:59:59Z", web, false, true},
		{"2027-01-01T12:00:00Z", web, false, false},
		{"2026-01-01T12:00:00Z", web, false, true},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		quiet, skip := AnyQuiet(d.Quiets(true), c.k, at.UnixMicro()), AnyQuiet(d.Quiets(false), c.k, at.UnixMicro())
		if quiet != c.quiet || skip != c.skip {
			t.Errorf("%s %v: quiet %v, skipped %v", c.at, c.k, quiet, skip)
		}
	}
}

// Whatever is wrong is named, with where and what to write.
func TestDetectionErrors(t *testing.T) {
	for text, want := range map[string]string{
		"[[detect]]\nsensitivty = 2\n":                                      `line 2: unknown setting "sensitivty" in [[detect]]; known are vm, metric, sensitivity`,
		"[[detekt]]\nsensitivity = 2\n":                                     `line 1: unknown section "detekt"`,
		"[[detect]]\nsensitivity = \n":                                      "line 2",
		"[[detect]]\n[[detect]]\nsensitivity = -1\n":                        "[[detect]] number 2: sensitivity -1",
		"[[detect]]\ndirection = \"left\"\n":                                `direction "left" is not known`,
		"[[detect]]\nmin_deviation = \"much\"\n":                            "min_deviation much is not a deviation; write 5",
		"[[detect]]\nmin_deviation = -3\n":                                  "least deviation",
		"[[detect]]\nmin_duration = \"quarter\"\n":                          "min_duration \"quarter\"",
		"[[detect]]\nfloor = 5\nceiling = 4\n":                              "floor 5 lies above",
		"[[detect]]\nsensitivity = \"high\"\n":                              "line 2",
		"[[quiet]]\nname = \"x\"\n":                                         "[[quiet]] number 1: from and to are missing",
		"[[quiet]]\nfrom = \"22:00\"\nto = \"late\"\n":                      `"22:00"`,
		"[[quiet]]\nfrom = \"2026-01-02\"\nto = \"2026-01-01\"\n":           "is not before",
		"[[quiet]]\ndays = [\"someday\"]\nfrom=\"1:00\"\nto=\"2:00\"\n":     `day "someday"`,
		"[[quiet]]\ndates = [\"24.12.\"]\n":                                 `date "24.12."`,
		"[[quiet]]\ndays = [\"mon\"]\ndates = [\"12-24\"]\n":                "exclude each other",
		"[[quiet]]\nzone = \"Mars\"\nfrom = \"1:00\"\nto = \"2:00\"\n":      `zone "Mars"`,
		"[[quiet]]\ndays=[\"mon\"]\nfrom=\"2026-01-02\"\nto=\"2027-01-01\"": "must be times of day",
	} {
		_, err := parseDetection(text)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v\nwant %q", text, err, want)
		}
	}
}

func TestReadDetection(t *testing.T) {
	path := filepath.Join(t.TempDir(), "detect.toml")
	if d, err := ReadDetection(path, false); err != nil || len(d.Rules) != 0 {
		t.Errorf("no file: %v", err)
	}
	if _, err := ReadDetection(path, true); err == nil {
		t.Error("a named file that is not there")
	}
	if err := os.WriteFile(path, []byte("[[detect]]\nx = 1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadDetection(path, false); err == nil || !strings.HasPrefix(err.Error(), path+": line 2") {
		t.Errorf("%v", err)
	}
	if got := DetectFile("/etc/aiops/my.toml"); got != "/etc/aiops/detect.toml" {
		t.Error(got)
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"*", "", true}, {"", "", true}, {"", "a", false}, {"a*", "a", true}, {"*a", "bca", true}, {"a*c*e", "abcde", true}, {"a*c*e", "abde", false},
		{"?", "ä", true}, {"?", "", false}, {"db-?", "db-01", false}, {"a**b", "ab", true}, {"*/[x]", "disk/[x]", true}, {"*ab", "aab", true},
	} {
		if got := glob(c.pattern, c.name); got != c.want {
			t.Errorf("%q, %q: %v", c.pattern, c.name, got)
		}
	}
}
