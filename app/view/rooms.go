package view

// Room is what stands in a page's place when it has nothing to show: one
// sentence and one button.
type Room struct {
	Text   string
	Button string // empty: none
	Do     CommandID
}

// NotYet is the room of a page that does not exist yet.
func NotYet(p Page) (Room, bool) {
	if p == AnalysisPage {
		return Room{"Anomaly detection is not built yet. Fact shows thresholds and annotated incidents.", "Show Fact", GoFact}, true
	}
	return Room{}, false
}
