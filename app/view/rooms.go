package view

// Room is what stands in a page's place when it has nothing to show: one
// sentence and one button.
type Room struct {
	Text   string
	Button string // empty: none
	Do     CommandID
}
