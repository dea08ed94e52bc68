// Package app is what the program does, without a face: jobs with progress
// and cancel, and the use-cases that the window and the command line share.
package app
