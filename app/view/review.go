package view

import "aiops/forecast/anomaly"

// Review is what the Analysis page keeps in the state.
type Review struct {
	Section     Section          `json:"section"`
	Sensitivity Sensitivity      `json:"sensitivity"`
	Lanes       LaneKind         `json:"lanes"`
	Order       IncidentOrder    `json:"order"`
	Least       anomaly.Severity `json:"least"` // less severe incidents are left out; empty: none
	VM          string           `json:"vm"`    // incidents of this VM only; empty: all
	Unmarked    bool             `json:"unmarked"`
	Pane        int              `json:"pane"` // of the detail: moved with it, earlier weeks
}

// Section is a room of the Analysis page.
type Section string

// The sections.
const (
	IncidentsSection Section = "incidents"
	ExploreSection   Section = "explore"
	AlertsSection    Section = "alerts"
	RulesSection     Section = "rules"
	SilencesSection  Section = "silences"
)

// Sensitivity is how little evidence makes an anomaly.
type Sensitivity string

// The sensitivities.
const (
	UsualSensitivity  Sensitivity = "normal"
	HigherSensitivity Sensitivity = "higher"
	LowerSensitivity  Sensitivity = "lower"
)

// Sensitivities lists them in the order of the list.
func Sensitivities() []Sensitivity {
	return []Sensitivity{LowerSensitivity, UsualSensitivity, HigherSensitivity}
}

// Factor is the factor by which evidence counts.
func (s Sensitivity) Factor() float64 {
	switch s {
	case HigherSensitivity:
		return 1.5
	case LowerSensitivity:
		return 1 / 1.5
	}
	return 1
}

// LaneKind says what a lane is.
type LaneKind string

// The kinds of lane.
const (
	VMLanes     LaneKind = "vm"
	SeriesLanes LaneKind = "series"
)

// LaneKindItem is a kind of lane as the list shows it.
type LaneKindItem struct {
	Kind LaneKind
	Name string
}

// LaneKinds lists the kinds of lane.
func LaneKinds() []LaneKindItem {
	return []LaneKindItem{{VMLanes, "VM"}, {SeriesLanes, "selected series"}}
}

// IncidentOrder is the order of the list of incidents.
type IncidentOrder string

// The orders.
const (
	BySeverity IncidentOrder = "severity"
	ByTime     IncidentOrder = "time"
	ByScore    IncidentOrder = "score"
)

// IncidentOrderItem is an order as the list shows it.
type IncidentOrderItem struct {
	Order IncidentOrder
	Name  string
}

// IncidentOrders lists the orders.
func IncidentOrders() []IncidentOrderItem {
	return []IncidentOrderItem{{BySeverity, "By severity"}, {ByTime, "Newest first"}, {ByScore, "By score"}}
}

func (r *Review) repair() {
	r.Section = known(r.Section, IncidentsSection, ExploreSection, AlertsSection, RulesSection, SilencesSection)
	r.Sensitivity = known(r.Sensitivity, UsualSensitivity, HigherSensitivity, LowerSensitivity)
	r.Lanes = known(r.Lanes, VMLanes, SeriesLanes)
	r.Order = known(r.Order, BySeverity, ByTime, ByScore)
	r.Least = known(r.Least, "", anomaly.Warning, anomaly.Critical)
	r.Pane = min(max(r.Pane, 0), 1)
}

// defaultReview is that of the first start.
func defaultReview() Review {
	var r Review
	r.repair()
	return r
}
