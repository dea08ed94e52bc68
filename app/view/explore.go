package view

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"aiops/forecast/anomaly"
	"aiops/metric"
)

// ExplorePlan says what is worked out for the Explore room.
type ExplorePlan struct {
	Generation int
	Range      metric.Range
	Keys       []metric.Key // of the matrix
	Key        metric.Key   // of the rest
	Slot       int
	findings   *Findings
	clock      Clock
}

// Explored is what was worked out: numbers that figures are made of.
type Explored struct {
	Plan    ExplorePlan
	Skipped int // selected series that the matrix has no room for
	Top     []TopRow
	matrix  [][]float64
	bins    bins
	rhythm  rhythm
	parts   decomposition
}

// TopRow is a VM as the ranking shows it.
type TopRow struct {
	VM        string
	Score     string // the highest
	Share     string // of its points that are anomalous
	Incidents string
	Most      string // the metric with the highest score
	score     float64
}

// ExploreKeys are the series that can be explored: the selected ones, and that
// of the incident that is looked at.
func (a *Analysis) ExploreKeys() (keys []metric.Key, at int) {
	for _, e := range a.fact.state.Selection {
		if _, ok := a.fact.infos[e.Key]; ok {
			keys = append(keys, e.Key)
		}
	}
	if k := a.focus.key; k != (metric.Key{}) && !slices.Contains(keys, k) {
		keys = append(keys, k)
	}
	if len(keys) == 0 && len(a.fact.catalog) > 0 {
		keys = append(keys, a.fact.catalog[0].Key)
	}
	return keys, max(0, slices.Index(keys, a.exploreKey))
}

// SetExploreKey explores another series.
func (a *Analysis) SetExploreKey(k metric.Key) { a.exploreKey = k }

// ExplorePlan is what has to be worked out; false while nothing is missing.
func (a *Analysis) ExplorePlan() (ExplorePlan, bool) {
	if a.found == nil {
		return ExplorePlan{}, false
	}
	keys, at := a.ExploreKeys()
	if len(keys) == 0 {
		return ExplorePlan{}, false
	}
	p := ExplorePlan{Range: a.fact.Visible(), Keys: keys, Key: keys[at], findings: a.found, clock: a.fact.clock, Slot: max(0, a.fact.state.Selection.Slot(keys[at]))}
	if a.exploring != nil && a.exploring.same(p) || a.exploring == nil && a.explored != nil && a.explored.Plan.same(p) {
		return ExplorePlan{}, false
	}
	a.exploreGen++
	p.Generation = a.exploreGen
	a.exploring = &p
	return p, true
}

func (p ExplorePlan) same(o ExplorePlan) bool {
	return p.Range == o.Range && p.Key == o.Key && p.findings == o.findings && slices.Equal(p.Keys, o.Keys)
}

// ApplyExplored takes what was worked out in; false if it is not the newest.
func (a *Analysis) ApplyExplored(e *Explored) bool {
	if a.exploring == nil || a.exploring.Generation != e.Plan.Generation {
		return false
	}
	a.explored, a.exploring = e, nil
	return true
}

// Explored is what was worked out last; nil before the first time.
func (a *Analysis) Explored() *Explored { return a.explored }

// Explore works out what the room shows. It takes a while, and runs on any goroutine.
func Explore(ctx context.Context, p ExplorePlan) *Explored {
	e := &Explored{Plan: p}
	keys := p.Keys[:min(len(p.Keys), mostMatrix)]
	e.Skipped, e.Plan.Keys = len(p.Keys)-len(keys), p.Keys
	e.matrix = p.correlate(keys)
	all := p.points(p.Key)
	shown := pointsIn(p.Key, all, p.Range)
	e.bins = newBins(shown.Values)
	e.rhythm = newRhythm(shown, p.clock)
	if ctx.Err() == nil {
		e.parts = decompose(pointsIn(p.Key, all, metric.Range{From: math.MinInt64, To: p.Range.To}), p.Range)
	}
	e.Top = p.top()
	return e
}

func (p ExplorePlan) points(k metric.Key) []anomaly.Point {
	sc, _ := p.findings.scored(k)
	return sc.All()
}

// top ranks the VMs by their highest score.
func (p ExplorePlan) top() []TopRow {
	var out []TopRow
	for vm, lanes := range p.findings.lanes {
		if len(lanes) == 0 {
			continue
		}
		best := lanes[0].most(p.Range)
		if math.IsNaN(best) {
			continue
		}
		r := TopRow{VM: vm, score: best, Score: fmt.Sprintf("%.2f", best), Most: "–"}
		i, j := p.Range.Indexes(lanes[0].times)
		odd := 0
		for _, v := range lanes[0].scores[i:j] {
			if v >= anomaly.Threshold {
				odd++
			}
		}
		r.Share = metric.Percent.Format(100 * float64(odd) / float64(max(1, j-i)))
		most := 0.0
		for _, l := range lanes[1:] {
			if v := l.most(p.Range); v > most {
				most, r.Most = v, l.Metric
			}
		}
		n := 0
		for _, in := range p.findings.incidents {
			if in.From < p.Range.To && in.End > p.Range.From && slices.ContainsFunc(in.Spans, func(s anomaly.Span) bool { return s.VM == vm }) {
				n++
			}
		}
		r.Incidents = metric.Grouped(int64(n))
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b TopRow) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return strings.Compare(a.VM, b.VM)
	})
	return out
}
