package charts

import (
	"image"
	"math"

	"gonum.org/v1/plot/vg"
)

// Stroke strokes the path with round joins and ends.
func (r *raster) Stroke(path vg.Path) {
	if r.state.width <= 0 {
		return
	}
	r.flatten(path)
	if len(r.points) == 2 && len(r.parts) == 1 && (r.points[0].x == r.points[1].x || r.points[0].y == r.points[1].y) {
		r.straight(r.points[0], r.points[1])
		return
	}
	half := r.state.width * r.state.zoom() / 2
	box := r.bounds(half + 1)
	if box.Empty() {
		return
	}
	r.mask.reset(box)
	from := 0
	d := r.dasher()
	for _, end := range r.parts {
		d.begin()
		for i := from + 1; i < end; i++ {
			d.segment(&r.mask, r.points[i-1], r.points[i], half)
		}
		from = end
	}
	r.mask.blend(r.img, r.state.color)
}

// straight draws an upright or level line on whole pixels, so that it is crisp.
func (r *raster) straight(a, b point) {
	thick := max(1, int(r.state.width*r.state.zoom()+0.25))
	level := a.y == b.y
	from, to, at := a.x, b.x, a.y
	if !level {
		from, to, at = a.y, b.y, a.x
	}
	if from > to {
		from, to = to, from
	}
	side := int(math.Round(at - float64(thick)/2))
	piece := func(p, q float64) {
		i, j := int(math.Round(p)), int(math.Round(q))
		if level {
			r.rect(image.Rect(i, side, j, side+thick))
		} else {
			r.rect(image.Rect(side, i, side+thick, j))
		}
	}
	if len(r.state.dash) == 0 {
		piece(from, to)
		return
	}
	from, to = max(from, -far), min(to, far)
	d := r.dasher()
	d.begin()
	for from < to {
		step := min(d.left, to-from)
		if d.on {
			piece(from, from+step)
		}
		from += step
		d.advance(step)
	}
}

// dasher walks along a line and says where its dashes are, in pixels.
type dasher struct {
	pattern []vg.Length
	zoom    float64
	at      int     // place in the pattern
	left    float64 // until the next one
	on      bool
}

func (r *raster) dasher() dasher {
	d := dasher{zoom: r.state.zoom()}
	total := 0.0
	for _, l := range r.state.dash {
		total += float64(l)
	}
	if total*d.zoom > 0.5 {
		d.pattern = r.state.dash
	}
	d.begin()
	return d
}

func (d *dasher) begin() {
	d.at, d.on, d.left = 0, true, math.Inf(1)
	if len(d.pattern) > 0 {
		d.left = float64(d.pattern[0]) * d.zoom
	}
}

// advance moves on by at most what is left of the dash.
func (d *dasher) advance(by float64) {
	if d.left -= by; d.left > 1e-9 || len(d.pattern) == 0 {
		return
	}
	d.at = (d.at + 1) % len(d.pattern)
	d.on = !d.on
	d.left = float64(d.pattern[d.at]) * d.zoom
}

// segment covers the dashes on the way from a to b.
func (d *dasher) segment(m *mask, a, b point, half float64) {
	if len(d.pattern) == 0 {
		m.capsule(a.x, a.y, b.x, b.y, half)
		return
	}
	length := math.Hypot(b.x-a.x, b.y-a.y)
	if length == 0 {
		return
	}
	ux, uy := (b.x-a.x)/length, (b.y-a.y)/length
	cap := half * 0.6 // round ends lengthen a dash
	for done := 0.0; done < length; {
		step := min(d.left, length-done)
		if d.on {
			p, q := done, done+step
			if step > 2*cap {
				q -= cap
			}
			m.capsule(a.x+ux*p, a.y+uy*p, a.x+ux*q, a.y+uy*q, half)
		}
		done += step
		d.advance(step)
	}
}
