package view

import "sort"

func abs(v int64) int64 { return max(v, -v) }

// closest is the element nearest to t; times ascend and are not empty.
func closest(times []int64, t int64) int64 {
	j := sort.Search(len(times), func(i int) bool { return times[i] >= t })
	switch {
	case j == len(times):
		return times[j-1]
	case j > 0 && t-times[j-1] <= times[j]-t:
		return times[j-1]
	}
	return times[j]
}

// neighbour is the first time after t, or the last before it.
func neighbour(times []int64, t int64, later bool) (int64, bool) {
	j := sort.Search(len(times), func(i int) bool { return times[i] > t || !later && times[i] >= t })
	if !later {
		j--
	}
	if j < 0 || j >= len(times) {
		return 0, false
	}
	return times[j], true
}
