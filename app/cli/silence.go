package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"aiops/app/alert"
	"aiops/metric"
	"aiops/store"
)

type silenceCmd struct {
	List   silenceListCmd   `cmd:"" default:"withargs" help:"List the silences."`
	Add    silenceAddCmd    `cmd:"" help:"Add a silence."`
	Delete silenceDeleteCmd `cmd:"" help:"Delete a silence by its number."`
}

type silenceListCmd struct{}

func (silenceListCmd) Run(r *run) error {
	st, err := r.open(true)
	if err != nil {
		return err
	}
	defer st.Close()
	all, err := st.Silences(r.ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		fmt.Fprintln(r.Out, "There are no silences.")
		return nil
	}
	w := newTable(r.Out)
	fmt.Fprintln(w, "NUMBER\tNOW\tSILENCE\tCOMMENT")
	for _, s := range all {
		now := "-"
		if alert.SilenceHolds(s, r.Now().UnixMicro()) {
			now = "silent"
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\n", s.ID, now, alert.SilenceText(s, r.zone), s.Comment)
	}
	return w.Flush()
}

type silenceAddCmd struct {
	Rule     string `name:"rule" placeholder:"R" help:"Rules, a pattern such as high-*."`
	VM       string `name:"vm" placeholder:"V" help:"VMs, a pattern such as web-*."`
	Metric   string `name:"metric" placeholder:"M" help:"Metrics, a pattern."`
	Severity string `name:"severity" enum:"critical,warning,info," default:"" help:"critical, warning or info."`
	All      bool   `name:"all" help:"Everything; needed when no pattern is given."`
	For      string `name:"for" placeholder:"2h" help:"For so long, from now or --from on."`
	From     string `name:"from" placeholder:"T" help:"From this time on, such as 2026-11-22 14:00. Default: now."`
	To       string `name:"to" placeholder:"T" help:"Up to this time."`
	Every    string `name:"every" placeholder:"DAYS" help:"On these weekdays: daily, mon-fri, sat,sun. Needs --at."`
	At       string `name:"at" placeholder:"22:00-06:00" help:"At this time of day, in --time-zone (default: UTC)."`
	Comment  string `name:"comment" placeholder:"TEXT" help:"Why."`
}

// Help is printed below the command's flags.
func (silenceAddCmd) Help() string {
	return `  aiops alerts silence add --vm web-01 --for 2h --comment "new disk"
  aiops alerts silence add --rule high-cpu --vm "batch-*" --every daily --at 01:00-04:00`
}

func (c *silenceAddCmd) Run(r *run) error {
	s, err := c.silence(r)
	if err != nil {
		return usageError{err}
	}
	if err := r.mustExist(); err != nil {
		return err
	}
	st, err := r.open(false)
	if err != nil {
		return err
	}
	defer st.Close()
	id, err := st.PutSilence(r.ctx, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "Silence %d: %s\n", id, alert.SilenceText(s, r.zone))
	return nil
}

func (c *silenceAddCmd) silence(r *run) (metric.Silence, error) {
	s := metric.Silence{Rule: c.Rule, VM: c.VM, Metric: c.Metric, Severity: metric.Severity(c.Severity), From: r.Now().UnixMicro(), Comment: c.Comment}
	if !c.All && c.Rule+c.VM+c.Metric+c.Severity == "" {
		return s, errors.New("say what is silenced with --rule, --vm, --metric or --severity, or everything with --all")
	}
	if err := c.bounds(r, &s); err != nil {
		return s, err
	}
	if (c.Every == "") != (c.At == "") {
		return s, errors.New("--every and --at go together, such as --every mon-fri --at 22:00-06:00")
	}
	if c.Every == "" {
		if s.To == 0 {
			return s, errors.New("say how long with --for 2h or --to, or when with --every and --at")
		}
		return s, alert.CheckSilence(s)
	}
	s.Recurs, s.Zone = true, r.TimeZone
	var err error
	if !strings.EqualFold(c.Every, "daily") {
		if s.Weekdays, err = alert.ParseWeekdays(c.Every); err != nil {
			return s, fmt.Errorf("--every: %w", err)
		}
	}
	if s.Begin, s.End, err = alert.ParseClock(c.At); err != nil {
		return s, fmt.Errorf("--at: %w", err)
	}
	return s, alert.CheckSilence(s)
}

// bounds reads from when to when it holds.
func (c *silenceAddCmd) bounds(r *run, s *metric.Silence) error {
	if c.For != "" && c.To != "" {
		return errors.New("--for and --to say the same; decide for one")
	}
	if c.From != "" {
		t, err := parseTime(c.From, r.zone)
		if err != nil {
			return fmt.Errorf("--from: %w", err)
		}
		s.From = t.UnixMicro()
	}
	if c.To != "" {
		t, err := parseTime(c.To, r.zone)
		if err != nil {
			return fmt.Errorf("--to: %w", err)
		}
		s.To = t.UnixMicro()
	}
	if c.For != "" {
		d, ok := span(c.For)
		if !ok || d < time.Second {
			return fmt.Errorf("--for %q: write a time such as 2h or 7d", c.For)
		}
		s.To = s.From + d.Microseconds()
	}
	return nil
}

type silenceDeleteCmd struct {
	Number int64 `arg:"" name:"number" help:"The silence's number, as the list tells it."`
}

func (c *silenceDeleteCmd) Run(r *run) error {
	st, err := r.open(false)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.DeleteSilence(r.ctx, c.Number); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			err = fmt.Errorf("there is no silence %d; `aiops alerts silence` lists them", c.Number)
		}
		return err
	}
	fmt.Fprintf(r.Out, "Silence %d is deleted.\n", c.Number)
	return nil
}
