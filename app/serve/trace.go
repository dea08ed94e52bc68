package serve

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
	"go.opentelemetry.io/otel/trace/noop"

	"aiops/metric"
	"aiops/store"
)

// TraceOptions say where traces are sent. The zero value is nowhere.
type TraceOptions struct {
	Endpoint string  // of OTLP over HTTP: http://127.0.0.1:4318
	Share    float64 // of requests that are traced; 0: all
}

// tracer makes spans: of requests, and of what they do in store and forecaster.
type tracer struct {
	trace.Tracer
	provider *sdktrace.TracerProvider // nil: off
}

func newTracer(o TraceOptions, version string, log *slog.Logger) (tracer, error) {
	if o.Endpoint == "" {
		return tracer{Tracer: noop.NewTracerProvider().Tracer("aiops")}, nil
	}
	endpoint, err := collectorOf(o.Endpoint)
	if err != nil {
		return tracer{}, err
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) { log.Warn("send traces", "error.message", err.Error()) }))
	exporter, err := otlptracehttp.New(context.Background(), otlptracehttp.WithEndpointURL(endpoint))
	if err != nil {
		return tracer{}, fmt.Errorf("send traces to %s: %w", o.Endpoint, err)
	}
	if o.Share == 0 {
		o.Share = 1
	}
	p := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithSampler(sdktrace.ParentBased(sdktrace.TraceIDRatioBased(o.Share))),
		sdktrace.WithResource(resource.NewSchemaless(attribute.String("service.name", "aiops"), attribute.String("service.version", version))))
	return tracer{Tracer: p.Tracer("aiops"), provider: p}, nil
}

// collectorOf is where a collector takes traces: at /v1/traces, if no path is named.
func collectorOf(endpoint string) (string, error) {
	u, err := url.Parse(endpoint)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", fmt.Errorf("send traces to %s: write http:// or https://, a host and the port of OTLP over HTTP, such as http://127.0.0.1:4318", endpoint)
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/v1/traces"
	}
	return u.String(), nil
}

// trace begins a span of some work inside a request.
func (s *Server) trace(ctx context.Context, name string) (context.Context, trace.Span) {
	return s.tracer.Start(ctx, name)
}

// traced begins the span of a request; the client's own trace goes on in it.
func (s *Server) traced(ctx context.Context, rt route, h http.Header) (context.Context, func(status int)) {
	if s.tracer.provider == nil {
		return ctx, func(int) {}
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(h))
	ctx, span := s.tracer.Start(ctx, rt.method+" "+rt.path, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(
		attribute.String("http.request.method", rt.method), attribute.String("http.route", rt.path), attribute.String("http.request.id", requestID(ctx))))
	return ctx, func(status int) {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, http.StatusText(status))
		}
		span.End()
	}
}

// endTraces sends what is left.
func (s *Server) endTraces(ctx context.Context) error {
	if s.tracer.provider == nil {
		return nil
	}
	return s.tracer.provider.Shutdown(ctx)
}

// tracedStore makes spans of what requests do in the store.
type tracedStore struct {
	store.Store
	tracer trace.Tracer
}

func (t tracedStore) span(ctx context.Context, name string, f func(context.Context) error) error {
	ctx, span := t.tracer.Start(ctx, name)
	defer span.End()
	err := f(ctx)
	if err != nil {
		span.RecordError(err)
	}
	return err
}

func (t tracedStore) Read(ctx context.Context, q store.Query, yield func(metric.Envelope) error) error {
	return t.span(ctx, "store.read", func(ctx context.Context) error { return t.Store.Read(ctx, q, yield) })
}

func (t tracedStore) Catalog(ctx context.Context) (all []store.SeriesInfo, err error) {
	err = t.span(ctx, "store.catalog", func(ctx context.Context) error { all, err = t.Store.Catalog(ctx); return err })
	return all, err
}

func (t tracedStore) Find(ctx context.Context, keys []metric.Key) (some []store.SeriesInfo, err error) {
	err = t.span(ctx, "store.find", func(ctx context.Context) error { some, err = store.Find(ctx, t.Store, keys); return err })
	return some, err
}

func (t tracedStore) Begin(ctx context.Context, o store.Origin) (tx store.Tx, err error) {
	err = t.span(ctx, "store.begin", func(ctx context.Context) error { tx, err = t.Store.Begin(ctx, o); return err })
	return tx, err
}

func (t tracedStore) PutPredictions(ctx context.Context, all []metric.Prediction) error {
	return t.span(ctx, "store.put_predictions", func(ctx context.Context) error { return t.Store.PutPredictions(ctx, all) })
}

func (t tracedStore) Predictions(ctx context.Context, keys []metric.Key, r metric.Range) (all []metric.Prediction, err error) {
	err = t.span(ctx, "store.predictions", func(ctx context.Context) error {
		all, err = t.Store.Predictions(ctx, keys, r)
		return err
	})
	return all, err
}
