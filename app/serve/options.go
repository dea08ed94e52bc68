package serve

import (
	"cmp"
	"context"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"time"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/auth"
	"aiops/app/view"
	"aiops/forecast"
	"aiops/store"
	"aiops/store/ingest/wire"
)

// Options are what the service is made with. Store is needed, the rest may be zero.
type Options struct {
	Store    store.Store
	Listen   string // 127.0.0.1:8000
	BasePath string // before every path: /aiops; "" or /: none
	Version  string
	Now      func() time.Time // the clock
	Log      *slog.Logger     // nil: the default

	// Who tells who asks; its error is answered with 401. nil: everybody is
	// auth.Local, and the service listens on loopback addresses only.
	Who func(*http.Request) (auth.Identity, error)
	// SignIn is how the dashboard's page signs in.
	SignIn SignIn
	// Origins are the pages of other sites that may ask, such as https://grafana.example.com.
	Origins []string
	// Logins hands out logins to the database; nil: none are.
	Logins Logins
	// Proxy says that a proxy in front tells the client's address in X-Forwarded-For.
	Proxy bool

	Forecaster forecast.Forecaster
	Detection  *app.Detection  // what persons said of metrics and times; nil: nothing
	Thresholds view.Thresholds // drawn in figures
	Watch      Watch
	Push       wire.Options // how what monitoring systems push is named
	Limits     Limits
	Cache      Cache                       // of answers; nil: in this process
	Limiter    Limiter                     // of rates; nil: in this process
	Traces     TraceOptions                // where traces are sent; none by default
	Ready      func(context.Context) error // more that must be well for /readyz; nil: nothing
}

// Watch is what is done with points that came in: they are searched for
// anomalies, and the rules are evaluated, recorded and told.
type Watch struct {
	Off     bool
	Rules   []alert.Rule
	Options alert.Options
	Repeat  time.Duration
	Teller  alert.Teller
	// File is a rules file that is read again whenever it changes; Rules, Repeat and
	// Teller are then its. Channels tells people of what its rules find; stop sends what waits.
	File     string
	Channels func(alert.File) (tell alert.Teller, stop func())
	StateDir string        // where detectors keep what they have learnt; "": nowhere
	Every    time.Duration // how often the store is looked at for what others wrote; 0: 30 s
}

// Limits keep one client, or one request, from taking everything. 0 is the
// default, a negative number no limit.
type Limits struct {
	Read, Write, Heavy float64       // requests a second of each client
	Concurrent         int           // requests at a time
	Streams            int           // event streams at a time
	Body               int64         // bytes
	Rows               int           // points of a batch
	Time               time.Duration // of a request
	BodyTime           time.Duration // that a client may take to send its body
}

func (l Limits) filled() Limits {
	return Limits{
		Read: cmp.Or(l.Read, 200), Write: cmp.Or(l.Write, 200), Heavy: cmp.Or(l.Heavy, 20),
		Concurrent: cmp.Or(l.Concurrent, 16*max(4, runtime.GOMAXPROCS(0))), Streams: cmp.Or(l.Streams, 2000),
		Body: cmp.Or(l.Body, 16<<20), Rows: cmp.Or(l.Rows, 50_000), Time: cmp.Or(l.Time, 30*time.Second), BodyTime: cmp.Or(l.BodyTime, 15*time.Second),
	}
}

func (o Options) filled() Options {
	o.Listen = cmp.Or(o.Listen, "127.0.0.1:8000")
	if o.BasePath = strings.Trim(o.BasePath, "/"); o.BasePath != "" {
		o.BasePath = "/" + o.BasePath
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Forecaster.Now == nil {
		o.Forecaster.Now = o.Now
	}
	o.Limits = o.Limits.filled()
	if o.Cache == nil {
		o.Cache = NewMemoryCache(256)
	}
	if o.Limiter == nil {
		o.Limiter = NewMemoryLimiter(o.Limits)
	}
	o.Watch.Every = cmp.Or(o.Watch.Every, 30*time.Second)
	return o
}
