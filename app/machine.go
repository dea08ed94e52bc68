package app

import (
	"cmp"
	"context"
	"math"
	"slices"

	"aiops/forecast/anomaly"
	"aiops/metric"
	"aiops/store/ingest"
)

// machine is a VM of a file: its values in the order in which they are judged,
// those of one time or row together.
type machine struct {
	vm     string
	keys   []metric.Key
	places []place
	rows   []int32 // the row of each verdict
	out    []ServerVerdict
}

type place struct {
	series int // of the machine's keys
	row    int32
	t      int64
	x      float64
}

// machines sorts a file's values by VM, in the order in which the file names them.
func machines(file ingest.Ordered) []*machine {
	index := map[string]*machine{}
	var out []*machine
	of, local := make([]*machine, len(file.Series)), make([]int, len(file.Series))
	for i, s := range file.Series {
		m := index[s.VM]
		if m == nil {
			m = &machine{vm: s.VM}
			index[s.VM] = m
			out = append(out, m)
		}
		of[i], local[i] = m, len(m.keys)
		m.keys = append(m.keys, s.Key)
	}
	at := make([]int, len(file.Series))
	for i, s := range file.Of {
		series := &file.Series[s]
		t, x := series.Times[at[s]], series.Values[at[s]]
		at[s]++
		if file.Whole || t != ingest.NoTime {
			of[s].places = append(of[s].places, place{local[s], file.Row[i], t, x})
		}
	}
	if !file.Whole {
		out = slices.DeleteFunc(out, func(m *machine) bool { return m.vm == "" }) // rows of nobody
		for _, m := range out {
			m.byTime()
		}
	}
	return out
}

// byTime puts the values in the order of time; the times are the rows then.
func (m *machine) byTime() {
	slices.SortStableFunc(m.places, func(a, b place) int { return cmp.Compare(a.t, b.t) })
	row := int32(-1)
	for i := range m.places {
		if i == 0 || m.places[i].t != m.places[i-1].t {
			row++
		}
		m.places[i].row = row
	}
}

// score judges the machine row by row.
func (m *machine) score(ctx context.Context, ds *Detectors) error {
	feeds := make([]*feed, len(m.keys))
	for i, k := range m.keys {
		var err error
		if feeds[i], err = ds.feed(k); err != nil {
			return err
		}
	}
	server, err := ds.server(m.vm)
	if err != nil {
		return err
	}
	points, seen := make([]anomaly.Point, len(m.keys)), make([]bool, len(m.keys))
	for i := 0; i < len(m.places); {
		if len(m.out)%256 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		j := i
		clear(seen)
		for ; j < len(m.places) && m.places[j].row == m.places[i].row; j++ {
			if p := m.places[j]; usable(p.t, p.x) {
				points[p.series], seen[p.series] = feeds[p.series].next(p.t, p.x), true
			}
		}
		m.rows = append(m.rows, m.places[i].row)
		m.out = append(m.out, m.judge(server, m.places[i].t, points, seen))
		i = j
	}
	for _, f := range feeds {
		if err := ds.keep(f); err != nil {
			return err
		}
	}
	return ds.keepServer(m.vm, server)
}

// judge tells of the machine what its metrics' points tell together.
func (m *machine) judge(server *anomaly.Server, t int64, points []anomaly.Point, seen []bool) ServerVerdict {
	var names []string
	var known []anomaly.Point
	for i, ok := range seen {
		if ok {
			names, known = append(names, m.keys[i].Metric), append(known, points[i])
		}
	}
	if len(known) == 0 {
		return ServerVerdict{VM: m.vm, Time: t, Score: math.NaN(), Alert: math.NaN()}
	}
	return ServerVerdictOf(m.vm, server.Next(t, names, known))
}
