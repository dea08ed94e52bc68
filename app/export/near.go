package export

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"aiops/store"
)

// notFound is store.ErrNotFound with a sentence of its own.
type notFound string

func (e notFound) Error() string { return string(e) }
func (e notFound) Unwrap() error { return store.ErrNotFound }

// unknownName is the error for a name that the database does not have.
func unknownName(kind, name string, known []string) error {
	if near := nearNames(name, known); len(near) > 0 {
		return notFound(fmt.Sprintf("no %s is called %q; near: %s", kind, name, strings.Join(near, ", ")))
	}
	shown := known[:min(len(known), 8)]
	more := ""
	if n := len(known) - len(shown); n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return notFound(fmt.Sprintf("no %s is called %q; there are %s%s", kind, name, strings.Join(shown, ", "), more))
}

// nearNames lists up to three known names that look like the one that was
// asked for, the nearest first.
func nearNames(name string, known []string) []string {
	type candidate struct {
		name string
		far  int
	}
	var found []candidate
	want := strings.ToLower(name)
	for _, k := range known {
		have := strings.ToLower(k)
		far := distance(want, have)
		switch {
		case far <= min(len(want)/2+len(want)%2, max(2, len(want)/3)):
		case len(want) >= 2 && strings.Contains(have, want):
			far += 100
		default:
			continue
		}
		found = append(found, candidate{k, far})
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.far, b.far) })
	var out []string
	for _, c := range found[:min(len(found), 3)] {
		out = append(out, c.name)
	}
	return out
}

// distance is the Levenshtein distance in runes.
func distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			above := row[j+1]
			change := diagonal
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(change, above+1, row[j]+1)
			diagonal = above
		}
	}
	return row[len(y)]
}
