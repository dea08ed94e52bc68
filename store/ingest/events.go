package ingest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"

	"aiops/metric"
)

// effects are what events do to a machine's metrics, point by point.
type effects struct {
	mul, add [metricCount][]float64
	missing  []bool
	restart  []bool
}

func newEffects(n int) effects {
	var e effects
	for k := range e.mul {
		e.mul[k], e.add[k] = make([]float64, n), make([]float64, n)
		for i := range e.mul[k] {
			e.mul[k][i] = 1
		}
	}
	e.missing, e.restart = make([]bool, n), make([]bool, n)
	return e
}

// times multiplies a metric by up to factor over the points from..to-1.
func (e *effects) times(k, from, to int, factor float64, shape func(x float64) float64) {
	for i := max(from, 0); i < min(to, len(e.missing)); i++ {
		e.mul[k][i] *= 1 + (factor-1)*shape((float64(i-from)+0.5)/float64(to-from))
	}
}

// plus adds up to much to a metric over the points from..to-1.
func (e *effects) plus(k, from, to int, much float64, shape func(x float64) float64) {
	for i := max(from, 0); i < min(to, len(e.missing)); i++ {
		e.add[k][i] += much * shape((float64(i-from)+0.5)/float64(to-from))
	}
}

func (e *effects) drop(from, to int) {
	for i := max(from, 0); i < min(to, len(e.missing)); i++ {
		e.missing[i] = true
	}
}

// Shapes of an event over its time, 0 to 1.
func plateau(x float64) float64 { return min(1, x/0.08, (1-x)/0.16) }
func ramp(x float64) float64    { return x }
func always(float64) float64    { return 1 }

func (f *fleet) annotate(vm string, from, to int, kind metric.Kind, text string) {
	last := len(f.times) - 1
	f.annotations = append(f.annotations, metric.Annotation{
		VM: vm, From: f.times[min(from, last)], To: f.times[min(to, last)], Kind: kind, Text: text,
	})
}

// of lists the machines of the roles.
func (f *fleet) of(roles ...string) []*machine {
	var out []*machine
	for i := range f.machines {
		for _, r := range roles {
			if f.machines[i].role == r {
				out = append(out, &f.machines[i])
			}
		}
	}
	return out
}

// planDeployments brings new versions: a short restart, memory that starts
// afresh, and now and then a level that is different from then on.
func (f *fleet) planDeployments(rng *rand.Rand) {
	versions := map[string][3]int{"web": {7, 2, 0}, "api": {4, 3, 0}, "batch": {2, 0, 0}}
	for _, role := range []string{"web", "api", "batch"} {
		machines := f.of(role)
		at := time.Duration(f.o.Days)*24*time.Hour - time.Duration(20+rng.IntN(60))*time.Hour
		for at > 6*time.Hour && len(machines) > 0 {
			v := versions[role]
			if v[2]++; rng.IntN(3) == 0 {
				v[1], v[2] = v[1]+1, 0
			}
			versions[role] = v
			shift := 1.0
			if rng.IntN(5) == 0 {
				shift = 0.86 + 0.34*rng.Float64()
			}
			for n, m := range machines {
				i := f.index(at - time.Duration(n)*10*time.Minute)
				f.deploy(m, i, shift, fmt.Sprintf("Deploy %s %d.%d.%d", role, v[0], v[1], v[2]))
			}
			at -= time.Duration(4*24+rng.IntN(6*24)) * time.Hour
		}
	}
}

func (f *fleet) deploy(m *machine, i int, shift float64, text string) {
	m.effects.restart[i] = true
	m.effects.times(requests, i, i+1, 0.4, always)
	m.effects.plus(cpu, i, i+f.steps(10*time.Minute), 14, always)
	if shift != 1 {
		m.effects.times(cpu, i, len(f.times), shift, always)
		m.effects.times(latency, i, len(f.times), (1+shift)/2, always)
	}
	f.annotate(m.name, i, i, metric.Deployment, text)
}

// planIncidents spreads incidents over the time, about two a week, and puts
// one into the last hours so that the demo opens on something to see.
func (f *fleet) planIncidents(rng *rand.Rand) {
	span := time.Duration(f.o.Days) * 24 * time.Hour
	for at := span - time.Duration(15+rng.IntN(60))*time.Hour; at > 20*time.Hour; at -= time.Duration(40+rng.IntN(90)) * time.Hour {
		at := at - time.Duration(rng.IntN(60))*time.Minute
		f.incident(rng, rng.IntN(len(incidents)), at, time.Duration(25+rng.IntN(150))*time.Minute)
	}
	last := 0
	for len(f.of(incidents[last].roles...)) == 0 {
		last++
	}
	f.incident(rng, last, 3*time.Hour+40*time.Minute, 55*time.Minute)
}

// incident lets something happen to a machine and its neighbours.
func (f *fleet) incident(rng *rand.Rand, kind int, at, long time.Duration) {
	c := incidents[kind]
	machines := f.of(c.roles...)
	if len(machines) == 0 {
		return
	}
	hit := machines[rng.IntN(len(machines))]
	from := f.index(at)
	to := from + f.steps(long)
	strength := 0.8 + 0.4*rng.Float64()
	c.effect(&hit.effects, from, to, strength)
	f.annotate(hit.name, from, to, metric.Incident, c.text)
	if c.neighbour == nil {
		return
	}
	for _, m := range f.of(c.near...) {
		if m != hit {
			delay := f.steps(5 * time.Minute)
			c.neighbour(&m.effects, from+delay, to+delay, strength*(0.6+0.4*rng.Float64()))
		}
	}
}

// planRoutine adds what nobody calls an incident: nightly backups, gaps of the
// agent, lost points.
func (f *fleet) planRoutine() {
	day := f.steps(24 * time.Hour)
	for j := range f.machines {
		m := &f.machines[j]
		if m.role == "db" {
			f.backups(m)
		}
		for i := range f.times {
			if m.rng.IntN(2500) == 0 {
				m.effects.drop(i, i+1)
			}
			if m.rng.IntN(13*day) == 0 && i > day {
				m.effects.drop(i, i+f.steps(time.Duration(20+m.rng.IntN(100))*time.Minute))
			}
		}
		m.effects.missing[len(f.times)-1] = false // the demo ends in the present
	}
}

// backups read the whole disk each night from two o'clock on.
func (f *fleet) backups(m *machine) {
	for i, t := range f.times {
		at := metric.Time(t)
		if at.Hour() != 2 || (i > 0 && metric.Time(f.times[i-1]).Hour() == 2) {
			continue
		}
		to := i + f.steps(time.Duration(35+m.rng.IntN(15))*time.Minute)
		m.effects.times(diskRead, i, to, 7, plateau)
		m.effects.times(networkOut, i, to, 3.2, plateau)
		m.effects.plus(cpu, i, to, 19, plateau)
	}
}

// leakShape fills slowly and is gone at once.
func leakShape(x float64) float64 { return math.Pow(x, 0.8) }
