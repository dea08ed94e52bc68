package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"aiops/forecast/anomaly"
	"aiops/metric"
)

// Detection is the file detect.toml: what a person knows of metrics, and the
// times that are not like others.
type Detection struct {
	Rules []DetectRule `toml:"detect"` // the first that matches a series holds for it
	Quiet []QuietTime  `toml:"quiet"`
}

// DetectRule says what is wanted of some series.
type DetectRule struct {
	VM           string   `toml:"vm"` // patterns with * and ?; empty: all
	Metric       string   `toml:"metric"`
	Sensitivity  float64  `toml:"sensitivity"`
	Direction    string   `toml:"direction"`
	MinDeviation any      `toml:"min_deviation"` // 5, or "10%"
	Floor        *float64 `toml:"floor"`
	Ceiling      *float64 `toml:"ceiling"`
	MinPoints    int      `toml:"min_points"`
	MinDuration  string   `toml:"min_duration"`
	IgnoreGaps   bool     `toml:"ignore_gaps"`

	options anomaly.Options
}

// DetectFile is the settings of detection, beside the configuration file.
func DetectFile(configFile string) string {
	if configFile == "" {
		configFile = DefaultFile()
	}
	return filepath.Join(filepath.Dir(configFile), "detect.toml")
}

// NormalPath is where is kept what was marked as normal.
func NormalPath() (string, error) {
	d, err := DataDir()
	return filepath.Join(d, "normal.json"), err
}

// ReadDetection reads detect.toml; one that is not there is empty unless it must be.
func ReadDetection(path string, must bool) (Detection, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && !must {
		return Detection{}, nil
	}
	if err != nil {
		return Detection{}, fmt.Errorf("read the settings of detection: %w", err)
	}
	d, err := parseDetection(string(text))
	if err != nil {
		return Detection{}, fmt.Errorf("%s: %w", path, err)
	}
	return d, nil
}

func parseDetection(text string) (Detection, error) {
	var d Detection
	meta, err := toml.Decode(text, &d)
	if err != nil {
		return d, err
	}
	for _, key := range meta.Undecoded() {
		return d, unknownSetting(text, key)
	}
	for i := range d.Rules {
		if err := d.Rules[i].check(); err != nil {
			return d, fmt.Errorf("[[detect]] number %d: %w", i+1, err)
		}
	}
	for i := range d.Quiet {
		if err := d.Quiet[i].check(); err != nil {
			return d, fmt.Errorf("[[quiet]] number %d: %w", i+1, err)
		}
	}
	return d, nil
}

// settingNames are what may be set in each section.
var settingNames = map[string]string{
	"detect": "vm, metric, sensitivity, direction, min_deviation, floor, ceiling, min_points, min_duration, ignore_gaps",
	"quiet":  "name, vm, metric, days, dates, from, to, zone, learn",
}

// unknownSetting names the setting, its line and those that there are.
func unknownSetting(text string, key toml.Key) error {
	where := ""
	for i, line := range strings.Split(text, "\n") {
		name, _, _ := strings.Cut(line, "=")
		if strings.Trim(name, " \t[]\"'\r") == key[len(key)-1] {
			where = "line " + strconv.Itoa(i+1) + ": "
			break
		}
	}
	if known := settingNames[key[0]]; known != "" && len(key) > 1 {
		return fmt.Errorf("%sunknown setting %q in [[%s]]; known are %s", where, key[len(key)-1], key[0], known)
	}
	return fmt.Errorf("%sunknown section %q; known are [[detect]] and [[quiet]]", where, key[0])
}

// check turns the rule into options.
func (r *DetectRule) check() error {
	r.options = anomaly.Options{Sensitivity: r.Sensitivity, Direction: anomaly.Direction(r.Direction), Floor: r.Floor, Ceiling: r.Ceiling,
		MinSteps: r.MinPoints, IgnoreGaps: r.IgnoreGaps}
	if r.Direction == "both" {
		r.options.Direction = anomaly.Both
	}
	var err error
	if r.options.MinDeviation, r.options.MinShare, err = Deviation(r.MinDeviation); err != nil {
		return err
	}
	if r.MinDuration != "" {
		d, err := time.ParseDuration(r.MinDuration)
		if err != nil || d < 0 {
			return fmt.Errorf("min_duration %q is not a length of time; write \"15m\" or \"1h30m\"", r.MinDuration)
		}
		r.options.MinDuration = d.Microseconds()
	}
	return r.options.Check()
}

// Deviation reads a least deviation: a number in the metric's unit, or a share
// of the expected value such as "10%".
func Deviation(v any) (absolute, share float64, err error) {
	switch x := v.(type) {
	case nil:
		return 0, 0, nil
	case int64:
		return float64(x), 0, nil
	case float64:
		return x, 0, nil
	case string:
		text, percent := strings.CutSuffix(strings.TrimSpace(x), "%")
		if n, err := strconv.ParseFloat(strings.TrimSpace(text), 64); err == nil && n >= 0 {
			if percent {
				return 0, n / 100, nil
			}
			return n, 0, nil
		}
	}
	return 0, 0, fmt.Errorf("min_deviation %v is not a deviation; write 5 in the metric's unit, or \"10%%\" of what is expected", v)
}

// Options are those of the first rule that matches the series.
func (d Detection) Options(k metric.Key) anomaly.Options {
	i := slices.IndexFunc(d.Rules, func(r DetectRule) bool { return matches(r.VM, r.Metric, k) })
	if i < 0 {
		return anomaly.Options{}
	}
	return d.Rules[i].options
}

func matches(vm, name string, k metric.Key) bool {
	return (vm == "" || glob(vm, k.VM)) && (name == "" || glob(name, k.Metric))
}

// glob reports whether a pattern matches a name: * is any text, ? one letter.
func glob(pattern, name string) bool {
	p, s := []rune(pattern), []rune(name)
	i, j, star, from := 0, 0, -1, 0
	for j < len(s) {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == s[j]):
			i, j = i+1, j+1
		case star >= 0:
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(string(p[i:]), "*") == ""
}
