package serve

import (
	"context"
	"slices"
	"time"

	"aiops/app/alert"
	"aiops/metric"
	"aiops/store"
)

type alertsInput struct {
	Chosen
	Rule     string `query:"rule" maxLength:"200" doc:"Only this rule"`
	Severity string `query:"severity" enum:"critical,warning,info"`
	State    string `query:"state" enum:"firing,pending,active,history" default:"active" doc:"active: firing and pending. history: every recorded change"`
	Newest   int    `query:"newest" minimum:"1" maximum:"10000" default:"500" doc:"With history: at most the newest so many"`
	Start    Moment `query:"start_date" doc:"With history: from this time on"`
	End      Moment `query:"end_date" doc:"With history: up to this time"`
}

// alertRow is an alert, or a change of its state.
type alertRow struct {
	Rule     string            `json:"rule"`
	VM       string            `json:"vm"`
	Metric   string            `json:"metric" doc:"Empty: the rule is about the whole VM"`
	State    string            `json:"state" enum:"inactive,pending,firing,resolved"`
	From     string            `json:"state_before" enum:"inactive,pending,firing,resolved"`
	Since    time.Time         `json:"since"`
	Severity string            `json:"severity" enum:"critical,warning,info"`
	Value    *float64          `json:"value"`
	Summary  string            `json:"summary"`
	Labels   map[string]string `json:"labels,omitempty"`
	Silence  int64             `json:"silence,omitempty" doc:"Which silence keeps it from being told"`
}

type alertsOutput struct{ Body []alertRow }

func alertOf(t metric.Transition) alertRow {
	return alertRow{Rule: t.Rule, VM: t.VM, Metric: t.Metric, State: string(t.To), From: string(t.From), Since: metric.Time(t.Time), Severity: string(t.Severity),
		Value: finite(t.Value), Summary: t.Summary, Labels: t.Labels, Silence: t.Silence}
}

func (s *Server) alerts(ctx context.Context, in *alertsInput) (*alertsOutput, error) {
	q := store.TransitionQuery{Rule: in.Rule}
	if in.State == "history" {
		r, err := predictionsInput{Start: in.Start, End: in.End}.of(s.opt.Now())
		if err != nil {
			return nil, err
		}
		if in.Start.IsZero() {
			r.From = metric.All.From
		}
		q.Range = r
		if len(in.VM)+len(in.Metric) == 0 && in.Severity == "" {
			q.Newest = in.Newest
		}
	}
	all, err := s.store.Transitions(ctx, q)
	if err != nil {
		return nil, err
	}
	switch in.State {
	case "firing":
		all = alert.Firing(all)
	case "pending":
		all = alert.PendingNow(all)
	case "active":
		all = append(alert.Firing(all), alert.PendingNow(all)...)
	}
	all = slices.DeleteFunc(all, func(t metric.Transition) bool {
		return !in.has(t.Key) || in.Severity != "" && in.Severity != string(t.Severity)
	})
	if n := len(all) - in.Newest; n > 0 && in.State == "history" {
		all = all[n:]
	}
	out := &alertsOutput{Body: []alertRow{}}
	for _, t := range all {
		out.Body = append(out.Body, alertOf(t))
	}
	return out, nil
}
