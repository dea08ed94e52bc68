package ingest

import (
	"strings"
)

// layout says which column of a table plays which part.
type layout struct {
	dialect
	header  bool
	names   []string // of all columns, "" without a header
	time    int
	date    int // a second column with the day of the times, or -1
	vm      int // or -1: vmName holds for all rows
	vmName  string
	metric  int     // or -1: the value columns name the metrics
	values  []value // one in long form and of two columns
	wide    bool
	clock   clock
	future  int64 // times from here on are in the future
	keep    bool  // remember line numbers for clashes that are found later
	all     bool  // keep a place for each value, also where it cannot be used
	sheet   string
	columns int // the number of columns that a row needs
	notes   []string
}

// value is a column that holds values.
type value struct {
	column int
	metric string
}

// found tells the layout to people.
func (l *layout) found() Found {
	f := Found{
		Delimiter: delimiterNames[l.delimiter], Decimal: "point", Header: l.header, Columns: l.names,
		Time: l.column(l.time), VMName: l.vmName, Layout: l.clock.name, Zone: l.clock.location().String(),
		Notes: l.notes,
	}
	if l.point == ',' {
		f.Decimal = "comma"
	}
	if l.date >= 0 {
		f.Time = l.column(l.date) + "+" + f.Time
	}
	switch {
	case l.wide:
		f.Form = "wide"
	case l.vm < 0 && l.metric < 0:
		f.Form = "two columns"
	default:
		f.Form = "long"
	}
	if l.vm >= 0 {
		f.VM, f.VMName = l.column(l.vm), ""
	}
	for _, v := range l.values {
		if l.metric >= 0 {
			f.Metric = l.column(l.metric)
			f.Values = append(f.Values, l.column(v.column))
			continue
		}
		f.Values = append(f.Values, v.metric)
	}
	return f
}

// column names a column for people.
func (l *layout) column(i int) string { return columnName(l.names, i) }

// Aliases of the columns' names, as normal gives them; earlier ones win.
var (
	timeAliases = []string{
		"timestamp", "datetime", "time", "ts", "ds", "date", "epoch", "unixtime", "unix", "unixtimestamp",
		"timestamputc", "timeutc", "eventtime", "starttime", "recordedat", "collectedat", "capturedat", "when",
		"clock", "timestampms", "timems", "zeit", "zeitstempel", "datum",
	}
	vmAliases = []string{
		"vm", "vmname", "host", "hostname", "server", "servername", "instance", "instanceid", "node", "nodename",
		"machine", "machinename", "device", "computer", "computername", "vmid", "serverid", "hostid", "fqdn",
		"container", "pod", "service", "app", "entity", "unit", "site",
	}
	metricAliases = []string{
		"metric", "metricname", "measurement", "measure", "counter", "countername", "name", "kpi", "indicator",
		"parameter", "variable", "series", "item", "sensor", "key", "field", "signal", "tag",
	}
	valueAliases = []string{"value", "val", "y", "v", "reading", "metricvalue", "measurementvalue", "amount", "wert"}
)

// normal takes a column's name to what aliases are compared with.
func normal(name string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '_', '-', '.', '#', '\ufeff', '@':
			return -1
		}
		return r
	}, strings.ToLower(name))
}

// byAlias finds the column with the best alias; skip says which columns are taken.
func byAlias(names, aliases []string, skip func(int) bool) int {
	for _, alias := range aliases {
		for i, name := range names {
			if normal(name) == alias && !skip(i) {
				return i
			}
		}
	}
	return -1
}

func isAlias(name string, aliases []string) bool {
	return byAlias([]string{name}, aliases, func(int) bool { return false }) == 0
}
