package serve

import "aiops/metric"

// pointWriter writes points to an answer, a row each.
type pointWriter struct {
	a      *answer
	form   form
	clock  timeText
	rows   int
	bucket bool // rows are of decimated points
	head   []byte
	middle []byte
}

// begin writes what stands before the first row.
func (p *pointWriter) begin() {
	switch {
	case p.form == asJSON:
		p.a.buf = append(p.a.buf, '[')
	case p.form == asCSV && p.bucket:
		p.a.buf = append(p.a.buf, "vm,timestamp,metric,value,min,max,count\n"...)
	case p.form == asCSV:
		p.a.buf = append(p.a.buf, "vm,timestamp,metric,value\n"...)
	}
}

// end writes what stands after the last row.
func (p *pointWriter) end() {
	if p.form == asJSON {
		p.a.buf = append(p.a.buf, ']', '\n')
	}
}

// series makes the texts that all rows of a series share.
func (p *pointWriter) series(k metric.Key) {
	if p.form == asCSV {
		p.head = append(appendField(p.head[:0], k.VM), ',')
		p.middle = append(appendField(append(p.middle[:0], ','), k.Metric), ',')
		return
	}
	p.head = append(appendString(append(p.head[:0], `{"vm":`...), k.VM), `,"timestamp":"`...)
	p.middle = append(appendString(append(p.middle[:0], `","metric":`...), k.Metric), `,"value":`...)
}

// write writes a chunk of one series.
func (p *pointWriter) write(e metric.Envelope) error {
	p.series(e.Key)
	for i, t := range e.Times {
		b := p.a.buf
		if p.form == asJSON && p.rows > 0 {
			b = append(b, ',')
		}
		b = append(b, p.head...)
		b = p.clock.append(b, t)
		b = append(b, p.middle...)
		b = appendValue(b, e.Mean[i])
		if p.bucket {
			b = p.extremes(b, e, i)
		}
		if p.form != asCSV {
			b = append(b, '}')
		}
		if p.form != asJSON {
			b = append(b, '\n')
		}
		p.a.buf = b
		p.rows++
		if i&1023 == 1023 {
			if err := p.a.spill(); err != nil {
				return err
			}
		}
	}
	return p.a.spill()
}

// extremes appends what a bucket tells besides its mean.
func (p *pointWriter) extremes(b []byte, e metric.Envelope, i int) []byte {
	names := [3]string{`,"min":`, `,"max":`, `,"count":`}
	if p.form == asCSV {
		names = [3]string{",", ",", ","}
	}
	n := int64(1)
	if e.Count != nil {
		n = e.Count[i]
	}
	b = appendValue(append(b, names[0]...), e.Min[i])
	b = appendValue(append(b, names[1]...), e.Max[i])
	return appendInt(append(b, names[2]...), n)
}
