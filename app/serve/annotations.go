package serve

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"aiops/metric"
)

// annotationBody is a remark on a moment or a span of time.
type annotationBody struct {
	VM     string     `json:"vm,omitempty" nullable:"true" maxLength:"512" doc:"Absent: all VMs" example:"web-01"`
	Metric string     `json:"metric,omitempty" nullable:"true" maxLength:"512" doc:"Absent: all metrics"`
	From   time.Time  `json:"from"`
	To     *time.Time `json:"to,omitempty" nullable:"true" doc:"Absent: a moment"`
	Kind   string     `json:"kind,omitempty" nullable:"true" enum:"note,deployment,incident,maintenance" default:"note"`
	Text   string     `json:"text" minLength:"1" maxLength:"2000" example:"Deployment 4.12"`
}

type annotationRow struct {
	ID     int64     `json:"id"`
	VM     string    `json:"vm"`
	Metric string    `json:"metric"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Kind   string    `json:"kind"`
	Text   string    `json:"text"`
}

func annotationOf(a metric.Annotation) annotationRow {
	return annotationRow{a.ID, a.VM, a.Metric, metric.Time(a.From), metric.Time(a.To), string(a.Kind), a.Text}
}

type (
	annotationsInput struct {
		VM     string `query:"vm" maxLength:"512" doc:"Those that concern this VM"`
		Metric string `query:"metric" maxLength:"512" doc:"Those that concern this metric"`
		Start  Moment `query:"start_date" doc:"From this time on"`
		End    Moment `query:"end_date" doc:"Up to this time, a day as a whole"`
	}
	annotationInput struct{ Body annotationBody }
	annotationPut   struct {
		IDInput
		Body annotationBody
	}
	annotationOutput  struct{ Body annotationRow }
	annotationsOutput struct{ Body []annotationRow }
)

func (s *Server) listAnnotations(ctx context.Context, in *annotationsInput) (*annotationsOutput, error) {
	r, err := predictionsInput{Start: in.Start, End: in.End}.of(s.opt.Now())
	if err != nil {
		return nil, err
	}
	if in.Start.IsZero() {
		r.From = metric.All.From
	}
	all, err := s.store.Annotations(ctx, r)
	out := &annotationsOutput{Body: []annotationRow{}}
	for _, a := range all {
		if (in.VM == "" || a.VM == "" || a.VM == in.VM) && (in.Metric == "" || a.Metric == "" || a.Metric == in.Metric) {
			out.Body = append(out.Body, annotationOf(a))
		}
	}
	return out, err
}

func (s *Server) getAnnotation(ctx context.Context, in *IDInput) (*annotationOutput, error) {
	all, err := s.store.Annotations(ctx, metric.All)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(a metric.Annotation) bool { return a.ID == in.ID })
	if i < 0 {
		return nil, missing("annotation", in.ID)
	}
	return &annotationOutput{annotationOf(all[i])}, nil
}

func (s *Server) postAnnotation(ctx context.Context, in *annotationInput) (*annotationOutput, error) {
	return s.putAnnotationAt(ctx, 0, in.Body)
}

func (s *Server) putAnnotation(ctx context.Context, in *annotationPut) (*annotationOutput, error) {
	return s.putAnnotationAt(ctx, in.ID, in.Body)
}

func (s *Server) putAnnotationAt(ctx context.Context, id int64, b annotationBody) (*annotationOutput, error) {
	a := metric.Annotation{ID: id, VM: b.VM, Metric: b.Metric, From: b.From.UnixMicro(), To: b.From.UnixMicro(), Kind: metric.Kind(b.Kind), Text: b.Text}
	if b.To != nil {
		a.To = b.To.UnixMicro()
	}
	for _, name := range []string{b.VM, b.Metric, b.Text} {
		if name != "" && nameless(name) {
			return nil, invalid("body", nil, "a name or the text has a control character, or is not UTF-8")
		}
	}
	switch {
	case strings.TrimSpace(b.Text) == "":
		return nil, invalid("body.text", b.Text, "the text is empty")
	case a.From <= earliest || a.To >= latest:
		return nil, invalid("body.from", b.From, "a time is outside of the years 1698 to 2241")
	case a.To < a.From:
		return nil, invalid("body.to", b.To, "it ends before it begins")
	}
	var err error
	if a.ID, err = s.store.PutAnnotation(ctx, a); err != nil {
		return nil, absent(err, "annotation", id)
	}
	s.changed("annotation")
	return &annotationOutput{annotationOf(a)}, nil
}

func (s *Server) deleteAnnotation(ctx context.Context, in *IDInput) (*struct{}, error) {
	if err := s.store.DeleteAnnotation(ctx, in.ID); err != nil {
		return nil, absent(err, "annotation", in.ID)
	}
	s.changed("annotation")
	return nil, nil
}

// nameless reports whether a text has what no database takes.
func nameless(text string) bool {
	for _, r := range text {
		if r == utf8.RuneError || r < ' ' && r != '\n' && r != '\t' {
			return true
		}
	}
	return false
}
