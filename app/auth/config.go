package auth

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// DefaultClient is the program's name at the sign-in server.
const DefaultClient = "aiops-desktop"

// Config says which server signs people in and how its tokens are read.
type Config struct {
	Issuer    string            `json:"issuer"`
	Client    string            `json:"client"`
	Audience  string            `json:"audience,omitempty"` // of access tokens: the service's name
	CAFile    string            `json:"ca,omitempty"`       // certificates to trust besides the system's
	RoleClaim string            `json:"role_claim,omitempty"`
	TeamClaim string            `json:"team_claim,omitempty"`
	RoleNames map[string]string `json:"role_names,omitempty"` // the server's name of a role -> ours
}

// withDefaults fills in what Keycloak does when nothing else is said.
func (c Config) withDefaults() Config {
	if c.Client == "" {
		c.Client = DefaultClient
	}
	if c.RoleClaim == "" {
		c.RoleClaim = "realm_access.roles"
	}
	if c.TeamClaim == "" {
		c.TeamClaim = "groups"
	}
	return c
}

// ErrNoIssuer says that nobody named a sign-in server.
var ErrNoIssuer = errors.New("no sign-in server is named: give --issuer https://HOST/realms/REALM, AIOPS_OIDC_ISSUER, or oidc-issuer in the configuration file")

// Check reports what is wrong with it.
func (c Config) Check() error {
	if c.Issuer == "" {
		return ErrNoIssuer
	}
	u, err := url.Parse(c.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return fmt.Errorf("the issuer %q is not an address such as https://HOST/realms/REALM", c.Issuer)
	}
	if u.Scheme == "http" && !Loopback(u.Hostname()) {
		return fmt.Errorf("the issuer %s is not encrypted, and tokens would be read on the way: use https", c.Issuer)
	}
	if u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("the issuer %s must be a plain address: no user, ? or #", u.Redacted())
	}
	for theirs, ours := range c.RoleNames {
		if Role(ours).rank() == 0 {
			return fmt.Errorf("role %s=%s: roles are viewer, analyst and admin", theirs, ours)
		}
	}
	return nil
}

// Loopback reports whether a host is this computer.
func Loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// ParseRoleNames reads "viewer=ops-read,admin=ops-lead": our role and the server's name for it.
func ParseRoleNames(text string) (map[string]string, error) {
	out := map[string]string{}
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		ours, theirs, ok := strings.Cut(part, "=")
		if ours, theirs = strings.TrimSpace(ours), strings.TrimSpace(theirs); !ok || theirs == "" || Role(ours).rank() == 0 {
			return nil, fmt.Errorf("%q: write viewer=NAME, analyst=NAME or admin=NAME, with commas between them", part)
		}
		out[theirs] = ours
	}
	return out, nil
}

// role is what the server's name of a role means here.
func (c Config) role(theirs string) (Role, bool) {
	if ours, ok := c.RoleNames[theirs]; ok {
		return Role(ours), true
	}
	renamed := slices.Contains(values(c.RoleNames), theirs) // a renamed role is only known by its new name
	return Role(theirs), Role(theirs).rank() > 0 && !renamed
}

func values(m map[string]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}
