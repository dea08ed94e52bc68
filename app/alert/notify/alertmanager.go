package notify

import (
	"context"
	"maps"
	"regexp"
	"strings"
	"time"

	"aiops/metric"
)

// alertmanager sends to Prometheus Alertmanager's API v2, which groups,
// silences and routes by itself.
type alertmanager struct{ *poster }

func openAlertmanager(c Config) (Channel, error) {
	c.URL = strings.TrimRight(c.URL, "/")
	p, err := newPoster(c)
	if err == nil {
		p.address = strings.TrimRight(p.address, "/")
	}
	return alertmanager{p}, err
}

// alertmanagerHolds is how long Alertmanager takes an alert as firing when it
// hears nothing more; the end is told when it comes.
const alertmanagerHolds = 7 * 24 * time.Hour

type postedAlert struct {
	Labels      map[string]string `json:"labels"`
	Annotations map[string]string `json:"annotations"`
	StartsAt    string            `json:"startsAt,omitempty"`
	EndsAt      string            `json:"endsAt"`
}

func (a alertmanager) Send(ctx context.Context, m Message) error {
	var all []postedAlert
	for _, t := range m.Changes {
		all = append(all, posted(t))
	}
	return a.post(ctx, "/api/v2/alerts", all)
}

func posted(t metric.Transition) postedAlert {
	at := metric.Time(t.Time)
	p := postedAlert{Labels: map[string]string{}, Annotations: map[string]string{"summary": t.Summary}}
	for k, v := range t.Labels {
		p.Labels[labelName(k)] = v
	}
	maps.Copy(p.Labels, map[string]string{"alertname": t.Rule, "vm": t.VM, "severity": string(t.Severity)})
	if t.Metric != "" {
		p.Labels["metric"] = t.Metric
	}
	if firing(t) {
		p.StartsAt, p.EndsAt = at.Format(time.RFC3339Nano), at.Add(alertmanagerHolds).Format(time.RFC3339Nano)
	} else {
		p.EndsAt = at.Format(time.RFC3339Nano)
	}
	return p
}

var notInLabels = regexp.MustCompile(`[^a-zA-Z0-9_]|^[0-9]`)

// labelName is a label's name as Prometheus allows it.
func labelName(s string) string { return notInLabels.ReplaceAllString(s, "_") }
