package ingest

import (
	"bytes"
	"fmt"
	"strings"

	"aiops/metric"
)

func nameReason(what string, name []byte) string {
	switch {
	case len(name) == 0:
		return "the " + what + " is empty"
	case len(name) > metric.MaxName:
		return fmt.Sprintf("the %s's name is longer than %d bytes", what, metric.MaxName)
	}
	return ""
}

func valueReason(text []byte, state numberState) string {
	switch {
	case len(text) == 0:
		return "the value is empty"
	case state == isText:
		return fmt.Sprintf("the value is not a number: %q", shorten(text, 60))
	}
	return fmt.Sprintf("the value is not finite: %q", shorten(text, 60))
}

func (p *parser) timeReason(text []byte) string {
	if len(bytes.TrimSpace(text)) == 0 {
		return "the time is empty"
	}
	return fmt.Sprintf("not a time like %s: %q", p.clock.name, shorten(text, 60))
}

// reject sets a whole row aside. In a wide file it takes all its values with it.
func (p *parser) reject(line int64, field, reason string, raw []byte, fields [][]byte) {
	count := int64(1)
	if p.wide {
		count = 0
		for _, v := range p.values {
			if v.column >= len(fields) {
				continue
			}
			if _, state := parseNumber(fields[v.column], p.point); state != isAbsent {
				count++
			}
		}
		p.out.empty += int64(len(p.values)) - count
		count = max(count, 1)
	}
	p.out.rejected = append(p.out.rejected,
		Rejected{Sheet: p.sheet, Line: line, Field: field, Reason: reason, Row: rowText(raw, fields), count: count})
	if p.all {
		p.missing(fields, line)
	}
}

func (p *parser) rejectCell(line int64, field, reason string, raw []byte) {
	p.out.rejected = append(p.out.rejected,
		Rejected{Sheet: p.sheet, Line: line, Field: field, Reason: reason, Row: rowText(raw, nil), count: 1})
}

// maxRow bounds what the quarantine keeps of a row.
const maxRow = 4096

func rowText(raw []byte, fields [][]byte) string {
	if raw == nil {
		raw = bytes.Join(fields, []byte{','})
	}
	return shorten(raw, maxRow)
}

func shorten(b []byte, n int) string {
	if len(b) > n {
		return strings.ToValidUTF8(string(b[:n]), "\ufffd") + "…"
	}
	return strings.ToValidUTF8(string(b), "\ufffd")
}

func blank(fields [][]byte) bool {
	for _, f := range fields {
		if len(f) > 0 {
			return false
		}
	}
	return true
}
