//go:build exp

package auto

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

var (
	set   = flag.String("set", "server", "")
	one   = flag.String("one", "", "")
	stats = flag.Bool("stats", false, "")
)

func column(file string, col int) []float64 {
	f, err := os.Open(file)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	var out []float64
	sc := bufio.NewScanner(f)
	sc.Scan()
	for sc.Scan() {
		p := strings.Split(sc.Text(), ",")
		v, err := strconv.ParseFloat(p[col], 64)
		if err == nil {
			out = append(out, v)
		}
	}
	return out
}

type task struct {
	group, name string
	y           []float64 // training
	actual      []float64
}

const data = "../../../shared/data/"

func load(set string) (tasks []task, short, long, H int) {
	add := func(group, name string, y []float64, o, H int) {
		tasks = append(tasks, task{group, name, y[:o], y[o : o+H]})
	}
	glob := func(p string) []string { f, _ := filepath.Glob(data + p); return f }
	switch set {
	case "server":
		for _, f := range glob("server/*.csv") {
			if strings.HasSuffix(f, "origins.csv") {
				continue
			}
			y := column(f, 1)
			n := len(y)
			for k := range 5 {
				o := int(math.Round(float64(n)/2 + float64(k)*(float64(n)-288-float64(n)/2)/4))
				add(filepath.Base(f), fmt.Sprint(o), y, o, 288)
			}
		}
		return tasks, 288, 2016, 288
	case "dev5":
		for _, f := range append(glob("nab/realTweets/*.csv"), glob("nab/art*/*.csv")...) {
			y := column(f, 1)
			if len(y) > 8000 {
				y = y[len(y)-8000:]
			}
			n := len(y)
			for k := range 6 {
				o := n/2 + k*(n-288-n/2)/5
				add("nab-"+filepath.Base(f)[:6], filepath.Base(f), y, o, 288)
			}
		}
		for _, f := range glob("asd/*.csv") {
			for c := 1; c <= 19; c++ {
				y := column(f, c)
				y = y[len(y)-4500:]
				n := len(y)
				for k := range 2 {
					o := n/2 + 77*c%500 + k*800
					if o+288 <= n {
						add("asd-"+filepath.Base(f), strconv.Itoa(c), y, o, 288)
					}
				}
			}
		}
		return tasks, 288, 2016, 288
	case "short5":
		big, _, _, _ := load("dev5")
		for i, k := range big {
			if i%2 == 0 {
				n := []int{60, 100, 200, 400, 700, 1000}[i/2%6]
				y := k.y[:n+288]
				add(fmt.Sprint("n", n), k.name, y, n, 288)
			}
		}
		return tasks, 288, 2016, 288
	case "shorth":
		big, _, _, _ := load("hourly")
		for i, k := range big {
			n := []int{20, 40, 60, 100, 200, 400}[i%6]
			add(fmt.Sprint("n", n), k.name, k.y[:n+48], n, 48)
		}
		return tasks, 24, 168, 48
	case "hourly":
		hours := func(y []float64, k int) []float64 {
			out := make([]float64, len(y)/k)
			for i := range out {
				for j := range k {
					out[i] += y[i*k+j]
				}
			}
			return out
		}
		windows := func(group, name string, y []float64, length, step int) {
			for end := len(y); end-length-48 >= 0; end -= step {
				add(group, name+fmt.Sprint(end), y[end-length-48:end], length, 48)
			}
		}
		windows("taxi", "taxi", hours(column(data+"nab/realKnownCause/nyc_taxi.csv", 1), 2), 720, 250)
		windows("temp", "temp", column(data+"nab/realKnownCause/ambient_temperature_system_failure.csv", 1), 720, 700)
		windows("api", "api", column(glob("mscloud/ecom*/api-01.csv")[0], 1), 720, 300)
		for _, f := range append(glob("mscloud/application-crash-rate-*/*.csv"), glob("mscloud/consumer*/*.csv")...) {
			windows("cloud", filepath.Base(f), column(f, 1), 720-168, 120)
		}
		for _, f := range glob("mscloud/middle*/*.csv") {
			windows("latency", filepath.Base(f), column(f, 1), 720-48, 120)
		}
		for _, f := range glob("nab/realTweets/*.csv") {
			windows("tweet", filepath.Base(f), hours(column(f, 1), 12), 720, 150)
		}
		for _, f := range glob("asd/*.csv") {
			for c := 1; c <= 19; c += 1 {
				windows("asd", filepath.Base(f)+strconv.Itoa(c), hours(column(f, c), 12), 900, 2000)
			}
		}
		return tasks, 24, 168, 48
	}
	panic(set)
}

func scaleOf(y []float64, s int) float64 {
	var sum float64
	for i := s; i < len(y); i++ {
		sum += math.Abs(y[i] - y[i-s])
	}
	if len(y) >= 2*s && sum > 0 {
		return sum / float64(len(y)-s)
	}
	sum = 0
	for i := 1; i < len(y); i++ {
		sum += math.Abs(y[i] - y[i-1])
	}
	return sum / float64(len(y)-1)
}

type fig struct{ mase, wis, cov, smape, msis, cov95, n float64 }

func (f *fig) add(y, v, lo, hi, lo95, hi95 []float64, q float64) {
	g := fig{}
	for i := range y {
		e := math.Abs(y[i] - v[i])
		g.mase += e / q
		is := hi[i] - lo[i] + 10*max(0, lo[i]-y[i]) + 10*max(0, y[i]-hi[i])
		g.wis += (0.5*e + 0.1*is) / 1.5 / q
		if y[i] >= lo[i] && y[i] <= hi[i] {
			g.cov++
		}
		if y[i] >= lo95[i] && y[i] <= hi95[i] {
			g.cov95++
		}
		if d := math.Abs(y[i]) + math.Abs(v[i]); d > 0 {
			g.smape += 200 * e / d
		}
		g.msis += (hi95[i] - lo95[i] + 40*max(0, lo95[i]-y[i]) + 40*max(0, y[i]-hi95[i])) / q
	}
	k := float64(len(y))
	f.mase += g.mase / k
	f.wis += g.wis / k
	f.cov += g.cov / k
	f.smape += g.smape / k
	f.msis += g.msis / k
	f.cov95 += g.cov95 / k
	f.n++
}

func TestExp(t *testing.T) {
	tasks, short, long, H := load(*set)
	groups := map[string]map[int]*fig{}
	ref := map[string]*fig{}
	var mu sync.Mutex
	var wg sync.WaitGroup
	sem := make(chan struct{}, 2)
	began := time.Now()
	for _, k := range tasks {
		q := scaleOf(k.y, short)
		if !(q > 0) {
			continue
		}
		wg.Add(1)
		sem <- struct{}{}
		go func() {
			defer func() { <-sem; wg.Done() }()
			m, err := Train(context.Background(), k.y, Options{Short: short, Long: long, Horizon: H})
			if err != nil {
				t.Error(err)
				return
			}
			r := m.Predict(k.y[m.Cut:], H, []float64{0.1, 0.9, 0.025, 0.975})
			mu.Lock()
			defer mu.Unlock()
			if m.Cut > 0 && *one == "cut" {
				f := fig{}
				f.add(k.actual, r.Value, r.Quantiles[0], r.Quantiles[1], r.Quantiles[2], r.Quantiles[3], q)
				fmt.Printf("cut %s %s n %d left %d: MASE %.3f sWIS %.3f cov %.2f\n", k.group, k.name, len(k.y), len(k.y)-m.Cut, f.mase, f.wis, f.cov)
			}
			for _, name := range []string{k.group, "~all"} {
				if groups[name] == nil {
					groups[name] = map[int]*fig{}
					for _, hz := range []int{H / 6, H} {
						groups[name][hz] = &fig{}
					}
					ref[name] = &fig{}
				}
				for hz, g := range groups[name] {
					qq := r.Quantiles
					g.add(k.actual[:hz], r.Value, qq[0], qq[1], qq[2], qq[3], q)
				}
				sn := k.y[max(0, len(k.y)-short):]
				v := make([]float64, H)
				for i := range v {
					v[i] = sn[i%len(sn)]
				}
				ref[name].add(k.actual, v, v, v, v, v, q)
			}
		}()
	}
	wg.Wait()
	var names []string
	for n := range groups {
		names = append(names, n)
	}
	sort.Strings(names)
	for _, n := range names {
		if n != "~all" && !*stats {
			continue
		}
		for _, hz := range []int{H / 6, H} {
			g := groups[n][hz]
			r := ref[n]
			owa := 0.5 * (g.smape/r.smape + g.mase/r.mase)
			fmt.Printf("%-36s h%-4d n%4.0f MASE %.4f sWIS %.4f cov80 %.3f sMAPE %.2f MSIS %.3f cov95 %.3f rel %.4f\n", n, hz, g.n, g.mase/g.n, g.wis/g.n, g.cov/g.n, g.smape/g.n, g.msis/g.n, g.cov95/g.n, owa)
		}
	}
	for _, hz := range []int{H / 6, H} {
		var a, b, c, d, e float64
		k := float64(len(names) - 1)
		for _, n := range names[:len(names)-1] {
			g := groups[n][hz]
			a += math.Log(g.mase/g.n) / k
			b += math.Log(g.wis/g.n) / k
			c += math.Log(0.5*(g.smape/ref[n].smape+g.mase/ref[n].mase)) / k
			d += math.Log(g.msis/g.n) / k
			e += g.cov / g.n / k
		}
		fmt.Printf("GM h%-4d MASE %.4f sWIS %.4f rel %.4f MSIS %.3f cov %.3f\n", hz, math.Exp(a), math.Exp(b), math.Exp(c), math.Exp(d), e)
	}
	fmt.Printf("%.1f ms a task\n", time.Since(began).Seconds()*1000/float64(len(tasks))*2)
}
