package auto

// origins are the numbers of points that the backtests know, ascending. At fine
// steps they are spread over the last four seasons up to an hour before the end;
// at coarse ones they are a season apart and the horizon is whole.
func origins(n, horizon, season int) []int {
	if season >= fineSeason {
		return spread(n-min(n/2, 4*season), n-max(1, season/24), fineOrigins)
	}
	step := max(1, season)
	var ns []int
	for o := n - horizon; len(ns) < coarseOrigins && o >= max(2*season+2, n/3); o -= step {
		ns = append(ns, o)
	}
	if len(ns) < 3 { // too short for that: what there is, with shorter horizons
		return spread(max(1, n/2), max(1, n-max(1, n/16)), min(fineOrigins, n/4+1))
	}
	for i, j := 0, len(ns)-1; i < j; i, j = i+1, j-1 {
		ns[i], ns[j] = ns[j], ns[i]
	}
	return ns
}

// spread is count whole numbers from lo to hi, without repetition.
func spread(lo, hi, count int) []int {
	var ns []int
	for i := range count {
		o := hi
		if count > 1 {
			o = lo + i*(hi-lo)/(count-1)
		}
		if len(ns) == 0 || o > ns[len(ns)-1] {
			ns = append(ns, o)
		}
	}
	return ns
}
