package cli

import "fmt"

type whoamiCmd struct {
	signInFlags `embed:""`
}

// Help is printed below the command's flags.
func (whoamiCmd) Help() string {
	return "Asks the server when the session is due to be renewed; without a network it tells who was signed in last. Exit code 1: nobody is."
}

func (c *whoamiCmd) Run(r *run) error {
	client, err := c.client(r)
	if err != nil {
		return err
	}
	st, err := client.Confirm(r.ctx)
	if err != nil {
		return err
	}
	if st.Ended != "" {
		return fmt.Errorf("%s was signed in at %s. %s", st.Identity.Name, st.Issuer, st.Ended)
	}
	fmt.Fprintln(r.Out, identityText(st.Identity))
	if st.Offline {
		fmt.Fprintf(r.Out, "at %s, which is away: this is as of %s\n", st.Issuer, st.Seen.In(r.zone).Format("2006-01-02 15:04:05 MST"))
		return nil
	}
	fmt.Fprintln(r.Out, "at", st.Issuer)
	return nil
}
