package serve

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"aiops/metric"
)

// answered counts a request.
func (c *counts) answered(route, method string, status int, took time.Duration) {
	if route == "" {
		route = "none"
	}
	switch method {
	case http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodHead:
	default:
		method = "other"
	}
	c.requests.WithLabelValues(route, method, strconv.Itoa(status)).Inc()
	c.seconds.WithLabelValues(route).Observe(took.Seconds())
}

// noted begins to measure how long series wait.
func (c *counts) noted(keys []metric.Key) {
	now := time.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range keys {
		if _, ok := c.since[k]; !ok {
			c.since[k] = now
		}
	}
}

// looked ends it.
func (c *counts) looked(keys []metric.Key) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, k := range keys {
		if t, ok := c.since[k]; ok {
			c.lag.Observe(time.Since(t).Seconds())
			delete(c.since, k)
		}
	}
}

// took counts what became of points.
func (c *counts) took(r batchResult) {
	c.points.WithLabelValues("stored").Add(float64(r.Stored))
	c.points.WithLabelValues("duplicate").Add(float64(r.Duplicates))
	c.points.WithLabelValues("replaced").Add(float64(r.Replaced))
	c.points.WithLabelValues("rejected").Add(float64(r.Rejected))
}

// models tells the age of stored models now and then, as reading them all takes a while.
func (s *Server) models(ctx context.Context) {
	for s.opt.Forecaster.Storage != nil {
		all, _ := s.opt.Forecaster.Storage.List(ctx) // damaged ones are left out, and told by `aiops models`
		now := s.opt.Now().UnixMicro()
		s.counts.models.Set(float64(len(all)))
		var ages []float64
		for _, m := range all {
			ages = append(ages, float64(now-m.Trained)/1e6)
		}
		if len(ages) > 0 {
			s.counts.oldest.Set(slices.Max(ages))
			s.counts.newest.Set(slices.Min(ages))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(5 * time.Minute):
		}
	}
}

// expose answers Prometheus.
func (s *Server) expose(context.Context, *struct{}) (*huma.StreamResponse, error) {
	return raw(promhttp.HandlerFor(s.counts.registry, promhttp.HandlerOpts{}).ServeHTTP), nil
}

func exposed(op *huma.Operation, _ huma.Registry) {
	op.Responses["200"] = &huma.Response{Description: "Prometheus' text format", Content: map[string]*huma.MediaType{
		"text/plain": {Schema: &huma.Schema{Type: huma.TypeString}}}}
}
