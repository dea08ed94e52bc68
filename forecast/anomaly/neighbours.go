package anomaly

import "math"

// neighbours finds, for each new value, how far the window of the last values
// lies from the nearest of the past windows, at several lengths. Windows that
// overlap the present one do not count.
//
// The squared distance of the windows that end at two places is that of the
// windows that end one place before, plus what came in, minus what went out, so
// that a past window costs a few operations whatever its length. Every so many
// steps it is summed up anew: rounding does not add up, and a state that is read
// back goes on exactly where it stopped.
type neighbours struct {
	lengths []int     // ascending
	keep    int       // past windows
	seen    int       // values so far
	values  []float64 // the caller's last ones, the newest last: renewal more than the past windows hold
	dist    [][]float64
}

// renewal is the number of steps after which distances are summed up anew.
const renewal = 256

// cancelled is the share of what went out below which a distance is mostly rounding.
const cancelled = 1e-10

func newNeighbours(keep int, lengths ...int) *neighbours {
	return &neighbours{lengths: lengths, keep: keep, dist: make([][]float64, len(lengths))}
}

// reach makes room for the distance of the window that ended age values ago.
func (n *neighbours) reach(k, age int) {
	d := n.dist[k]
	if age <= len(d) {
		return
	}
	more := make([]float64, min(n.keep, max(64, 2*len(d), age)))
	copy(more[len(more)-len(d):], d)
	n.dist[k] = more
}

// add takes in the newest of the last values; near[k] becomes the distance from the
// nearest past window of lengths[k], a mean per value; 0 while there is none.
func (n *neighbours) add(last, near []float64) {
	n.values = last
	n.seen++
	for k, l := range n.lengths {
		if n.seen%renewal == 0 {
			n.renew(k, l)
		} else {
			n.slide(k, l)
		}
		near[k] = n.nearest(k, l)
	}
}

// past is how many past windows of length l there are, the overlapping ones
// included. The one that ended `age` values ago is at dist[k][len-age].
func (n *neighbours) past(l int) int { return max(0, min(n.keep, n.seen-l)) }

// slide takes the distances one step further.
func (n *neighbours) slide(k, l int) {
	now := len(n.values) - 1
	had := max(0, min(n.keep, n.seen-1-l)) // those that were there one step ago
	if had > 0 {
		x, gone := n.values[now], n.values[now-l]
		d := n.dist[k][len(n.dist[k])-had:]
		in := n.values[now-had : now][:len(d)]
		out := n.values[now-l-had : now-l][:len(d)]
		for i := range d {
			a, b := x-in[i], gone-out[i]
			d[i] += a*a - b*b
			if d[i] < cancelled*b*b { // what went out was so large that rounding is all that is left
				d[i] = n.sum(l, had-i)
			}
		}
	}
	if age := n.seen - l; age > 0 && age <= n.keep { // the oldest window there is came into reach
		n.reach(k, age)
		n.dist[k][len(n.dist[k])-age] = n.sum(l, age)
	}
}

func (n *neighbours) renew(k, l int) {
	n.reach(k, n.past(l))
	for age := 1; age <= n.past(l); age++ {
		n.dist[k][len(n.dist[k])-age] = n.sum(l, age)
	}
}

// sum is the squared distance of the present window from the one that ended age values ago.
func (n *neighbours) sum(l, age int) float64 {
	now := len(n.values)
	a, b := n.values[now-l:now], n.values[now-age-l:now-age]
	var s float64
	for i, v := range a {
		e := v - b[i]
		s += e * e
	}
	return s
}

func (n *neighbours) nearest(k, l int) float64 {
	past := n.past(l)
	if past < l {
		return 0
	}
	best := math.Inf(1)
	all := n.dist[k]
	for _, d := range all[len(all)-past : len(all)-l+1] {
		if d < best {
			best = d
		}
	}
	return math.Sqrt(max(best, 0) / float64(l))
}

// restore makes the distances from the kept values, as they were.
func (n *neighbours) restore(last []float64, seen int) {
	back := seen % renewal
	n.values, n.seen = last[:len(last)-back], seen-back
	for k, l := range n.lengths {
		n.renew(k, l)
	}
	for len(n.values) < len(last) {
		n.values = last[:len(n.values)+1]
		n.seen++
		for k, l := range n.lengths {
			n.slide(k, l)
		}
	}
}
