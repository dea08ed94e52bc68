package ui

import (
	"context"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/auth"
	"aiops/app/view"
	"aiops/metric"
)

// editAnnotation adds an annotation (ID 0) or changes one.
func (w *Window) editAnnotation(a metric.Annotation) {
	if w.refuses(auth.Annotate) {
		return
	}
	words, from, to := newField("What happened"), newField(""), newField("Same as From: a moment")
	words.SetText(a.Text)
	from.SetText(w.clock.Exact(a.From))
	if a.To > a.From {
		to.SetText(w.clock.Exact(a.To))
	}
	kinds := []metric.Kind{metric.Note, metric.Deployment, metric.Incident, metric.Maintained}
	names := []string{"Note", "Deployment", "Incident", "Maintenance"}
	kind := newChoice("", names, func(int) {})
	for i, k := range kinds {
		if k == a.Kind {
			kind.Set(i)
		}
	}
	where, places := w.places(a)
	var s *sheet
	save := newButton(kindPrimary, "", "Save", func() {
		b, err := w.typedAnnotation(a, words.Text, from.Text, to.Text)
		if err != nil {
			s.say(err)
			return
		}
		b.Kind = kinds[kind.chosen]
		b.VM, b.Metric = places[where.chosen].VM, places[where.chosen].Metric
		w.storeAnnotation(s, func(ctx context.Context) ([]metric.Annotation, error) { return view.PutAnnotation(ctx, w.db, b) })
	})
	buttons := []*button{newButton(kindSecondary, "", "Cancel", func() { s.close() }), save}
	title := "Add an annotation"
	if a.ID != 0 {
		title = "Edit the annotation"
		remove := newButton(kindSecondary, "trash", "Remove", func() {
			w.storeAnnotation(s, func(ctx context.Context) ([]metric.Annotation, error) { return view.DeleteAnnotation(ctx, w.db, a.ID) })
		})
		buttons = append([]*button{remove}, buttons...)
	}
	words.OnSubmitted = func(string) { save.Tapped(nil) }
	s = w.open(title, 500, column(10, labelled("Text", words, ""), labelled("From", from, ""), labelled("To", to, ""),
		labelled("Kind", kind, ""), labelled("Concerns", where, "")), buttons...)
	w.win.Canvas().Focus(words)
}

// places is what an annotation can concern: everything, a VM, a series.
func (w *Window) places(a metric.Annotation) (*choice, []metric.Key) {
	places := []metric.Key{{}}
	names := []string{"All VMs"}
	seen := map[metric.Key]bool{{}: true}
	add := func(k metric.Key, name string) {
		if !seen[k] {
			seen[k] = true
			places, names = append(places, k), append(names, name)
		}
	}
	for _, e := range w.state.Selection {
		add(metric.Key{VM: e.VM}, e.VM)
	}
	for _, e := range w.state.Selection {
		add(e.Key, e.Key.String())
	}
	now := metric.Key{VM: a.VM, Metric: a.Metric}
	add(now, strings.TrimSpace(now.String()))
	c := newChoice("", names, func(int) {})
	c.Set(0)
	for i, k := range places {
		if k == now {
			c.Set(i)
		}
	}
	return c, places
}

func (w *Window) typedAnnotation(a metric.Annotation, words, from, to string) (metric.Annotation, error) {
	var err error
	if a.From, err = w.clock.ParseTime(from); err != nil {
		return a, err
	}
	a.To = a.From
	if strings.TrimSpace(to) != "" {
		if a.To, err = w.clock.ParseTime(to); err != nil {
			return a, err
		}
	}
	a.Text = words
	return a, view.CheckAnnotation(a)
}

// storeAnnotation writes in the background and shows what is there then.
func (w *Window) storeAnnotation(s *sheet, write func(context.Context) ([]metric.Annotation, error)) {
	w.run.then(func() func() {
		all, err := write(w.ctx)
		return func() {
			if err != nil {
				s.say(err)
				return
			}
			s.close()
			w.queuedHere()
			w.fact.SetAnnotations(all)
			w.factChanged()
		}
	})
}

// limitRow is a line of the thresholds editor.
type limitRow struct {
	metric, vm *choice
	side       *choice // above, below
	value      *field
	metrics    []string
	vms        []string
	line       *fyne.Container
}

// editThresholds edits the limits of metrics.
func (w *Window) editThresholds() {
	if w.closeSheet("thresholds") {
		return
	}
	var rows []*limitRow
	list := column(8)
	var s *sheet
	add := func(t view.Threshold) {
		r := w.newLimitRow(t)
		drop := newButton(kindTool, "trash", "", func() {
			for i, o := range rows {
				if o == r {
					rows = append(rows[:i], rows[i+1:]...)
					list.Remove(r.line)
					list.Refresh()
					return
				}
			}
		})
		drop.Tip = "Remove this threshold"
		r.line.Add(drop)
		rows = append(rows, r)
		list.Add(r.line)
		list.Refresh()
	}
	for _, t := range w.state.Thresholds {
		add(t)
	}
	if len(rows) == 0 {
		add(view.Threshold{Metric: w.firstMetric()})
	}
	more := newButton(kindSecondary, "plus", "Add a threshold", func() { add(view.Threshold{Metric: w.firstMetric()}) })
	save := newButton(kindPrimary, "", "Save", func() {
		limits, err := typedLimits(rows)
		if err != nil {
			s.say(err)
			return
		}
		s.close()
		w.state.Thresholds = limits
		w.factChanged()
	})
	head := row(8, sized(quiet("Metric"), 150, 0), sized(quiet("On"), 130, 0), sized(quiet("Side"), 84, 0), quiet("Limit, in the metric's unit"))
	s = w.open("Thresholds", 560, column(8, head, sized(container.NewVScroll(list), 500, 180), row(0, more, spring())),
		newButton(kindSecondary, "", "Cancel", func() { s.close() }), save)
	w.sheetID = "thresholds"
	w.win.Canvas().Focus(rows[len(rows)-1].value)
}

func (w *Window) firstMetric() string {
	if len(w.state.Selection) > 0 {
		return w.state.Selection[0].Metric
	}
	return ""
}

func (w *Window) newLimitRow(t view.Threshold) *limitRow {
	r := &limitRow{value: newField("85"), vms: []string{""}}
	names := []string{"All VMs"}
	seen := map[string]bool{}
	for _, i := range w.fact.Catalog() {
		if !seen["m "+i.Metric] {
			seen["m "+i.Metric] = true
			r.metrics = append(r.metrics, i.Metric)
		}
		if !seen["v "+i.VM] {
			seen["v "+i.VM] = true
			r.vms, names = append(r.vms, i.VM), append(names, i.VM)
		}
	}
	r.metric = newChoice("", r.metrics, func(int) {})
	r.vm = newChoice("", names, func(int) {})
	r.vm.Set(0)
	for i, m := range r.metrics {
		if m == t.Metric {
			r.metric.Set(i)
		}
	}
	for i, vm := range r.vms {
		if vm == t.VM {
			r.vm.Set(i)
		}
	}
	if t.Value != 0 {
		r.value.SetText(strconv.FormatFloat(t.Value, 'f', -1, 64))
	}
	r.side = newChoice("", []string{"above", "below"}, func(int) {})
	r.side.Set(0)
	if t.Below {
		r.side.Set(1)
	}
	r.line = row(8, sized(r.metric, 150, 0), sized(r.vm, 130, 0), sized(r.side, 84, 0), stretch(r.value))
	return r
}

// typedLimits reads the rows; one without a value is left out.
func typedLimits(rows []*limitRow) (view.Thresholds, error) {
	var out view.Thresholds
	for _, r := range rows {
		if strings.TrimSpace(r.value.Text) == "" || len(r.metrics) == 0 {
			continue
		}
		v, err := typedNumber(r.value.Text)
		if err != nil {
			return nil, err
		}
		out.Set(view.Threshold{Metric: r.metrics[r.metric.chosen], VM: r.vms[r.vm.chosen], Value: v, Below: r.side.chosen == 1})
	}
	return out, nil
}

// askShift asks how far back the compared period lies.
func (w *Window) askShift() {
	back := newField("3 days")
	if w.state.Compare.Kind == view.ShiftedBy {
		back.SetText(view.Duration(metric.Micros(w.state.Compare.Shift)))
	}
	var s *sheet
	save := newButton(kindPrimary, "", "Compare", func() {
		d, err := view.ParseDuration(back.Text)
		if err != nil {
			s.say(err)
			return
		}
		s.close()
		w.state.Compare = view.Compare{}
		w.page.compare(view.Compare{Kind: view.ShiftedBy, Shift: d})
	})
	back.OnSubmitted = func(string) { save.Tapped(nil) }
	s = w.open("Compare with an earlier period", 440, labelled("Earlier by", back, "such as 90 min, 12 h, 3 days"),
		newButton(kindSecondary, "", "Cancel", func() { s.close() }), save)
	w.win.Canvas().Focus(back)
}
