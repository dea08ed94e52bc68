package notify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"aiops/metric"
)

// poster sends JSON to an address, which may itself be a secret.
type poster struct {
	address string
	host    string // what may be told of the address
	token   secret
	hidden  []secret // what must not be told: the token, and the address where it is one
	client  *http.Client
}

func newPoster(c Config) (*poster, error) {
	p := &poster{address: c.URL, client: &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if c.URLEnv != "" {
		address, err := fromEnv(c.Name, c.URLEnv)
		if err != nil {
			return nil, err
		}
		p.address, p.hidden = string(address), []secret{address}
	}
	u, err := url.Parse(p.address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("channel %s: its address is not one; write https://host/path", c.Name)
	}
	p.host = u.Host
	if c.URLEnv != "" { // a server's answer may repeat parts of it
		p.hidden = append(p.hidden, secret(u.RequestURI()), secret(u.RawQuery), secret(strings.Trim(u.Path, "/")))
	}
	p.token, err = fromEnv(c.Name, c.TokenEnv)
	p.hidden = append(p.hidden, p.token)
	return p, err
}

// post sends a value once; path is added to the address.
func (p *poster) post(ctx context.Context, path string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return permanentError{fmt.Errorf("write the message: %w", err)}
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.address+path, bytes.NewReader(body))
	if err != nil {
		return permanentError{fmt.Errorf("the address of %s cannot be used", p.host)}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "aiops")
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+string(p.token))
	}
	resp, err := p.client.Do(req)
	if err != nil {
		var u *url.Error // its text holds the whole address
		if errors.As(err, &u) {
			err = u.Err
		}
		return hide(fmt.Errorf("reach %s: %w", p.host, err), p.hidden...)
	}
	defer resp.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(resp.Body, 300)) // only for the message
	return hide(p.answer(resp, strings.TrimSpace(string(said))), p.hidden...)
}

// answer turns a status into an error: the other side's troubles may pass, mistakes stay.
func (p *poster) answer(resp *http.Response, said string) error {
	if resp.StatusCode/100 == 2 {
		return nil
	}
	err := fmt.Errorf("%s answered %s: %s", p.host, resp.Status, oneLine(said))
	switch {
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode == http.StatusServiceUnavailable:
		if s, e := strconv.Atoi(resp.Header.Get("Retry-After")); e == nil && s >= 0 {
			return laterError{err, time.Duration(min(s, 3600)) * time.Second}
		}
		return err
	case resp.StatusCode/100 == 5, resp.StatusCode == http.StatusRequestTimeout:
		return err
	}
	return permanentError{err}
}

// webhook sends messages as JSON.
type webhook struct{ *poster }

func openWebhook(c Config) (Channel, error) {
	p, err := newPoster(c)
	return webhook{p}, err
}

// payload is what a webhook gets. Its text field is what Slack, Mattermost and
// others show.
type payload struct {
	Title    string          `json:"title"`
	Text     string          `json:"text"`
	Group    string          `json:"group"`
	Status   string          `json:"status"` // firing, or resolved where all are
	Severity metric.Severity `json:"severity"`
	Alerts   []payloadAlert  `json:"alerts"`
}

type payloadAlert struct {
	Rule     string            `json:"rule"`
	VM       string            `json:"vm"`
	Metric   string            `json:"metric,omitempty"`
	State    metric.AlertState `json:"state"`
	Severity metric.Severity   `json:"severity"`
	Time     string            `json:"time"`
	Value    *float64          `json:"value"`
	Summary  string            `json:"summary"`
	Labels   map[string]string `json:"labels,omitempty"`
}

func (w webhook) Send(ctx context.Context, m Message) error {
	p := payload{Title: m.Title(), Text: m.Title() + "\n" + m.Text(), Group: m.Group, Status: string(metric.Resolved), Severity: m.Severity()}
	for _, t := range m.Changes {
		if firing(t) {
			p.Status = string(metric.Firing)
		}
		a := payloadAlert{Rule: t.Rule, VM: t.VM, Metric: t.Metric, State: t.To, Severity: t.Severity,
			Time: metric.Time(t.Time).Format(time.RFC3339), Summary: t.Summary, Labels: t.Labels}
		if !math.IsNaN(t.Value) && !math.IsInf(t.Value, 0) {
			a.Value = &t.Value
		}
		p.Alerts = append(p.Alerts, a)
	}
	return w.post(ctx, "", p)
}
