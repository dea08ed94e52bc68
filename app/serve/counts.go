package serve

import (
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"aiops/metric"
)

// counts is what the service tells Prometheus of itself.
type counts struct {
	registry    *prometheus.Registry
	requests    *prometheus.CounterVec
	seconds     *prometheus.HistogramVec
	flying      prometheus.Gauge
	points      *prometheus.CounterVec
	lag         prometheus.Histogram
	anomalies   prometheus.Counter
	transitions prometheus.Counter
	oldest      prometheus.Gauge
	newest      prometheus.Gauge
	models      prometheus.Gauge
	jobs        prometheus.Gauge
	jobAge      prometheus.Gauge

	mu    sync.Mutex
	since map[metric.Key]time.Time // when points came that are not looked at yet
}

func newCounts(s *Server) *counts {
	c := &counts{registry: prometheus.NewRegistry(), since: map[metric.Key]time.Time{},
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "aiops_http_requests_total", Help: "Requests by route, method and status."}, []string{"route", "method", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "aiops_http_request_duration_seconds", Help: "How long answers took.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"route"}),
		flying:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "aiops_http_requests_in_flight", Help: "Requests that are being answered, streams included."}),
		points:      prometheus.NewCounterVec(prometheus.CounterOpts{Name: "aiops_ingest_points_total", Help: "Points that came, by what became of them."}, []string{"result"}),
		lag:         prometheus.NewHistogram(prometheus.HistogramOpts{Name: "aiops_detection_lag_seconds", Help: "From the storing of points to their search for anomalies.", Buckets: prometheus.ExponentialBuckets(0.005, 2.5, 10)}),
		anomalies:   prometheus.NewCounter(prometheus.CounterOpts{Name: "aiops_anomalies_total", Help: "Unusual points among those that came in."}),
		transitions: prometheus.NewCounter(prometheus.CounterOpts{Name: "aiops_alert_transitions_total", Help: "Changes of alerts' states."}),
		oldest:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "aiops_model_oldest_age_seconds", Help: "Age of the oldest stored model."}),
		newest:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "aiops_model_newest_age_seconds", Help: "Age of the newest stored model."}),
		models:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "aiops_models", Help: "Stored models."}),
		jobs:        prometheus.NewGauge(prometheus.GaugeOpts{Name: "aiops_jobs_running", Help: "Jobs that run or wait, at all instances."}),
		jobAge:      prometheus.NewGauge(prometheus.GaugeOpts{Name: "aiops_job_wait_seconds", Help: "How long the oldest waiting job waits."}),
	}
	gauge := func(name, help string, f func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, f)
	}
	c.registry.MustRegister(c.requests, c.seconds, c.flying, c.points, c.lag, c.anomalies, c.transitions, c.oldest, c.newest, c.models, c.jobs, c.jobAge,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		gauge("aiops_ingest_queue", "Requests that wait to be stored.", func() float64 { return float64(len(s.ingest.queue)) }),
		gauge("aiops_detection_waiting", "Series that wait to be searched for anomalies.", func() float64 { return float64(s.duty.left()) }),
		gauge("aiops_detectors", "Detectors in memory, one for each series that goes on.", func() float64 { return float64(s.detectors()) }),
		gauge("aiops_event_streams", "Open streams of events.", func() float64 { return float64(s.hub.listeners()) }),
		gauge("aiops_watch_groups", "Groups of series, of 8, that this instance watches.", func() float64 { return float64(s.shares.count()) }))
	if p, ok := s.opt.Store.(pooled); ok {
		c.registry.MustRegister(
			gauge("aiops_db_connections_open", "Connections to the database.", func() float64 { open, _, _ := p.Connections(); return float64(open) }),
			gauge("aiops_db_connections_busy", "Of them, those that are in use.", func() float64 { _, busy, _ := p.Connections(); return float64(busy) }),
			gauge("aiops_db_connections_most", "How many there may be.", func() float64 { _, _, most := p.Connections(); return float64(most) }))
	}
	return c
}

// pooled is a store that has a pool of connections.
type pooled interface {
	Connections() (open, busy, most int)
}
