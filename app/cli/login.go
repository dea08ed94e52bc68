package cli

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"

	"golang.org/x/term"

	"aiops/app/auth"
	"aiops/app/view"
)

// signInFlags say which server signs people in; `aiops login` remembers them.
type signInFlags struct {
	Issuer    string `name:"issuer" aliases:"oidc-issuer" env:"AIOPS_OIDC_ISSUER" placeholder:"URL" help:"Sign-in server, such as https://sso.example.com/realms/aiops. Default: the one of the last sign-in."`
	ClientID  string `name:"client-id" aliases:"oidc-client-id" env:"AIOPS_OIDC_CLIENT_ID" placeholder:"ID" help:"This program's name there (default: aiops-desktop)."`
	CA        string `name:"ca" aliases:"oidc-ca" env:"AIOPS_OIDC_CA" type:"path" placeholder:"FILE" help:"Certificates (PEM) to trust besides the system's."`
	Roles     string `name:"roles" aliases:"oidc-roles" env:"AIOPS_OIDC_ROLES" placeholder:"viewer=NAME,..." help:"The server's names of the roles viewer, analyst and admin, where they are others."`
	RoleClaim string `name:"role-claim" aliases:"oidc-role-claim" env:"AIOPS_OIDC_ROLE_CLAIM" placeholder:"PATH" help:"Where a token lists roles (default: realm_access.roles)."`
	TeamClaim string `name:"team-claim" aliases:"oidc-team-claim" env:"AIOPS_OIDC_TEAM_CLAIM" placeholder:"PATH" help:"Where a token lists teams (default: groups)."`
}

func (f signInFlags) config() (auth.Config, error) {
	names, err := auth.ParseRoleNames(f.Roles)
	if err != nil {
		return auth.Config{}, usageError{fmt.Errorf("--roles: %w", err)}
	}
	return auth.Config{Issuer: f.Issuer, Client: f.ClientID, CAFile: f.CA, RoleClaim: f.RoleClaim, TeamClaim: f.TeamClaim, RoleNames: names}, nil
}

func (f signInFlags) client(r *run) (*auth.Client, error) {
	cfg, err := f.config()
	if err != nil {
		return nil, err
	}
	return auth.NewClient(r.ctx, cfg, auth.ClientOptions{Now: r.Now})
}

type loginCmd struct {
	signInFlags `embed:""`
	NoBrowser   bool `name:"no-browser" help:"Do not open a browser: enter the code on another device."`
}

// Help is printed below the command's flags.
func (loginCmd) Help() string {
	return `  aiops login --issuer https://sso.example.com/realms/aiops
  aiops login --no-browser             on a server: enter the code anywhere else`
}

func (c *loginCmd) Run(r *run) error {
	client, err := c.client(r)
	if errors.Is(err, auth.ErrSignedOut) || errors.Is(err, auth.ErrNoIssuer) { // no address is remembered either
		return usageError{auth.ErrNoIssuer}
	}
	if err != nil {
		return err
	}
	code, err := client.Begin(r.ctx)
	if err != nil {
		return err
	}
	s := view.NewSignIn("", client.Host()).Begun(code)
	fmt.Fprintf(r.Out, "Open    %s\nEnter   %s\n\n", code.Address, code.User)
	if f, ok := r.Out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		qr, err := view.QRText(s.Open)
		if err != nil {
			return err
		}
		fmt.Fprintln(r.Out, "Or scan this with a phone:\n\n"+qr)
	}
	if !c.NoBrowser && browse(s.Open) {
		fmt.Fprintln(r.Out, "A browser opens with the code filled in.")
	}
	left := s.Countdown(r.Now()).Left
	st, warning, err := client.Wait(r.ctx, code, func(sentence string) {
		if sentence == auth.Waiting {
			sentence += " The code expires in " + left + "."
		}
		fmt.Fprintln(r.Err, sentence)
	})
	if err != nil {
		return err
	}
	if warning != "" {
		fmt.Fprintln(r.Err, "aiops:", warning)
	}
	fmt.Fprintf(r.Out, "Signed in as %s\n", identityText(st.Identity))
	return nil
}

// browse opens an address in the person's browser, where there is one.
func browse(address string) bool {
	if !strings.HasPrefix(address, "https://") && !strings.HasPrefix(address, "http://") {
		return false // a server must not have a program started
	}
	switch runtime.GOOS {
	case "windows":
		return exec.Command("rundll32", "url.dll,FileProtocolHandler", address).Start() == nil
	case "darwin":
		return exec.Command("open", address).Start() == nil
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" {
		return false
	}
	return exec.Command("xdg-open", address).Start() == nil
}

func identityText(i auth.Identity) string {
	text := i.Name
	if i.Email != "" {
		text += " <" + i.Email + ">"
	}
	if len(i.Roles) == 0 {
		return text + ", without a role: ask an administrator for viewer, analyst or admin"
	}
	text += ", " + string(i.Roles[0])
	if len(i.Teams) > 0 {
		text += ", of " + strings.Join(i.Teams, ", ")
	}
	return text
}
