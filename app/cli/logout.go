package cli

import (
	"errors"
	"fmt"

	"aiops/app/auth"
)

type logoutCmd struct {
	signInFlags `embed:""`
}

func (c *logoutCmd) Run(r *run) error {
	client, err := c.client(r)
	if err == nil {
		err = client.SignOut(r.ctx)
	}
	switch {
	case errors.Is(err, auth.ErrSignedOut):
		fmt.Fprintln(r.Out, "Nobody was signed in.")
		return nil
	case errors.Is(err, auth.ErrAway): // it is done on this computer
		fmt.Fprintln(r.Err, "aiops:", err)
		return nil
	case err != nil:
		return err
	}
	fmt.Fprintln(r.Out, "Signed out.")
	return nil
}
