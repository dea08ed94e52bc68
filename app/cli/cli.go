package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"aiops/app"
	"aiops/app/auth"
	"aiops/store"
)

// Exit codes, as `aiops --help` documents them.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// Env is what the program is given from outside.
type Env struct {
	Args    []string
	In      io.Reader // nil: the process's standard input
	Out     io.Writer
	Err     io.Writer
	Version string
	Now     func() time.Time
	Started time.Time // of the process: what "on the screen in 0.4 s" counts from
	Window  Window
}

// Window opens the window and returns when it is closed.
type Window func(ctx context.Context, r WindowRequest) error

// WindowRequest is what the window is opened with.
type WindowRequest struct {
	Sources   *app.Sources // databases to switch between
	Named     bool         // --db names one of them, to be shown first
	Files     []string     // to open straight on their curves
	Snapshot  string       // a snapshot to be shown first
	Models    string       // where models are kept: "" in files, or s3://
	Zone      *time.Location
	Version   string
	SignIn    auth.Config // the sign-in server, if one is configured
	StatePath string
	Now       func() time.Time
	Started   time.Time
	Err       io.Writer
	Detection *app.Detection // what persons said of metrics and times
	RulesPath string         // of the alert rules
}

// globals are the flags of every command.
type globals struct {
	DB        string           `name:"db" env:"AIOPS_DB" placeholder:"sqlite:PATH" help:"Database: sqlite:PATH, or postgres://USER@HOST/DATABASE with the password in PGPASSWORD or ~/.pgpass, or the name of a data source. Default: metrics.db in the data directory (${datadir})."`
	Offline   bool             `name:"offline" env:"AIOPS_OFFLINE" help:"Work with the local copy of a shared database only; changes wait for aiops push."`
	DBRead    string           `name:"db-read" env:"AIOPS_DB_READ" placeholder:"postgres://..." help:"A standby of the Postgres that --db names: points are read there, as long as it is up to date."`
	Models    string           `name:"models" env:"AIOPS_MODELS" placeholder:"s3://BUCKET/PREFIX" help:"Where trained models are kept: s3://BUCKET/PREFIX?endpoint=https://HOST:PORT, with the key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. Default: local files."`
	Config    string           `name:"config" env:"AIOPS_CONFIG" type:"path" placeholder:"FILE" help:"Configuration file: TOML lines such as db = \"sqlite:/srv/metrics.db\" (default: ${configfile})."`
	TimeZone  string           `name:"time-zone" env:"AIOPS_TIME_ZONE" placeholder:"ZONE" help:"Zone of times shown, and of times read from files that have none, such as Europe/Berlin. Default: shown in the system's zone, read as UTC."`
	LogLevel  string           `name:"log-level" env:"AIOPS_LOG_LEVEL" enum:"debug,info,warn,error," default:"" help:"How much to log on standard error: debug, info, warn, error. Default: warn; info of aiops serve."`
	LogFormat string           `name:"log-format" env:"AIOPS_LOG_FORMAT" enum:"text,json," default:"" help:"Log lines as text or json. Default: text; json of aiops serve."`
	Print     kong.VersionFlag `name:"version" help:"Print the version and exit."`
}

type commands struct {
	globals
	Open     openCmd     `cmd:"" default:"withargs" help:"Open the window, or with --export write a report without one. This is what runs when no command is named."`
	Import   importCmd   `cmd:"" help:"Read files of metrics into the database."`
	Generate generateCmd `cmd:"" help:"Write demo data into the database."`
	List     listCmd     `cmd:"" help:"List VMs, metrics, their ranges and counts."`
	Forecast forecastCmd `cmd:"" help:"Forecast series of the database or of a file."`
	Capacity capacityCmd `cmd:"" help:"Tell when series reach a threshold, the soonest first."`
	Detect   detectCmd   `cmd:"" help:"Find anomalies in series of the database or of a file, and group them into incidents."`
	Train    trainCmd    `cmd:"" help:"Train models and store them, for forecasts to come."`
	Tune     tuneCmd     `cmd:"" help:"Try a model's settings by backtest and store the best."`
	Evaluate evaluateCmd `cmd:"" help:"Tell how right a model would have been, beside the seasonal naive."`
	Models   modelsCmd   `cmd:"" help:"List or delete stored models."`
	Sources  sourcesCmd  `cmd:"" help:"List, add, test and remove the data sources that the window switches between."`
	Database dbCmd       `cmd:"" name:"db" help:"Create a Postgres database's tables, or tell its state."`
	Login    loginCmd    `cmd:"" help:"Sign in with a code that you enter in a browser, on any device."`
	Logout   logoutCmd   `cmd:"" help:"Sign out, here and at the sign-in server."`
	Whoami   whoamiCmd   `cmd:"" help:"Tell who is signed in, and as what."`
	Serve    serveCmd    `cmd:"" help:"Serve the REST API and a small page for browsers."`
	Snapshot snapshotCmd `cmd:"" help:"Take a piece of the database, or all of it, into one SQLite file that needs no server."`
	Pull     pullCmd     `cmd:"" help:"Bring the local copy of a shared database up to date, to work without the network."`
	Push     pushCmd     `cmd:"" help:"Send what was changed while the database was away; show and settle what met other changes."`
	Settings configCmd   `cmd:"" name:"config" help:"Check the configuration."`
	Alerts   alertsCmd   `cmd:"" help:"Check, try and run alert rules; list what fires; silence it."`
}

// run is what a command gets: the environment and the parsed globals.
type run struct {
	Env
	globals
	file settingsFile
	ctx  context.Context
	zone *time.Location // of times shown
	bar  *bar
	// named is what --db, the environment or the configuration file says; empty: nothing.
	named string
}

// Main runs the program and returns its exit code.
func Main(ctx context.Context, env Env) int {
	var c commands
	exited := -1
	parser, err := newParser(&c, env, func(code int) { exited = code })
	if err != nil {
		fmt.Fprintln(env.Err, "aiops:", err)
		return exitFailed
	}
	k, err := parser.Parse(env.Args)
	switch {
	case exited >= 0: // --help, --version
		return exited
	case err != nil:
		fmt.Fprintln(env.Err, "aiops:", usageText(parser.file.where(err)))
		return exitUsage
	}
	return code(env.Err, execute(ctx, k, &c, env, parser.file))
}

func execute(ctx context.Context, k *kong.Context, c *commands, env Env, file settingsFile) error {
	slog.SetDefault(slog.New(logHandler(env.Err, c.LogLevel, c.LogFormat)))
	r := &run{Env: env, globals: c.globals, file: file, ctx: ctx, zone: time.Local, bar: newBar(env.Err)}
	if c.TimeZone != "" {
		z, err := time.LoadLocation(c.TimeZone)
		if err != nil {
			return usageError{fmt.Errorf("--time-zone %q is not known; use a name such as UTC or Europe/Berlin", c.TimeZone)}
		}
		r.zone = z
	}
	if err := r.findDB(); err != nil {
		return err
	}
	if err := r.replica(); err != nil {
		return err
	}
	defer r.bar.clear()
	return k.Run(r)
}

// findDB settles which database is meant: --db may also name a data source.
func (r *run) findDB() error {
	s, err := app.NewSources("", r.Now)
	if err != nil {
		return err
	}
	if r.DB == "" {
		r.DB = s.Local.Address
		return nil
	}
	if src, err := s.Find(r.DB); err == nil {
		r.DB = src.Address
	}
	r.named = r.DB
	return nil
}

// replica puts --db-read into the database's address.
func (r *run) replica() (err error) {
	switch {
	case r.DBRead == "":
		return nil
	case !app.IsPostgres(r.DB) || !app.IsPostgres(r.DBRead):
		return usageError{errors.New("--db-read names a standby of a Postgres; both --db and --db-read are postgres://USER@HOST/DATABASE then")}
	}
	if r.DB, err = app.WithReplica(r.DB, r.DBRead); r.named != "" {
		r.named = r.DB
	}
	return err
}

// code prints an error and says which exit code it means.
func code(w io.Writer, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(w, "aiops: stopped; nothing of what was under way is stored")
		return exitInterrupted
	case errors.As(err, &usage):
		fmt.Fprintln(w, "aiops:", err)
		return exitUsage
	}
	fmt.Fprintln(w, "aiops:", err)
	return exitFailed
}

// usageError is a wrong use of the command line found after parsing.
type usageError struct{ error }

func usageText(err error) string {
	s := err.Error()
	if !strings.Contains(s, "did you mean") {
		s += "\nSee aiops --help."
	}
	return s
}

func logHandler(w io.Writer, level, format string) slog.Handler {
	l := slog.LevelWarn
	if level != "" {
		_ = l.UnmarshalText([]byte(level)) // kong has checked it
	}
	o := &slog.HandlerOptions{Level: l}
	if format == "json" {
		return slog.NewJSONHandler(w, o)
	}
	return slog.NewTextHandler(w, o)
}

// open opens the database and tells of an import that was killed earlier.
func (r *run) open(readOnly bool) (store.Store, error) {
	if readOnly {
		if err := r.mustExist(); err != nil {
			return nil, err
		}
	}
	st, err := r.connect(readOnly)
	if err != nil {
		return nil, err
	}
	if readOnly {
		return st, nil
	}
	left, err := st.Interrupted(r.ctx)
	if err != nil {
		return nil, errors.Join(err, st.Close())
	}
	if len(left) > 0 {
		fmt.Fprintln(r.Err, app.InterruptedText(left))
	}
	return st, nil
}

// connect opens the database itself, or with --offline its copy.
func (r *run) connect(readOnly bool) (store.Store, error) {
	if !r.Offline || !app.OnServer(r.DB) {
		return app.OpenStore(r.ctx, r.DB, readOnly, r.Now)
	}
	s, err := r.copy(true)
	if err != nil {
		return nil, err
	}
	l := s.Link()
	fmt.Fprintf(r.Err, "Offline: with the copy of %s from %s.\n", s.Info().Path, ageText(r, l.CopiedAt))
	return s, nil
}

// mustExist says how a database comes to be where there is none.
func (r *run) mustExist() error {
	if path, ok := strings.CutPrefix(r.DB, "sqlite:"); ok {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("there is no database %s yet: `aiops import FILE` or `aiops generate` makes one", path)
		}
	}
	return nil
}
