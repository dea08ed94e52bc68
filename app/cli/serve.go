package cli

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/alert/notify"
	"aiops/app/config"
	"aiops/app/serve"
	"aiops/forecast"
	"aiops/store"
)

type serveCmd struct {
	Listen        string        `name:"listen" env:"AIOPS_LISTEN" default:"127.0.0.1:8000" placeholder:"HOST:PORT" help:"Where to listen. Without sign-in on this computer only."`
	BasePath      string        `name:"base-path" env:"AIOPS_BASE_PATH" default:"/" placeholder:"/PATH" help:"What stands before every path, as a proxy in front needs it."`
	Proxy         bool          `name:"behind-proxy" env:"AIOPS_BEHIND_PROXY" help:"A proxy in front tells clients' addresses in X-Forwarded-For."`
	Rules         string        `name:"rules" env:"AIOPS_RULES" placeholder:"FILE" help:"Alert rules, evaluated as points come in (default: alerts.yaml in the data directory, if it is there)."`
	NoWatch       bool          `name:"no-watch" env:"AIOPS_NO_WATCH" help:"Do not search what comes in for anomalies, and evaluate no rules."`
	RateRead      float64       `name:"rate-read" env:"AIOPS_RATE_READ" default:"200" placeholder:"N" help:"Requests a second that a client may read with, each route; negative: no limit."`
	RateWrite     float64       `name:"rate-write" env:"AIOPS_RATE_WRITE" default:"200" placeholder:"N" help:"The same for writing."`
	RateHeavy     float64       `name:"rate-heavy" env:"AIOPS_RATE_HEAVY" default:"20" placeholder:"N" help:"The same for forecasts, searches and figures."`
	Concurrent    int           `name:"concurrent" env:"AIOPS_CONCURRENT" default:"0" placeholder:"N" help:"Requests at a time; others wait a little. 0: by the number of cores."`
	MaxBody       int64         `name:"max-body" env:"AIOPS_MAX_BODY" default:"16777216" placeholder:"BYTES" help:"Largest body of a request."`
	Timeout       time.Duration `name:"timeout" env:"AIOPS_TIMEOUT" default:"30s" placeholder:"30s" help:"How long a request may take."`
	Traces        string        `name:"otlp-endpoint" env:"AIOPS_OTLP_ENDPOINT" placeholder:"URL" help:"Send OpenTelemetry traces there by OTLP over HTTP, such as http://127.0.0.1:4318. Default: nowhere."`
	Redis         string        `name:"redis" env:"AIOPS_REDIS" placeholder:"redis://HOST:PORT/DB" help:"Share the cache of answers and the limits of rates with other instances through this Redis. Default: each instance has its own."`
	RedisPassword string        `name:"redis-password-file" env:"AIOPS_REDIS_PASSWORD_FILE" type:"path" placeholder:"FILE" help:"Redis' password, if it does not stand in --redis."`
	servePush     `embed:""`
	serveSignIn   `embed:""`
	TraceShare    float64 `name:"trace-share" env:"AIOPS_TRACE_SHARE" default:"1" placeholder:"0.1" help:"Share of the requests that are traced."`
}

// Help is printed below the command's flags.
func (serveCmd) Help() string {
	return `The REST service: http://127.0.0.1:8000/docs describes it, /dashboard-ui/ shows it in a browser. It logs JSON lines with ECS names on standard
error (--log-format text: for people). SIGTERM lets requests come to their end. Flags go before AIOPS_... variables, these before the configuration file.

  aiops serve
  aiops serve --db postgres://aiops@db/aiops --listen 127.0.0.1:8000 --base-path /aiops --behind-proxy`
}

func (c *serveCmd) Run(r *run) error {
	if err := c.check(); err != nil {
		return usageError{r.file.where(err)}
	}
	if os.Getenv("GOGC") == "" {
		go tuneCollector(r.ctx)
	}
	log := serviceLog(r.Err, r.LogLevel, r.LogFormat, r.Version)
	slog.SetDefault(log)
	r.DB = letGo(r.DB)
	st, err := r.open(false)
	if err != nil {
		return err
	}
	o, err := c.options(r, st, log)
	if err == nil {
		err = c.serve(r, o)
	}
	return errors.Join(err, st.Close())
}

// letGo has Postgres end a transaction that an instance does not go on with, such as
// one whose machine stands still: its locks would keep the others waiting. The
// address may say otherwise.
func letGo(db string) string {
	const name = "idle_in_transaction_session_timeout"
	if !app.IsPostgres(db) || strings.Contains(db, name+"=") {
		return db
	}
	sign := "?"
	if strings.Contains(db, "?") {
		sign = "&"
	}
	return db + sign + name + "=15000"
}

func (c *serveCmd) serve(r *run, o serve.Options) error {
	s, err := serve.New(o)
	if err != nil {
		return err
	}
	l, err := s.Listen(r.ctx)
	if err != nil {
		return err
	}
	if o.Who == nil {
		fmt.Fprintln(r.Err, "aiops: no sign-in is configured, so the service is for this computer only")
	}
	base := strings.TrimSuffix("http://"+l.Addr().String()+"/"+strings.Trim(c.BasePath, "/"), "/")
	fmt.Fprintf(r.Err, "aiops: serving %s; %s/docs describes it, %[2]s/dashboard-ui/ shows it\n", o.Store.Info().Path, base)
	return s.Serve(r.ctx, l)
}

// options are what the flags and files say.
func (c *serveCmd) options(r *run, st store.Store, log *slog.Logger) (o serve.Options, err error) {
	models, err := r.models(st)
	if err != nil {
		return o, err
	}
	known, err := r.detection()
	if err != nil {
		return o, err
	}
	limits, err := thresholds()
	if err != nil {
		return o, err
	}
	o = serve.Options{Store: st, Listen: c.Listen, BasePath: c.BasePath, Proxy: c.Proxy, Version: r.Version, Now: r.Now, Log: log,
		Forecaster: forecast.Forecaster{Storage: models, Now: r.Now}, Detection: known, Thresholds: limits,
		Limits: serve.Limits{Read: c.RateRead, Write: c.RateWrite, Heavy: c.RateHeavy, Concurrent: c.Concurrent, Body: c.MaxBody, Time: c.Timeout}}
	o.Traces = serve.TraceOptions{Endpoint: c.Traces, Share: c.TraceShare}
	o.Push = c.servePush.options()
	o.Watch.Off = c.NoWatch
	if err := c.share(st, log, &o); err != nil {
		return o, err
	}
	if err := c.serveSignIn.apply(r, st, &o); err != nil {
		return o, err
	}
	if !c.NoWatch {
		err = c.watch(r, st, known, &o.Watch)
	}
	return o, err
}

// watch says what is done with points that come in.
func (c *serveCmd) watch(r *run, st store.Store, known *app.Detection, w *serve.Watch) (err error) {
	if w.StateDir, err = config.DetectorsDir(st.Info().Kind, st.Info().Path); err != nil {
		return err
	}
	w.Options = known.Knowledge().Alerts()
	if w.File = c.Rules; w.File == "" {
		if w.File, err = config.AlertsPath(); err != nil {
			return err
		}
	} else if _, err := os.Stat(w.File); err != nil {
		return fmt.Errorf("--rules: %w", err)
	}
	w.Channels = func(f alert.File) (alert.Teller, func()) {
		n := notify.New(f.Channels, f.Grouping, f.Routes(), notify.Options{})
		watching := &watch{r: r, notifier: n, failing: map[string]string{}}
		return n, func() {
			if err := watching.stop(); err != nil {
				slog.Error("tell alerts", "error.message", err.Error())
			}
		}
	}
	return nil
}

// serviceLog writes lines with the names of the Elastic Common Schema.
func serviceLog(w io.Writer, level, format, version string) *slog.Logger {
	if format == "text" {
		return slog.New(logHandler(w, level, format))
	}
	var l slog.Level
	if level != "" {
		_ = l.UnmarshalText([]byte(level)) // kong has checked it
	}
	h := slog.NewJSONHandler(w, &slog.HandlerOptions{Level: l, ReplaceAttr: ecs})
	return slog.New(h).With("ecs.version", "8.17.0", "service.name", "aiops", "service.version", version)
}

func ecs(groups []string, a slog.Attr) slog.Attr {
	if len(groups) > 0 {
		return a
	}
	switch a.Key {
	case slog.TimeKey:
		return slog.String("@timestamp", a.Value.Time().UTC().Format("2006-01-02T15:04:05.000Z"))
	case slog.LevelKey:
		return slog.String("log.level", strings.ToLower(a.Value.String()))
	case slog.MessageKey:
		a.Key = "message"
	}
	return a
}
