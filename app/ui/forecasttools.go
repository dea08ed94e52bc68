package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"aiops/app/view"
	"aiops/forecast"
	"aiops/metric"
)

// forecastTools is the Forecast page's toolbar.
type forecastTools struct {
	p              *forecastPage
	series         *choice
	mark           *plate // in the series' colour
	back, forward  *button
	model, horizon *choice
	interval       *choice
	limit          *button
	tune, export   *button
	forecast       *button
	line, box      *fyne.Container
	spans          []time.Duration
	levels         []float64
}

func newForecastTools(p *forecastPage) *forecastTools {
	t := &forecastTools{p: p, levels: view.Levels()}
	picker := func(prefix, tip string, names []string, f func(int)) *choice {
		c := newChoice("", names, f)
		c.natural, c.prefix, c.Tip = true, prefix, tip
		return c
	}
	t.series = picker("", "The series that is forecast (N, B: next, previous selected one)", nil, t.chooseSeries)
	t.series.lead = 17
	t.mark = swatch(seriesColor(0))
	tool := func(icon, tip string, f func()) *button {
		b := newButton(kindTool, icon, "", f)
		b.Tip = tip
		return b
	}
	t.back = tool("back", "Previous selected series (B)", func() { p.step(-1) })
	t.forward = tool("forward", "Next selected series (N)", func() { p.step(1) })
	names := make([]string, len(forecast.Models))
	for i, m := range forecast.Models {
		names[i] = view.ModelName(m.Name)
	}
	t.model = picker("Model", "Model", names, func(i int) {
		p.model.Outlook().Model = forecast.Models[i].Name
		p.changed()
	})
	for _, m := range forecast.Models {
		t.model.notes = append(t.model.notes, lowerFirst(m.Text))
	}
	t.horizon = picker("Horizon", "How far ahead", nil, t.chooseHorizon)
	levels := make([]string, len(t.levels))
	for i, l := range t.levels {
		levels[i] = view.LevelText(l)
	}
	t.interval = picker("Interval", "The interval that holds the future value with this probability", levels, func(i int) {
		p.model.Outlook().Level = t.levels[i]
		p.changed()
	})
	t.limit = newButton(kindField, "", "", t.showLimits)
	t.limit.menu, t.limit.prefix, t.limit.Tip = true, "Threshold", "The limit that the forecast is held against (T)"
	t.tune = newButton(kindSecondary, "tune", "Tune…", func() { p.do(view.TuneModel) })
	t.export = newButton(kindSecondary, "export", "Export", p.w.showExport)
	t.tune.Tip, t.export.Tip = "Try settings of the model on past data", "Export what is seen, with the forecast (Ctrl+E)"
	t.forecast = newButton(kindPrimary, "play", "Forecast", t.showForecast)
	t.forecast.menu, t.forecast.Tip = true, "Forecast and store, train, backtest"
	chooser := container.New(swatchLayout{}, t.series, t.mark)
	t.line = row(8, row(0, t.back, t.forward), chooser, t.model, t.horizon, t.interval, t.limit, spring(), t.tune, t.export, t.forecast)
	t.box = container.New(toolsLayout{t}, t.line)
	return t
}

// swatchLayout puts a series' colour into the lead of its chooser.
type swatchLayout struct{}

func (swatchLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return o[0].MinSize() }
func (swatchLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	o[0].Resize(s)
	o[1].Move(fyne.NewPos(10, (s.Height-10)/2))
	o[1].Resize(fyne.NewSquareSize(10))
}

// toolsLayout leaves out words where the window is narrow; tooltips say them.
type toolsLayout struct{ t *forecastTools }

func (toolsLayout) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(400, 28) }

func (l toolsLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	t := l.t
	for level := range 6 {
		t.shorten(level)
		if t.line.MinSize().Width <= s.Width {
			break
		}
	}
	o[0].Resize(s)
	t.line.Layout.Layout(t.line.Objects, s)
}

// shorten leaves out words, the most plain ones first: the more, the higher the level.
func (t *forecastTools) shorten(level int) {
	set := func(b *button, prefix string, until int) {
		if level >= until {
			prefix = ""
		}
		if b.prefix != prefix {
			b.prefix = prefix
			b.Refresh()
		}
	}
	set(t.limit, "Threshold", 1)
	set(&t.interval.button, "Interval", 2)
	set(&t.model.button, "Model", 3)
	set(&t.horizon.button, "Horizon", 4)
	label := func(b *button, words string) {
		if level >= 5 {
			words = ""
		}
		b.SetLabel(words)
	}
	label(t.tune, "Tune…")
	label(t.export, "Export")
}

// show follows the model.
func (t *forecastTools) show() {
	o := t.p.model.Outlook()
	keys, at := t.p.model.Choices()
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = k.String()
	}
	t.series.SetNames(names, at)
	if at < 0 {
		t.series.SetLabel("No series")
	}
	t.mark.paint = seriesColor(t.p.model.Slot())
	t.mark.Refresh()
	t.back.SetEnabled(len(keys) > 1)
	t.forward.SetEnabled(len(keys) > 1)
	for i, m := range forecast.Models {
		if m.Name == o.Model {
			t.model.Set(i)
		}
	}
	t.showHorizons(o.Span())
	for i, l := range t.levels {
		if l == o.Level {
			t.interval.Set(i)
		}
	}
	label := "none"
	if limit, ok := t.p.model.Limit(); ok {
		label = limit.Text()
	}
	t.limit.SetLabel(label)
	for _, b := range []*button{t.tune, t.forecast} {
		b.SetEnabled(at >= 0)
	}
	t.box.Refresh()
	t.box.Layout.Layout(t.box.Objects, t.box.Size())
}

func (t *forecastTools) showHorizons(span time.Duration) {
	t.spans = t.spans[:0]
	var names []string
	at := -1
	for _, h := range view.Horizons() {
		if h.Span == span {
			at = len(names)
		}
		t.spans, names = append(t.spans, h.Span), append(names, h.Name)
	}
	if at < 0 {
		at = len(names)
		t.spans, names = append(t.spans, span), append(names, view.HorizonText(span))
	}
	t.horizon.SetNames(append(names, "Custom…"), at)
}

func (t *forecastTools) chooseSeries(i int) {
	if keys, _ := t.p.model.Choices(); i < len(keys) {
		t.p.model.SetFocus(keys[i])
		t.p.changed()
	}
}

func (t *forecastTools) chooseHorizon(i int) {
	if i >= len(t.spans) {
		t.showHorizons(t.p.model.Outlook().Span())
		t.askHorizon()
		return
	}
	t.setHorizon(t.spans[i])
}

func (t *forecastTools) setHorizon(span time.Duration) {
	t.p.model.SetHorizon(span)
	t.p.changed()
}

// askHorizon asks for a horizon of the user's own.
func (t *forecastTools) askHorizon() {
	w := t.p.w
	ahead := newField("3 days")
	ahead.SetText(view.HorizonText(t.p.model.Outlook().Span()))
	var s *sheet
	do := newButton(kindPrimary, "", "Forecast", func() {
		d, err := view.ParseHorizon(ahead.Text)
		if err != nil {
			s.say(err)
			return
		}
		s.close()
		t.setHorizon(d)
	})
	ahead.OnSubmitted = func(string) { do.Tapped(nil) }
	s = w.open("How far ahead", 440, labelled("Horizon", ahead, "such as 90 min, 12 h, 3 days, 6 weeks"),
		newButton(kindSecondary, "", "Cancel", func() { s.close() }), do)
	w.win.Canvas().Focus(ahead)
}

// showLimits offers limits for the shown metric.
func (t *forecastTools) showLimits() {
	k, ok := t.p.model.Focus()
	if !ok {
		return
	}
	now, limited := t.p.model.Limit()
	var items []*fyne.MenuItem
	if metric.UnitOf(k.Metric) == metric.Percent {
		for _, v := range []float64{70, 80, 85, 90, 95} {
			items = append(items, ticked(fmt.Sprintf("above %.0f %%", v), limited && !now.Below && now.Value == v, func() {
				t.setLimit(view.Threshold{Metric: k.Metric, Value: v})
			}))
		}
	}
	items = append(items, item("Other…", func() { t.askLimit(k) }))
	if _, own := t.p.w.state.Thresholds.Limit(k); own {
		items = append(items, item("Remove", func() { t.p.w.state.Thresholds.Drop(k); t.p.changed() }))
	}
	items = append(items, fyne.NewMenuItemSeparator(), item("All thresholds…", t.p.w.editThresholds))
	showMenu(t.limit, items...)
}

// setLimit sets the limit of the shown metric, or of the series where it has one of its own.
func (t *forecastTools) setLimit(l view.Threshold) {
	k, _ := t.p.model.Focus()
	if old, ok := t.p.w.state.Thresholds.Limit(k); ok {
		l.VM = old.VM
	}
	t.p.w.state.Thresholds.Set(l)
	t.p.changed()
}

// askLimit asks for a limit of the user's own.
func (t *forecastTools) askLimit(k metric.Key) {
	w := t.p.w
	now, limited := t.p.model.Limit()
	value := newField("90")
	side := newChoice("", []string{"above", "below"}, func(int) {})
	side.Set(0)
	if limited {
		value.SetText(strconv.FormatFloat(now.Value, 'f', -1, 64))
		if now.Below {
			side.Set(1)
		}
	}
	var s *sheet
	do := newButton(kindPrimary, "", "Set threshold", func() {
		v, err := typedNumber(value.Text)
		if err != nil {
			s.say(err)
			return
		}
		s.close()
		t.setLimit(view.Threshold{Metric: k.Metric, Value: v, Below: side.chosen == 1})
	})
	value.OnSubmitted = func(string) { do.Tapped(nil) }
	hint := "in the metric's base unit"
	if u := metric.UnitOf(k.Metric); u != metric.None {
		hint = "in " + string(u)
	}
	s = w.open("Threshold of "+k.Metric, 460, column(10, labelled("It matters", side, "the limit"), labelled("Limit", value, hint)),
		newButton(kindSecondary, "", "Cancel", func() { s.close() }), do)
	w.win.Canvas().Focus(value)
}

func typedNumber(words string) (float64, error) {
	text := strings.ReplaceAll(strings.TrimSpace(words), ",", ".")
	v, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(text, "%")), 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a number; write 85 or 0.5", words)
	}
	return v, nil
}

// showForecast is the menu of the main button.
func (t *forecastTools) showForecast() {
	k, _ := t.p.model.Focus()
	do := func(id view.CommandID) func() { return func() { t.p.do(id) } }
	items := []*fyne.MenuItem{item("Forecast and store "+k.String(), do(view.ForecastShown))}
	if n := len(t.p.w.state.Selection); n > 1 {
		items = append(items, item(fmt.Sprintf("Forecast and store the %d selected series", n), do(view.ForecastSelected)))
	}
	items = append(items, item("Forecast and store all "+metric.Grouped(int64(len(t.p.w.fact.Catalog())))+" series", do(view.ForecastAll)),
		fyne.NewMenuItemSeparator(),
		item("Train anew", do(view.TrainModel)),
		item("Backtest with "+strconv.Itoa(moreOrigins)+" origins", do(view.TestModel)),
		item("Tune…", do(view.TuneModel)))
	showMenu(t.forecast, items...)
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
