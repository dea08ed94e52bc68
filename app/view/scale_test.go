package view

import (
	"math"
	"strings"
	"testing"

	"aiops/metric"
)

// The numbers are those of the reference pictures.
func TestScale(t *testing.T) {
	for _, tc := range []struct {
		unit    metric.Unit
		largest float64
		v       float64
		number  string
		delta   string
		text    string
	}{
		{metric.Percent, 90.4, 46.42, "46.4", "+46.4", "46.4 %"},
		{metric.Percent, 100, -0.01, "0.0", "±0.0", "0.0 %"},
		{metric.Bytes, 52.26 * (1 << 30), 41.97 * (1 << 30), "41.97", "+41.97", "41.97 GiB"},
		{metric.Bytes, 52.26 * (1 << 30), -0.95 * (1 << 30), "−0.95", "−0.95", "−0.95 GiB"},
		{metric.BytesPerSecond, 842 * 1024, 1024, "1.0", "+1.0", "1.0 KiB/s"},
		{metric.Milliseconds, 174, 29.8, "29.8", "+29.8", "29.8 ms"},
		{metric.Milliseconds, 218, 0.843, "0.843", "+0.8", "0.843 ms"},
		{metric.Milliseconds, 1240, 1240, "1,240", "+1,240", "1,240 ms"},
		{metric.Milliseconds, 218, -4.6, "−4.60", "−4.6", "−4.60 ms"},
		{metric.Milliseconds, 218, 218, "218", "+218", "218 ms"},
		{metric.Milliseconds, 25000, 1240, "1.24", "+1.24", "1.24 s"},
		{metric.PerSecond, 5697, 5697, "5,697", "+5,697", "5,697 /s"},
		{metric.None, 10.4e6, 10.4e6, "10.40", "+10.40", "10.40 M"},
		{metric.None, 0, 0, "0.0", "±0.0", "0.0"},
		{metric.None, 0.00012, 0.00012, "0.000120", "+0.000120", "0.000120"},
		{metric.Percent, 50, math.NaN(), "no data", "–", "no data"},
	} {
		s := ScaleFor(tc.unit, tc.largest)
		text := strings.ReplaceAll(s.Text(tc.v), "\u00a0", " ")
		if got := s.Number(tc.v); got != tc.number || s.Delta(tc.v) != tc.delta || text != tc.text {
			t.Errorf("%s of %g: %q %q %q, want %q %q %q", tc.unit, tc.v, got, s.Delta(tc.v), text, tc.number, tc.delta, tc.text)
		}
	}
	if got := ScaleFor(metric.Percent, 90).DeltaText(46.4); got != "+46.4 points" {
		t.Error(got)
	}
	if got := ScaleFor(metric.Milliseconds, 174).DeltaText(144); got != "+144\u00a0ms" {
		t.Error(got)
	}
}

func TestShortValue(t *testing.T) {
	for v, want := range map[float64]string{85: "85\u00a0%", 97.5: "97.5\u00a0%", 0: "0\u00a0%"} {
		if got := shortValue(metric.Percent, v); got != want {
			t.Errorf("%g: %q", v, got)
		}
	}
	if got := shortValue(metric.Milliseconds, 250); got != "250\u00a0ms" {
		t.Error(got)
	}
}
