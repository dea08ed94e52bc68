// Command aiops is AIOps Dashboard: what servers did, what they will do, and
// what is wrong and why - in a window, as a report, or on the command line.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"aiops/app/cli"
)

// version is set by the build.
var version = "0.1.0"

func main() {
	started := time.Now()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends the program at once
	code := cli.Main(ctx, cli.Env{
		Args: os.Args[1:], Out: os.Stdout, Err: os.Stderr, Version: version, Now: time.Now, Started: started, Window: window,
	})
	stop()
	os.Exit(code)
}
