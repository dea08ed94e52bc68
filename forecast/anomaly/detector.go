package anomaly

import "math"

// How much of the past the detector looks at.
const (
	pastWindows = 2000
	pastValues  = 4000
	warmUp      = 60 // points before the first score
)

// largest is the largest value that is calculated with: its square is a number.
const largest = 1e150

// windowLengths are those of the windows that are compared with past ones: a
// short one sees odd steps, long ones odd shapes.
var windowLengths = []int{6, 24, 36}

// marks is the evidence of each measure, each against its own tail.
type marks struct {
	short, middle, long float64 // nearest past window of 6, 24, 36 values
	value               float64 // nearest past value
	change              float64 // size of the step from the last value
	level               float64 // distance from the slow mean, in its usual size
	flat, gap           float64 // these two as a share of what is needed
}

// tails are the tails of the measures, as they stand in marks.
type tails struct{ Short, Middle, Long, Value, Change, Level tail }

// Needed evidence, so that clean noise raises about one alert in 2,000 points
// (a week of 5-minute points).
const (
	neededScore  = 7.5
	neededAlert  = 6.8
	neededServer = 2.5
)

// score is the evidence that the point itself is unusual: each point of an
// incident has it. A value of its own is seen by the short window too, so that
// it counts by half.
func (m marks) score() float64 { return m.short + m.value/2 + m.change + m.level }

// alert is the evidence that an incident is there: the shape of the last hours
// counts for more than single steps, which are often noise.
func (m marks) alert() float64 { return m.short + m.long + m.value }

// Detector scores the points of one series as they come. It never looks ahead
// and needs the same time for each point.
type Detector struct {
	options Options
	past    history
	near    neighbours
	vals    values
	expect  *expecter
	tails   tails
	mean    levelMean
	clock   pace
	run     flatRun
	rest    rest
	row     int   // unusual points in a row
	since   int64 // the time of their first
	kinds   recent
	last    float64
	n       int
	dist    []float64
}

// New makes a detector that has seen nothing.
func New(o Options) *Detector {
	return &Detector{options: o, past: history{keep: pastValues + 1}, near: *newNeighbours(pastWindows, windowLengths...),
		vals: values{keep: pastValues}, expect: newExpecter(), dist: make([]float64, len(windowLengths))}
}

// Next scores the next point and learns from it. A value that is not finite is
// no point: it is told as one without a score.
func (d *Detector) Next(t int64, x float64) Point { return d.next(t, x, true) }

// Silent learns from a point without judging it, as in a maintenance window
// whose data are normal for it; the scores are 0.
func (d *Detector) Silent(t int64, x float64) Point { return d.next(t, x, false) }

// Skip tells what was expected at a point without learning from it or judging
// it, as on a holiday that is like no other day; the scores are 0.
func (d *Detector) Skip(t int64, x float64) Point {
	p := Point{Time: t, Value: x, quiet: true}
	p.Expected, p.Lower, p.Upper = d.expect.expect(d.expect.predictions(t))
	d.Excuse(t)
	return p
}

// Excuse says that no points are missing up to t, whatever the gap before it.
func (d *Detector) Excuse(t int64) { d.clock.excuse(t) }

// Newest is the newest time so far; false before the first point.
func (d *Detector) Newest() (int64, bool) { return d.clock.Last, d.clock.N > 0 }

// SetOptions changes what is known of the metric; what was learnt stays.
func (d *Detector) SetOptions(o Options) { d.options = o }

func (d *Detector) next(t int64, x float64, judge bool) Point {
	p := Point{Time: t, Value: x, Expected: math.NaN(), Lower: math.NaN(), Upper: math.NaN()}
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return p
	}
	x = max(-largest, min(x, largest))
	predictions := d.expect.predictions(t)
	p.Expected, p.Lower, p.Upper = d.expect.expect(predictions)
	p.evidence = d.measure(t, x)
	d.expect.learn(t, x, predictions, p.Expected)
	d.kinds.add(x, p)
	d.last = x
	d.n++
	switch {
	case !judge:
		p.evidence, p.quiet = marks{}, true
	case d.n > warmUp:
		d.judge(&p)
	}
	return p
}

// measure takes the point into every measure and tells their evidence.
func (d *Detector) measure(t int64, x float64) marks {
	d.past.add(x)
	d.near.add(d.past.last(), d.dist)
	m := marks{
		short: d.tails.Short.add(d.dist[0]), middle: d.tails.Middle.add(d.dist[1]), long: d.tails.Long.add(d.dist[2]),
		value: d.tails.Value.add(d.vals.nearest(x)),
		level: d.tails.Level.add(d.mean.add(x)),
	}
	change := 0.0
	if d.n > 0 {
		change = math.Abs(x - d.last)
	}
	m.change = d.tails.Change.add(change)
	d.vals.add(d.past.last())
	m.flat = d.run.add(x)
	m.gap = d.clock.add(t)
	return m
}

// almost is the share of the needed evidence that counts at most where a
// person said that it does not matter.
const almost = 0.9

// lasts counts unusual points in a row and tells whether there are as many and
// for as long as the person wants them.
func (d *Detector) lasts(t int64, score float64) bool {
	if score < neededScore {
		d.row = 0
	} else if d.row++; d.row == 1 {
		d.since = t
	}
	if d.row > 0 && d.row < d.options.MinSteps || d.row > 0 && t-d.since < d.options.MinDuration {
		return false
	}
	return true
}

// judge turns evidence into scores, as far as it matters to the person.
func (d *Detector) judge(p *Point) {
	m, s := p.evidence, d.options.Factor()
	if d.options.IgnoreGaps {
		m.gap = 0
	}
	special := s * max(m.flat, m.gap)
	score := max(s*m.score(), neededScore*special)
	alert := max(s*m.alert(), neededAlert*special)
	if special < 1 && !d.options.matters(*p, &d.kinds) {
		score, alert = min(score, almost*neededScore), 0
		p.evidence = marks{}
	}
	if !d.lasts(p.Time, score) && s*m.gap < 1 {
		score, alert = min(score, almost*neededScore), 0
	}
	p.Score = scoreOf(score, neededScore)
	p.Alert = scoreOf(d.rest.add(alert, restFrom), neededAlert)
	if p.Score >= Threshold || p.Alert >= Threshold {
		p.Kind = d.kinds.kind(*p, m)
	}
	if p.Score >= Threshold/2 || p.Alert >= Threshold/2 {
		p.Parts = parts(m)
	}
	p.evidence = p.evidence.times(s)
}

// times is the evidence as it counts for a sensitivity.
func (m marks) times(s float64) marks {
	return marks{s * m.short, s * m.middle, s * m.long, s * m.value, s * m.change, s * m.level, s * m.flat, s * m.gap}
}
