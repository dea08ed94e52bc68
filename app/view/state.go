package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"aiops/metric"
)

// StateVersion is the version of the state's file.
const StateVersion = 1

// State is what comes back at the next start. The zero values are good ones:
// fields that a file does not have, and fields that only a newer program
// knows, do no harm.
type State struct {
	Version    int         `json:"version"`
	Page       Page        `json:"page"`
	Selection  Selection   `json:"selection"`
	Span       TimeChoice  `json:"span"`
	Zoom       Zoom        `json:"zoom"`
	Refresh    int         `json:"refresh"` // seconds between reads; 0: only by hand
	Compare    Compare     `json:"compare"`
	Thresholds Thresholds  `json:"thresholds"`
	Tool       Tool        `json:"tool"`
	Arrange    Arrangement `json:"arrange"`
	Expanded   []string    `json:"expanded"` // VMs whose metrics are shown in the tree
	Sidebar    Sidebar     `json:"sidebar"`
	Window     Window      `json:"window"`
	Theme      Appearance  `json:"theme"`
	Sort       Sort        `json:"sort"`
	Outlook    Outlook     `json:"outlook"`             // of the Forecast page
	Review     Review      `json:"review"`              // of the Analysis page
	Database   string      `json:"database,omitempty"`  // whose selection this is
	Places     []Place     `json:"places,omitempty"`    // of other databases, the last one first
	Snapshots  []string    `json:"snapshots,omitempty"` // files that were opened or saved, the last one first
}

// Page is one of the program's pages.
type Page string

// The pages.
const (
	FactPage     Page = "fact"
	ForecastPage Page = "forecast"
	AnalysisPage Page = "analysis"
)

// Tool is what dragging on the chart does.
type Tool string

// The tools.
const (
	PanTool     Tool = "pan"
	BoxTool     Tool = "box"
	CursorsTool Tool = "cursors"
)

// Appearance is the choice of theme.
type Appearance string

// The appearances.
const (
	FollowSystem Appearance = "system"
	AlwaysDark   Appearance = "dark"
	AlwaysLight  Appearance = "light"
)

// Sidebar is the sidebar's width in device-independent pixels and whether it is hidden.
type Sidebar struct {
	Width  int  `json:"width"`
	Hidden bool `json:"hidden"`
}

// Window is the window's size in device-independent pixels.
type Window struct {
	W int `json:"w"`
	H int `json:"h"`
}

// Sort says which column orders the table of points: "" is the time, otherwise
// a series ("db-01 cpu").
type Sort struct {
	Column     string `json:"column"`
	Descending bool   `json:"descending"`
}

// Zoom is the part of the chosen range that is visible. An empty range is all of it.
type Zoom struct {
	Range  metric.Range        `json:"range"`
	Values map[string]Interval `json:"values,omitempty"` // by panel ID
}

// Interval is a span of values.
type Interval struct {
	Lo float64 `json:"lo"`
	Hi float64 `json:"hi"`
}

// DefaultState is that of the first start.
func DefaultState() *State {
	return &State{
		Version: StateVersion, Page: FactPage, Tool: PanTool, Theme: FollowSystem,
		Span: TimeChoice{Preset: Last24Hours}, Refresh: 30,
		Sidebar: Sidebar{Width: 264}, Window: Window{W: 1440, H: 900}, Outlook: defaultOutlook(), Review: defaultReview(),
	}
}

// LoadState reads the state. No file gives the default state. A damaged file
// is set aside and gives the default state and a warning for the user; it is never fatal.
func LoadState(path string) (st *State, warning string) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return DefaultState(), ""
	}
	if err != nil {
		return DefaultState(), fmt.Sprintf("The window's last state cannot be read (%v). Starting with the usual one.", err)
	}
	st = DefaultState()
	if err := json.Unmarshal(data, st); err != nil {
		return DefaultState(), setAside(path, err)
	}
	st.repair()
	return st, ""
}

func setAside(path string, cause error) string {
	kept := path + ".damaged"
	if err := os.Rename(path, kept); err != nil {
		return fmt.Sprintf("The window's last state is damaged (%v) and cannot be set aside (%v). Starting with the usual one.", cause, err)
	}
	return fmt.Sprintf("The window's last state is damaged (%v). Starting with the usual one; the old file is kept as %s.", cause, kept)
}

// Save writes the state whole or not at all.
func (st *State) Save(path string) error {
	st.Version = StateVersion
	data, err := json.MarshalIndent(st, "", "\t")
	if err != nil {
		return fmt.Errorf("encode state: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".state-*")
	if err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	defer os.Remove(f.Name()) // does nothing after the rename
	_, err = f.Write(append(data, '\n'))
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("save state: %w", err)
	}
	return nil
}

// repair makes what an old, newer or hand-edited file says usable.
func (st *State) repair() {
	def := DefaultState()
	st.Page = known(st.Page, FactPage, ForecastPage, AnalysisPage)
	st.Tool = known(st.Tool, PanTool, BoxTool, CursorsTool)
	st.Theme = known(st.Theme, FollowSystem, AlwaysDark, AlwaysLight)
	st.Arrange = known(st.Arrange, AutoArrange, PerUnit, PerVM, PerSeries)
	st.Compare.Kind = known(st.Compare.Kind, compareKinds...)
	st.Selection.repair()
	st.Span.repair()
	st.Zoom.Range = sane(st.Zoom.Range)
	for i := range st.Places {
		st.Places[i].repair()
	}
	st.Refresh = max(0, st.Refresh)
	st.Outlook.repair()
	st.Review.repair()
	if st.Sidebar.Width < 220 || st.Sidebar.Width > 400 {
		st.Sidebar.Width = def.Sidebar.Width
	}
	if st.Window.W < 400 || st.Window.H < 300 {
		st.Window = def.Window
	}
}

// known is v if it is one of the values, otherwise the first of them.
func known[T comparable](v T, values ...T) T {
	for _, k := range values {
		if v == k {
			return v
		}
	}
	return values[0]
}
