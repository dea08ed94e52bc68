package serve

import (
	"bytes"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	otlp "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// collected takes spans as a collector does: protobuf, at /v1/traces and nowhere else.
type collected struct {
	mu      sync.Mutex
	spans   []*otlp.Span
	service string
}

func (c *collected) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	var m collector.ExportTraceServiceRequest
	if r.URL.Path != "/v1/traces" || r.Header.Get("Content-Type") != "application/x-protobuf" || err != nil || proto.Unmarshal(body, &m) != nil {
		http.NotFound(w, r)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, rs := range m.ResourceSpans {
		for _, a := range rs.Resource.Attributes {
			if a.Key == "service.name" {
				c.service = a.Value.GetStringValue()
			}
		}
		for _, ss := range rs.ScopeSpans {
			c.spans = append(c.spans, ss.Spans...)
		}
	}
}

func (c *collected) named(name string) *otlp.Span {
	i := slices.IndexFunc(c.spans, func(s *otlp.Span) bool { return s.Name == name })
	if i < 0 {
		return &otlp.Span{}
	}
	return c.spans[i]
}

// Traces go out by OTLP: the client's trace goes on in the request and in what it did in the store.
func TestTraces(t *testing.T) {
	c := &collected{}
	web := httptest.NewServer(c)
	t.Cleanup(web.Close)
	for _, path := range []string{"", "/", "/v1/traces"} {
		c.spans = nil
		s := newService(t, func(o *Options) { o.Traces = TraceOptions{Endpoint: web.URL + path} }).fill()
		s.want(200, "GET", "/api/v1/latest_metrics", "", "traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
		s.want(200, "POST", "/api/v1/predict", `{"vm":"web-01","metric":"cpu"}`)
		if err := s.endTraces(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.tracer.provider = nil
		request, read := c.named("GET /api/v1/latest_metrics"), c.named("store.read")
		if hex.EncodeToString(request.TraceId) != "0af7651916cd43dd8448eb211c80319c" || hex.EncodeToString(request.ParentSpanId) != "b7ad6b7169203331" || c.service != "aiops" {
			t.Errorf("at %q: %v", path, request)
		}
		if !bytes.Equal(read.TraceId, request.TraceId) || !bytes.Equal(read.ParentSpanId, request.SpanId) {
			t.Errorf("the read is not part of the request: %v", read)
		}
		for _, name := range []string{"POST /api/v1/predict", "forecast", "store.put_predictions"} {
			if c.named(name).Name == "" {
				t.Errorf("at %q there is no span %s", path, name)
			}
		}
	}
}

// A collector that does not answer keeps no request waiting, however many spans wait for it, and is no failure at the end; an address that is none is told.
func TestTracesWithoutCollector(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0") // takes connections, and never answers
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() }) // after the service has ended, which it must do well
	s := newService(t, func(o *Options) { o.Traces = TraceOptions{Endpoint: "http://" + l.Addr().String()} })
	began := time.Now()
	for range 5000 { // more than are kept
		_, span := s.trace(t.Context(), "x")
		span.End()
	}
	s.want(200, "GET", "/api/v1/vms", "")
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %v", took)
	}
	for _, wrong := range []string{"127.0.0.1:4317", "grpc://127.0.0.1:4317", "http://", "%"} {
		if _, err := New(Options{Store: s.opt.Store, Traces: TraceOptions{Endpoint: wrong}}); err == nil || !strings.Contains(err.Error(), "http://127.0.0.1:4318") {
			t.Errorf("%s: %v", wrong, err)
		}
	}
}
