package ui

import (
	"errors"
	"fmt"
	"slices"

	"fyne.io/fyne/v2/container"

	"aiops/app"
	"aiops/app/auth"
	"aiops/app/view"
	"aiops/forecast"
	"aiops/metric"
)

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return metric.Grouped(int64(n)) + " " + noun
}

// forecaster is that of the database that is open. Models of files that are
// only looked at are not kept.
func (w *Window) forecaster() forecast.Forecaster {
	if w.session.Forecaster == nil || w.kept != nil && w.snapshot == "" || w.db == nil {
		return forecast.Forecaster{Now: w.session.Now}
	}
	return w.session.Forecaster(w.db)
}

// forecastMany forecasts and stores series as a job (no keys: all of them).
func (p *forecastPage) forecastMany(name string, keys []metric.Key, retrain bool, done func()) {
	db, f, limits := p.w.db, p.w.forecaster(), slices.Clone(p.w.state.Thresholds)
	if db == nil || p.w.refuses(auth.Forecast) {
		return
	}
	req := app.ForecastRequest{Keys: keys, Options: p.model.Options(metric.Key{}), Retrain: retrain}
	if len(keys) == 1 {
		req.Options = p.model.Options(keys[0])
	}
	p.w.start(name, func(ctx jobContext) (string, error) {
		text, err := view.ForecastMany(ctx, db, f, req, limits, ctx.progress, func(l view.Learned) {
			p.w.run.post(func() {
				if p.w.db == db {
					p.model.Capacity.Learn(l)
					p.list.showSoon()
				}
			})
		})
		if err == nil && done != nil {
			p.w.run.post(done)
		}
		return text, err
	})
}

func (p *forecastPage) forecastShown() {
	if k, ok := p.model.Focus(); ok {
		p.forecastMany("Forecast "+k.String(), []metric.Key{k}, false, nil)
	}
}

func (p *forecastPage) forecastSelected() {
	keys := p.w.state.Selection.Keys()
	if len(keys) == 0 {
		p.w.foot.say("No series is selected")
		return
	}
	p.forecastMany(fmt.Sprintf("Forecasting %d selected series", len(keys)), keys, false, nil)
}

func (p *forecastPage) forecastAll() {
	p.forecastMany("Forecasting all "+metric.Grouped(int64(len(p.w.fact.Catalog())))+" series", nil, false, nil)
}

// train trains the shown series' model anew.
func (p *forecastPage) train() {
	k, ok := p.model.Focus()
	if !ok {
		return
	}
	p.forecastMany("Train "+k.String(), []metric.Key{k}, true, func() {
		p.model.Forget(k)
		p.changed()
	})
}

// moreOrigins is how many past forecasts a backtest by hand makes.
const moreOrigins = 48

// testMore tests the shown series with many origins.
func (p *forecastPage) testMore() {
	plan, ok := p.model.AssessWith(moreOrigins)
	db, f := p.w.db, p.w.forecaster()
	if !ok || db == nil {
		return
	}
	p.w.start("Backtest "+plan.Key.String(), func(ctx jobContext) (string, error) {
		e, err := view.Assess(ctx, db, f, plan, forecast.Progress(ctx.progress))
		if err != nil {
			return "", err
		}
		p.w.run.post(func() {
			if p.w.db == db && p.model.Judge(plan, e, nil) {
				p.draw()
			}
		})
		return plural(len(e.Past), "origin"), nil
	})
}

// askTune asks how many settings are tried.
func (p *forecastPage) askTune() {
	k, ok := p.model.Focus()
	if !ok || p.w.closeSheet("tune") {
		return
	}
	budgets := []int{8, 24, 64}
	names := []string{"8 settings, quick", "24 settings", "64 settings, thorough"}
	budget := newChoice("", names, func(int) {})
	budget.Set(1)
	o := p.model.Options(k)
	var s *sheet
	do := newButton(kindPrimary, "", "Tune", func() {
		s.close()
		p.tune(k, o, budgets[budget.chosen])
	})
	s = p.w.open("Tune "+view.ModelName(o.Model)+" for "+k.String(), 520, column(10,
		quiet("Settings of the model are tried on past data; the best one is offered to you."),
		labelled("Try", budget, "")), newButton(kindSecondary, "", "Cancel", func() { s.close() }), do)
	p.w.sheetID = "tune"
}

func (p *forecastPage) tune(k metric.Key, o forecast.Options, budget int) {
	db, f := p.w.db, p.w.forecaster()
	if db == nil {
		return
	}
	p.w.start("Tune "+k.String(), func(ctx jobContext) (string, error) {
		trials, err := view.TuneSeries(ctx, db, f, k, o, budget, forecast.Progress(ctx.progress))
		if err != nil {
			return "", err
		}
		if len(trials) == 0 {
			return view.ModelName(o.Model) + " has no settings to tune", nil
		}
		p.w.run.post(func() { p.tuned(k, o, trials) })
		return plural(len(trials), "setting") + " tried", nil
	})
}

// tuned offers the settings that were tried, the best one first.
func (p *forecastPage) tuned(k metric.Key, o forecast.Options, trials []forecast.Trial) {
	var s *sheet
	table := newDataTable(func() int { return len(trials) }, func(i, col int) tableCell {
		t := trials[i]
		cells := []string{view.ConfigText(t.Config), fmt.Sprintf("%.2f", t.Scores.MASE), fmt.Sprintf("%.3g", t.Score)}
		if t.Err != "" {
			cells = []string{cells[0] + ": " + t.Err, "–", "–"}
		}
		c := plainCell(cells[col])
		c.bold, c.muted = i == 0, t.Err != ""
		return c
	})
	table.SetColumns([]tableColumn{{title: "Setting", slot: -1, width: 200, wide: true}, {title: "MASE", slot: -1, width: 70, number: true}, {title: "Score", slot: -1, width: 80, number: true}})
	table.list.SetCurrent(0)
	do := newButton(kindPrimary, "", "Use the chosen setting", func() {
		t := trials[max(0, table.list.Current())]
		if t.Err != "" {
			s.say(errors.New(t.Err))
			return
		}
		s.close()
		p.adopt(k, o, t)
	})
	usual := newButton(kindSecondary, "", "Use the model's own", func() {
		s.close()
		p.adopt(k, o, forecast.Trial{})
	})
	s = p.w.open("Settings tried for "+k.String()+", the best first", 680,
		container.NewStack(sized(card(pad(table, 1, 1, 1, 1)), 630, 260)), usual, do)
	p.w.sheetID = "tuned"
}

// adopt makes a series keep a setting: with its stored model, or until the
// window is closed where no models are kept.
func (p *forecastPage) adopt(k metric.Key, o forecast.Options, t forecast.Trial) {
	show := func() {
		p.model.Forget(k)
		p.model.Outlook().Model = o.Model
		p.model.SetFocus(k)
		p.changed()
	}
	db, f := p.w.db, p.w.forecaster()
	if f.Storage == nil || db == nil {
		p.model.SetConfig(o.Model, k, t.Config)
		show()
		return
	}
	p.w.start("Train "+k.String(), func(ctx jobContext) (string, error) {
		if err := view.AdoptSetting(ctx, db, f, k, o, t); err != nil {
			return "", err
		}
		p.w.run.post(show)
		return view.ConfigText(t.Config), nil
	})
}
