package script

import (
	"errors"
	"fmt"
	"strings"

	"aiops/app/alert"
	"aiops/metric"
)

// rules FILE, or the rules below
func (p *parser) rules(args []string) (func(*runner) error, error) {
	lines, first := p.block()
	name, text := p.name, []byte(strings.Repeat("\n", first-1)+strings.Join(lines, "\n"))
	given := strings.TrimSpace(string(text)) != ""
	switch {
	case len(args) > 1 || len(args) == 1 == given:
		return nil, errors.New("write rules FILE.yaml, or rules and the text below, indented")
	case len(args) == 1:
		var err error
		if name = args[0]; p.open == nil {
			return nil, errors.New("no files can be read here; write the rules below, indented")
		}
		if text, err = p.open(name); err != nil {
			return nil, fmt.Errorf("read the rules: %w", err)
		}
	}
	f, err := alert.Parse(name, text)
	if err != nil {
		p.errs = append(p.errs, err) // it names its lines itself
		return nil, nil
	}
	return func(r *runner) error { return r.setRules(f.Rules) }, nil
}

// span reads OFFSET to OFFSET
func (p *parser) span(args []string) (metric.Range, error) {
	if len(args) != 3 || args[1] != "to" {
		return metric.Range{}, errors.New("write the times as 1h to 2h")
	}
	from, err := p.offset(args[0])
	if err != nil {
		return metric.Range{}, err
	}
	to, err := p.offset(args[2])
	if err == nil && to <= from {
		err = fmt.Errorf("%s is not before %s; exchange them", args[0], args[2])
	}
	return metric.Range{From: from, To: to}, err
}

// maintenance VM|* [METRIC] 1h to 2h
func (p *parser) maintenance(args []string) (func(*runner) error, error) {
	if len(args) < 4 || len(args) > 5 {
		return nil, errors.New("write maintenance web-01 1h to 2h, or maintenance web-01 cpu 1h to 2h; * is every VM")
	}
	a := metric.Annotation{VM: args[0], Kind: metric.Maintained}
	if a.VM == "*" {
		a.VM = ""
	}
	if len(args) == 5 {
		a.Metric = args[1]
	}
	r, err := p.span(args[len(args)-3:])
	a.From, a.To = r.From, r.To
	return func(r *runner) error { r.notes = append(r.notes, a); return nil }, err
}

// silence [rule=R] [vm=V] [metric=M] [severity=S] 1h to 2h, or every [DAYS] 22:00-06:00 [in ZONE]
func (p *parser) silence(args []string) (func(*runner) error, error) {
	var s metric.Silence
	for len(args) > 0 {
		name, value, ok := strings.Cut(args[0], "=")
		if !ok {
			break
		}
		switch name {
		case "rule":
			s.Rule = value
		case "vm":
			s.VM = value
		case "metric":
			s.Metric = value
		case "severity":
			s.Severity = metric.Severity(value)
		default:
			return nil, fmt.Errorf("%q is not known; write rule=, vm=, metric= or severity=", name)
		}
		args = args[1:]
	}
	if len(args) > 0 && args[0] == "every" {
		err := recurring(&s, args[1:])
		s.From = p.start
		return func(r *runner) error { return r.silence(s) }, err
	}
	r, err := p.span(args)
	s.From, s.To = r.From, r.To
	return func(r *runner) error { return r.silence(s) }, err
}

// recurring reads [DAYS] 22:00-06:00 [in ZONE]
func recurring(s *metric.Silence, args []string) (err error) {
	s.Recurs = true
	if len(args) >= 2 && args[len(args)-2] == "in" {
		s.Zone = args[len(args)-1]
		args = args[:len(args)-2]
	}
	switch len(args) {
	case 2:
		if s.Weekdays, err = alert.ParseWeekdays(args[0]); err != nil {
			return err
		}
	case 1:
	default:
		return errors.New("write every mon-fri 22:00-06:00 in Europe/Berlin; days and zone may be left out")
	}
	if s.Begin, s.End, err = alert.ParseClock(args[len(args)-1]); err != nil {
		return err
	}
	return alert.CheckSilence(*s)
}

// predict STEP made OFFSET and a line for each series: VM METRIC VALUES +-WIDTH
func (p *parser) predict(args []string) (func(*runner) error, error) {
	lines, first := p.block()
	if len(args) != 3 || args[1] != "made" {
		return nil, errors.New("write predict 1h made 24h, and below web-01 disk 80..95x24 +-4 (the interval of 80 %)")
	}
	step, err := alert.ParseSpan(args[0])
	if err != nil {
		return nil, err
	}
	made, err := p.offset(args[2])
	if err != nil {
		return nil, err
	}
	var all []metric.Prediction
	err = p.series(lines, first, func(k metric.Key, args []string) error {
		text, ok := strings.CutPrefix(args[len(args)-1], "+-")
		width, isNumber := number(text)
		if !ok || !isNumber || width < 0 {
			return errors.New("end the line with the half width of the 80 % interval, such as +-4")
		}
		v, err := values(args[:len(args)-1])
		if err == nil {
			all = append(all, prediction(points(k, made+step, step, v), made, width))
		}
		return err
	})
	return func(r *runner) error { r.predictions = append(r.predictions, all...); return nil }, err
}

func prediction(s metric.Series, made int64, width float64) metric.Prediction {
	p := metric.Prediction{Key: s.Key, Made: made, Model: "script", Level: 0.8, Times: s.Times, Value: s.Values}
	for _, v := range s.Values {
		p.Lower, p.Upper = append(p.Lower, v-width), append(p.Upper, v+width)
	}
	return p
}

// eval at OFFSET
func (p *parser) eval(args []string) (func(*runner) error, error) {
	if len(args) != 2 || args[0] != "at" {
		return nil, errors.New("write eval at 1h40m")
	}
	t, err := p.offset(args[1])
	return func(r *runner) error { return r.eval(t) }, err
}
