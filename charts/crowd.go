package charts

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// mostWorkers bounds how many traces are built at a time: soon they wait for
// each other's memory.
const mostWorkers = 4

// crowded draws many lines, given from the back to the front, by way of a layer
// and the one in front first. Their traces are built before, on all cores: that
// is the larger part of the work.
func (d *drawing) crowded(n *panelPlan, r *raster, lines []*Line) {
	for len(d.ahead) < len(lines) {
		d.ahead = append(d.ahead, trace{})
	}
	var next atomic.Int64
	build := func() {
		for i := int(next.Add(1)) - 1; i < len(lines); i = int(next.Add(1)) - 1 {
			d.build(&d.ahead[i], n, lines[i])
		}
	}
	var others sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), mostWorkers) - 1 {
		others.Go(build)
	}
	build()
	others.Wait()

	single := d.trace
	r.beginLayer(n.X0, n.Y0, n.X1, n.Y1)
	for i, l := range slices.Backward(lines) {
		d.trace = &d.ahead[i]
		d.stroke(n, l)
		d.noteGaps(l, true)
	}
	r.endLayer()
	d.trace = single
}

// build makes a line's trace; it changes nothing else.
func (d *drawing) build(t *trace, n *panelPlan, l *Line) {
	t.build(*l, d.Layout, n.PanelLayout, d.density, len(n.Lines))
}

// stroke draws a line as the trace at hand is.
func (d *drawing) stroke(n *panelPlan, l *Line) {
	k, s := d.lineLook(l, len(n.Lines))
	d.strokeTrace(n, s, k)
}
