package metric

import (
	"math"
	"strconv"
	"strings"
)

// Unit is what a metric's numbers count: it decides ticks, labels and how a
// change is told.
type Unit string

// The units that the program knows; every other metric is None.
const (
	None           Unit = ""
	Percent        Unit = "%"   // 0..100
	Bytes          Unit = "B"   // IEC prefixes
	BytesPerSecond Unit = "B/s" // IEC prefixes
	Milliseconds   Unit = "ms"  // shown as ms, from 1000 on as s
	PerSecond      Unit = "/s"  // SI prefixes
)

// UnitOf guesses the unit from a metric's name, which is all that the shared
// database says about it.
func UnitOf(name string) Unit {
	n := strings.ToLower(name)
	has := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(n, p) {
				return true
			}
		}
		return false
	}
	switch {
	case has("bytes_per", "bps", "bytes/s", "network_in", "network_out", "net_in", "net_out", "disk_read", "disk_write", "throughput") && !has("ops"):
		return BytesPerSecond
	case has("percent", "pct", "utilization", "utilisation", "usage", "disk_used", "_used") && !has("bytes"):
		return Percent
	case n == "cpu", n == "memory", n == "mem", has("cpu"):
		return Percent
	case has("bytes"):
		return Bytes
	case has("latency", "duration", "response_time", "_ms"):
		return Milliseconds
	case has("rps", "qps", "requests", "per_second", "ops", "_rate") && !has("error_rate"):
		return PerSecond
	}
	return None
}

const nbsp = "\u00a0"

// Format tells a value with its unit for people: 51.6 %, 44.0 GiB, 30.1 ms,
// 1.24 s, 412 /s. NaN is "no data". The minus sign is U+2212.
func (u Unit) Format(v float64) string {
	switch {
	case math.IsNaN(v):
		return "no data"
	case math.IsInf(v, 0):
		return "–"
	case v < 0:
		return "−" + u.Format(-v)
	}
	switch u {
	case Percent:
		return strconv.FormatFloat(v, 'f', 1, 64) + nbsp + "%"
	case Bytes:
		return iec(v, "")
	case BytesPerSecond:
		return iec(v, "/s")
	case Milliseconds:
		if v >= 999.5 {
			return digits3(v/1000) + nbsp + "s"
		}
		return digits3(v) + nbsp + "ms"
	case PerSecond:
		n, prefix := si(v)
		return n + nbsp + prefix + "/s"
	}
	n, prefix := si(v)
	if prefix != "" {
		return n + nbsp + prefix
	}
	return n
}

// FormatChange tells a difference: percent metrics change by points, from
// double on a factor is told, others change by per cent of the old value.
func (u Unit) FormatChange(old, now float64) string {
	switch {
	case math.IsNaN(old) || math.IsNaN(now):
		return "–"
	case u == Percent:
		return signed(now-old, 1) + " points"
	case old > 0 && now >= 2*old:
		return "×" + strconv.FormatFloat(now/old, 'f', 1, 64)
	case old == now:
		return "±0" + nbsp + "%"
	case old == 0:
		return "–"
	}
	return signed(100*(now-old)/math.Abs(old), 1) + nbsp + "%"
}

// FormatDelta tells a difference in the unit itself: −4.6 ms, +46.3 points.
func (u Unit) FormatDelta(d float64) string {
	switch {
	case math.IsNaN(d):
		return "–"
	case u == Percent:
		return signed(d, 1) + " points"
	case d > 0:
		return "+" + u.Format(d)
	}
	return u.Format(d)
}

func signed(v float64, decimals int) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', decimals, 64)
	if v < 0 {
		return "−" + s
	}
	return "+" + s
}

func iec(v float64, suffix string) string {
	prefixes := []string{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	i := 0
	for v >= 1023.5 && i < len(prefixes)-1 {
		v /= 1024
		i++
	}
	return digits3(v) + nbsp + prefixes[i] + suffix
}

func si(v float64) (number, prefix string) {
	if v != 0 && v < 1e-3 {
		return strconv.FormatFloat(v, 'g', 3, 64), ""
	}
	prefixes := []string{"", "k", "M", "G", "T", "P"}
	if v < 9999.5 {
		if v == math.Trunc(v) {
			return Grouped(int64(v)), ""
		}
		return digits3(v), ""
	}
	i := 0
	for v >= 999.5 && i < len(prefixes)-1 {
		v /= 1000
		i++
	}
	return digits3(v), prefixes[i]
}

// digits3 writes three significant digits without an exponent.
func digits3(v float64) string {
	switch {
	case v == 0:
		return "0"
	case v >= 99.95:
		return strconv.FormatFloat(v, 'f', 0, 64)
	case v >= 9.995:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case v >= 0.9995:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 3, 64)
}

// Grouped writes a count with commas: 5,697.
func Grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
