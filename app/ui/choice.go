package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// choice is a drop-down: a field that opens a menu of names.
type choice struct {
	button
	names    []string
	chosen   int
	onChange func(i int)
	natural  bool     // as wide as what is chosen
	notes    []string // behind the names in the menu
}

func newChoice(iconName string, names []string, onChange func(i int)) *choice {
	c := &choice{names: names, onChange: onChange}
	c.kind, c.Icon, c.menu, c.height, c.size, c.self = kindField, iconName, true, 28, sizeBody, c
	c.OnTapped = c.open
	c.ExtendBaseWidget(c)
	return c
}

// Set shows a choice without telling about it.
func (c *choice) Set(i int) {
	c.chosen = i
	if i >= 0 && i < len(c.names) {
		c.SetLabel(c.names[i])
	}
}

// SetNames changes what can be chosen.
func (c *choice) SetNames(names []string, chosen int) {
	c.names = names
	c.Set(chosen)
}

func (c *choice) MinSize() fyne.Size {
	if c.natural {
		return c.button.MinSize()
	}
	return fyne.NewSize(80, c.height)
}

func (c *choice) open() {
	items := make([]*fyne.MenuItem, len(c.names))
	for i, n := range c.names {
		if i < len(c.notes) && c.notes[i] != "" {
			n += " – " + c.notes[i]
		}
		items[i] = fyne.NewMenuItem(n, func() {
			c.Set(i)
			c.onChange(i)
		})
		items[i].Checked = i == c.chosen
	}
	showMenu(c, items...)
}

// showMenu opens a menu below an object.
func showMenu(below fyne.CanvasObject, items ...*fyne.MenuItem) {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(below)
	if c == nil {
		return
	}
	at := driver.AbsolutePositionForObject(below)
	at.Y += below.Size().Height + 2
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), c, at)
}

// item is a menu item.
func item(name string, do func()) *fyne.MenuItem { return fyne.NewMenuItem(name, do) }

// ticked is a menu item that shows whether it is on.
func ticked(name string, on bool, do func()) *fyne.MenuItem {
	m := fyne.NewMenuItem(name, do)
	m.Checked = on
	return m
}
