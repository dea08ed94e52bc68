package cli

import (
	"errors"
	"fmt"
	"math"
	"net"
	"net/url"
	"regexp"
	"strconv"

	"aiops/app"
	"aiops/app/auth"
)

// basePath is what paths may be made of without being written in another way.
var basePath = regexp.MustCompile(`^[A-Za-z0-9._~/-]*$`)

// check tells all settings of the service that cannot be right, without asking anybody.
func (c *serveCmd) check() error {
	var wrong []error
	bad := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	if _, port, err := net.SplitHostPort(c.Listen); err != nil || !isPort(port) {
		bad("--listen %s: write HOST:PORT, such as 127.0.0.1:8000", c.Listen)
	}
	if !basePath.MatchString(c.BasePath) {
		bad("--base-path %s: write a path of letters, digits and dashes, such as /aiops", c.BasePath)
	}
	for name, rate := range map[string]float64{"read": c.RateRead, "write": c.RateWrite, "heavy": c.RateHeavy} {
		if math.IsNaN(rate) || math.IsInf(rate, 0) {
			bad("--rate-%s %v: write a number of requests a second, such as 200; -1 is no limit", name, rate)
		}
	}
	if c.Timeout <= 0 {
		bad("--timeout %v: it must be longer than nothing, such as 30s", c.Timeout)
	}
	if !(c.TraceShare > 0 && c.TraceShare <= 1) {
		bad("--trace-share %v: write a share above 0 and up to 1, such as 0.1; without --otlp-endpoint nothing is traced", c.TraceShare)
	}
	if u, err := url.Parse(c.Traces); c.Traces != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		bad("--otlp-endpoint %s: write http:// or https://, a host and the port of OTLP over HTTP, such as http://127.0.0.1:4318", c.Traces)
	}
	if c.Redis != "" {
		link, err := c.redis("", nil, 0)
		if err == nil {
			err = link.Close()
		}
		if err != nil {
			wrong = append(wrong, err)
		}
	}
	wrong = append(wrong, c.serveSignIn.check()...)
	return errors.Join(wrong...)
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && strconv.FormatUint(n, 10) == text
}

// check tells what of the sign-in's settings cannot be right.
func (c serveSignIn) check() (wrong []error) {
	if c.Issuer == "" && (c.HandOut != "" || len(c.Origins) > 0) {
		wrong = append(wrong, errors.New("--database-logins and --cors-origin need a sign-in: name the server with --oidc-issuer"))
	}
	if _, err := origins(c.Origins); err != nil {
		wrong = append(wrong, err)
	}
	if _, err := auth.ParseRoleNames(c.Roles); err != nil {
		wrong = append(wrong, fmt.Errorf("--oidc-roles: %w", err))
	}
	if _, err := app.ParseTeams(c.LoginTeams); err != nil {
		wrong = append(wrong, fmt.Errorf("--login-teams: %w", err))
	}
	return wrong
}
