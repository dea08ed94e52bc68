package serve

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/app/alert"
	"aiops/metric"
	"aiops/store"
)

// silenceBody keeps alerts from being told. Patterns with * and ? that are
// empty match everything.
type silenceBody struct {
	Rule     string     `json:"rule,omitempty" nullable:"true" maxLength:"512" example:"high-*"`
	VM       string     `json:"vm,omitempty" nullable:"true" maxLength:"512" example:"web-*"`
	Metric   string     `json:"metric,omitempty" nullable:"true" maxLength:"512"`
	Severity string     `json:"severity,omitempty" nullable:"true" enum:"critical,warning,info"`
	All      bool       `json:"all,omitempty" nullable:"true" doc:"Everything; needed when no pattern is given"`
	From     *time.Time `json:"from,omitempty" nullable:"true" doc:"Absent: now"`
	To       *time.Time `json:"to,omitempty" nullable:"true" doc:"Absent: without an end; then days and at are needed"`
	Days     string     `json:"days,omitempty" nullable:"true" maxLength:"64" doc:"It recurs on these weekdays: daily, mon-fri, sat,sun; needs at" example:"mon-fri"`
	At       string     `json:"at,omitempty" nullable:"true" maxLength:"11" doc:"Time of day" example:"22:00-06:00"`
	Zone     string     `json:"zone,omitempty" nullable:"true" maxLength:"64" doc:"Of at; absent: UTC" example:"Europe/Berlin"`
	Comment  string     `json:"comment,omitempty" nullable:"true" maxLength:"2000"`
}

type silenceRow struct {
	ID int64 `json:"id"`
	SilenceFields
	Now  bool   `json:"holds_now"`
	Text string `json:"text" doc:"In one line, for people"`
}

// SilenceFields are what a silence says.
type SilenceFields struct {
	Rule     string     `json:"rule"`
	VM       string     `json:"vm"`
	Metric   string     `json:"metric"`
	Severity string     `json:"severity"`
	From     time.Time  `json:"from"`
	To       *time.Time `json:"to,omitempty"`
	Days     string     `json:"days,omitempty"`
	At       string     `json:"at,omitempty"`
	Zone     string     `json:"zone,omitempty"`
	Comment  string     `json:"comment"`
}

func (s *Server) silenceOf(x metric.Silence) silenceRow {
	out := silenceRow{ID: x.ID, Now: alert.SilenceHolds(x, s.opt.Now().UnixMicro()), Text: alert.SilenceText(x, time.UTC)}
	out.SilenceFields = SilenceFields{Rule: x.Rule, VM: x.VM, Metric: x.Metric, Severity: string(x.Severity), From: metric.Time(x.From), Zone: x.Zone, Comment: x.Comment}
	if x.To != 0 {
		to := metric.Time(x.To)
		out.To = &to
	}
	if x.Recurs {
		out.Days, out.At = weekdays(x.Weekdays), clockText(x.Begin)+"-"+clockText(x.End)
	}
	return out
}

// weekdays tells days as they are sent.
func weekdays(digits string) string {
	if digits == "" || len(digits) == 7 {
		return "daily"
	}
	out := ""
	for _, d := range digits {
		if out != "" {
			out += ","
		}
		out += []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[d-'0']
	}
	return out
}

func clockText(minute int) string { return fmt.Sprintf("%02d:%02d", minute/60, minute%60) }

// silence checks what is sent.
func (s *Server) silence(b silenceBody) (metric.Silence, error) {
	x := metric.Silence{Rule: b.Rule, VM: b.VM, Metric: b.Metric, Severity: metric.Severity(b.Severity), From: s.opt.Now().UnixMicro(), Zone: b.Zone, Comment: b.Comment}
	if b.Rule+b.VM+b.Metric+b.Severity == "" && !b.All {
		return x, invalid("body", nil, "say what is silenced with rule, vm, metric or severity, or everything with all")
	}
	for _, t := range []*time.Time{b.From, b.To} {
		if t != nil && (t.UnixMicro() <= earliest || t.UnixMicro() >= latest) {
			return x, invalid("body.from", t, "a time is outside of the years 1698 to 2241")
		}
	}
	if b.From != nil {
		x.From = b.From.UnixMicro()
	}
	if b.To != nil {
		x.To = b.To.UnixMicro()
	}
	if b.From == nil && b.To != nil && x.To <= x.From {
		return x, invalid("body.to", b.To, "to lies in the past, and without from it begins now")
	}
	if (b.Days == "") != (b.At == "") {
		return x, invalid("body.at", b.At, "days and at go together, such as mon-fri and 22:00-06:00")
	}
	if b.Days == "" && b.To == nil {
		return x, invalid("body.to", nil, "say when it ends with to, or when it recurs with days and at")
	}
	if err := recurring(b, &x); err != nil {
		return x, err
	}
	if err := alert.CheckSilence(x); err != nil {
		return x, invalid("body", nil, err.Error())
	}
	return x, nil
}

func recurring(b silenceBody, x *metric.Silence) (err error) {
	if b.Days == "" {
		return nil
	}
	x.Recurs = true
	if b.Days != "daily" {
		if x.Weekdays, err = alert.ParseWeekdays(b.Days); err != nil {
			return invalid("body.days", b.Days, err.Error())
		}
	}
	if x.Begin, x.End, err = alert.ParseClock(b.At); err != nil {
		return invalid("body.at", b.At, err.Error())
	}
	return nil
}

type (
	IDInput struct {
		ID int64 `path:"id" minimum:"1" example:"1"`
	}
	silenceInput struct{ Body silenceBody }
	silencePut   struct {
		IDInput
		Body silenceBody
	}
	silenceOutput  struct{ Body silenceRow }
	silencesOutput struct{ Body []silenceRow }
)

func (s *Server) listSilences(ctx context.Context, _ *struct{}) (*silencesOutput, error) {
	all, err := s.store.Silences(ctx)
	out := &silencesOutput{Body: []silenceRow{}}
	for _, x := range all {
		out.Body = append(out.Body, s.silenceOf(x))
	}
	return out, err
}

func (s *Server) getSilence(ctx context.Context, in *IDInput) (*silenceOutput, error) {
	all, err := s.store.Silences(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(x metric.Silence) bool { return x.ID == in.ID })
	if i < 0 {
		return nil, missing("silence", in.ID)
	}
	return &silenceOutput{s.silenceOf(all[i])}, nil
}

func (s *Server) postSilence(ctx context.Context, in *silenceInput) (*silenceOutput, error) {
	return s.putSilenceAt(ctx, 0, in.Body)
}

func (s *Server) putSilence(ctx context.Context, in *silencePut) (*silenceOutput, error) {
	return s.putSilenceAt(ctx, in.ID, in.Body)
}

func (s *Server) putSilenceAt(ctx context.Context, id int64, b silenceBody) (*silenceOutput, error) {
	x, err := s.silence(b)
	if err != nil {
		return nil, err
	}
	x.ID = id
	if x.ID, err = s.store.PutSilence(ctx, x); err != nil {
		return nil, absent(err, "silence", id)
	}
	s.changed("silence")
	return &silenceOutput{s.silenceOf(x)}, nil
}

func (s *Server) deleteSilence(ctx context.Context, in *IDInput) (*struct{}, error) {
	if err := s.store.DeleteSilence(ctx, in.ID); err != nil {
		return nil, absent(err, "silence", in.ID)
	}
	s.changed("silence")
	return nil, nil
}

func missing(what string, id int64) error {
	return huma.Error404NotFound(fmt.Sprintf("There is no %s %d.", what, id))
}

// absent tells a number that is not there as such.
func absent(err error, what string, id int64) error {
	if errors.Is(err, store.ErrNotFound) {
		return missing(what, id)
	}
	return err
}
