package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"aiops/app/view"
	"aiops/metric"
)

// seriesTree is the sidebar's list of VMs and, below each, its metrics.
type seriesTree struct {
	*rowList
	flat     []treeLine
	onExpand func(vm string, open bool)
	onSelect func(keys []metric.Key, on bool)
}

// treeLine is a visible line: a VM, or with a metric one of its series.
type treeLine struct {
	vm     *view.VMRow
	metric *view.MetricRow
}

func newSeriesTree(onExpand func(string, bool), onSelect func([]metric.Key, bool)) *seriesTree {
	t := &seriesTree{onExpand: onExpand, onSelect: onSelect}
	t.rowList = newRowList(26, func() int { return len(t.flat) },
		func() fyne.CanvasObject { return newTreeRow() },
		func(i int, o fyne.CanvasObject) { o.(*treeRow).show(t.flat[i]) })
	t.quietKeys = true
	t.onTapped = t.tapped
	t.onActivate = func(i int) { t.toggle(t.flat[i]) }
	t.onKey = t.key
	return t
}

// show lists the tree's lines anew.
func (t *seriesTree) show(tree view.Tree) {
	t.flat = t.flat[:0]
	for i := range tree.VMs {
		vm := &tree.VMs[i]
		t.flat = append(t.flat, treeLine{vm: vm})
		if vm.Expanded {
			for k := range vm.Metrics {
				t.flat = append(t.flat, treeLine{vm, &vm.Metrics[k]})
			}
		}
	}
	t.Refresh()
}

func (t *seriesTree) tapped(i int, x float32) {
	line := t.flat[i]
	if line.metric == nil && (x < treeBoxX-2 || x > treeBoxX+18) {
		t.onExpand(line.vm.VM, !line.vm.Expanded)
		return
	}
	t.toggle(line)
}

func (t *seriesTree) toggle(line treeLine) {
	if line.metric != nil {
		t.onSelect([]metric.Key{line.metric.Key}, !line.metric.Selected)
		return
	}
	t.onSelect(line.vm.Keys(), line.vm.Box != view.Ticked)
}

func (t *seriesTree) key(i int, e *fyne.KeyEvent) bool {
	line := t.flat[i]
	if e.Name != fyne.KeyLeft && e.Name != fyne.KeyRight {
		return false
	}
	open := e.Name == fyne.KeyRight
	if line.metric == nil && line.vm.Expanded != open {
		t.onExpand(line.vm.VM, open)
	}
	return true
}

const treeBoxX = 18

// treeRow shows a line of the tree.
type treeRow struct {
	widget.BaseWidget
	arrow  *icon
	box    *checkBox
	name   *text
	last   *text
	indent float32
}

func newTreeRow() *treeRow {
	r := &treeRow{arrow: newIcon("right", colorMuted), box: newCheckBox(), name: elided(body("")), last: rightward(quiet(""))}
	r.ExtendBaseWidget(r)
	return r
}

func (r *treeRow) show(line treeLine) {
	r.indent = treeBoxX
	if line.metric == nil {
		r.arrow.Hidden = false
		r.arrow.Set(map[bool]string{true: "down", false: "right"}[line.vm.Expanded], colorMuted)
		r.box.Set(line.vm.Box, nil)
		r.name.Set(line.vm.VM)
		r.last.Set("")
	} else {
		r.indent += 5
		r.arrow.Hidden = true
		state, fill := view.Unticked, color.Color(nil)
		if line.metric.Selected {
			state, fill = view.Ticked, seriesColor(line.metric.Slot)
		}
		r.box.Set(state, fill)
		r.name.Set(line.metric.Metric)
		r.last.Set(line.metric.Last)
	}
	r.layout(r.Size())
}

func (r *treeRow) layout(s fyne.Size) {
	r.arrow.Move(fyne.NewPos(-2, (s.Height-16)/2))
	r.arrow.Resize(fyne.NewSquareSize(16))
	r.box.Move(fyne.NewPos(r.indent, (s.Height-14)/2))
	r.box.Resize(fyne.NewSquareSize(14))
	last := r.last.MinSize()
	r.last.Move(fyne.NewPos(s.Width-last.Width-10, (s.Height-last.Height)/2))
	r.last.Resize(last)
	x, h := r.indent+20, r.name.MinSize().Height
	r.name.Move(fyne.NewPos(x, (s.Height-h)/2))
	r.name.Resize(fyne.NewSize(max(0, s.Width-x-last.Width-16), h))
}

func (r *treeRow) CreateRenderer() fyne.WidgetRenderer {
	return &objectsRenderer{layout: r.layout, min: fyne.NewSize(60, 26), objects: []fyne.CanvasObject{r.arrow, r.box, r.name, r.last}}
}

// seriesColor is the colour of a palette place.
func seriesColor(slot int) color.Color {
	t := tokens()
	return t.Lines[max(0, slot)%len(t.Lines)]
}

// objectsRenderer renders a widget made of fixed objects that a function lays out.
type objectsRenderer struct {
	layout  func(fyne.Size)
	min     fyne.Size
	objects []fyne.CanvasObject
	refresh func()
}

func (r *objectsRenderer) Layout(s fyne.Size)           { r.layout(s) }
func (r *objectsRenderer) MinSize() fyne.Size           { return r.min }
func (r *objectsRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *objectsRenderer) Destroy()                     {}
func (r *objectsRenderer) Refresh() {
	if r.refresh != nil {
		r.refresh()
	}
	for _, o := range r.objects {
		o.Refresh()
	}
}
