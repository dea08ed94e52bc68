package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"aiops/app"
	"aiops/metric"
	"aiops/store/postgres"
)

type dbCmd struct {
	Migrate   dbMigrateCmd   `cmd:"" help:"Create the tables that are missing, or bring them up to date. Tables that others made are left as they are."`
	Status    dbStatusCmd    `cmd:"" help:"Tell the database's state: version, rows, connections, replica."`
	Retention dbRetentionCmd `cmd:"" help:"Tell which old partitions would go, and with --drop drop them."`
	Password  dbPasswordCmd  `cmd:"" help:"Keep the database's password in the system's keyring. It is asked for, or read from standard input."`
}

type dbMigrateCmd struct {
	Track      bool   `name:"track" xor:"how" help:"Also add triggers to a server_metrics_fact that others made, which note what is changed there: lists and wide ranges are then fast."`
	Index      bool   `name:"index" xor:"how" help:"Also add the index on (vm, metric, timestamp) with the value to a server_metrics_fact that others made: a range of one series is then read from it alone."`
	Partition  string `name:"partition" xor:"how" placeholder:"month" help:"Partition server_metrics_fact by the month, and make the next months' partitions. What is there becomes the first partition."`
	Distribute bool   `name:"distribute" xor:"how" help:"Spread server_metrics_fact over the nodes of Citus, or make it a hypertable of TimescaleDB."`
}

func (c *dbMigrateCmd) Run(r *run) error {
	if err := r.shared(); err != nil {
		return err
	}
	if c.Partition != "" && c.Partition != "month" {
		return usageError{fmt.Errorf("--partition %s: only month is known", c.Partition)}
	}
	tell := func(s string) { fmt.Fprintln(r.Err, s) }
	st, err := app.MigrateDatabase(r.ctx, r.DB, app.Migration{Track: c.Track, Index: c.Index, Partition: c.Partition != "", Distribute: c.Distribute, Tell: tell})
	if err == nil {
		printStatus(r, st)
	}
	return err
}

type dbStatusCmd struct{}

func (c *dbStatusCmd) Run(r *run) error {
	if err := r.shared(); err != nil {
		return err
	}
	st, err := app.DatabaseStatus(r.ctx, r.DB)
	if err == nil {
		printStatus(r, st)
	}
	return err
}

// shared refuses what is not a Postgres database.
func (r *run) shared() error {
	if !app.IsPostgres(r.DB) {
		return usageError{fmt.Errorf("aiops db is about Postgres; name one with --db postgres://USER@HOST/DATABASE (an SQLite file needs no such step)")}
	}
	return nil
}

type dbRetentionCmd struct {
	Keep string `name:"keep" required:"" placeholder:"13mo" help:"How long points are kept: 13mo, 2y, 90d. A partition goes when all of it is older."`
	Drop bool   `name:"drop" help:"Drop them. Without it nothing is changed."`
}

func (c *dbRetentionCmd) Run(r *run) error {
	if err := r.shared(); err != nil {
		return err
	}
	before, err := app.KeptSince(r.Now().UTC(), c.Keep)
	if err != nil {
		return usageError{err}
	}
	parts, err := app.OutdatedParts(r.ctx, r.DB, before)
	if err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "Points from before %s go: %d partitions\n", before.Format(time.DateOnly), len(parts))
	for _, p := range parts {
		printPart(r.Out, p)
	}
	if len(parts) == 0 {
		return nil
	}
	if !c.Drop {
		fmt.Fprintln(r.Out, "Nothing was changed. --drop drops them.")
		return nil
	}
	return app.DropParts(r.ctx, r.DB, before, func(p postgres.Part) { fmt.Fprintf(r.Out, "dropped %s\n", p.Name) })
}

func printPart(w io.Writer, p postgres.Part) {
	from := "the beginning"
	if !p.From.IsZero() {
		from = p.From.UTC().Format(time.DateOnly)
	}
	fmt.Fprintf(w, "  %s: %s to %s, about %s rows, %s\n", p.Name, from, p.To.UTC().Format(time.DateOnly), metric.Grouped(p.Rows), metric.UnitOf("bytes").Format(float64(p.Bytes)))
}

type dbPasswordCmd struct {
	Delete bool `name:"delete" help:"Take it out of the keyring."`
}

func (c *dbPasswordCmd) Run(r *run) error {
	if err := r.shared(); err != nil {
		return err
	}
	if c.Delete {
		address, err := app.ForgetPassword(r.ctx, r.DB)
		if err == nil {
			fmt.Fprintf(r.Out, "The keyring no longer holds the password of %s.\n", address)
		}
		return err
	}
	password, err := r.secret("Password: ")
	if err != nil {
		return err
	}
	address, err := app.SavePassword(r.ctx, r.DB, password)
	if err == nil {
		fmt.Fprintf(r.Out, "The keyring holds the password of %s.\n", address)
	}
	return err
}

// secret asks for a text without showing it, or reads a line of standard input.
func (r *run) secret(prompt string) (string, error) {
	var text string
	var err error
	if in := int(os.Stdin.Fd()); r.In == nil && term.IsTerminal(in) {
		fmt.Fprint(r.Err, prompt)
		var typed []byte
		typed, err = term.ReadPassword(in)
		fmt.Fprintln(r.Err)
		text = string(typed)
	} else {
		input := r.In
		if input == nil {
			input = os.Stdin
		}
		text, err = bufio.NewReader(input).ReadString('\n')
		text = strings.TrimRight(text, "\r\n")
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the password: %w", err)
	}
	if text == "" {
		return "", usageError{errors.New("there is no password: type it, or send it to standard input")}
	}
	return text, nil
}
