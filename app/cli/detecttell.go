package cli

import (
	"errors"

	"aiops/app"
)

// tell prints the incidents, or writes the scores.
func (c *detectCmd) tell(r *run, all app.Analysis, out *detectCSV) error {
	t := troubles{r: r, doing: "searched"}
	for _, s := range all.Series {
		if s.Err != nil {
			t.fail(s.Key, s.Err)
		} else {
			t.done++
		}
	}
	var err error
	switch {
	case out == nil:
		err = printIncidents(r, all)
	case c.By == "vm":
		for _, s := range all.Servers {
			out.server(s)
		}
		err = out.finish(r)
	default:
		for _, s := range all.Series {
			out.series(s)
		}
		err = out.finish(r)
	}
	return errors.Join(err, t.end())
}

// create opens the CSV, if one is wanted.
func (c *detectCmd) create(r *run) (*detectCSV, error) {
	if c.Output == "" {
		return nil, nil
	}
	out, err := create(r.Out, c.Output)
	if err != nil {
		return nil, err
	}
	return newDetectCSV(out, c.By), nil
}
