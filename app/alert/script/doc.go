// Package script tries alert rules by plain-text scripts that a person who
// knows the servers can read: load points, evaluate, expect.
//
//	load 5m
//	  web-01 cpu  10x20 95x6 12x10
//	rules alerts.yaml
//	eval at 2h
//	expect firing high-cpu web-01 cpu
//	expect nothing web-02
package script
