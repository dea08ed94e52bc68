package serve

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"aiops/store"
	"aiops/store/ingest/wire"
)

// pushed is a body that monitoring systems send: its types and how it may be packed.
type pushed struct{ types, packings []string }

// pushes are the routes whose body is not JSON.
var pushes = map[string]pushed{
	"push-remote-write": {[]string{"application/x-protobuf"}, []string{"snappy"}},
	"push-openmetrics":  {[]string{"text/plain", "application/openmetrics-text"}, []string{"gzip", "zstd"}},
	"push-influx":       {[]string{"text/plain"}, []string{"gzip", "zstd"}},
}

// check refuses what the route does not read. A browser's page of another site
// may send text without asking first; it is known by its origin (outer).
func (p pushed) check(r *http.Request) error {
	if e := r.Header.Get("Content-Encoding"); e != "" && e != "identity" && !slices.Contains(p.packings, e) {
		return huma.Error415UnsupportedMediaType("Content-Encoding " + e + " is not read here; use " + strings.Join(p.packings, " or ") + ", or none.")
	}
	if r.ContentLength == 0 {
		return nil
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || !slices.Contains(p.types, kind) {
		return huma.Error415UnsupportedMediaType("Send the body as Content-Type: " + strings.Join(p.types, " or ") + ".")
	}
	return nil
}

// PushInput says how the names of what is pushed are made.
type PushInput struct {
	ConflictInput
	Label   string `query:"vm_label" maxLength:"200" doc:"The label or tag that names the VM; none: as the service is set (instance, in Influx host)" example:"instance"`
	VM      string `query:"vm" maxLength:"512" doc:"The VM of rows without that label; none: they are refused" example:"web-01"`
	Packing string `header:"Content-Encoding" maxLength:"100" doc:"How the body is packed"`
	RawBody []byte
}

// unpack is the body as it was before it was packed, and how it is read.
func (s *Server) unpack(in PushInput) ([]byte, wire.Options, error) {
	o := s.opt.Push
	o.VM = cmp.Or(in.Label, o.VM)
	o.DefaultVM = cmp.Or(in.VM, o.DefaultVM)
	o.Now = s.opt.Now
	o.Limits.Points = cmp.Or(o.Limits.Points, max(0, s.opt.Limits.Rows))
	body, err := wire.Unpack(in.Packing, in.RawBody, o.Limits)
	return body, o, wireProblem(err)
}

// wireProblem gives what cannot be read its status.
func wireProblem(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, wire.ErrTooLarge):
		return huma.Error413RequestEntityTooLarge(sentence(err))
	case errors.Is(err, wire.ErrUnsupported):
		return huma.Error415UnsupportedMediaType(sentence(err))
	}
	return huma.Error400BadRequest(sentence(err))
}

func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

type remoteWriteInput struct {
	PushInput
	Type string `header:"Content-Type" maxLength:"200" doc:"application/x-protobuf, for version 2.0 with proto=io.prometheus.write.v2.Request"`
}

// remoteWrite takes what a Prometheus sends. Rows that are right are stored
// also where others are not: then the answer is 400, which Prometheus does not repeat.
func (s *Server) remoteWrite(ctx context.Context, in *remoteWriteInput) (*huma.StreamResponse, error) {
	m, err := wire.MessageOf(cmp.Or(in.Type, "application/x-protobuf"))
	if err != nil {
		return nil, wireProblem(err)
	}
	body, o, err := s.unpack(in.PushInput)
	if err != nil {
		return nil, err
	}
	b, err := wire.RemoteWrite(m, body, o)
	if err != nil {
		return nil, wireProblem(err)
	}
	res, err := s.push(ctx, b, in.on())
	return raw(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		written := int64(0)
		if err == nil { // marks and values that are no number count: nothing was to be stored
			written = res.Stored + res.Duplicates + res.Replaced + int64(res.Empty)
		}
		h.Set("X-Prometheus-Remote-Write-Samples-Written", strconv.FormatInt(written, 10))
		h.Set("X-Prometheus-Remote-Write-Histograms-Written", "0")
		h.Set("X-Prometheus-Remote-Write-Exemplars-Written", "0")
		switch {
		case err != nil:
			writeProblem(w, r, err)
		case res.Rejected > 0:
			writeProblem(w, r, rejectedProblem(res))
		default:
			w.WriteHeader(http.StatusNoContent)
		}
	}), nil
}

func rejectedProblem(res pushResult) error {
	var details []error
	for _, e := range res.Errors {
		details = append(details, &huma.ErrorDetail{Location: fmt.Sprintf("body[%d]", e.Index), Message: e.Reason, Value: e.Series})
	}
	return huma.Error400BadRequest(fmt.Sprintf("%d values are refused, the others are stored.", res.Rejected), details...)
}

// pushResult is what became of pushed values.
type pushResult struct {
	Stored     int64           `json:"stored" doc:"Points at new times"`
	Duplicates int64           `json:"duplicates" doc:"Points that were there already"`
	Replaced   int64           `json:"replaced" doc:"Points that have another value now"`
	Empty      int             `json:"empty" doc:"Values that are not a number: nothing was measured"`
	Rejected   int             `json:"rejected" doc:"Rows that are not stored"`
	Errors     []wire.Rejected `json:"errors,omitempty" doc:"Why, of the first 100"`
}

type pushOutput struct{ Body pushResult }

func (s *Server) pushOpenMetrics(ctx context.Context, in *PushInput) (*pushOutput, error) {
	body, o, err := s.unpack(*in)
	if err != nil {
		return nil, err
	}
	b, err := wire.OpenMetrics(body, o)
	if err != nil {
		return nil, wireProblem(err)
	}
	res, err := s.push(ctx, b, in.on())
	return &pushOutput{res}, err
}

type influxInput struct {
	PushInput
	Precision string `query:"precision" enum:"ns,us,ms,s" default:"ns" doc:"Unit of the times"`
}

func (s *Server) pushInflux(ctx context.Context, in *influxInput) (*pushOutput, error) {
	body, o, err := s.unpack(in.PushInput)
	if err != nil {
		return nil, err
	}
	b, err := wire.Influx(body, in.Precision, o)
	if err != nil {
		return nil, wireProblem(err)
	}
	res, err := s.push(ctx, b, in.on())
	return &pushOutput{res}, err
}

// push stores what was read.
func (s *Server) push(ctx context.Context, b wire.Batch, on store.OnConflict) (out pushResult, err error) {
	out.Rejected, out.Empty, out.Errors = b.Refused, b.Empty+b.Stale, b.Rejected[:min(len(b.Rejected), mostErrors)]
	if len(b.Series) > 0 {
		written, err := s.bring(ctx, b.Series, on, false)
		if err != nil {
			return out, err
		}
		for i, w := range written {
			out.Stored += w.Stored
			out.Duplicates += w.Duplicates
			out.Replaced += w.Replaced
			out.keep(b, i, w)
		}
	}
	s.counts.took(batchResult{Stored: out.Stored, Duplicates: out.Duplicates, Replaced: out.Replaced, Rejected: out.Rejected})
	return out, nil
}

// keep counts points whose stored values were kept (on_conflict=keep).
func (p *pushResult) keep(b wire.Batch, i int, w store.Written) {
	p.Rejected += len(w.Rejected)
	for _, c := range w.Rejected[:min(len(w.Rejected), mostErrors-len(p.Errors))] {
		p.Errors = append(p.Errors, wire.Rejected{Index: c.Index, Series: b.Series[i].Key.String(), Reason: "the time has the value " + string(appendValue(nil, c.Stored)) + " already"})
	}
}

// bodyOfPush documents a pushed body.
func bodyOfPush(op *huma.Operation, _ huma.Registry) {
	byHand(op, nil)
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{}}
	schema := &huma.Schema{Type: huma.TypeString}
	if op.OperationID == "push-remote-write" {
		schema = &huma.Schema{Type: huma.TypeString, Format: "binary"}
		text := &huma.Schema{Type: huma.TypeString}
		op.Responses["204"] = &huma.Response{Description: "All values are stored", Headers: map[string]*huma.Param{
			"X-Prometheus-Remote-Write-Samples-Written": {Description: "How many; also where others were refused", Schema: text},
		}}
	}
	for _, t := range pushes[op.OperationID].types {
		op.RequestBody.Content[t] = &huma.MediaType{Schema: schema}
	}
}
