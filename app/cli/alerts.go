package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/config"
	"aiops/metric"
	"aiops/store"
)

type alertsCmd struct {
	Check   alertsCheckCmd   `cmd:"" help:"Say whether a rules file is right, and which series of the database each rule matches."`
	Run     alertsRunCmd     `cmd:"" help:"Run rules over the database's history: what would have fired."`
	Test    alertsTestCmd    `cmd:"" help:"Run plain-text scripts that say what rules should do (docs/ALERTS.md)."`
	Watch   alertsWatchCmd   `cmd:"" help:"Run rules as points come in: record every change and notify the channels."`
	List    alertsListCmd    `cmd:"" help:"List what fires and waits now, as recorded."`
	History alertsHistoryCmd `cmd:"" help:"List recorded changes, the newest last."`
	Stats   alertsStatsCmd   `cmd:"" help:"Tell which rules are noisy, what flaps, how long it takes, and what an edit changed."`
	Silence silenceCmd       `cmd:"" help:"List, add or delete silences: what they cover is recorded, and nobody is told."`
	Pull    alertsPullCmd    `cmd:"" help:"Write the rules of the service that --db names into a file, or print them."`
	Push    alertsPushCmd    `cmd:"" help:"Put the rules of a file in the place of those of the service that --db names."`
	Schema  alertsSchemaCmd  `cmd:"" help:"Print the JSON schema of rules files, for editors."`
}

// rulesFile is the argument of commands that read rules.
type rulesFile struct {
	Rules string `arg:"" optional:"" name:"rules.yaml" help:"Rules file (default: alerts.yaml in the data directory; with --db https://HOST the rules of that service)."`
}

// load reads the rules that are meant, and says whose they are where that is not plain.
func (f rulesFile) load(r *run) (alert.File, error) {
	path := f.Rules
	if path == "" && r.onService() {
		return r.teamRules()
	}
	if path == "" {
		var err error
		if path, err = config.AlertsPath(); err != nil {
			return alert.File{}, err
		}
		if app.OnServer(r.DB) {
			fmt.Fprintf(r.Err, "aiops: rules of this computer: %s\n", path)
		}
	}
	out, err := alert.Load(path)
	if errors.Is(err, os.ErrNotExist) {
		err = fmt.Errorf("there is no rules file %s; name one, or begin with docs/examples/alerts.yaml", path)
	}
	return out, err
}

type alertsCheckCmd struct{ rulesFile }

func (c *alertsCheckCmd) Run(r *run) error {
	f, err := c.load(r)
	if err != nil {
		return err
	}
	name := f.Path + " is"
	if app.IsService(f.Path) {
		name = "The rules of " + f.Path + " are"
	}
	fmt.Fprintf(r.Out, "%s right: %s, %s.\n", name, counted(len(f.Rules), "rule"), counted(len(f.Channels), "channel"))
	if r.mustExist() != nil {
		fmt.Fprintln(r.Out, "There is no database yet, so what the rules match is not known.")
		return nil
	}
	st, err := r.open(true)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.Catalog(r.ctx)
	if err != nil {
		return err
	}
	for _, rule := range f.Rules {
		fmt.Fprintf(r.Out, "\n%s (%s, %s) %s\n", rule.Name, rule.Kind, rule.Severity, matches(rule, all))
	}
	return nil
}

func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return metric.Grouped(int64(n)) + " " + what + "s"
}

// matches tells which series a rule stands for.
func matches(rule alert.Rule, all []store.SeriesInfo) string {
	var keys []metric.Key
	for _, info := range all {
		if rule.Takes(info.Key) {
			keys = append(keys, info.Key)
		}
	}
	if len(keys) == 0 {
		return fmt.Sprintf("matches no series: no VM %v has a metric %v", rule.VM, rule.Metric)
	}
	out := fmt.Sprintf("matches %d series:", len(keys))
	const most = 20
	for i, k := range keys {
		if i == most {
			return out + fmt.Sprintf("\n  and %d more", len(keys)-most)
		}
		out += "\n  " + k.String()
	}
	return out
}

type alertsRunCmd struct {
	rulesFile
	times
	Record  bool `name:"record" help:"Write the changes into the database's history. Nobody is notified."`
	Pending bool `name:"pending" help:"Show also what only waited to fire."`
}

// Help is printed below the command's flags.
func (alertsRunCmd) Help() string {
	return `Silences and maintenance windows of the database count. Rules on forecasts look at the stored ones: aiops forecast makes them.

  aiops alerts run alerts.yaml --from 7d    what would have fired in the last week`
}

func (c *alertsRunCmd) Run(r *run) error {
	f, err := c.load(r)
	if err != nil {
		return err
	}
	if err := r.mustExist(); err != nil {
		return err
	}
	st, err := r.open(!c.Record)
	if err != nil {
		return err
	}
	defer st.Close()
	rng, err := c.of(r, st)
	if err != nil {
		return err
	}
	known, err := r.alertOptions()
	if err != nil {
		return err
	}
	r.bar.begin("Evaluating")
	all, err := alert.Evaluate(r.ctx, st, f.Rules, rng, alert.EvaluateOptions{Options: known, Progress: r.bar.progress})
	r.bar.clear()
	if err != nil {
		return err
	}
	if c.Record {
		if err := st.PutTransitions(r.ctx, all); err != nil {
			return err
		}
	}
	if err := printTransitions(r, all, c.Pending); err != nil {
		return err
	}
	fired := 0
	for _, t := range all {
		if t.To == metric.Firing {
			fired++
		}
	}
	if err := noForecasts(r, st, f.Rules); err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "%s fired %s, %d firing at the end.\n", counted(len(f.Rules), "rule"), counted(fired, "time"), len(alert.Firing(all)))
	return nil
}

// alertOptions are what persons said of metrics and times, in detect.toml and
// by marking anomalies as normal.
func (r *run) alertOptions() (alert.Options, error) {
	d, err := app.LoadDetection(r.Config)
	if err != nil {
		return alert.Options{}, err
	}
	return d.Knowledge().Alerts(), nil
}

// noForecasts says of rules on forecasts that there is nothing for them to look at.
func noForecasts(r *run, st store.Store, rules []alert.Rule) error {
	all, err := st.Predictions(r.ctx, nil, metric.Range{})
	if err != nil {
		return err
	}
	for _, rule := range rules {
		if rule.Kind == alert.Forecast && !slices.ContainsFunc(all, func(p metric.Prediction) bool { return rule.Takes(p.Key) }) {
			fmt.Fprintf(r.Err, "aiops: rule %s has no stored forecast to look at; `aiops forecast` makes them\n", rule.Name)
		}
	}
	return nil
}

// times are the flags for a part of the history.
type times struct {
	From string `name:"from" placeholder:"T" help:"From this time on, such as 2026-11-22 14:00, RFC 3339, or 24h or 7d before the newest point."`
	To   string `name:"to" placeholder:"T" help:"Up to this time."`
}

func (t times) of(r *run, st store.Store) (metric.Range, error) {
	return storedRange(r, st, t.From, t.To)
}

func printTransitions(r *run, all []metric.Transition, pending bool) error {
	if len(all) == 0 {
		return nil
	}
	w := newTable(r.Out)
	fmt.Fprintln(w, "TIME\tSTATE\tSEVERITY\tRULE\tVM\tMETRIC\tSUMMARY")
	for _, t := range all {
		if !pending && t.To != metric.Firing && t.To != metric.Resolved {
			continue
		}
		fmt.Fprintln(w, transitionRow(r, t))
	}
	return w.Flush()
}

func transitionRow(r *run, t metric.Transition) string {
	silenced := ""
	if t.Silence != 0 {
		silenced = fmt.Sprintf(" (silence %d)", t.Silence)
	}
	return fmt.Sprintf("%s\t%s\t%s\t%s\t%s\t%s\t%s%s", metric.Time(t.Time).In(r.zone).Format("2006-01-02 15:04"), t.To, t.Severity, t.Rule, t.VM, t.Metric, t.Summary, silenced)
}

type alertsSchemaCmd struct{}

func (alertsSchemaCmd) Run(r *run) error {
	_, err := r.Out.Write(alert.Schema)
	return err
}
