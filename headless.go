//go:build headless

package main

import "aiops/app/cli"

// window is absent from the build without a window.
var window cli.Window
