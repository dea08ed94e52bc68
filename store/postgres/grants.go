package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// PrepareLogins creates the group roles of the three roles, and grants them what
// each may do. With byTeam, rows are only seen and written by those whose
// teams' VMs they are of.
// The database's user must be the tables' owner and have CREATEROLE.
func (s *Store) PrepareLogins(ctx context.Context, byTeam bool) error {
	err := s.writing(ctx, "prepare logins", func(c *pgx.Conn) error {
		if _, err := c.Exec(ctx, `SELECT pg_advisory_xact_lock($1)`, int64(lockLogins)); err != nil {
			return err
		}
		if err := runFile(ctx, c, "logins.sql"); err != nil {
			return err
		}
		place, err := shared(ctx, c)
		if err != nil {
			return err
		}
		for _, statement := range append(grants(place), policies(place, byTeam)...) {
			if _, err := c.Exec(ctx, statement, pgx.QueryExecModeSimpleProtocol); err != nil {
				return err
			}
		}
		return nil
	})
	if denied(err) {
		return fmt.Errorf("%w. Logins for people need a database user that owns the tables and has CREATEROLE: ALTER ROLE %s CREATEROLE", err, s.where.user)
	}
	return err
}

// shared is the schema and the names of the shared tables, as they are written in statements.
type sharedTables struct{ schema, facts, pred, database string }

func shared(ctx context.Context, c *pgx.Conn) (p sharedTables, err error) {
	err = c.QueryRow(ctx, `SELECT quote_ident(n.nspname), f.oid::regclass::text, p.oid::regclass::text, quote_ident(current_database())
		FROM pg_class f JOIN pg_namespace n ON n.oid = f.relnamespace, pg_class p
		WHERE f.oid = to_regclass('server_metrics_fact') AND p.oid = to_regclass('server_metrics_predictions')`).Scan(&p.schema, &p.facts, &p.pred, &p.database)
	return p, err
}

// grants says what each role may do; an analyst is also a viewer, and an admin also an analyst.
func grants(p sharedTables) []string {
	var out []string
	for _, g := range []string{"aiops_viewer", "aiops_analyst", "aiops_admin"} {
		out = append(out, `DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '`+g+`') THEN CREATE ROLE `+g+` NOLOGIN; END IF; END $do$`)
	}
	return append(out,
		`GRANT aiops_viewer TO aiops_analyst`, `GRANT aiops_analyst TO aiops_admin`,
		`GRANT CONNECT ON DATABASE `+p.database+` TO aiops_viewer`,
		`GRANT TEMPORARY ON DATABASE `+p.database+` TO aiops_analyst`,
		`GRANT USAGE ON SCHEMA aiops, `+p.schema+` TO aiops_viewer`,
		`GRANT SELECT ON `+p.facts+`, `+p.pred+`, aiops.migrations, aiops.series, aiops.rollups, aiops.changes, aiops.annotations, aiops.runs, aiops.transitions, aiops.silences, aiops.imports, aiops.jobs TO aiops_viewer`,
		`GRANT EXECUTE ON FUNCTION aiops.seen_vms() TO aiops_viewer`,
		`GRANT INSERT, UPDATE ON `+p.facts+` TO aiops_analyst`,
		`GRANT INSERT, UPDATE, DELETE ON `+p.pred+`, aiops.series, aiops.rollups, aiops.changes, aiops.annotations, aiops.runs, aiops.transitions, aiops.silences, aiops.imports, aiops.jobs TO aiops_analyst`,
		`GRANT DELETE ON `+p.facts+` TO aiops_admin`, // retention
		`REVOKE ALL ON aiops.logins FROM PUBLIC`,
	)
}

// policies make tables show only the VMs of a login's teams, or everything again.
// The patterns are asked for once a statement, not for every row.
func policies(p sharedTables, byTeam bool) []string {
	const seen = `(SELECT aiops.seen_vms()) IS NULL OR vm LIKE ANY ((SELECT aiops.seen_vms())::text[])`
	var out []string
	for table, rule := range map[string]string{
		p.facts: seen, p.pred: seen, "aiops.series": seen, "aiops.runs": seen,
		"aiops.annotations": `vm = '' OR ` + seen, "aiops.transitions": `vm = '' OR ` + seen,
		"aiops.changes": `vm IS NULL OR ` + seen, "aiops.rollups": `(SELECT aiops.seen_vms()) IS NULL OR series_id IN (SELECT id FROM aiops.series)`,
	} {
		out = append(out, `DROP POLICY IF EXISTS aiops_teams ON `+table)
		if byTeam {
			out = append(out, `CREATE POLICY aiops_teams ON `+table+` USING (`+rule+`)`, `ALTER TABLE `+table+` ENABLE ROW LEVEL SECURITY`)
		} else {
			out = append(out, `ALTER TABLE `+table+` DISABLE ROW LEVEL SECURITY`)
		}
	}
	return out
}
