package cli

import (
	"fmt"
	"time"

	"aiops/metric"
	"aiops/store/postgres"
)

func printStatus(r *run, st postgres.Status) {
	fmt.Fprintf(r.Out, "%s, Postgres %s\n", st.Where, st.Server)
	switch {
	case st.Format == 0:
		fmt.Fprintln(r.Out, "  schema aiops: not there; `aiops db migrate` makes it")
	case st.Format < st.Latest:
		fmt.Fprintf(r.Out, "  schema aiops: format %d of %d; `aiops db migrate` brings it up to date\n", st.Format, st.Latest)
	default:
		fmt.Fprintf(r.Out, "  schema aiops: format %d, up to date\n", st.Format)
	}
	if !st.Facts {
		fmt.Fprintln(r.Out, "  server_metrics_fact: not there; `aiops db migrate` makes it")
		return
	}
	fmt.Fprintf(r.Out, "  server_metrics_fact: about %s rows, %s\n", metric.Grouped(st.Rows), metric.UnitOf("bytes").Format(float64(st.Bytes)))
	switch {
	case st.Months:
		fmt.Fprintf(r.Out, "  partitions: %d, by the month\n", st.Partitions)
	case st.Partitions > 0:
		fmt.Fprintf(r.Out, "  partitions: %d, made by others\n", st.Partitions)
	}
	if st.Tracked {
		fmt.Fprintf(r.Out, "  changes by others: noted, %s to take in\n", metric.Grouped(st.Pending))
	} else {
		fmt.Fprintln(r.Out, "  changes by others: not noted, so that lists and wide ranges read the whole table; `aiops db migrate --track` adds triggers for that")
	}
	if !st.Indexed {
		fmt.Fprintln(r.Out, "  ranges of one series: read among all others of its VM; `aiops db migrate --index` adds an index for them")
	}
	fmt.Fprintf(r.Out, "  connections: this program %d of at most %d, all programs %d of %d\n", st.Open, st.Most, st.Used, st.Allowed)
	printReplica(r, st.Replica)
}

func printReplica(r *run, st *postgres.ReplicaStatus) {
	switch {
	case st == nil:
	case st.Trouble != nil:
		fmt.Fprintf(r.Out, "  replica %s: not read: %v\n", st.Where, st.Trouble)
	case !st.Standby:
		fmt.Fprintf(r.Out, "  replica %s: not read, as it is no standby\n", st.Where)
	default:
		fmt.Fprintf(r.Out, "  replica %s: %v behind; connections: this program %d of at most %d\n", st.Where, st.Lag.Round(time.Millisecond), st.Open, st.Most)
	}
}
