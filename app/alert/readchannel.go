package alert

import (
	"cmp"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"time"

	"go.yaml.in/yaml/v3"

	"aiops/app/alert/notify"
	"aiops/metric"
)

// channels reads where alerts are told.
func (r *reader) channels(list *yaml.Node) []notify.Config {
	if list.Kind != yaml.SequenceNode {
		r.fail(list, "channels", "must be a list, each beginning with `- name:`, not %s", kindText(list))
		return nil
	}
	var out []notify.Config
	first := map[string]int{}
	for i, n := range list.Content {
		n = plain(n)
		o := r.object(n, fmt.Sprintf("channel %d", i+1))
		if o == nil {
			continue
		}
		c := o.channel()
		if line, twice := first[c.Name]; twice && c.Name != "" {
			r.fail(n, "channel "+c.Name, "is there already, in line %d; give it another name", line)
		}
		first[c.Name] = n.Line
		out = append(out, c)
	}
	return out
}

func (o *object) channel() notify.Config {
	var c notify.Config
	if c.Name = o.text("name", "a name"); c.Name != "" {
		o.name = "channel " + c.Name
	}
	if !o.has("name") {
		o.fail("name", "is missing; add `name: mail`")
	}
	if c.Kind = o.oneOf("kind", notify.Kinds...); !o.has("kind") {
		o.fail("kind", "is missing; add one of %v", notify.Kinds)
	}
	for _, s := range o.list("severity", "critical, warning or info") {
		switch metric.Severity(s) {
		case metric.Critical, metric.Warning, metric.Info:
			c.Severities = append(c.Severities, metric.Severity(s))
		default:
			o.fail("severity", "%q is not known; write critical, warning or info", s)
		}
	}
	c.OnlyFiring = o.flag("only_firing")
	c.Attempts = cmp.Or(o.count("attempts", 1, 100), notify.DefaultAttempts)
	c.Timeout = cmp.Or(o.wait("timeout"), notify.DefaultTimeout)
	o.address(&c)
	o.done()
	return c
}

func (o *object) wait(field string) time.Duration {
	return time.Duration(o.span(field)) * time.Microsecond
}

// address reads what only some kinds of channels have.
func (o *object) address(c *notify.Config) {
	switch c.Kind {
	case notify.Webhook, notify.Alertmanager:
		c.URL, c.URLEnv, c.TokenEnv = o.text("url", "an address"), o.text("url_env", "the name of an environment variable"), o.text("token_env", "the name of an environment variable")
		if o.has("url") == o.has("url_env") {
			o.fail("url", "or url_env: write one of them; url_env names the environment variable that holds a secret address")
		}
		if o.has("url") {
			o.checkURL(c.URL)
		}
	case notify.Mail:
		o.mail(c)
	}
}

func (o *object) checkURL(text string) {
	u, err := url.Parse(text)
	switch {
	case err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "":
		o.fail("url", "is not an address; write https://host/path") // its text may hold a secret
	case u.User != nil:
		o.fail("url", "holds a password; put the whole address into an environment variable and name that with url_env")
	}
}

func (o *object) mail(c *notify.Config) {
	c.Server, c.From, c.To = o.text("server", "host:port"), o.text("from", "an address"), o.list("to", "an address")
	c.TLS = cmp.Or(o.oneOf("tls", notify.StartTLS, notify.TLS, notify.NoTLS), notify.StartTLS)
	c.User, c.PasswordEnv = o.text("user", "a name"), o.text("password_env", "the name of an environment variable")
	for _, f := range []string{"server", "from", "to"} {
		if !o.has(f) {
			o.fail(f, "is missing; mail needs server, from and to")
		}
	}
	if _, port, err := net.SplitHostPort(c.Server); c.Server != "" && (err != nil || port == "") {
		o.fail("server", "%q names no port; write host:587", c.Server)
	}
	if (c.User == "") != (c.PasswordEnv == "") {
		o.fail("user", "and password_env go together; password_env names the environment variable that holds the password")
	}
	for _, a := range append([]string{c.From}, c.To...) {
		if a == "" {
			continue
		}
		if _, err := mail.ParseAddress(a); err != nil {
			o.fail("to", "%q is not a mail address; write ops@example.com", a)
		}
	}
}

// grouping reads how changes are put together into messages.
func (r *reader) grouping(n *yaml.Node) notify.Grouping {
	o := r.object(n, "grouping")
	if o == nil {
		return notify.Grouping{}
	}
	g := notify.Grouping{By: notify.GroupBy(o.oneOf("by", notify.GroupNames()...)), Wait: o.wait("wait"), Repeat: o.wait("repeat")}
	o.done()
	return g
}
