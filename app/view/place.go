package view

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"aiops/metric"
)

// Place is what of the state belongs to one database: what is selected, and
// from when to when it is looked at.
type Place struct {
	Database  string     `json:"database,omitempty"`
	Selection Selection  `json:"selection"`
	Span      TimeChoice `json:"span"`
	Zoom      Zoom       `json:"zoom"`
	Compare   Compare    `json:"compare"`
	Expanded  []string   `json:"expanded,omitempty"`
	Sort      Sort       `json:"sort"`
	Focus     metric.Key `json:"focus"` // of the Forecast page
	Ahead     Zoom       `json:"ahead"`
	VM        string     `json:"vm,omitempty"` // whose incidents alone are listed
}

// mostPlaces is how many databases' places are kept.
const mostPlaces = 16

// Place is where the state is now.
func (st *State) Place() Place {
	return Place{st.Database, st.Selection, st.Span, st.Zoom, st.Compare, st.Expanded, st.Sort, st.Outlook.Focus, st.Outlook.Zoom, st.Review.VM}
}

// Return goes to a place.
func (st *State) Return(p Place) {
	st.Database, st.Selection, st.Span, st.Zoom, st.Compare = p.Database, p.Selection, p.Span, p.Zoom, p.Compare
	st.Expanded, st.Sort, st.Outlook.Focus, st.Outlook.Zoom, st.Review.VM = p.Expanded, p.Sort, p.Focus, p.Ahead, p.VM
}

// Move goes to another database: the present place is kept, and the other
// one's comes back; false if that database has none yet.
func (st *State) Move(database string) bool {
	if st.Database == database {
		return true
	}
	if st.Database != "" {
		st.dropPlace(st.Database)
		st.Places = append([]Place{st.Place()}, st.Places...)
		st.Places = st.Places[:min(len(st.Places), mostPlaces)]
	}
	at := slices.IndexFunc(st.Places, func(p Place) bool { return p.Database == database })
	if at < 0 {
		st.Return(Place{Span: DefaultState().Span})
		return false
	}
	p := st.Places[at]
	st.dropPlace(database)
	st.Return(p)
	return true
}

func (st *State) dropPlace(database string) {
	st.Places = slices.DeleteFunc(slices.Clone(st.Places), func(p Place) bool { return p.Database == database })
}

// repair makes what a file says of a place usable.
func (p *Place) repair() {
	p.Compare.Kind = known(p.Compare.Kind, compareKinds...)
	p.Selection.repair()
	p.Span.repair()
	p.Zoom.Range = sane(p.Zoom.Range)
	p.Ahead.Range = sane(p.Ahead.Range)
}

// Carry is the state as a snapshot takes it along: what belongs to other
// databases and to this computer's window stays here.
func (st *State) Carry() ([]byte, error) {
	out := *st
	out.Places, out.Snapshots, out.Window, out.Sidebar, out.Theme = nil, nil, Window{}, Sidebar{}, ""
	text, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode the view: %w", err)
	}
	return text, nil
}

// Adopt looks at a snapshot as it was looked at when it was taken; false if
// the snapshot does not say how. The window itself stays as it is.
func (st *State) Adopt(carried []byte) bool {
	from := DefaultState()
	if len(carried) == 0 || json.Unmarshal(carried, from) != nil {
		return false
	}
	from.repair()
	if len(from.Selection) == 0 {
		return false
	}
	st.Return(from.Place())
	st.Thresholds, st.Arrange, st.Page = from.Thresholds, from.Arrange, from.Page
	return true
}

// mostSnapshots is how many of the last snapshots are listed.
const mostSnapshots = 12

// Recall puts a snapshot's file at the head of the list of the last ones.
func (st *State) Recall(path string) {
	rest := slices.DeleteFunc(slices.Clone(st.Snapshots), func(p string) bool { return p == path })
	st.Snapshots = append([]string{path}, rest[:min(len(rest), mostSnapshots-1)]...)
}

// Age tells how old something is in one unit: 3 days, 6 weeks.
func Age(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Minute:
		return "now"
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < day:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d < 2*day:
		return "1 day"
	case d < 14*day:
		return fmt.Sprintf("%d days", d/day)
	case d < 365*day:
		return fmt.Sprintf("%d weeks", d/(7*day))
	}
	return fmt.Sprintf("%.1f years", d.Hours()/24/365.25)
}
