package serve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"aiops/app"
	"aiops/store"
)

// Server is the service over one store.
type Server struct {
	opt      Options
	store    store.Store
	api      huma.API
	mux      *http.ServeMux
	handler  http.Handler
	slots    chan struct{} // of requests at a time
	receiver receiver
	ingest   *ingester
	done     map[string]bool // routes that have a handler
	query    map[string]parameters
	stopping atomic.Bool

	hub     *hub
	me      string // this instance among others
	jobs    *jobs
	shares  *shares
	duty    *duty
	relay   *relay // nil: no other instance can be told
	counts  *counts
	tracer  tracer
	watch   *watcher   // nil: off
	editing sync.Mutex // of the rules file

	whole   app.Search // of all series
	flights flights
	flying  sync.WaitGroup
	life    context.Context // of what requests begin and others wait for
	end     context.CancelFunc
}

// New makes the service; nothing is listened on yet.
func New(o Options) (*Server, error) {
	o = o.filled()
	if o.Store == nil {
		return nil, errors.New("the service needs a store")
	}
	s := &Server{opt: o, store: o.Store, mux: http.NewServeMux(), done: map[string]bool{}, query: map[string]parameters{}, hub: newHub(o.Limits.Streams), duty: newDuty(), me: instanceName()}
	s.flights = newFlights()
	s.life, s.end = context.WithCancel(context.Background())
	var err error
	if s.tracer, err = newTracer(o.Traces, o.Version, o.Log); err != nil {
		return nil, err
	}
	if s.tracer.provider != nil {
		s.store = tracedStore{o.Store, s.tracer}
	}
	if err := s.join(); err != nil {
		return nil, err
	}
	s.receiver.one, s.receiver.long = o.Limits.Body, o.Limits.BodyTime
	if o.Limits.Concurrent > 0 {
		s.slots = make(chan struct{}, o.Limits.Concurrent)
	}
	s.ingest = newIngester(s.store, s.wrote)
	s.counts = newCounts(s)
	if !o.Watch.Off {
		if s.watch, err = newWatcher(s); err != nil {
			return nil, err
		}
	}
	s.api = humago.New(s.mux, s.config())
	s.register()
	s.health()
	if err := s.pages(); err != nil {
		return nil, err
	}
	s.handler = s.outer()
	return s, nil
}

// Handler answers requests.
func (s *Server) Handler() http.Handler { return s.handler }

// register gives every route of the table its handler.
func (s *Server) register() {
	handle(s, "latest-metrics", s.latest, rowsOf[pointRow], paged)
	handle(s, "get-metrics", s.metrics, rowsOf[pointRow], paged)
	handle(s, "post-metric", s.postMetric, created, byHand)
	handle(s, "post-metrics-batch", s.postBatch, created, byHand)
	handle(s, "get-vms", s.vms)
	handle(s, "push-remote-write", s.remoteWrite, bodyOfPush)
	handle(s, "push-openmetrics", s.pushOpenMetrics, bodyOfPush)
	handle(s, "push-influx", s.pushInflux, bodyOfPush)
	handle(s, "predict", s.predict, oneOrJob[[]predictionBody])
	handle(s, "train", s.train, oneOrJob[[]modelBody])
	handle(s, "get-predictions", s.predictions, rowsOf[predictionRow])
	handle(s, "get-capacity", s.capacity)
	handle(s, "get-anomalies", s.anomalies)
	handle(s, "get-incidents", s.incidents)
	handle(s, "get-alerts", s.alerts)
	handle(s, "get-silences", s.listSilences)
	handle(s, "post-silence", s.postSilence, created)
	handle(s, "get-silence", s.getSilence)
	handle(s, "put-silence", s.putSilence)
	handle(s, "delete-silence", s.deleteSilence)
	handle(s, "get-annotations", s.listAnnotations)
	handle(s, "post-annotation", s.postAnnotation, created)
	handle(s, "get-annotation", s.getAnnotation)
	handle(s, "put-annotation", s.putAnnotation)
	handle(s, "delete-annotation", s.deleteAnnotation)
	handle(s, "get-figure", s.figure, pictures)
	handle(s, "get-events", s.events, eventText)
	handle(s, "get-jobs", s.listJobs)
	handle(s, "get-job", s.getJob)
	handle(s, "cancel-job", s.cancelJob)
	handle(s, "get-job-events", s.jobEvents, eventText)
	handle(s, "post-database-credentials", s.postCredentials, handedOut)
	handle(s, "end-database-credentials", s.endCredentials)
	handle(s, "get-database-credentials", s.listCredentials, sometimes)
	handle(s, "get-alert-rules", s.getAlertRules, sometimes)
	handle(s, "put-alert-rules", s.putAlertRules, matched)
	handle(s, "get-retention", s.getRetention, sometimes)
	handle(s, "post-retention", s.postRetention, jobBegun)
	handle(s, "exposition", s.expose, exposed)
	s.bodies()
}

var errStopping = errors.New("the service is stopping")

// drain is how long requests may still take when the service stops.
const drain = 20 * time.Second

// Serve serves on a listener until the context ends.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	stop := s.work()
	server := &http.Server{
		Handler: s.handler, ReadHeaderTimeout: 5 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: errorLog(s.opt.Log), BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	var err error
	select {
	case err = <-failed:
	case <-ctx.Done():
		soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		s.stopping.Store(true)
		s.hurry()
		if err = server.Shutdown(soon); err != nil {
			err = errors.Join(fmt.Errorf("some requests took longer than %v and were cut off: %w", drain, err), server.Close())
		}
	}
	return errors.Join(err, stop())
}

// Listen opens the port. Without sign-in only addresses of this computer are listened on.
func (s *Server) Listen(ctx context.Context) (net.Listener, error) {
	host, _, err := net.SplitHostPort(s.opt.Listen)
	if err != nil {
		return nil, fmt.Errorf("--listen %s: write HOST:PORT, such as 127.0.0.1:8000: %w", s.opt.Listen, err)
	}
	if s.opt.Who == nil && !loopback(host) {
		return nil, fmt.Errorf("--listen %s: without sign-in everybody who reaches the service may read and write, so it listens on this computer only: use 127.0.0.1 or localhost, or configure an OIDC issuer", s.opt.Listen)
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", s.opt.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w; is the port taken? choose another one with --listen", s.opt.Listen, err)
	}
	return l, nil
}

// loopback reports whether a host is this computer and nothing else.
func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
