package cli

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"aiops/app"
	"aiops/app/alert"
	"aiops/app/config"
)

type configCmd struct {
	Check configCheckCmd `cmd:"" help:"Check the configuration file, the settings and the rules, and whether the database answers."`
}

type configCheckCmd struct{}

// Help is printed below the command's flags.
func (configCheckCmd) Help() string {
	return `Says of each file and setting whether it is right, and where it is read from. Nothing is changed. Exit code 1: something is not right.`
}

func (configCheckCmd) Run(r *run) error {
	wrong := 0
	tell := func(what, where string, err error) {
		state := "ok"
		if err != nil {
			state = "wrong: " + strings.ReplaceAll(err.Error(), "\n", "; ")
			wrong++
		}
		fmt.Fprintf(r.Out, "%s\t%s\t%s\n", what, where, state)
	}
	file := r.Config
	if file == "" {
		file = config.DefaultFile()
	}
	_, err := os.Stat(file)
	if errors.Is(err, os.ErrNotExist) {
		file, err = file+" (not there)", nil
	}
	tell("configuration", file, err) // its names and values were checked when it was read
	detect := r.detectFile("")
	_, err = config.ReadDetection(detect, false)
	tell("detection", detect, err)
	rules, err := config.AlertsPath()
	if err == nil {
		if _, missing := os.Stat(rules); missing == nil {
			_, err = alert.Load(rules)
		} else {
			rules += " (not there)"
		}
	}
	tell("alert rules", rules, err)
	where := r.DB
	if app.IsPostgres(r.DB) {
		where = "Postgres"
	}
	st, err := r.open(true)
	if err == nil {
		where = st.Info().Path
		_, err = st.Silences(r.ctx)
		err = errors.Join(err, st.Close())
	}
	tell("database", where, err)
	if wrong > 0 {
		return fmt.Errorf("%s not right", counted(wrong, "setting"))
	}
	return nil
}
