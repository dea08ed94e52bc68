package ui

import "fyne.io/fyne/v2"

type explorePage struct{ box *fyne.Container }
type digging struct{}

func newExplorePage(*analysisPage) *explorePage { return &explorePage{box: column(0)} }
func (*explorePage) show()                      {}
