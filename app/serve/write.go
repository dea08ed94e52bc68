package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/metric"
	"aiops/store"
)

// newPoint documents a point that is sent; rows are read by batch.
type newPoint struct {
	VM        string    `json:"vm" minLength:"1" maxLength:"512" pattern:"^[^\\x00-\\x1f\\x7f]*[^\\x00-\\x20\\x7f][^\\x00-\\x1f\\x7f]*$" example:"web-01"`
	Timestamp time.Time `json:"timestamp" doc:"RFC 3339; not in the future" example:"2026-11-22T14:00:00Z"`
	Metric    string    `json:"metric" minLength:"1" maxLength:"512" pattern:"^[^\\x00-\\x1f\\x7f]*[^\\x00-\\x20\\x7f][^\\x00-\\x1f\\x7f]*$" example:"cpu"`
	Value     float64   `json:"value" example:"51.6"`
}

type ConflictInput struct {
	OnConflict string `query:"on_conflict" enum:"replace,keep" default:"replace" doc:"Of a point whose time has another value: replace it, or keep what is stored"`
}

func (in ConflictInput) on() store.OnConflict {
	if in.OnConflict == "keep" {
		return store.Keep
	}
	return store.Replace
}

type postMetricInput struct {
	ConflictInput
	RawBody []byte `contentType:"application/json"`
}

type postMetricOutput struct{ Body newPoint }

func (s *Server) postMetric(ctx context.Context, in *postMetricInput) (*postMetricOutput, error) {
	b := newBatch(s.opt.Now())
	if err := b.read(in.RawBody, 1, true); err != nil {
		return nil, err
	}
	if len(b.errs) > 0 {
		return nil, invalid("body."+b.errs[0].Field, nil, b.errs[0].Field+": "+b.errs[0].Reason)
	}
	written, err := s.bring(ctx, b.series, in.on(), true)
	if err != nil {
		return nil, err
	}
	var r batchResult
	b.count(written, &r)
	s.counts.took(r)
	p := b.series[0]
	return &postMetricOutput{newPoint{p.VM, metric.Time(p.Times[0]), p.Metric, p.Values[0]}}, nil
}

type postBatchInput struct {
	ConflictInput
	Mode    string `query:"mode" enum:"atomic,best_effort" default:"atomic" doc:"atomic: all rows or none of them. best_effort: the rows that are right"`
	RawBody []byte `contentType:"application/json"`
}

// batchResult is what became of a batch: stored, duplicates, replaced and
// rejected add up to its rows.
type batchResult struct {
	Stored     int64      `json:"stored" doc:"Points at new times"`
	Duplicates int64      `json:"duplicates" doc:"Points that were there already"`
	Replaced   int64      `json:"replaced" doc:"Points that have another value now"`
	Rejected   int        `json:"rejected" doc:"Rows that are not stored"`
	Errors     []rowError `json:"errors,omitempty" doc:"Why, of the first 100"`
}

type postBatchOutput struct{ Body batchResult }

// bodies documents the bodies that are read by batch.
func (s *Server) bodies() {
	row := s.api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[newPoint](), true, "")
	s.bodyOf("post-metric", row)
	s.bodyOf("post-metrics-batch", &huma.Schema{Type: huma.TypeArray, Items: row, MaxItems: &s.opt.Limits.Rows})
}

func (s *Server) postBatch(ctx context.Context, in *postBatchInput) (*postBatchOutput, error) {
	b := newBatch(s.opt.Now())
	if err := b.read(in.RawBody, s.opt.Limits.Rows, false); err != nil {
		return nil, err
	}
	strict := in.Mode == "atomic"
	if strict && len(b.errs) > 0 {
		return nil, refused(b)
	}
	out := &postBatchOutput{}
	if len(b.series) > 0 {
		written, err := s.bring(ctx, b.series, in.on(), strict)
		if err != nil {
			return nil, err
		}
		b.count(written, &out.Body)
	}
	out.Body.Rejected = len(b.errs)
	s.counts.took(out.Body)
	slices.SortFunc(b.errs, func(x, y rowError) int { return cmp.Compare(x.Index, y.Index) })
	out.Body.Errors = b.errs[:min(len(b.errs), mostErrors)]
	return out, nil
}

// count sums up what the store says, and finds the rows that it did not take.
func (b *batch) count(written []store.Written, out *batchResult) {
	for i, w := range written {
		out.Stored += w.Stored
		out.Duplicates += w.Duplicates
		out.Replaced += w.Replaced
		for _, c := range w.Rejected {
			b.errs = append(b.errs, rowError{b.index[i][c.Index], "value", "the time has the value " + string(appendValue(nil, c.Stored)) + " already"})
		}
	}
}

// refused is a batch of which nothing is stored because rows are wrong.
func refused(b *batch) error {
	var details []error
	for _, e := range b.errs[:min(len(b.errs), mostErrors)] {
		at := fmt.Sprintf("body[%d]", e.Index)
		if e.Field != "" {
			at += "." + e.Field
		}
		details = append(details, &huma.ErrorDetail{Location: at, Message: e.Reason})
	}
	return huma.Error422UnprocessableEntity(fmt.Sprintf("%d of %d rows are not right, so nothing is stored. Correct them, or send mode=best_effort to store the others.", len(b.errs), b.rows), details...)
}

// bring stores series; a full queue, and a write that takes long, are told as such.
func (s *Server) bring(ctx context.Context, series []metric.Series, on store.OnConflict, strict bool) ([]store.Written, error) {
	written, err := s.ingest.bring(ctx, series, on, strict)
	switch {
	case err == errBusy:
		err = huma.Error503ServiceUnavailable("The service has " + err.Error() + ".")
	case errors.Is(err, context.DeadlineExceeded):
		err = huma.Error504GatewayTimeout("Storing took too long; it may be stored all the same. Send it again, in smaller parts: what is there already changes nothing.")
	}
	return written, err
}

// Ingest stores series that came in another way, as a batch does.
func (s *Server) Ingest(ctx context.Context, series []metric.Series, on store.OnConflict) ([]store.Written, error) {
	return s.bring(ctx, series, on, false)
}
