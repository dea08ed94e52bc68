package alert

import (
	"slices"
	"strings"
)

// Patterns select names: * stands for any letters, ? for one. None select all.
type Patterns []string

// Match reports whether one of the patterns fits the whole name.
func (p Patterns) Match(name string) bool {
	return len(p) == 0 || slices.ContainsFunc(p, func(one string) bool { return Match(one, name) })
}

func (p Patterns) String() string {
	if len(p) == 0 {
		return "*"
	}
	return strings.Join(p, ", ")
}

// Match reports whether a pattern fits the whole name; an empty one fits all.
func Match(pattern, name string) bool {
	if pattern == "" {
		return true
	}
	p, n := []rune(pattern), []rune(name)
	i, j, star, from := 0, 0, -1, 0
	for j < len(n) {
		switch {
		case i < len(p) && p[i] == '*':
			star, from = i, j
			i++
		case i < len(p) && (p[i] == '?' || p[i] == n[j]):
			i, j = i+1, j+1
		case star >= 0: // the star takes one letter more
			from++
			i, j = star+1, from
		default:
			return false
		}
	}
	for i < len(p) && p[i] == '*' {
		i++
	}
	return i == len(p)
}
