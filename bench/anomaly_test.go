//go:build bench

package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store/ingest"
)

// ordered reads a file as `aiops detect --input` does.
func ordered(t *testing.T, path string) ingest.Ordered {
	t.Helper()
	o, _, err := ingest.InOrder(context.Background(), path, ingest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// column is the file's series of a metric.
func column(t *testing.T, o ingest.Ordered, name string) metric.Series {
	t.Helper()
	i := slices.IndexFunc(o.Series, func(s metric.Series) bool { return strings.EqualFold(s.Metric, name) })
	if i < 0 {
		t.Fatalf("there is no %s", name)
	}
	return o.Series[i]
}

// TestAccuracyOfDetection prints how well anomalies are found on the labelled
// sets that are there; the figures are for docs/ACCURACY.md.
func TestAccuracyOfDetection(t *testing.T) {
	dir := dataDir(t)
	nabSet(t, dir)
	cloudSet(t, dir)
	asdSet(t, dir)
}

// nabSet scores the files of the Numenta Anomaly Benchmark.
func nabSet(t *testing.T, dir string) {
	var labels map[string][][2]string
	readJSON(t, dir+"/nab/labels.json", &labels)
	var names []string
	for name := range labels {
		names = append(names, name)
	}
	slices.Sort(names)
	var all []nabFile
	rows, began := 0, time.Now()
	for _, name := range names {
		s := column(t, ordered(t, filepath.Join(dir, "nab", name)), "value")
		score := make([]float64, s.Len())
		for i, p := range anomaly.Detect(s, anomaly.Options{}) {
			score[i] = p.Alert
		}
		var windows [][2]int
		for _, w := range labels[name] {
			windows = append(windows, [2]int{rowOf(t, s, w[0]), rowOf(t, s, w[1])})
		}
		all, rows = append(all, newNAB(score, windows)), rows+len(score)
	}
	took := time.Since(began).Seconds() * 1e6 / float64(rows)
	best, own := nabScore(all, anomaly.Threshold)
	fmt.Printf("%-34s %2d files: %.1f at the best threshold, %.1f at the program's own; %.1f µs a point\n", "NAB, standard profile", len(all), best, own, took)
	for half := range 2 {
		var part []nabFile
		for i := half; i < len(all); i += 2 {
			part = append(part, all[i])
		}
		best, own := nabScore(part, anomaly.Threshold)
		fmt.Printf("%-34s %2d files: %.1f, %.1f\n", fmt.Sprintf("  half %d", half+1), len(part), best, own)
	}
}

// rowOf is the first row of a time.
func rowOf(t *testing.T, s metric.Series, text string) int {
	t.Helper()
	at, err := time.Parse(time.DateTime, strings.Replace(text, "T", " ", 1)[:19])
	if err != nil {
		t.Fatal(err)
	}
	i := slices.Index(s.Times, at.UnixMicro())
	if i < 0 {
		t.Fatalf("%v has no row at %s", s.Key, text)
	}
	return i
}

func readJSON(t *testing.T, path string, into any) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// means sums up the areas and composite scores of a set and of its halves.
type means struct{ auc, fc1, n [3]float64 }

func (m *means) add(auc, fc1 float64) {
	for _, k := range []int{0, 1 + int(m.n[0])%2} {
		m.auc[k], m.fc1[k] = m.auc[k]+auc, m.fc1[k]+fc1
		if k > 0 {
			m.n[k]++
		}
	}
	m.n[0]++
}

func (m *means) print(name string) {
	for k, label := range []string{name, "  half 1", "  half 2"} {
		fmt.Printf("%-34s %2.0f series: AUC-PR %.3f, Fc1 %.3f\n", label, m.n[k], m.auc[k]/m.n[k], m.fc1[k]/m.n[k])
	}
}

// cloudSet scores the labelled service metrics: the last 70 % of those with events there.
func cloudSet(t *testing.T, dir string) {
	var m means
	for _, f := range files(t, dir+"/mscloud/*/*.csv") {
		o := ordered(t, f)
		s, l := column(t, o, "Value"), column(t, o, "Label")
		label, score := make([]bool, s.Len()), make([]float64, s.Len())
		for i, p := range anomaly.Detect(s, anomaly.Options{}) {
			score[i], label[i] = p.Score, l.Values[i] > 0
		}
		if from := int(0.3 * float64(len(label))); slices.Contains(label[from:], true) {
			m.add(curve(label[from:], score[from:]))
		}
	}
	m.print("service metrics of a cloud")
}

// asdSet scores whole servers, in the rows after the training part.
func asdSet(t *testing.T, dir string) {
	var m means
	for _, f := range files(t, dir+"/asd/*.labels.json") {
		var l struct {
			TrainRows int      `json:"train_rows"`
			Ranges    [][2]int `json:"anomalous_row_ranges"`
		}
		readJSON(t, f, &l)
		all := ordered(t, strings.Replace(f, ".labels.json", ".csv", 1)).Series
		label := make([]bool, all[0].Len())
		for _, r := range l.Ranges {
			for i := r[0]; i < r[1]; i++ {
				label[i] = true
			}
		}
		m.add(curve(label[l.TrainRows:], serverScores(all)[l.TrainRows:]))
	}
	m.print("servers with 19 metrics")
}

// serverScores scores a server row by row.
func serverScores(all []metric.Series) []float64 {
	points, names := make([][]anomaly.Point, len(all)), make([]string, len(all))
	for k, s := range all {
		points[k], names[k] = anomaly.Detect(s, anomaly.Options{}), s.Metric
	}
	var server anomaly.Server
	out := make([]float64, all[0].Len())
	row := make([]anomaly.Point, len(all))
	for i := range out {
		for k := range all {
			row[k] = points[k][i]
		}
		out[i] = server.Next(all[0].Times[i], names, row).Score
	}
	return out
}
