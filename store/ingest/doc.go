// Package ingest turns files of metrics into series: it finds out their form,
// checks every row, sets bad ones aside with reasons, and makes demo data.
package ingest
