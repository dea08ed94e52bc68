//go:build !unix

package pgtest

import (
	"os"
	"os/exec"
)

type account struct{}

func unprivileged() (account, error) { return account{}, nil }
func (account) run(*exec.Cmd)        {}
func (account) own(string) error     { return nil }
func (account) ownAll(string) error  { return nil }
func stop(*os.Process) error         { return nil }
