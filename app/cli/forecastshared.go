package cli

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"

	"aiops/app"
	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
)

// share forecasts the database's series together with other instances.
func (c *forecastCmd) share(r *run, s *subject, o forecast.Options, w *forecastWriters) error {
	queuer, ok := s.st.(store.Queuer)
	if !ok {
		return usageError{errors.New("--shared goes with a database: name one with --db, and leave --input away")}
	}
	text, err := json.Marshal(struct {
		Options forecast.Options
		Retrain bool
	}{o, c.Retrain})
	if err != nil {
		return fmt.Errorf("name the shared run: %w", err)
	}
	run := fmt.Sprintf("%s %.4x", c.Shared, sha256.Sum256(text)) // other settings are another run
	t := troubles{r: r, doing: "forecast"}
	keep := keeper{r: r, st: s.st}
	r.bar.begin("Forecasting with others")
	work := func(ctx context.Context, keys []metric.Key) error {
		read := func(ctx context.Context, i int) (metric.Series, error) {
			return store.Points(ctx, s.st, keys[i], metric.Range{})
		}
		err := app.ForecastEach(ctx, s.forecaster, len(keys), read, app.ForecastRequest{Options: o, Retrain: c.Retrain}, nil, func(res app.ForecastResult) error {
			return c.take(res, o, &t, &keep, w)
		})
		return errors.Join(err, keep.flush()) // before the series count as done
	}
	err = app.Share(r.ctx, queuer.Jobs(), app.Sharing{Kind: "forecast", Run: run}, s.keys, work, r.bar.progress)
	return c.finish(r, s, err, &t, &keep, w)
}
