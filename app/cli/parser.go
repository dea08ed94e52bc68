package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/alecthomas/kong"

	"aiops/app/config"
)

const description = `AIOps Dashboard shows what your servers did, what they will do, and what is wrong and why.

In a window, straight on the curves of a file, or on the database:

  aiops metrics.csv
  aiops

Without a window:

  aiops import metrics.csv            read a file into the database
  aiops list                          what is in it
  aiops --export DIR                  a report: DIR/index.html; also
        [--vm V]... [--metric M]...       only these
        [--from T] [--to T]               only these times: 2026-11-22 14:00, RFC 3339, or 24h, 7d before the newest
        [--format html,png,svg,pdf,csv,xlsx]
  aiops generate                      demo data
  aiops --db postgres://USER@HOST/DB  any of these on a shared Postgres; aiops db migrate, aiops db status
  aiops snapshot FILE.db              take a piece of it along in one file; --vm, --metric, --from, --to as above
  aiops pull, aiops push              bring the local copy of a shared database up to date; send what was changed offline

What is to come:

  aiops forecast                      forecast the database's series, or with --input those of a file
  aiops capacity --threshold 90       when they reach a threshold
  aiops evaluate                      how right a model would have been
  aiops train, tune, models           what models are made and kept
  aiops serve                         the REST API and a page for browsers

What is wrong:

  aiops detect                        find anomalies in the database, or with --input in a file
  aiops alerts                        check, try and run alert rules

Which databases the window switches between:

  aiops sources                       list, add, test and remove them; --db takes their names

With a team:

  aiops login, logout, whoami         sign in with a code that is entered in a browser

A FILE may be CSV, Excel (.xlsx), Parquet, OpenMetrics text or Influx line protocol, also in gzip or zstd, the http(s) address of one, or - for standard input.

Exit codes: 0 done; 1 failed, the message says what and what to do; 2 wrong use; 130 stopped with Ctrl-C.`

// parser reads the command line, with the configuration file's settings for what it leaves open.
type parser struct {
	*kong.Kong
	file settingsFile
}

func newParser(c *commands, env Env, exit func(int)) (*parser, error) {
	dir, err := config.DataDir()
	if err != nil {
		return nil, err
	}
	file, err := readSettings(env.Args, settingNames(c))
	if err != nil {
		return nil, err
	}
	k, err := kong.New(c, kong.Name("aiops"), kong.Description(description), kong.Writers(env.Out, env.Err),
		kong.Exit(exit), kong.Resolvers(kong.ResolverFunc(file.resolve)), kong.UsageOnError(),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 110}),
		kong.Vars{"version": "aiops " + env.Version, "datadir": dir, "configfile": config.DefaultFile(), "models": modelNames()})
	return &parser{k, file}, err
}

// commandHint tells somebody who mistyped a command from a file that is not there.
func commandHint(name string) string {
	if strings.ContainsAny(name, "./\\:") {
		return ""
	}
	for _, c := range []string{"import", "generate", "list", "forecast", "capacity", "detect", "alerts", "train", "tune", "evaluate", "models", "serve", "login", "logout", "whoami", "sources", "snapshot", "pull", "push", "config"} {
		if distance(name, c) <= 2 {
			return fmt.Sprintf("; did you mean the command %q?", c)
		}
	}
	return ""
}

// distance is the number of letters to insert, delete or replace to turn a into b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		prev := slices.Clone(row)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
		}
	}
	return row[len(b)]
}
