package script

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// mostValues keeps a mistyped count from filling the memory.
const mostValues = 1_000_000

// values reads the words of a series' line, NaN where a point is missing:
//
//	95          one value
//	95x6        six times 95
//	10..50x5    five values from 10 to 50
//	50~2x300    three hundred values about 50, ±2, always the same ones
//	-x3         nothing for three steps
func values(words []string) ([]float64, error) {
	var out []float64
	for _, w := range words {
		part, err := word(w, len(out))
		if err != nil {
			return nil, err
		}
		if out = append(out, part...); len(out) > mostValues {
			return nil, fmt.Errorf("there are more than %d values; write fewer", mostValues)
		}
	}
	return out, nil
}

func word(w string, before int) ([]float64, error) {
	wrong := fmt.Errorf("%q is not a value; write 95, 95x6 (six times), 10..50x5 (from 10 to 50 in five), 50~2x300 (300 about 50) or -x3 (nothing)", w)
	text, n := w, 1
	if i := strings.LastIndexByte(w, 'x'); i >= 0 {
		var err error
		if n, err = strconv.Atoi(w[i+1:]); err != nil || n < 1 || n > mostValues {
			return nil, wrong
		}
		text = w[:i]
	}
	from, to, ramp := strings.Cut(text, "..")
	middle, spread, noise := strings.Cut(text, "~")
	out := make([]float64, n)
	switch {
	case text == "-":
		for i := range out {
			out[i] = math.NaN()
		}
	case ramp:
		a, aok := number(from)
		b, bok := number(to)
		if !aok || !bok || n < 2 {
			return nil, wrong
		}
		for i := range out {
			out[i] = a + (b-a)*float64(i)/float64(n-1)
		}
	case noise:
		m, mok := number(middle)
		s, sok := number(spread)
		if !mok || !sok {
			return nil, wrong
		}
		r := rand.New(rand.NewPCG(1, uint64(before)))
		for i := range out {
			out[i] = m + s*(2*r.Float64()-1)
		}
	default:
		v, ok := number(text)
		if !ok {
			return nil, wrong
		}
		for i := range out {
			out[i] = v
		}
	}
	return out, nil
}

func number(text string) (float64, bool) {
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}
