package metric

// AlertState is where an alert rule stands on a series.
type AlertState string

// The states of an alert.
const (
	Inactive AlertState = "inactive"
	Pending  AlertState = "pending" // true, but not yet for long enough
	Firing   AlertState = "firing"
	Resolved AlertState = "resolved" // it fired and is over
)

// Severity says how bad it is when a rule fires.
type Severity string

// The severities of alert rules.
const (
	Critical Severity = "critical"
	Warning  Severity = "warning"
	Info     Severity = "info"
)

// Transition is a change of an alert's state: one rule on one series.
type Transition struct {
	ID       int64             `json:"id"`
	Key                        // an empty metric: the rule is about the whole VM
	Rule     string            `json:"rule"`
	Hash     string            `json:"hash"` // of the rule's text: another one means that it was edited
	Time     int64             `json:"time"`
	From     AlertState        `json:"from"`
	To       AlertState        `json:"to"`
	Severity Severity          `json:"severity"`
	Value    float64           `json:"value"` // that decided; NaN: none
	Summary  string            `json:"summary"`
	Labels   map[string]string `json:"labels,omitempty"`
	Silence  int64             `json:"silence,omitempty"` // which one keeps it from being notified; 0: none
}

// Silence keeps alerts from being notified; they are still recorded. Patterns
// (* and ?) that are empty match everything. Within From..To it holds always,
// or, when it recurs, on its weekdays from Begin to End.
type Silence struct {
	ID       int64    `json:"id"`
	Rule     string   `json:"rule,omitempty"`
	VM       string   `json:"vm,omitempty"`
	Metric   string   `json:"metric,omitempty"`
	Severity Severity `json:"severity,omitempty"`
	From     int64    `json:"from"`
	To       int64    `json:"to"` // 0: without an end

	Recurs   bool   `json:"recurs,omitempty"`
	Weekdays string `json:"weekdays,omitempty"` // digits, 0 is Sunday; empty: every day
	Begin    int    `json:"begin,omitempty"`    // minutes after midnight in the zone
	End      int    `json:"end,omitempty"`      // up to Begin: on the next day
	Zone     string `json:"zone,omitempty"`     // IANA name; empty: UTC

	Comment string `json:"comment,omitempty"`
}
