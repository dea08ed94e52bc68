package cli

import (
	"fmt"

	"aiops/app"
	"aiops/metric"
	"aiops/store/postgres"
)

type dbCmd struct {
	Migrate dbMigrateCmd `cmd:"" help:"Create the tables that are missing, or bring them up to date. Tables that others made are left as they are."`
	Status  dbStatusCmd  `cmd:"" help:"Tell the database's state: version, rows, connections."`
}

type dbMigrateCmd struct {
	Track bool `name:"track" help:"Also add triggers to a server_metrics_fact that others made, which note what is changed there: lists and wide ranges are then fast."`
}

func (c *dbMigrateCmd) Run(r *run) error { return r.database(false, c.Track) }

type dbStatusCmd struct{}

func (c *dbStatusCmd) Run(r *run) error { return r.database(true, false) }

func (r *run) database(look, track bool) error {
	if !app.IsPostgres(r.DB) {
		return usageError{fmt.Errorf("aiops db is about Postgres; name one with --db postgres://USER@HOST/DATABASE (an SQLite file needs no such step)")}
	}
	st, err := app.MigrateDatabase(r.ctx, r.DB, look, track)
	if err != nil {
		return err
	}
	printStatus(r, st)
	return nil
}

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
	if st.Tracked {
		fmt.Fprintf(r.Out, "  changes by others: noted, %s to take in\n", metric.Grouped(st.Pending))
	} else {
		fmt.Fprintln(r.Out, "  changes by others: not noted, so that lists and wide ranges read the whole table; `aiops db migrate --track` adds triggers for that")
	}
	fmt.Fprintf(r.Out, "  connections: this program %d of at most %d, all programs %d of %d\n", st.Open, st.Most, st.Used, st.Allowed)
}
