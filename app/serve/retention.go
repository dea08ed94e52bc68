package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/app"
	"aiops/store"
	"aiops/store/postgres"
)

type retentionInput struct {
	Keep string `query:"keep" required:"true" maxLength:"16" example:"13mo" doc:"How long points are kept: 13mo, 2y, 90d"`
}

type retentionPost struct {
	Body struct {
		Keep string `json:"keep" maxLength:"16" example:"13mo" doc:"How long points are kept: 13mo, 2y, 90d"`
	}
}

type retentionBody struct {
	Before     time.Time `json:"before" doc:"A partition goes when all of it is older"`
	Partitions []partRow `json:"partitions"`
}

type partRow struct {
	Name  string     `json:"name"`
	From  *time.Time `json:"from,omitempty" doc:"Absent: it has no beginning"`
	To    time.Time  `json:"to"`
	Rows  int64      `json:"rows" doc:"Estimated by the server"`
	Bytes int64      `json:"bytes"`
}

type retentionOutput struct{ Body retentionBody }

// retention is what may be dropped of a span such as 13mo.
func (s *Server) retention(ctx context.Context, place, keep string) (r app.Retention, before time.Time, parts []postgres.Part, err error) {
	if before, err = app.KeptSince(s.opt.Now().UTC(), keep); err != nil {
		return r, before, nil, invalid(place, keep, "write how long points are kept, such as 13mo, 2y or 90d")
	}
	if r, err = app.RetentionOf(s.opt.Store); err != nil {
		return r, before, nil, huma.Error409Conflict("Nothing is dropped here: " + err.Error())
	}
	parts, err = r.Plan(ctx, before)
	if errors.Is(err, store.ErrForeign) {
		err = huma.Error409Conflict(err.Error())
	}
	return r, before, parts, err
}

func (s *Server) getRetention(ctx context.Context, in *retentionInput) (*retentionOutput, error) {
	_, before, parts, err := s.retention(ctx, "query.keep", in.Keep)
	if err != nil {
		return nil, err
	}
	out := &retentionOutput{retentionBody{before, []partRow{}}}
	for _, p := range parts {
		row := partRow{Name: p.Name, To: p.To.UTC(), Rows: p.Rows, Bytes: p.Bytes}
		if !p.From.IsZero() {
			from := p.From.UTC()
			row.From = &from
		}
		out.Body.Partitions = append(out.Body.Partitions, row)
	}
	return out, nil
}

type retentionArgs struct {
	Before time.Time `json:"before"`
}

// postRetention begins a job, as a partition goes only when nobody reads it any more.
func (s *Server) postRetention(ctx context.Context, in *retentionPost) (*jobStarted, error) {
	_, before, parts, err := s.retention(ctx, "body.keep", in.Body.Keep)
	if err != nil {
		return nil, err
	}
	return s.begin(ctx, fmt.Sprintf("Drop %d partitions from before %s", len(parts), before.Format(time.DateOnly)), "retention", retentionArgs{before})
}

func (s *Server) retentionJob(ctx context.Context, args []byte, p app.Progress) (string, error) {
	var a retentionArgs
	if err := json.Unmarshal(args, &a); err != nil {
		return "", err
	}
	r, err := app.RetentionOf(s.opt.Store)
	if err != nil {
		return "", err
	}
	n, err := r.Drop(ctx, a.Before, p)
	if n > 0 {
		s.changed("retention")
	}
	return fmt.Sprintf("%d partitions dropped", n), err
}

// jobBegun documents that the answer is a job.
func jobBegun(op *huma.Operation, r huma.Registry) {
	op.DefaultStatus = http.StatusAccepted
	op.Responses["202"] = &huma.Response{Description: "A job was begun", Content: map[string]*huma.MediaType{"application/json": {Schema: r.Schema(reflect.TypeFor[jobRow](), true, "")}},
		Headers: map[string]*huma.Param{"Location": {Description: "The job", Schema: &huma.Schema{Type: huma.TypeString}}}}
}
