package export

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math"
	"strconv"

	"aiops/metric"
	"aiops/store"
)

// writeCSV writes data/VM.csv in long form: vm,timestamp,metric,value with
// RFC 3339 times in UTC and every digit of the values, as it is read.
func (j *job) writeCSV(ctx context.Context) error {
	var total int64
	for _, v := range j.VMs {
		n, err := j.writeVMCSV(ctx, v)
		if err != nil {
			return fmt.Errorf("write %s.csv: %w", v.File, err)
		}
		total += n
	}
	j.points = total
	return nil
}

func (j *job) writeVMCSV(ctx context.Context, v vmSelection) (n int64, err error) {
	f, err := j.stage.create("data/" + v.File + ".csv")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w := bufio.NewWriterSize(f, 1<<16)
	w.WriteString("vm,timestamp,metric,value\n")
	before := csvField(v.Name) + ","
	var line []byte
	err = j.store.Read(ctx, store.Query{Keys: v.keys(), Range: j.Range}, func(e metric.Envelope) error {
		between := "," + csvField(e.Metric) + ","
		for i, t := range e.Times {
			line = append(line[:0], before...)
			line = appendTime(line, t)
			line = append(line, between...)
			line = appendValue(line, e.Mean[i])
			if _, err := w.Write(append(line, '\n')); err != nil {
				return err
			}
		}
		n += int64(e.Len())
		j.step(int64(e.Len()), "Writing "+v.File+".csv")
		return ctx.Err()
	})
	if err != nil {
		return n, err
	}
	j.step(max(0, v.work()-n), "Writing "+v.File+".csv")
	if err := w.Flush(); err != nil {
		return n, err
	}
	return n, f.Close()
}

func appendTime(b []byte, micros int64) []byte {
	return metric.Time(micros).AppendFormat(b, "2006-01-02T15:04:05.999999Z")
}

// appendValue writes the shortest number that reads back as the same one,
// with an exponent only where many zeros would be needed.
func appendValue(b []byte, v float64) []byte {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e15) {
		return strconv.AppendFloat(b, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

// csvField quotes a name where CSV needs it.
func csvField(s string) string {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Write([]string{s, ""})
	w.Flush()
	return string(bytes.TrimSuffix(b.Bytes(), []byte(",\n")))
}
