// Package view is the pages' state and their Figures: what is selected, shown,
// read off and copied, without a toolkit and without SQL.
package view
