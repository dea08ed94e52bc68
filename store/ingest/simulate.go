package ingest

import (
	"math"
	"math/rand/v2"
	"time"

	"aiops/metric"
)

// The metrics of a simulated VM.
const (
	cpu = iota
	memory
	diskUsed
	diskRead
	networkIn
	networkOut
	latency
	requests
	metricCount
)

var metricNames = [metricCount]string{
	"cpu", "memory", "disk_used", "disk_read", "network_in", "network_out", "latency", "requests",
}

// profile says what a role's machines are like under normal load.
type profile struct {
	rps       float64 // requests a second
	idle, cpu float64 // per cent when idle, and more under full load
	memory    float64 // per cent
	leak      float64 // per cent of memory a day, until a restart
	disk      float64 // per cent at the end
	fill      float64 // per cent of disk a day
	read      float64 // bytes a second
	in, out   float64 // bytes a request
	latency   float64 // milliseconds
	rhythm    float64 // how much the load follows the users: 1 all, 0 nothing
	noise     float64
}

var profiles = map[string]profile{
	"web":   {420, 4, 42, 46, 1.3, 52, 0.15, 0.9e6, 1.9e3, 24e3, 31, 1, 0.05},
	"api":   {310, 6, 48, 52, 1.9, 47, 0.1, 1.4e6, 2.6e3, 9e3, 44, 1, 0.06},
	"db":    {240, 9, 38, 68, 0.12, 78, 0.42, 38e6, 3.1e3, 14e3, 7.5, 0.8, 0.07},
	"cache": {1900, 5, 17, 63, 0.05, 22, 0.01, 0.2e6, 0.7e3, 3e3, 0.9, 0.9, 0.06},
	"batch": {6, 12, 30, 38, 0.9, 61, 0.15, 22e6, 40e3, 55e3, 260, 0.15, 0.14},
	"queue": {700, 6, 24, 41, 0.3, 35, 0.05, 4e6, 1.4e3, 1.4e3, 3.2, 0.9, 0.08},
	"edge":  {950, 3, 33, 30, 0.1, 18, 0.01, 0.1e6, 15e3, 17e3, 12, 1, 0.07},
}

// vary makes one machine a little different from the others of its role.
func (p profile) vary(rng *rand.Rand) profile {
	for _, v := range []*float64{&p.rps, &p.cpu, &p.memory, &p.leak, &p.fill, &p.read, &p.in, &p.out, &p.latency} {
		*v *= 0.88 + 0.24*rng.Float64()
	}
	p.disk = min(p.disk*(0.85+0.3*rng.Float64()), 88)
	return p
}

// walk is noise that remembers: each step keeps a share of the last one, so
// that the deviation over all is 1 whatever the step.
type walk struct {
	rng        *rand.Rand
	keep, kick float64
	at         float64
}

func newWalk(rng *rand.Rand, step, memory time.Duration) *walk {
	keep := math.Exp(-step.Seconds() / memory.Seconds())
	return &walk{rng: rng, keep: keep, kick: math.Sqrt(1 - keep*keep), at: rng.NormFloat64()}
}

func (w *walk) next() float64 {
	w.at = w.keep*w.at + w.kick*w.rng.NormFloat64()
	return w.at
}

// makeTraffic is the users' demand: two humps on a working day, calm nights and
// week-ends, growth, and a mood of hours and days.
func (f *fleet) makeTraffic(rng *rand.Rand) []float64 {
	hours, days := newWalk(rng, f.o.Step, 2*time.Hour), newWalk(rng, f.o.Step, 60*time.Hour)
	out := make([]float64, len(f.times))
	for i, t := range f.times {
		at := metric.Time(t)
		h := float64(at.Hour()) + float64(at.Minute())/60 + float64(at.Second())/3600
		demand := 0.16 + 0.62*hump(h, 10.8, 2.6) + 0.56*hump(h, 15.2, 2.9) + 0.34*hump(h, 20.4, 1.9)
		switch at.Weekday() {
		case time.Saturday:
			demand *= 0.62
		case time.Sunday:
			demand *= 0.55
		case time.Monday:
			demand *= 1.06
		}
		age := float64(len(f.times)-1-i) * f.o.Step.Hours() / 24
		growth := math.Exp(-0.0032 * math.Min(age, 900))
		out[i] = demand * growth * math.Exp(0.035*hours.next()+0.05*days.next())
	}
	return out
}

// hump is a bell around an hour of the day, on the clock's circle.
func hump(h, centre, width float64) float64 {
	d := math.Abs(h - centre)
	d = math.Min(d, 24-d) / width
	return math.Exp(-d * d / 2)
}

// simulate makes the series of a machine.
func (f *fleet) simulate(index int) []metric.Series {
	m := &f.machines[index]
	out := make([]metric.Series, metricCount)
	for k := range out {
		out[k] = metric.Series{
			Key:    metric.Key{VM: m.name, Metric: metricNames[k]},
			Times:  make([]int64, 0, len(f.times)),
			Values: make([]float64, 0, len(f.times)),
		}
	}
	state := newState(m, f.o.Step)
	for i, t := range f.times {
		values := state.next(f.traffic[i], float64(len(f.times)-1-i)*f.o.Step.Hours()/24, &m.effects, i)
		if m.effects.missing[i] {
			continue
		}
		for k, v := range values {
			out[k].Times = append(out[k].Times, t)
			out[k].Values = append(out[k].Values, v)
		}
	}
	return out
}

// state is a machine on its way through time.
type state struct {
	*machine
	step                  time.Duration
	load, work, slow      *walk
	reads, memories, nets *walk
	leaked                float64
	logs                  float64
}

func newState(m *machine, step time.Duration) *state {
	minutes := func(n int) *walk { return newWalk(m.rng, step, time.Duration(n)*time.Minute) }
	return &state{
		machine: m, step: step, load: minutes(25), work: minutes(12), slow: minutes(18),
		reads: minutes(8), memories: minutes(240), nets: minutes(10),
	}
}

// next computes the metrics of a point, age days before the end.
func (s *state) next(traffic, age float64, e *effects, i int) [metricCount]float64 {
	white := func(size float64) float64 { return math.Exp(size * s.rng.NormFloat64()) }
	load := (s.rhythm*traffic + (1-s.rhythm)*0.45) * math.Exp(s.noise*s.load.next()) * white(s.noise*0.35)
	days := s.step.Hours() / 24
	s.leaked = min(s.leaked+s.leak*days*(0.4+load), 18)
	s.logs += days * s.fill * 3
	if e.restart[i] {
		s.leaked = 0
	}
	if s.logs > s.fill*21 { // logs are rotated once a week
		s.logs = 0
	}
	var v [metricCount]float64
	v[requests] = s.rps * load * white(0.02) * e.mul[requests][i]
	demand := v[requests] / s.rps
	v[cpu] = (s.idle+s.profile.cpu*math.Pow(demand, 0.92))*math.Exp(0.05*s.work.next())*e.mul[cpu][i] + e.add[cpu][i] + 1.1*s.rng.NormFloat64()
	v[cpu] = saturate(v[cpu], s.rng)
	v[memory] = s.profile.memory + s.leaked + 5*load + 0.8*s.memories.next() + 0.15*s.rng.NormFloat64() + e.add[memory][i]
	v[diskUsed] = s.disk - s.fill*age + s.logs + 0.02*s.rng.NormFloat64() + e.add[diskUsed][i]
	v[diskRead] = s.read * (0.35 + 0.65*demand) * math.Exp(0.22*s.reads.next()) * white(0.12) * e.mul[diskRead][i]
	v[networkIn] = s.in * v[requests] * math.Exp(0.04*s.nets.next()) * white(0.03) * e.mul[networkIn][i]
	v[networkOut] = s.out * v[requests] * math.Exp(0.04*s.nets.at) * white(0.03) * e.mul[networkOut][i]
	busy := min(v[cpu]/100, 0.97)
	v[latency] = s.profile.latency * (0.52 + 0.4/(1-0.85*busy)) * math.Exp(0.06*s.slow.next()) * white(0.035) * e.mul[latency][i]
	if s.rng.IntN(400) == 0 { // a slow request now and then
		v[latency] *= 1.3 + s.rng.Float64()
	}
	return tidy(v)
}

// saturate keeps a percentage of time in what a busy machine really shows.
func saturate(v float64, rng *rand.Rand) float64 {
	if v > 92 {
		v = 92 + 7.5*(1-math.Exp(-(v-92)/9)) + 0.3*rng.NormFloat64()
	}
	return min(max(v, 0.4), 100)
}

// tidy rounds values to what an agent would report and keeps them possible.
func tidy(v [metricCount]float64) [metricCount]float64 {
	v[memory] = min(max(v[memory], 3), 99.4)
	v[diskUsed] = min(max(v[diskUsed], 1), 99.6)
	for k, scale := range [metricCount]float64{100, 100, 100, 1, 1, 1, 1000, 100} {
		v[k] = max(math.Round(v[k]*scale)/scale, 0)
	}
	return v
}
