package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"

	"aiops/app"
	"aiops/app/alert"
)

// onService reports whether the database is a service's that may be asked.
func (r *run) onService() bool { return app.IsService(r.DB) && !r.Offline }

// team are the rules of the service that --db names.
func (r *run) team() (*app.TeamRules, error) {
	if !app.IsService(r.DB) {
		return nil, usageError{errors.New("only a service has rules of its own; name one with --db https://HOST. Otherwise the rules are a file of this computer")}
	}
	if r.Offline {
		return nil, usageError{errors.New("the rules of a service are not there with --offline")}
	}
	return app.NewTeamRules(r.DB, r.Now)
}

// teamRules reads them as other commands take rules.
func (r *run) teamRules() (alert.File, error) {
	t, err := r.team()
	if err != nil {
		return alert.File{}, err
	}
	l, err := t.Read(r.ctx)
	if err == nil {
		fmt.Fprintf(r.Err, "aiops: rules of %s\n", t.Place())
	}
	return l.File, err
}

type alertsPullCmd struct {
	File  string `arg:"" optional:"" name:"rules.yaml" help:"File to write (default: standard output)."`
	Force bool   `name:"force" help:"Replace a file that is there."`
}

// Help is printed below the command's flags.
func (alertsPullCmd) Help() string {
	return `  aiops --db https://aiops.example.com alerts pull team.yaml
  aiops --db https://aiops.example.com alerts run team.yaml --from 7d     what would have fired
  aiops --db https://aiops.example.com alerts push team.yaml`
}

func (c *alertsPullCmd) Run(r *run) error {
	t, err := r.team()
	if err != nil {
		return err
	}
	l, err := t.Read(r.ctx)
	if err != nil {
		return err
	}
	if c.File == "" || c.File == "-" {
		fmt.Fprint(r.Out, pulled(r, l))
		return nil
	}
	if _, err := os.Stat(c.File); !errors.Is(err, fs.ErrNotExist) && !c.Force {
		return usageError{fmt.Errorf("%s is there already; name another file, or replace it with --force", c.File)}
	}
	if err := writeRules(c.File, pulled(r, l)); err != nil {
		return err
	}
	fmt.Fprintf(r.Out, "The rules of %s (%d) are in %s.\n", t.Place(), len(l.Rules), c.File)
	return nil
}

// pulled is a rules file that holds a service's list. Its channels stand for
// the service's, so that it is right by itself.
func pulled(r *run, l app.RuleList) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n# `aiops alerts push` puts them back. Channels only stand for those of the service, and are not sent.\n", versionLine(r, l))
	if len(l.Channels) > 0 {
		b.WriteString("channels:\n")
		for _, ch := range l.Channels {
			fmt.Fprintf(&b, "  - {name: %q, kind: log}\n", ch.Name)
		}
	}
	return b.String() + l.Text
}

func versionLine(r *run, l app.RuleList) string {
	return fmt.Sprintf("# Rules of %s, version %s, read %s.", l.Path, l.Tag, l.At.In(r.zone).Format("2006-01-02 15:04:05 MST"))
}

var versions = regexp.MustCompile(`(?m)^# Rules of \S+, version (\S+), read .*$`)

type alertsPushCmd struct {
	File  string `arg:"" name:"rules.yaml" help:"Rules file, such as \"aiops alerts pull\" writes."`
	Force bool   `name:"force" help:"Whatever the service's rules are now."`
}

// Help is printed below the command's flags.
func (alertsPushCmd) Help() string {
	return `Only the list of rules is sent; channels stay as they are at the service. Where somebody changed the service's rules since FILE was pulled, nothing is
saved, and it says which rules differ.`
}

func (c *alertsPushCmd) Run(r *run) error {
	t, err := r.team()
	if err != nil {
		return err
	}
	file, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("read the alert rules: %w", err)
	}
	text, f, err := alert.Section(c.File)
	if err != nil {
		return err
	}
	version := versions.FindStringSubmatch(string(file))
	switch {
	case c.Force:
		version = []string{"", "*"}
	case version == nil:
		return usageError{fmt.Errorf("%s does not say which rules of %s it takes the place of; make your change in what `aiops alerts pull` writes, or replace whatever is there with --force", c.File, t.Place())}
	}
	now, err := t.Read(r.ctx)
	if err != nil {
		return err
	}
	saved := now
	if strings.TrimRight(now.Text, "\n") != strings.TrimRight(text, "\n") {
		saved, err = t.Replace(r.ctx, version[1], text)
	}
	if errors.Is(err, alert.ErrChanged) {
		return fmt.Errorf("nothing is saved: the rules of %s are no longer those that %s was made from (%s); pull them into another file and make your change there, or push --force", t.Place(), c.File, difference(now.Rules, f.Rules, "there", "in "+c.File))
	}
	if err != nil {
		return fmt.Errorf("%w\n(lines count from `rules:` in %s)", err, c.File)
	}
	fmt.Fprintf(r.Out, "%s has %s now; %s.\n", t.Place(), counted(len(saved.Rules), "rule"), difference(now.Rules, f.Rules, "before", "now"))
	if now := versions.ReplaceAllLiteralString(string(file), versionLine(r, saved)); now != string(file) {
		return writeRules(c.File, now)
	}
	return nil
}

// difference tells which rules two lists do not share.
func difference(a, b []alert.Rule, inA, inB string) string {
	var changed, onlyA, onlyB []string
	first := map[string]string{}
	for _, r := range a {
		first[r.Name] = r.Hash()
	}
	for _, r := range b {
		switch hash, both := first[r.Name]; {
		case !both:
			onlyB = append(onlyB, r.Name)
		case hash != r.Hash():
			changed = append(changed, r.Name)
		}
		delete(first, r.Name)
	}
	for _, r := range a {
		if _, left := first[r.Name]; left {
			onlyA = append(onlyA, r.Name)
		}
	}
	var parts []string
	for _, p := range []struct {
		what  string
		names []string
	}{{"different: ", changed}, {"only " + inA + ": ", onlyA}, {"only " + inB + ": ", onlyB}} {
		if len(p.names) > 0 {
			parts = append(parts, p.what+strings.Join(p.names, ", "))
		}
	}
	if len(parts) == 0 {
		return "no rule differs"
	}
	return strings.Join(parts, "; ")
}

// writeRules puts a file in its place whole.
func writeRules(path, text string) error {
	out, err := create(nil, path)
	if err != nil {
		return err
	}
	_, _ = out.WriteString(text) // commit tells what failed
	return out.commit()
}
