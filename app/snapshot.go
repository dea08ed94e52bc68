package app

import (
	"context"
	"fmt"

	"aiops/forecast"
	"aiops/metric"
	"aiops/store"
	"aiops/store/snapshot"
)

// Snapshot takes a piece of a database into one SQLite file, with the trained
// models of its series (nil: without).
func Snapshot(ctx context.Context, st store.Store, models forecast.Storage, path string, o snapshot.Options) (snapshot.Report, error) {
	if models != nil {
		o.Models = modelsFor(models, o)
	}
	return snapshot.Write(ctx, st, path, o)
}

// SnapshotView is the window's state that a snapshot holds, as JSON; nil where there is none.
func SnapshotView(ctx context.Context, st store.Store) ([]byte, error) { return snapshot.View(ctx, st) }

// SnapshotSummary says in one sentence what a snapshot holds.
func SnapshotSummary(r snapshot.Report) string {
	text := fmt.Sprintf("%s points of %s series", metric.Grouped(r.Points), metric.Grouped(int64(r.Series)))
	if r.Points > 0 {
		text += fmt.Sprintf(", %s (%.1f bytes a point, with all that follows)", metric.UnitOf("bytes").Format(float64(r.Bytes)), float64(r.Bytes)/float64(r.Points))
	}
	text += fmt.Sprintf("; predictions of %d series, %d annotations, %d changes of alerts", r.Predictions, r.Annotations, r.Changes)
	if r.Models+r.ModelsLeft > 0 {
		text += fmt.Sprintf(", %d trained models (%s)", r.Models, metric.UnitOf("bytes").Format(float64(r.ModelBytes)))
	}
	if r.ModelsLeft > 0 {
		text += fmt.Sprintf("; %d older models are left out, as they would make the file too large, and are trained again when they are needed", r.ModelsLeft)
	}
	return text
}
