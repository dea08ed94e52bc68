//go:build bench

package bench

import (
	"math"
	"slices"
)

// nabFile is what the Numenta Anomaly Benchmark's rule knows of a file of n rows.
type nabFile struct {
	score  []float64
	window []int     // of each row, -1 outside
	value  []float64 // what a detection there is worth
	count  int       // of windows
}

// newNAB takes the windows' first and last rows (Lavin & Ahmad 2015, standard
// profile; the same rule as ../../shared/tools/nab_score.py).
func newNAB(score []float64, windows [][2]int) nabFile {
	n := len(score)
	f := nabFile{score, make([]int, n), make([]float64, n), len(windows)}
	for i := range n {
		f.window[i], f.value[i] = -1, -1
	}
	for k, b := range windows {
		w := float64(b[1] - b[0] + 1)
		for i := b[0]; i <= b[1]; i++ {
			f.window[i], f.value[i] = k, sigmoid(-float64(b[1]-i+1)/w)/sigmoid(-1)
		}
		stop := n
		if k+1 < len(windows) {
			stop = windows[k+1][0]
		}
		for i := b[1] + 1; i < stop; i++ {
			f.value[i] = sigmoid(float64(i-b[1]) / (w - 1))
		}
	}
	return f
}

func sigmoid(y float64) float64 {
	if y > 3 {
		return -1
	}
	return 2/(1+math.Exp(5*y)) - 1
}

type detection struct {
	score, value float64
	window       int
}

// nabScore is the score of all files at the best threshold and at a fixed one, from
// 0 (no detection) to 100 (every window at its first row and nothing else).
func nabScore(files []nabFile, at float64) (best, fixed float64) {
	var all []detection
	base, live := 0, map[int]bool{}
	for _, f := range files {
		n := len(f.score)
		for i := int(min(math.Floor(0.15*float64(n)), 750)); i < n; i++ {
			w := -1
			if f.window[i] >= 0 {
				w = base + f.window[i]
				live[w] = true
			}
			all = append(all, detection{f.score[i], f.value[i], w})
		}
		base += f.count
	}
	slices.SortStableFunc(all, func(a, b detection) int { return compare(b.score, a.score) })
	null := -float64(len(live))
	raw, credit := null, map[int]float64{}
	best, fixed = raw, raw
	for i, d := range all {
		raw += gain(d, credit)
		if i+1 == len(all) || all[i+1].score != d.score {
			best = max(best, raw)
			if d.score >= at {
				fixed = raw
			}
		}
	}
	norm := func(r float64) float64 { return 100 * (r - null) / (float64(base) - null) }
	return norm(best), norm(fixed)
}

// gain is what a detection adds: a window counts by its earliest one, and what
// lies outside costs.
func gain(d detection, credit map[int]float64) float64 {
	if d.window < 0 {
		return 0.11 * d.value
	}
	had, hit := credit[d.window]
	if hit && d.value <= had {
		return 0
	}
	credit[d.window] = d.value
	if hit {
		return d.value - had
	}
	return 1 + d.value
}

func compare(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// curve is the area under precision and recall by point, and the best composite
// F1: precision by point, recall by event (Garg et al. 2021).
func curve(label []bool, score []float64) (auc, fc1 float64) {
	order := make([]int, len(score))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compare(score[b], score[a]) })
	total, peaks := events(label, score)
	tp, recall := 0, 0.0
	for k, i := range order {
		if label[i] {
			tp++
		}
		if k+1 < len(order) && score[order[k+1]] == score[i] {
			continue
		}
		precision := float64(tp) / float64(k+1)
		auc += (float64(tp)/float64(total) - recall) * precision
		recall = float64(tp) / float64(total)
		hit := 0
		for _, p := range peaks {
			if p >= score[i] {
				hit++
			}
		}
		if r := float64(hit) / float64(len(peaks)); precision+r > 0 {
			fc1 = max(fc1, 2*precision*r/(precision+r))
		}
	}
	return auc, fc1
}

// events counts the labelled points and tells the highest score of each event.
func events(label []bool, score []float64) (points int, peaks []float64) {
	for i, l := range label {
		if !l {
			continue
		}
		points++
		if i == 0 || !label[i-1] {
			peaks = append(peaks, score[i])
		}
		peaks[len(peaks)-1] = max(peaks[len(peaks)-1], score[i])
	}
	return points, peaks
}
