package alert

import "strings"

// nearest is the name that was probably meant; empty if none is near.
func nearest(name string, all []string) string {
	best, least := "", 3
	for _, a := range all {
		if d := distance(strings.ToLower(name), a); d < least && d < len(a) {
			best, least = a, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
