package ingest

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"aiops/metric"
)

// now is the present of these tests.
var now = func() time.Time { return time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC) }

func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

type points map[string]float64 // "vm metric 2024-01-02 03:04:05" or with a fraction

func flat(f *fake) points {
	out := points{}
	for k, series := range f.points {
		for at, v := range series {
			out[k.String()+" "+metric.Time(at).Format("2006-01-02 15:04:05.999999")] = v
		}
	}
	return out
}

func TestForms(t *testing.T) {
	web := points{
		"web cpu 2024-01-02 03:04:05": 1.5, "web cpu 2024-01-02 03:05:05": -2,
		"web mem 2024-01-02 03:04:05": 70, "web mem 2024-01-02 03:05:05": 71.25,
	}
	f := points{"f value 2024-01-02 03:04:05": 1.5, "f value 2024-01-02 03:05:05": -2}
	dayFirst := points{"f value 2024-01-13 03:04:00": 1, "f value 2024-02-01 03:05:00": 2}
	long := "vm,timestamp,metric,value\nweb,2024-01-02 03:04:05,cpu,1.5\nweb,2024-01-02 03:05:05,cpu,-2\n" +
		"web,2024-01-02 03:04:05,mem,70\nweb,2024-01-02 03:05:05,mem,71.25\n"
	for name, c := range map[string]struct {
		text  string
		o     Options
		want  points
		found string
	}{
		"long":            {text: long, want: web, found: "CSV, commas, header, long form (vm, timestamp, metric, value), times 2006-01-02 15:04:05 in UTC"},
		"CRLF":            {text: strings.ReplaceAll(long, "\n", "\r\n"), want: web},
		"old Mac":         {text: strings.ReplaceAll(long, "\n", "\r"), want: web},
		"no last newline": {text: strings.TrimSpace(long), want: web},
		"byte order mark": {text: "\ufeff" + long, want: web},
		"tabs":            {text: strings.ReplaceAll(long, ",", "\t"), want: web},
		"pipes":           {text: strings.ReplaceAll(long, ",", "|"), want: web, found: "CSV, pipes, header"},
		"blank lines":     {text: "\n# made by hand\n" + strings.ReplaceAll(long, "\n", "\n\n  \n#x\n"), want: web},
		"quotes":          {text: `"` + strings.NewReplacer(",", `","`, "\n", "\"\n\"").Replace(strings.TrimSpace(long)) + `"`, want: web},
		"spaces":          {text: strings.ReplaceAll(long, ",", " , "), want: web},
		"trailing commas": {text: strings.ReplaceAll(long, "\n", ",\n"), want: web},
		"extra columns": {
			text: "id,vm,timestamp,metric,value,created_at\n7,web,2024-01-02 03:04:05,cpu,1.5,2024-01-01 00:00:00\n8,web,2024-01-02 03:05:05,cpu,-2,\n",
			want: points{"web cpu 2024-01-02 03:04:05": 1.5, "web cpu 2024-01-02 03:05:05": -2},
		},
		"other names": {
			text: "Value;Metric Name;HOST;Time\n1,5;cpu;web;2024-01-02T03:04:05Z\n-2;cpu;web;2024-01-02T04:05:05+01:00\n70;mem;web;2024-01-02T03:04:05Z\n71,25;mem;web;2024-01-02T03:05:05Z\n",
			want: web, found: "CSV, semicolons, decimal comma, header, long form (vm=HOST, timestamp=Time, metric=Metric Name, value), times RFC 3339 in UTC",
		},
		"no header": {text: strings.SplitN(long, "\n", 2)[1], want: web, found: "CSV, commas, no header, long form"},
		"wide":      {text: "timestamp,cpu,mem\n2024-01-02 03:04:05,1.5,70\n2024-01-02 03:05:05,-2,71.25\n", o: Options{VM: "web"}, want: web},
		"wide with VM": {
			text: "time,server,cpu,remark,mem\n2024-01-02 03:04:05,web,1.5,good,70\n2024-01-02 03:05:05,web,-2,bad,71.25\n",
			want: web, found: "CSV, commas, header, wide form (vm=server, timestamp=time, 2 metrics), times 2006-01-02 15:04:05 in UTC",
		},
		"wide with holes": {
			text: "timestamp,cpu,mem,none\n2024-01-02 03:04:05,1.5,70\n2024-01-02 03:05:05,-2,NaN,\n2024-01-02 03:05:05,null,71.25,\n,,,\n",
			o:    Options{VM: "web"}, want: web,
		},
		"one of wide":   {text: "timestamp,cpu,mem\n2024-01-02 03:04:05,1.5,70\n2024-01-02 03:05:05,-2,71.25\n", o: Options{Metric: "cpu", VM: "f"}, want: points{"f cpu 2024-01-02 03:04:05": 1.5, "f cpu 2024-01-02 03:05:05": -2}},
		"two columns":   {text: "timestamp,value\n2024-01-02 03:04:05,1.5\n2024-01-02 03:05:05,-2\n", want: f, found: "CSV, commas, header, two columns (vm f, timestamp, metric value), times 2006-01-02 15:04:05 in UTC"},
		"ds and y":      {text: "ds,y\n2024-01-02 03:04:05,1.5\n2024-01-02 03:05:05,-2\n", want: f},
		"bare pair":     {text: "2024-01-02 03:04:05,1.5\n2024-01-02 03:05:05,-2\n", want: f},
		"turned":        {text: "y,ds\n1.5,2024-01-02 03:04:05\n-2,2024-01-02 03:05:05\n", want: f},
		"one row":       {text: "2024-01-02 03:04:05,1.5", want: points{"f value 2024-01-02 03:04:05": 1.5}},
		"named":         {text: "time,load\n2024-01-02 03:04:05,1.5\n2024-01-02 03:05:05,-2\n", o: Options{VM: "f", Metric: "value"}, want: f},
		"three columns": {text: "TimeStamp,Value,Label\n2024-01-02 03:04:05,1.5,0\n2024-01-02 03:05:05,-2,0\n", want: points{"f Value 2024-01-02 03:04:05": 1.5, "f Value 2024-01-02 03:05:05": -2, "f Label 2024-01-02 03:04:05": 0, "f Label 2024-01-02 03:05:05": 0}},
		"unix":          {text: "timestamp,value\n1704164645,1.5\n1704164705,-2\n", want: f, found: "CSV, commas, header, two columns (vm f, timestamp, metric value), times Unix seconds in UTC"},
		"unix fraction": {text: "a,b\n1704164645.250,1.5\n1704164705,-2\n", o: Options{TimeFormat: "unix"}, want: points{"f b 2024-01-02 03:04:05.25": 1.5, "f b 2024-01-02 03:05:05": -2}},
		"milliseconds":  {text: "t,value\n1704164645000,1.5\n1704164705000,-2\n", want: f},
		"microseconds":  {text: "1704164645000000,1.5\n1704164705000000,-2\n", want: f},
		"nanoseconds":   {text: "1704164645000000000,1.5\n1704164705000000000,-2\n", want: f},
		"small numbers": {text: "timestamp,value\n0,1\n60,2\n", want: points{"f value 1970-01-01 00:00:00": 1, "f value 1970-01-01 00:01:00": 2}},
		"day first":     {text: "time,value\n01/02/2024 03:05,2\n13/01/2024 03:04,1\n", want: dayFirst, found: "CSV, commas, header, two columns (vm f, timestamp=time, metric value), times 2/1/2006 15:04 in UTC"},
		"month first":   {text: "time,value\n2/1/2024 3:05 AM,2\n1/13/2024 3:04 AM,1\n", want: dayFirst},
		"strftime":      {text: "time,value\n01/02/2024 03:05,2\n", o: Options{TimeFormat: "%d/%m/%Y %H:%M"}, want: points{"f value 2024-02-01 03:05:00": 2}},
		"Go's layout":   {text: "time,value\n01/02/2024 03:05,2\n", o: Options{TimeFormat: "02/01/2006 15:04"}, want: points{"f value 2024-02-01 03:05:00": 2}},
		"German":        {text: "Zeit;Wert\n01.02.2024 03:05;2,0\n13.01.2024 03:04;1,0\n", want: dayFirst},
		"day and time":  {text: "Date,Time,value\n2024-01-02,03:04:05,1.5\n2024-01-02,03:05:05,-2\n", want: f},
		"compact":       {text: "when,v\n20240102030405,1.5\n20240102030505,-2\n", want: f},
		"counted":       {text: ",timestamp,value\n0,2024-01-02 03:04:05,1.5\n1,2024-01-02 03:05:05,-2\n", want: f},
		"per cent":      {text: "timestamp,value\n2024-01-02 03:04:05,1.5%\n2024-01-02 03:05:05,-2 %\n", want: f},
		"zone":          {text: "timestamp,value\n2024-01-02 04:04:05,1.5\n2024-01-02 04:05:05,-2\n", o: Options{Zone: berlin}, want: f},
		"unknown names": {text: "what,when,who,much\ncpu,2024-01-02 03:04:05,web,1.5\ncpu,2024-01-02 03:04:05,db,3\n", want: points{"cpu web 2024-01-02 03:04:05": 1.5, "cpu db 2024-01-02 03:04:05": 3}},
		"metric only":   {text: "2024-01-02 03:04:05,cpu,1.5\n2024-01-02 03:05:05,cpu,-2\n2024-01-02 03:04:05,memory,3\n", want: points{"f cpu 2024-01-02 03:04:05": 1.5, "f cpu 2024-01-02 03:05:05": -2, "f memory 2024-01-02 03:04:05": 3}},
		"odd quotes":    {text: "host,time,value\n\"a \"\"b\"\"\nc\",2024-01-02 03:04:05,1\nd\"e,2024-01-02 03:04:05,2\n", want: points{"a \"b\"\nc value 2024-01-02 03:04:05": 1, "d\"e value 2024-01-02 03:04:05": 2}},
		"Windows-1252":  {text: "host,time,value\nM\xfcnchen,2024-01-02 03:04:05,1\n", want: points{"München value 2024-01-02 03:04:05": 1}},
		"double names":  {text: "time,a,a\n2024-01-02 03:04:05,1,2\n", want: points{"f a 2024-01-02 03:04:05": 1, "f a (2) 2024-01-02 03:04:05": 2}},
	} {
		t.Run(name, func(t *testing.T) {
			st, o := newFake(), c.o
			o.Now = now
			path := written(t, "f.csv", c.text)
			r := imported(t, st, path, o)
			if got := flat(st); !maps.Equal(got, c.want) || r.Quarantined > 0 {
				t.Errorf("got %v, want %v; %s; %v", got, c.want, r.Found, r.First)
			}
			if !strings.HasPrefix(r.Found.String(), c.found) {
				t.Errorf("found %q, want %q", r.Found, c.found)
			}
			sameInMemory(t, path, o, st, r)
		})
	}
}

// sameInMemory checks that Load gives what Import stored.
func sameInMemory(t *testing.T, path string, o Options, st *fake, r Report) {
	t.Helper()
	series, lr, err := Load(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	if lr.Rows != r.Rows || lr.Stored != r.Stored || lr.Duplicates != r.Duplicates || lr.Replaced != r.Replaced || lr.Quarantined != r.Quarantined {
		t.Errorf("loaded %v, imported %v", lr, r)
	}
	other := newFake()
	for _, s := range series {
		if !slices.IsSorted(s.Times) || len(s.Times) != len(s.Values) {
			t.Errorf("%s is not sorted", s.Key)
		}
		other.points[s.Key] = map[int64]float64{}
		for i, at := range s.Times {
			other.points[s.Key][at] = s.Values[i]
		}
	}
	if !maps.Equal(flat(other), flat(st)) {
		t.Errorf("loaded %v, imported %v", flat(other), flat(st))
	}
}

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return time.FixedZone("Europe/Berlin", 3600)
	}
	return zone
}()

func TestRefused(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		o    Options
		want string
	}{
		"ambiguous":    {text: "time,value\n01/02/2024 03:05,2\n", want: `times such as "01/02/2024 03:05" may have the day or the month first: say which with --time-format "%d/%m/%Y %H:%M" or "%m/%d/%Y %H:%M"`},
		"no time":      {text: "a,b\n1,2\n3,4\n", want: "no column of times among a, b: name one \"timestamp\", or say how"},
		"odd time":     {text: "timestamp,b\nsoon,2\nlater,4\n", want: `the times of column timestamp, such as "soon", were not understood: say how they are written with --time-format`},
		"no values":    {text: "timestamp,b\n2024-01-01,x\n2024-01-02,y\n", want: "no column of numbers beside the times in timestamp"},
		"one column":   {text: "timestamp\n2024-01-01\n", want: "there is only one column"},
		"header only":  {text: "timestamp,value\n", want: "there are no rows in it"},
		"empty":        {text: "", want: "the file is empty"},
		"blank":        {text: "\n\n", want: "there are no rows in it"},
		"binary":       {text: "a,b\x00\x01\n", want: "it is neither text nor Excel nor Parquet"},
		"SQLite":       {text: "SQLite format 3\x00", want: "open it with --db sqlite:PATH"},
		"zip":          {text: "PK\x03\x04rubbish", want: "workbook"},
		"damaged gzip": {text: "\x1f\x8brubbish and more rubbish", want: "unpack gzip"},
		"bad Parquet":  {text: "PAR1rubbish", want: "Parquet"},
		"bad format":   {text: "time,value\n01/02/2024,2\n", o: Options{TimeFormat: "%d/%Q"}, want: `unknown directive "%Q"`},
		"which metric": {text: "time,a,b\n2024-01-02,2,3\n", o: Options{Metric: "cpu"}, want: "the file has 2 metrics (a, b), so --metric must be one of them or be left out"},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.Now = now
			st := newFake()
			r, err := Import(t.Context(), st, written(t, "f.csv", c.text), c.o)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "f.csv") {
				t.Errorf("got %v (%v), want %q", err, r, c.want)
			}
			if st.count() != 0 || (st.tx != nil && !st.tx.done) {
				t.Error("something stayed open or was stored")
			}
		})
	}
	if _, err := Import(t.Context(), newFake(), "no/such/file.csv", Options{}); err == nil || !strings.Contains(err.Error(), "there is no such file") {
		t.Error(err)
	}
}

// Load keeps the series in the order in which the file names them first.
func TestLoadKeepsTheOrder(t *testing.T) {
	var b strings.Builder
	b.WriteString("vm,timestamp,metric,value\n")
	names := []string{"web", "db", "api", "cache"}
	for i := range 40_000 { // several blocks
		if i >= 20_000 && i%2 == 0 {
			fmt.Fprintf(&b, "late,%s,cpu,1\n", time.Unix(1_700_000_000+int64(i), 0).UTC().Format(time.RFC3339))
		}
		fmt.Fprintf(&b, "%s,%s,cpu,%d\n", names[i%4], time.Unix(1_700_000_000+int64(i), 0).UTC().Format(time.RFC3339), i)
	}
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	series, _, err := Load(t.Context(), path, Options{})
	var got []string
	for _, s := range series {
		got = append(got, s.VM)
	}
	if want := append(names, "late"); err != nil || !slices.Equal(got, want) {
		t.Errorf("series %v, %v, want %v", got, err, want)
	}
}
