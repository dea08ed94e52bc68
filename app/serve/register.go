package serve

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// config is what huma is made with: no pages of its own, unknown fields and
// parameters refused.
func (s *Server) config() huma.Config {
	c := huma.DefaultConfig("AIOps Dashboard", s.opt.Version)
	c.Info.Description = "Metrics of servers: what they did, what they will do, what is wrong and why. Times are RFC 3339 in UTC; paths also work with a slash at their end."
	if s.opt.BasePath != "" {
		c.Servers = []*huma.Server{{URL: s.opt.BasePath}}
	}
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil
	c.RejectUnknownQueryParameters = true
	c.Transformers = []huma.Transformer{func(ctx huma.Context, _ string, v any) (any, error) {
		m, ok := v.(*huma.ErrorModel)
		if !ok {
			return v, nil
		}
		m = fill(ctx.Context(), problem(m))
		brief(m)
		if st := stateOf(ctx.Context()); st.err == nil {
			note(ctx.Context(), m.Status, m)
		}
		return m, nil
	}}
	return c
}

// handle joins a route of the table with its handler.
func handle[I, O any](s *Server, id string, f func(context.Context, *I) (*O, error), changes ...func(*huma.Operation, huma.Registry)) {
	rt := routeOf(id)
	op := huma.Operation{
		OperationID: rt.id, Method: rt.method, Path: rt.path, Tags: []string{rt.tag}, Summary: rt.summary, Description: descriptions[rt.id],
		MaxBodyBytes: -1, BodyReadTimeout: -1 /* receive has read it */, Errors: rt.statuses(), Responses: map[string]*huma.Response{},
		Middlewares: huma.Middlewares{func(ctx huma.Context, next func(huma.Context)) {
			r, w := humago.Unwrap(ctx)
			s.admit(rt, w, r, func(r *http.Request) { next(huma.WithContext(ctx, r.Context())) })
		}},
	}
	headersTooLarge(&op)
	for _, change := range changes {
		change(&op, s.api.OpenAPI().Components.Schemas)
	}
	huma.Register(s.api, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := f(ctx, in)
		if err != nil {
			note(ctx, statusOf(err), err)
			return nil, problem(err)
		}
		return out, nil
	})
	s.done[id] = true
	s.query[id] = parametersOf(s.documented(id))
}

// documented is a route's operation as the document has it.
func (s *Server) documented(id string) *huma.Operation {
	rt := routeOf(id)
	item := s.api.OpenAPI().Paths[rt.path]
	return map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "DELETE": item.Delete}[rt.method]
}

// bodyOf documents a body that is read by hand.
func (s *Server) bodyOf(id string, schema *huma.Schema) {
	s.documented(id).RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}
}

// byHand says that the body is read, and checked, by the handler.
func byHand(op *huma.Operation, _ huma.Registry) { op.SkipValidateBody = true }

// headersTooLarge documents what is answered before any route is known.
func headersTooLarge(op *huma.Operation) {
	op.Responses["431"] = &huma.Response{Description: "The head of the request, with its address, is larger than 64 KiB", Content: map[string]*huma.MediaType{
		"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}}
}

// rowsOf documents an answer of rows that are written by hand.
func rowsOf[T any](op *huma.Operation, r huma.Registry) {
	row := r.Schema(reflect.TypeFor[T](), true, "")
	op.Responses["200"] = &huma.Response{Description: "Rows, ordered by VM, metric and time", Content: rowContent(row), Headers: map[string]*huma.Param{
		"ETag": {Description: "Of answers up to 2 MiB", Schema: &huma.Schema{Type: huma.TypeString}},
	}}
	op.Responses["304"] = &huma.Response{Description: "The client has it already (If-None-Match)"}
	op.Errors = append(op.Errors, http.StatusNotAcceptable)
}

// paged documents the headers of a page.
func paged(op *huma.Operation, _ huma.Registry) {
	text := &huma.Schema{Type: huma.TypeString}
	h := op.Responses["200"].Headers
	h["X-Next-Cursor"] = &huma.Param{Description: "With limit: where the next page begins; absent on the last one", Schema: text}
	h["Link"] = &huma.Param{Description: `With limit: <address>; rel="next"`, Schema: text}
}

// created documents that something new is there.
func created(op *huma.Operation, _ huma.Registry) { op.DefaultStatus = http.StatusCreated }
