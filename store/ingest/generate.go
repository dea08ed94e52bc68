package ingest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"aiops/metric"
	"aiops/store"
)

// GenerateOptions say what demo data to make; a zero field is its default.
type GenerateOptions struct {
	VMs      int           // 8
	Days     int           // 60
	Step     time.Duration // 5 minutes
	Seed     uint64        // 1; the same seed, step and end make the same data
	End      time.Time     // the last point; now, on a whole step
	Progress func(done, total int64)
}

func (o GenerateOptions) complete() (GenerateOptions, error) {
	if o.VMs == 0 {
		o.VMs = 8
	}
	if o.Days == 0 {
		o.Days = 60
	}
	if o.Step == 0 {
		o.Step = 5 * time.Minute
	}
	if o.Seed == 0 {
		o.Seed = 1
	}
	if o.End.IsZero() {
		o.End = time.Now()
	}
	o.End = o.End.UTC().Truncate(o.Step)
	switch {
	case o.VMs < 1 || o.VMs > 10000:
		return o, errors.New("the number of VMs must be from 1 to 10000")
	case o.Days < 1 || o.Days > 36500:
		return o, errors.New("the number of days must be from 1 to 36500")
	case o.Step < time.Second || o.Step > 24*time.Hour:
		return o, errors.New("the step must be from 1s to 24h")
	}
	return o, nil
}

// Generate fills the store with demo data: a fleet of VMs with daily and weekly
// rhythm, growth, noise, level shifts, deployments, incidents and gaps. The
// deployments and incidents are stored as annotations.
func Generate(ctx context.Context, st store.Store, o GenerateOptions) (Report, error) {
	began := time.Now()
	r := Report{File: "generate", Found: Found{Format: "demo data"}}
	o, err := o.complete()
	if err != nil {
		return r, fmt.Errorf("generate: %w", err)
	}
	tx, err := st.Begin(ctx, store.Origin{Source: "generate", Began: began})
	if err != nil {
		return r, fmt.Errorf("generate: %w", err)
	}
	if err := generateInto(ctx, tx, o, &r); err != nil {
		return r, errors.Join(fmt.Errorf("generate: %w", err), tx.Rollback())
	}
	if err := tx.Commit(); err != nil {
		return r, fmt.Errorf("generate: %w", err)
	}
	r.Took = time.Since(began)
	return r, nil
}

func generateInto(ctx context.Context, tx store.Tx, o GenerateOptions, r *Report) error {
	f := newFleet(o)
	for i := range f.machines {
		if o.Progress != nil {
			o.Progress(int64(i), int64(len(f.machines)))
		}
		for _, s := range f.simulate(i) {
			if err := ctx.Err(); err != nil {
				return err
			}
			w, err := tx.Write(ctx, s, store.Replace)
			if err != nil {
				return fmt.Errorf("write %s: %w", s.Key, err)
			}
			r.Rows += int64(s.Len())
			r.Stored += w.Stored
			r.Duplicates += w.Duplicates + w.Replaced
			r.Replaced += w.Replaced
			r.Series++
		}
	}
	for _, a := range f.annotations {
		if err := tx.Annotate(ctx, a); err != nil {
			return fmt.Errorf("annotate: %w", err)
		}
	}
	if o.Progress != nil {
		o.Progress(int64(len(f.machines)), int64(len(f.machines)))
	}
	return nil
}

// fleet is the simulated data centre.
type fleet struct {
	o           GenerateOptions
	times       []int64
	traffic     []float64 // what all users ask for, about 1 on a working day
	machines    []machine
	annotations []metric.Annotation
}

// machine is a simulated VM.
type machine struct {
	name, role string
	rng        *rand.Rand
	profile
	effects effects
}

// newFleet lays out the machines, the traffic and all events.
func newFleet(o GenerateOptions) *fleet {
	f := &fleet{o: o}
	n := max(int(time.Duration(o.Days)*24*time.Hour/o.Step), 1)
	f.times = make([]int64, n)
	for i := range f.times {
		f.times[i] = o.End.Add(-time.Duration(n-1-i) * o.Step).UnixMicro()
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0))
	f.traffic = f.makeTraffic(rng)
	order := []string{"web", "api", "db", "cache", "web", "api", "db", "batch", "web", "api", "queue", "edge", "web", "cache"}
	count := map[string]int{}
	for i := range o.VMs {
		role := order[i%len(order)]
		count[role]++
		m := machine{
			name: fmt.Sprintf("%s-%02d", role, count[role]), role: role,
			rng:     rand.New(rand.NewPCG(o.Seed, uint64(i)+1)),
			effects: newEffects(n),
		}
		m.profile = profiles[role].vary(m.rng)
		f.machines = append(f.machines, m)
	}
	f.planDeployments(rng)
	f.planIncidents(rng)
	f.planRoutine()
	return f
}

// index is the point at or behind a time before the end, within the fleet's span.
func (f *fleet) index(beforeEnd time.Duration) int {
	return min(max(len(f.times)-1-int(beforeEnd/f.o.Step), 0), len(f.times)-1)
}

// steps is how many steps a duration takes, at least one.
func (f *fleet) steps(d time.Duration) int { return max(int(d/f.o.Step), 1) }
