package anomaly

import (
	"bytes"
	"cmp"
	"encoding/gob"
	"fmt"
	"slices"
)

// Server scores a VM from the points of all its metrics at one time. It needs
// no standardisation: each metric's evidence is already told against its own
// tail, and squares let one clear deviation count more than many small ones.
type Server struct {
	smooth float64
	tail   tail
	rest   rest
	n      int
}

// ServerPoint is the score of a VM at a time.
type ServerPoint struct {
	Time         int64
	Score, Alert float64  // as those of a Point
	Top          []Metric // those that contribute most
}

// Metric is a metric's share of a server's score.
type Metric struct {
	Name  string
	Share float64
}

const (
	serverSmoothing = 2.5 // points
	topMetrics      = 5
	clearly         = 2 // times as unusual as it needs to be: such a metric is enough for its VM
)

// evidenceOf is what a metric adds to its server's score.
func evidenceOf(m marks) float64 {
	return m.short*m.short + m.middle*m.middle/2 + m.change*m.change
}

// Next takes in the points of the metrics at one time; names[i] is that of
// points[i]. Points that were not judged do not count.
func (s *Server) Next(t int64, names []string, points []Point) ServerPoint {
	out := ServerPoint{Time: t}
	var sum, special, clear, judged float64
	for i, p := range points {
		if p.quiet {
			continue
		}
		judged++
		e := evidenceOf(p.evidence)
		sum += e
		special = max(special, p.evidence.gap, p.evidence.flat)
		clear = max(clear, p.evidence.score())
		out.Top = append(out.Top, Metric{names[i], e})
	}
	if judged == 0 {
		return out
	}
	s.n++
	s.smooth += (sum/judged - s.smooth) / min(serverSmoothing, float64(s.n))
	evidence := s.tail.add(s.smooth)
	out.Top = top(out.Top, sum)
	if s.n <= warmUp {
		return out
	}
	evidence = max(evidence, neededServer*min(1, max(special, clear/(neededScore*clearly))))
	out.Score = scoreOf(evidence, neededServer)
	out.Alert = scoreOf(s.rest.add(evidence, 0.8*neededServer), neededServer)
	return out
}

// top are the largest shares.
func top(all []Metric, sum float64) []Metric {
	slices.SortStableFunc(all, func(a, b Metric) int { return cmp.Compare(b.Share, a.Share) })
	all = all[:min(topMetrics, len(all))]
	for i := range all {
		if sum > 0 {
			all[i].Share /= sum
		}
	}
	return slices.DeleteFunc(all, func(m Metric) bool { return m.Share < 0.05 })
}

// serverState is a Server as it is stored.
type serverState struct {
	Version int
	Smooth  float64
	Tail    tail
	Rest    rest
	N       int
}

// MarshalBinary stores what the server's score has learnt.
func (s *Server) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(serverState{stateVersion, s.smooth, s.tail, s.rest, s.n}); err != nil {
		return nil, fmt.Errorf("store the server's score: %w", err)
	}
	return b.Bytes(), nil
}

// UnmarshalBinary reads it back; ErrState if it is damaged or of another version.
func (s *Server) UnmarshalBinary(b []byte) error {
	var st serverState
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&st); err != nil {
		return fmt.Errorf("%w: %v", ErrState, err)
	}
	if st.Version != stateVersion {
		return fmt.Errorf("%w: it is of version %d, this program reads %d", ErrState, st.Version, stateVersion)
	}
	*s = Server{smooth: st.Smooth, tail: st.Tail, rest: st.Rest, n: st.N}
	return nil
}
