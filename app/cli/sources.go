package cli

import (
	"errors"
	"fmt"
	"text/tabwriter"
	"time"

	"aiops/app"
	"aiops/app/config"
	"aiops/metric"
)

type sourcesCmd struct {
	List   sourcesListCmd   `cmd:"" default:"1" help:"List the data sources of the window; * is the one that it opens."`
	Add    sourcesAddCmd    `cmd:"" help:"Add a database under a name, which --db takes too."`
	Test   sourcesTestCmd   `cmd:"" help:"Connect to data sources and tell their state."`
	Use    sourcesUseCmd    `cmd:"" help:"Let the window open this data source."`
	Remove sourcesRemoveCmd `cmd:"" help:"Take a data source out of the list. The database stays as it is."`
}

func (r *run) sources() (*app.Sources, error) { return app.NewSources("", r.Now) }

type sourcesListCmd struct{}

func (c *sourcesListCmd) Run(r *run) error {
	s, err := r.sources()
	if err != nil {
		return err
	}
	all, err := s.List()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(r.Out, 0, 0, 2, ' ', 0)
	current := s.Current()
	for _, src := range all {
		mark := " "
		if src == current {
			mark = "*"
		}
		fmt.Fprintf(w, "%s %s\t%s\n", mark, src.Name, src.Address)
	}
	return w.Flush()
}

type sourcesAddCmd struct {
	Name    string `arg:"" help:"Name, such as fleet."`
	Address string `arg:"" help:"https://HOST of a service, sqlite:PATH, or postgres://USER@HOST/DATABASE?sslmode=verify-full without a password."`
	Replace bool   `name:"replace" help:"Change the address of a data source that is there."`
}

func (c *sourcesAddCmd) Run(r *run) error {
	if config.HasPassword(c.Address) {
		return usageError{errors.New("leave the password out of the address, as other users of this computer see it there; `aiops --db NAME db password` keeps it in the system's keyring afterwards")}
	}
	a, err := app.ParseAddress(c.Address)
	if err == nil {
		err = a.Check()
	}
	if err != nil {
		return usageError{err}
	}
	s, err := r.sources()
	if err != nil {
		return err
	}
	old := ""
	if c.Replace {
		old = c.Name
	}
	if err := s.Put(r.ctx, old, app.Source{Name: c.Name, Address: a.String()}, ""); err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "%s is %s; `aiops sources test` tries it\n", c.Name, a)
	return nil
}

type sourcesTestCmd struct {
	Name []string `arg:"" optional:"" help:"Only these; without a name all of them."`
}

func (c *sourcesTestCmd) Run(r *run) error {
	s, err := r.sources()
	if err != nil {
		return err
	}
	all, err := s.List()
	if err != nil {
		return err
	}
	if len(c.Name) > 0 {
		all = nil
		for _, name := range c.Name {
			src, err := s.Find(name)
			if err != nil {
				return err
			}
			all = append(all, src)
		}
	}
	failed := 0
	for _, src := range all {
		st, err := s.Test(r.ctx, src)
		if r.ctx.Err() != nil {
			return r.ctx.Err()
		}
		if err != nil {
			failed++
			fmt.Fprintf(r.Out, "%s: %v\n", src.Name, err)
			continue
		}
		fmt.Fprintf(r.Out, "%s: %s\n", src.Name, stateText(st))
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d data sources cannot be used", failed, len(all))
	}
	return nil
}

// stateText tells what a test found.
func stateText(st app.SourceState) string {
	if st.Empty {
		return st.Server + ", empty: its tables are made when it is opened"
	}
	return fmt.Sprintf("%s, %s series, answers in %v", st.Server, metric.Grouped(int64(st.Series)), st.Latency.Round(10*time.Microsecond))
}

// source is the data source of a name, and the list that it is in.
func (r *run) source(name string) (*app.Sources, app.Source, error) {
	s, err := r.sources()
	if err != nil {
		return nil, app.Source{}, err
	}
	src, err := s.Find(name)
	return s, src, err
}

type sourcesUseCmd struct {
	Name string `arg:"" help:"Its name."`
}

func (c *sourcesUseCmd) Run(r *run) error {
	s, src, err := r.source(c.Name)
	if err != nil {
		return err
	}
	return s.Use(src)
}

type sourcesRemoveCmd struct {
	Name string `arg:"" help:"Its name."`
}

func (c *sourcesRemoveCmd) Run(r *run) error {
	s, src, err := r.source(c.Name)
	if err != nil {
		return err
	}
	if s.Fixed(src) {
		return fmt.Errorf("%s is always there; delete its file if you do not want its data", src.Name)
	}
	return s.Remove(r.ctx, src)
}
