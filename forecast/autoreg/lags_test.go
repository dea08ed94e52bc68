package autoreg

import (
	"fmt"
	"slices"
	"testing"
)

func TestUsableLags(t *testing.T) {
	for _, c := range []struct {
		lags []int
		n    int
		want []int
	}{
		{[]int{3, 1, 2, 2}, 100, []int{1, 2, 3}},
		{[]int{0, -1, 1}, 100, []int{1}},
		{[]int{1, 50, 51}, 100, []int{1, 50}},      // half of the points is the furthest
		{[]int{1, 2, 3, 4, 5}, 10, []int{1, 2, 3}}, // 10-3 rows for 3 lags: at least two each
		{[]int{1, 2}, 1, nil}, {[]int{1}, 2, nil}, {[]int{1}, 3, []int{1}}, {nil, 10, nil},
	} {
		if got := Usable(slices.Clone(c.lags), c.n); !slices.Equal(got, c.want) {
			t.Errorf("%v of %d points: %v, want %v", c.lags, c.n, got, c.want)
		}
	}
}

func TestSeasonLags(t *testing.T) {
	for _, c := range []struct {
		short, long, n int
		with, without  []int
	}{
		{24, 168, 2000, []int{1, 2, 3, 23, 24, 25, 47, 48, 49, 72, 120, 143, 144, 145, 167, 168, 169}, []int{0, 4, 22, 170}},
		{7, 365, 1000, []int{1, 7, 14, 35, 364, 365, 366}, []int{41, 42}}, // not seven to one: no sixth
		{0, 0, 100, []int{1, 2, 3}, []int{4}},
		{3, 0, 100, []int{1, 2, 3}, []int{4, 6}},
		{24, 24, 200, []int{24}, []int{144}},
		{24, 168, 60, []int{1, 23, 24, 25}, []int{47, 168}},
	} {
		got := SeasonLags(c.short, c.long, c.n)
		name := fmt.Sprintf("%d and %d, %d points", c.short, c.long, c.n)
		for _, l := range c.with {
			if !slices.Contains(got, l) {
				t.Errorf("%s: %v lacks %d", name, got, l)
			}
		}
		for _, l := range c.without {
			if slices.Contains(got, l) {
				t.Errorf("%s: %v has %d", name, got, l)
			}
		}
		for _, l := range got {
			if l < 1 || l > c.n/2 {
				t.Errorf("%s: lag %d", name, l)
			}
		}
	}
}
