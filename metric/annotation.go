package metric

// Annotation is a remark on a moment (To == From) or a span of time: a
// deployment, an incident, a backup, a note somebody left on a chart.
type Annotation struct {
	ID     int64  `json:"id"`
	VM     string `json:"vm,omitempty"`     // empty: all VMs
	Metric string `json:"metric,omitempty"` // empty: all metrics
	From   int64  `json:"from"`
	To     int64  `json:"to"`
	Kind   Kind   `json:"kind"`
	Text   string `json:"text"`
}

// Kind says what an annotation is about, and so how it is drawn.
type Kind string

// The kinds of annotation.
const (
	Note       Kind = "note"
	Deployment Kind = "deployment"
	Incident   Kind = "incident"
	Maintained Kind = "maintenance"
)

// Concerns reports whether the annotation applies to the series.
func (a Annotation) Concerns(k Key) bool {
	return (a.VM == "" || a.VM == k.VM) && (a.Metric == "" || a.Metric == k.Metric)
}

// Span is the annotation's time as a range; a moment covers one microsecond.
func (a Annotation) Span() Range { return Range{a.From, max(a.To, a.From+1)} }
