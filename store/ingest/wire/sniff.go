package wire

import (
	"bytes"
)

// The formats of texts, as people call them.
const (
	FormatOpenMetrics = "OpenMetrics text"
	FormatInflux      = "Influx line protocol"
)

// Sniff tells from a file's beginning whether it is one of these texts; "": it is not.
// Its first line with a value decides, or a comment that declares a type.
func Sniff(head []byte) string {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	if i := bytes.LastIndexByte(head, '\n'); i >= 0 {
		head = head[:i]
	}
	for line := range bytes.Lines(head) {
		line = bytes.TrimSpace(line)
		switch {
		case len(line) == 0:
		case line[0] == '#':
			if words := bytes.Fields(line); len(words) == 4 && string(words[1]) == "TYPE" && declared[string(words[3])] {
				return FormatOpenMetrics
			}
		default:
			return sniffLine(line)
		}
	}
	return ""
}

var declared = map[string]bool{"counter": true, "gauge": true, "histogram": true, "summary": true, "untyped": true,
	"unknown": true, "info": true, "stateset": true, "gaugehistogram": true}

func sniffLine(line []byte) string {
	if bytes.IndexByte(line, '\t') >= 0 {
		return "" // a table
	}
	o := Options{DefaultVM: "any"}
	if row, err := NewOpenMetrics(bytes.NewReader(line), o).Next(); err == nil && row.Reason == "" {
		return FormatOpenMetrics
	}
	rows, err := NewInflux(bytes.NewReader(line), "", o)
	if err != nil {
		return ""
	}
	if row, err := rows.Next(); err == nil && row.Metric != "" {
		return FormatInflux
	}
	return ""
}
