package anomaly

import (
	"bytes"
	"encoding/gob"
	"errors"
	"fmt"
	"math"
	"slices"
)

// stateVersion is the version of a stored detector; others are learnt anew.
const stateVersion = 3

// ErrState is the error of a stored detector that cannot be read.
var ErrState = errors.New("the stored state of the detector cannot be read")

// state is a detector as it is stored.
type state struct {
	Version int
	Options Options
	Values  []float64 // the last ones, the newest last
	Seen    int
	Expect  *expecter
	Tails   tails
	Mean    levelMean
	Clock   pace
	Run     flatRun
	Rest    rest
	Row     int
	Since   int64
	Kinds   recent
	Last    float64
	N       int
}

// MarshalBinary stores the detector: one that is read back goes on with the
// same results as if it had never stopped.
func (d *Detector) MarshalBinary() ([]byte, error) {
	var b bytes.Buffer
	s := state{Version: stateVersion, Options: d.options, Values: d.kept(), Seen: d.near.seen, Expect: d.expect, Tails: d.tails, Mean: d.mean,
		Clock: d.clock, Run: d.run, Rest: d.rest, Row: d.row, Since: d.since, Kinds: d.kinds, Last: d.last, N: d.n}
	if err := gob.NewEncoder(&b).Encode(s); err != nil {
		return nil, fmt.Errorf("store the detector: %w", err)
	}
	return b.Bytes(), nil
}

// kept are the values that are stored.
func (d *Detector) kept() []float64 { return d.past.all[max(0, len(d.past.all)-pastValues):] }

// UnmarshalBinary reads a stored detector back; ErrState if it is damaged or of another version.
func (d *Detector) UnmarshalBinary(b []byte) error {
	var s state
	if err := gob.NewDecoder(bytes.NewReader(b)).Decode(&s); err != nil {
		return fmt.Errorf("%w: %v", ErrState, err)
	}
	if err := s.check(); err != nil {
		return err
	}
	*d = *New(s.Options)
	d.past.all = s.Values
	d.vals.sorted = slices.Sorted(slices.Values(s.Values))
	d.near.restore(s.Values, s.Seen)
	d.expect, d.tails, d.mean, d.clock, d.run, d.rest = s.Expect, s.Tails, s.Mean, s.Clock, s.Run, s.Rest
	d.row, d.since, d.kinds, d.last, d.n = s.Row, s.Since, s.Kinds, s.Last, s.N
	return nil
}

// check refuses what no detector can have stored.
func (s state) check() error {
	switch {
	case s.Version != stateVersion:
		return fmt.Errorf("%w: it is of version %d, this program reads %d", ErrState, s.Version, stateVersion)
	case s.Expect == nil || !s.Expect.Day.fit(daySlots) || !s.Expect.Week.fit(7*daySlots) || len(s.Expect.Errors) != predictors || len(s.Expect.Seen) != predictors,
		len(s.Values) != min(s.Seen, pastValues), len(s.Kinds.Sides) > recentPoints, len(s.Kinds.Steps) > recentPoints:
		return fmt.Errorf("%w: its parts do not fit together", ErrState)
	}
	for _, v := range s.Values {
		if !(math.Abs(v) <= largest) {
			return fmt.Errorf("%w: it holds the value %v", ErrState, v)
		}
	}
	if err := s.Options.Check(); err != nil {
		return fmt.Errorf("%w: %v", ErrState, err)
	}
	return nil
}
