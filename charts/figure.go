package charts

import (
	"time"

	"aiops/metric"
)

// Figure is a chart: panels one above the other over one time axis. It is a
// plain value: who makes one says what is shown, the renderers say how.
type Figure struct {
	Theme  Theme
	Zone   *time.Location // of the labels; nil is UTC
	Range  metric.Range   // visible times
	Panels []Panel
	Spans  []Span // shaded times, through all panels
	Flags  []Flag // dotted lines through all panels with a flag above the first
	Now    int64  // a solid "Now" line; 0: none
	// NowText stands above the line instead of "Now" and the date.
	NowText string
	// Ticks are the time axis' own labels, where the times do not stand for
	// moments: weekdays, hours ahead. There is no row of dates then. nil: natural ones.
	Ticks []Tick
	// ThisYear is the year that dates are written without; 0: none.
	ThisYear int
	// Bare leaves out axes, labels, legend and margins: sparklines and the overview strip.
	Bare bool
}

// Panel is one plot with its own value axis.
type Panel struct {
	Title      string // "db-01 memory"; empty: no heading; the legend of the lines follows it
	Unit       metric.Unit
	Lo, Hi     float64 // fixed value axis when Hi > Lo, otherwise found from the data
	Lines      []Line
	Bands      []Band
	Thresholds []Threshold
	Marks      []Mark
	Bars       []Bar
	Cells      *Cells // rows of cells instead of a value axis
	Drops      []Drop
	Notes      []Callout
	Weight     float64 // share of the height against the other panels; 0 is 1
	NoLegend   bool    // the legend row is left out (the panel's title stays)
	// LegendRight puts the legend at the right end of its row.
	LegendRight bool
}

// Line is a series drawn as a line. It breaks at gaps.
type Line struct {
	Name  string
	Data  *metric.Pyramid
	Slot  int // palette place, from 0; 8 and up repeat the colours dashed, 16 and up dotted
	Style LineStyle
	Shift int64 // added to the data's times: a compared period is drawn over this one
	// GapNote labels gaps at the foot of the panel ("web-03: no data for 55 min") with this name; empty: not.
	GapNote string
}

// LineStyle is how a line is drawn apart from its colour.
type LineStyle int

// The line styles.
const (
	Solid     LineStyle = iota
	Compared            // an earlier period: same hue mixed with the surface, thin, dashed
	Predicted           // dashed 5 3
	Expected            // grey, dashed
	Alarming            // 2 px in the critical colour
)

// Band is the area between two curves over the same times.
type Band struct {
	Times  []int64
	Lower  []float64
	Upper  []float64
	Slot   int
	Strong bool // the inner (50 %) band of two
	Name   string
}

// Threshold is a horizontal limit.
type Threshold struct {
	Value float64
	Label string // "Threshold 85 %"; empty: made from the value
}

// Mark is a point that is marked: a ring in the critical colour, a dot in a series colour.
type Mark struct {
	Time  int64
	Value float64
	Slot  int
	Ring  bool
	Label string
}

// Span is a shaded range of time.
type Span struct {
	metric.Range
	Kind  SpanKind
	Label string
}

// SpanKind decides a span's colour.
type SpanKind int

// The kinds of span.
const (
	SpanNeutral  SpanKind = iota // maintenance, notes
	SpanIncident                 // critSoft
	SpanSelected                 // between two cursors
)

// Flag marks a moment with a label above the plot.
type Flag struct {
	Time   int64
	Text   string
	Change bool // the series' course changed: its line is in the warning colour
}

// Tick is a label of the time axis.
type Tick struct {
	Time int64
	Text string
}

// Drop is a point on a limit with a line down to the panel's foot, where a label
// says what happens then.
type Drop struct {
	Time   int64
	Value  float64
	Label  string
	Strong bool // the most likely one of several
}

// Callout is a box of one or two lines that explains a point; a line leads to it.
type Callout struct {
	Time       int64
	Value      float64
	Head, Text string
	Free       bool // stands in the corner and leads to no point
}

// Size is a figure's size in device-independent pixels.
type Size struct{ W, H float64 }

// Layout says where things are, in device-independent pixels from the upper
// left corner: for overlays and for turning a pointer into a time and a value.
type Layout struct {
	Size   Size
	Range  metric.Range
	Panels []PanelLayout
	// DateRow is the y of the second row of time labels, where a crosshair's tag goes.
	DateRow float64
}

// PanelLayout is the plot area of one panel and its value axis.
type PanelLayout struct {
	X0, Y0, X1, Y1 float64
	Lo, Hi         float64
}

// X is where a time is drawn.
func (l Layout) X(t int64) float64 {
	p := l.Panels[0]
	return p.X0 + (p.X1-p.X0)*float64(t-l.Range.From)/float64(l.Range.Len())
}

// Time is the time drawn at x.
func (l Layout) Time(x float64) int64 {
	p := l.Panels[0]
	return l.Range.From + int64(float64(l.Range.Len())*(x-p.X0)/(p.X1-p.X0))
}

// Y is where a value is drawn.
func (p PanelLayout) Y(v float64) float64 { return p.Y1 - (p.Y1-p.Y0)*(v-p.Lo)/(p.Hi-p.Lo) }

// Value is the value drawn at y.
func (p PanelLayout) Value(y float64) float64 { return p.Lo + (p.Hi-p.Lo)*(p.Y1-y)/(p.Y1-p.Y0) }
