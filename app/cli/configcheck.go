package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

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
	return `Says of each file and setting whether it is right, and where it is read from; asks the database, the sign-in server and Redis, where they are set,
whether they answer. Nothing is changed. Exit code 1: something is not right.`
}

// checked counts what is not right.
type checked struct {
	out   io.Writer
	wrong int
}

func (c *checked) tell(what, where string, err error) {
	state := "ok"
	if err != nil {
		state = "wrong: " + strings.ReplaceAll(err.Error(), "\n", "; ")
		c.wrong++
	}
	fmt.Fprintf(c.out, "%s\t%s\t%s\n", what, where, state)
}

func (configCheckCmd) Run(r *run) error {
	c := &checked{out: r.Out}
	file := cmp.Or(r.Config, config.DefaultFile())
	named := file
	if _, err := os.Stat(file); errors.Is(err, os.ErrNotExist) {
		named += " (not there)"
	}
	c.tell("configuration", named, nil) // its names and forms were checked when it was read
	service := c.service(r, file)
	detect := r.detectFile("")
	_, err := config.ReadDetection(detect, false)
	c.tell("detection", detect, err)
	c.rules(service.Rules)
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
	c.tell("database", where, err)
	if c.wrong > 0 {
		return fmt.Errorf("%s not right", counted(c.wrong, "setting"))
	}
	return nil
}

// service checks what aiops serve would be started with.
func (c *checked) service(r *run, file string) *serveCmd {
	var all commands
	env := Env{Args: []string{"--config", file}, Out: io.Discard, Err: io.Discard, Version: r.Version, Now: r.Now}
	if _, err := os.Stat(file); err != nil {
		env.Args = nil
	}
	p, err := newParser(&all, env, func(int) {})
	if err != nil {
		c.tell("service", file, err)
		return &all.Serve
	}
	for _, name := range strangers(p.Kong) {
		c.tell("environment", name.is, fmt.Errorf("there is no such variable; did you mean %s?", name.near))
	}
	s := &all.Serve
	if _, err = p.Parse([]string{"serve"}); err == nil {
		err = s.check()
	}
	c.tell("service", cmp.Or(s.Listen, "?"), p.file.where(err))
	if err != nil {
		return s
	}
	if s.Issuer != "" {
		v, err := s.verifier(r)
		if err == nil {
			err = v.Ready(r.ctx)
		}
		c.tell("sign-in", s.Issuer, err)
	}
	if s.Redis != "" {
		where, err := s.askRedis(r.ctx)
		c.tell("Redis", where, err)
	}
	return s
}

func (c *checked) rules(path string) {
	must := path != ""
	var err error
	if !must {
		path, err = config.AlertsPath()
	}
	if err == nil {
		if _, missing := os.Stat(path); missing == nil || must {
			_, err = alert.Load(path)
		} else {
			path += " (not there)"
		}
	}
	c.tell("alert rules", path, err)
}

// askRedis asks Redis once.
func (c *serveCmd) askRedis(ctx context.Context) (where string, err error) {
	link, err := c.redis("check", nil, 2*time.Second)
	if err != nil {
		return "", err
	}
	return link.Address(), errors.Join(link.Ping(ctx), link.Close())
}

type stranger struct{ is, near string }

// strangers are variables that nothing reads, with names so near to one that is read
// that they were surely meant.
func strangers(k *kong.Kong) (out []stranger) {
	known := map[string]bool{"AIOPS_HOME": true, "AIOPS_OIDC_ASK_SECRET": true}
	var add func(n *kong.Node)
	add = func(n *kong.Node) {
		for _, f := range n.Flags {
			for _, name := range f.Envs {
				known[name] = true
			}
		}
		for _, child := range n.Children {
			add(child)
		}
	}
	add(k.Model.Node)
	names := slices.Sorted(maps.Keys(known))
	for _, line := range os.Environ() {
		name, _, _ := strings.Cut(line, "=")
		if known[name] || !strings.HasPrefix(name, "AIOPS_") {
			continue
		}
		near := slices.MinFunc(names, func(a, b string) int { return cmp.Compare(distance(a, name), distance(b, name)) })
		if distance(near, name) <= 2 {
			out = append(out, stranger{name, near})
		}
	}
	slices.SortFunc(out, func(a, b stranger) int { return strings.Compare(a.is, b.is) })
	return out
}
