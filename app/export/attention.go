package export

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"aiops/app/view"
	"aiops/metric"
)

// alarmPercent is the share from which a metric in per cent needs attention
// without a threshold of its own.
const alarmPercent = 90

// finding is something that needs attention: one card of the report.
type finding struct {
	Level  level
	VM     string // whose section tells more; may be empty
	Title  string
	Detail string
	name   string // what a summary of several says of it
	weight float64
}

// level ranks findings and gives a card its icon and colour.
type level string

// The levels, most pressing first. Each is an icon's name in the template.
const (
	critical level = "crit"
	warning  level = "warn"
	noData   level = "nodata"
	note     level = "note"
)

// Word is what the icon stands for, for those who do not see it.
func (l level) Word() string {
	return map[level]string{critical: "Critical", warning: "Warning", noData: "No data", note: "Note"}[l]
}

// limit is the value from which the series is too high, if there is one.
func (j *job) limitOf(s *series) (v float64, threshold, ok bool) {
	if v, ok := j.opt.Thresholds.Of(s.Key); ok {
		return v, true, true
	}
	return alarmPercent, false, s.Unit == metric.Percent
}

// high looks for a series whose last point is above its limit.
func (j *job) high(s *series) (finding, bool) {
	limit, threshold, ok := j.limitOf(s)
	if !ok || s.Sum.Last <= limit || s.Silent > 0 {
		return finding{}, false
	}
	start, whole := aboveSince(s.Data, limit)
	since := j.since(start)
	if whole {
		since = "in the whole range"
	}
	f := finding{
		Level: critical, VM: s.VM, name: s.VM + " " + s.Metric,
		Title:  fmt.Sprintf("%s %s is above %s", s.VM, s.Metric, short(s.Unit, limit)),
		Detail: fmt.Sprintf("%s, %s", s.Unit.Format(s.Sum.Last), since),
		weight: s.Sum.Last / math.Max(math.Abs(limit), 1e-9),
	}
	if threshold {
		f.Detail += ", threshold"
		f.weight++ // somebody said that this one matters
	}
	return f, true
}

// since tells a time that began a state which goes on.
func (j *job) since(t int64) string { return "since " + j.at(t) }

// at tells a time, without the day on the report's last day.
func (j *job) at(t int64) string {
	if c := j.opt.clock(); c.SameDay(t, j.Ref) {
		return c.Hour(t)
	}
	return j.opt.clock().Time(t)
}

// aboveSince is the first time of the last run above the limit; whole says
// that the series never was below.
func aboveSince(e metric.Envelope, limit float64) (start int64, whole bool) {
	i := e.Len() - 1
	for i > 0 && e.Mean[i-1] > limit {
		i--
	}
	return e.Times[i], i == 0
}

// silent looks for series that stopped. When all series of the VM have, it is said once.
func (j *job) silent(vm string, all []*series) []finding {
	var out []finding
	stopped := slices.DeleteFunc(slices.Clone(all), func(s *series) bool { return s.Silent == 0 })
	if len(stopped) == 0 {
		return nil
	}
	if len(stopped) == len(all) {
		latest := slices.MaxFunc(all, func(a, b *series) int { return cmp.Compare(a.Sum.LastTime, b.Sum.LastTime) })
		return []finding{j.silence1(vm, vm, latest)}
	}
	for _, s := range stopped {
		out = append(out, j.silence1(vm, vm+" "+s.Metric, s))
	}
	return out
}

func (j *job) silence1(vm, name string, s *series) finding {
	return finding{
		Level: noData, VM: vm, name: name, weight: float64(s.Silent) / float64(max(1, s.Step)),
		Title:  name + " has sent no data for " + view.Duration(s.Silent),
		Detail: "Last point " + j.at(s.Sum.LastTime),
	}
}

// incidents turns the incidents of the range into findings: those that go on
// at its end, and those that are over.
func (j *job) incidents() (open, over []finding) {
	for _, a := range j.notes {
		if a.Kind != metric.Incident || a.VM != "" && !j.shows(a.VM) {
			continue
		}
		f := finding{Level: note, VM: a.VM, name: a.VM, Detail: a.Text, weight: float64(a.To), Title: a.VM + " incident"}
		if a.VM == "" {
			f.name, f.Title = "all VMs", "Incident on all VMs"
		}
		if a.Metric != "" {
			f.Detail = strings.TrimSuffix(a.Metric+": "+a.Text, ": ")
		}
		if a.To >= j.Ref {
			f.Level = critical
			f.Title += ", " + j.since(a.From)
			open = append(open, f)
			continue
		}
		f.Title += ", " + j.shortRange(a.Span()) + ", over"
		over = append(over, f)
	}
	return open, over
}

// shortRange leaves the day out where the report covers one day only.
func (j *job) shortRange(r metric.Range) string {
	c := j.opt.clock()
	if c.SameDay(r.From, j.Ref) && c.SameDay(r.To, j.Ref) {
		return c.Hour(r.From) + " – " + c.Hour(r.To)
	}
	return c.Range(closed(r))
}

// maxFindings is how many cards stand at the head of the report.
const maxFindings = 4

// group is findings of one kind and how several of them are told: "%s series are ...".
type group struct {
	all  []finding
	many string
}

// rank chooses the cards: every kind gets one, the rest goes to the most
// pressing kinds, and what does not fit is told in a kind's last card.
func rank(groups ...group) []finding {
	room := maxFindings
	cards := make([]int, len(groups))
	for round := 0; room > 0 && round < maxFindings; round++ {
		for i, g := range groups {
			if cards[i] < len(g.all) && room > 0 {
				cards[i]++
				room--
			}
		}
	}
	var out []finding
	for i, g := range groups {
		out = append(out, g.cards(cards[i])...)
	}
	return out
}

func (g group) cards(n int) []finding {
	slices.SortStableFunc(g.all, func(a, b finding) int { return cmp.Compare(b.weight, a.weight) })
	if n == 0 || n == len(g.all) {
		return g.all[:n]
	}
	rest := g.all[n-1:]
	number := metric.Grouped(int64(len(rest)))
	if n > 1 {
		number += " more"
	}
	return append(slices.Clone(g.all[:n-1]), finding{
		Level: rest[0].Level, Title: fmt.Sprintf(g.many, number), Detail: namesOf(rest),
	})
}

// namesOf lists the first few names.
func namesOf(all []finding) string {
	const shown = 3
	var names []string
	for _, f := range all {
		if !slices.Contains(names, f.name) {
			names = append(names, f.name)
		}
	}
	if n := len(names) - shown; n > 0 {
		return strings.Join(names[:shown], ", ") + " and " + metric.Grouped(int64(n)) + " more"
	}
	return strings.Join(names, ", ")
}

// short writes a limit without needless zeros: 90 %, not 90.0 %.
func short(u metric.Unit, v float64) string {
	text := u.Format(v)
	number, unit, found := strings.Cut(text, "\u00a0")
	if strings.Contains(number, ".") {
		number = strings.TrimSuffix(strings.TrimRight(number, "0"), ".")
	}
	if !found {
		return number
	}
	return number + "\u00a0" + unit
}
