package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"time"

	"aiops/app/config"
	"aiops/forecast/anomaly"
	"aiops/metric"
)

// Detection is what persons said that detection must know: the settings file,
// and which anomalies they marked as normal. It is safe for concurrent use.
type Detection struct {
	settings config.Detection
	path     string // of the marks; "": they are not kept

	mu    sync.Mutex
	marks map[metric.Key]Mark
}

// Mark is a person's word that a series' anomalies were normal.
type Mark struct {
	metric.Key
	Factor float64   `json:"factor"` // of the series' sensitivity
	Marked time.Time `json:"marked"`
	Times  int       `json:"times"`
}

// leastFactor bounds what marks can do: ten times the evidence is needed then.
const leastFactor = 0.1

// NewDetection takes settings, and reads the marks if there are any. Marks that
// cannot be read are an error: nobody's word is thrown away.
func NewDetection(settings config.Detection, marks string) (*Detection, error) {
	d := &Detection{settings: settings, path: marks, marks: map[metric.Key]Mark{}}
	if marks == "" {
		return d, nil
	}
	text, err := os.ReadFile(marks)
	if errors.Is(err, fs.ErrNotExist) {
		return d, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was marked as normal: %w", err)
	}
	var all []Mark
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("read what was marked as normal: %s: %w; repair the file, or delete it to forget the marks", marks, err)
	}
	for _, m := range all {
		if !(m.Factor >= leastFactor && m.Factor <= 1) {
			return nil, fmt.Errorf("read what was marked as normal: %s: the factor %v of %v is not between %v and 1", marks, m.Factor, m.Key, leastFactor)
		}
		d.marks[m.Key] = m
	}
	return d, nil
}

// LoadDetection reads the settings beside a configuration file ("": the default
// one) and the marks in the data directory.
func LoadDetection(configFile string) (*Detection, error) {
	settings, err := config.ReadDetection(config.DetectFile(configFile), false)
	if err != nil {
		return nil, err
	}
	path, err := config.NormalPath()
	if err != nil {
		return nil, err
	}
	return NewDetection(settings, path)
}

// Options are what is known of a series.
func (d *Detection) Options(k metric.Key) anomaly.Options {
	o := d.settings.Options(k)
	d.mu.Lock()
	defer d.mu.Unlock()
	if m, ok := d.marks[k]; ok {
		o.Sensitivity = o.Factor() * m.Factor
	}
	return o
}

// MarkNormal says that an anomaly of the series with this score (the larger one
// of the point's scores) was normal: the threshold moves so that the like of it
// is not anomalous, each time at most to the double. Detectors that are made
// from now on follow it.
func (d *Detection) MarkNormal(k metric.Key, score float64, now time.Time) (Mark, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	m, ok := d.marks[k]
	if !ok {
		m = Mark{Key: k, Factor: 1}
	}
	if score >= anomaly.Threshold && score < 1 {
		m.Factor *= max(0.5, 0.95*(1-score)/score)
	} else {
		m.Factor *= 0.95
	}
	m.Factor = max(leastFactor, m.Factor)
	m.Marked, m.Times = now.UTC(), m.Times+1
	return m, d.change(k, &m)
}

// Unmark takes back all that was said of the series; nothing if nothing was.
func (d *Detection) Unmark(k metric.Key) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.change(k, nil)
}

// change keeps a mark, or forgets it, in memory once it is kept on the disk.
func (d *Detection) change(k metric.Key, m *Mark) error {
	was, had := d.marks[k]
	delete(d.marks, k)
	if m != nil {
		d.marks[k] = *m
	}
	err := d.write()
	if err != nil {
		delete(d.marks, k)
		if had {
			d.marks[k] = was
		}
	}
	return err
}

// Marks lists what was marked as normal, ordered by series.
func (d *Detection) Marks() []Mark {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.sorted()
}

func (d *Detection) sorted() []Mark {
	out := make([]Mark, 0, len(d.marks))
	for _, m := range d.marks {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b Mark) int { return a.Key.Compare(b.Key) })
	return out
}

func (d *Detection) write() error {
	if d.path == "" {
		return nil
	}
	text, err := json.MarshalIndent(d.sorted(), "", "  ")
	if err != nil {
		return fmt.Errorf("keep what was marked as normal: %w", err)
	}
	return replaceFile(d.path, append(text, '\n'))
}
