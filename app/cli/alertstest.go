package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"aiops/app/alert/script"
)

type alertsTestCmd struct {
	Scripts []string `arg:"" name:"script" help:"Scripts: load points, evaluate, expect."`
}

// Help is printed below the command's flags.
func (alertsTestCmd) Help() string {
	return `A script loads points, evaluates rules and says what it expects; times count from its start. Files that it names lie beside it.

  load 5m
    web-01 cpu  10x20 95x6 12x10        twenty times 10, six times 95 ...
  rules alerts.yaml
  eval at 2h
  expect firing high-cpu web-01 cpu
  expect nothing web-02`
}

func (c *alertsTestCmd) Run(r *run) error {
	bad := 0
	for _, path := range c.Scripts {
		text, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read the script: %w", err)
		}
		s, err := script.Parse(path, string(text), func(name string) ([]byte, error) {
			if !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(path), name)
			}
			return os.ReadFile(name)
		})
		if err != nil {
			return err
		}
		res := s.Run(r.ctx)
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		for _, f := range res.Failures {
			fmt.Fprintln(r.Out, f)
		}
		if len(res.Failures) > 0 {
			bad++
			continue
		}
		fmt.Fprintf(r.Out, "%s: fine, %s met\n", path, counted(res.Expected, "expectation"))
	}
	if bad > 0 {
		return errors.New(counted(bad, "script") + " failed; what was expected and what was got is above")
	}
	return nil
}
