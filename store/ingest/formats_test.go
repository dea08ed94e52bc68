package ingest

import (
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go"
	"github.com/xuri/excelize/v2"
)

const pair = "timestamp,value\n2024-01-02 03:04:05,1.5\n2024-01-02 03:05:05,-2\n"

var pairPoints = points{"f value 2024-01-02 03:04:05": 1.5, "f value 2024-01-02 03:05:05": -2}

func packed(t *testing.T, wrap func(io.Writer) io.WriteCloser, content string) string {
	t.Helper()
	var b bytes.Buffer
	w := wrap(&b)
	if _, err := io.WriteString(w, content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) }

func zstandard(w io.Writer) io.WriteCloser {
	z, err := zstd.NewWriter(w)
	if err != nil {
		panic(err)
	}
	return z
}

func utf16LE(s string) string {
	var b strings.Builder
	for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(s))...) {
		b.WriteByte(byte(u))
		b.WriteByte(byte(u >> 8))
	}
	return b.String()
}

// Compression and encoding are found by the first bytes, whatever the name.
func TestPacked(t *testing.T) {
	two := packed(t, gzipped, pair[:41]) + packed(t, gzipped, pair[41:])
	for name, c := range map[string]struct{ content, found string }{
		"gzip":         {packed(t, gzipped, pair), "CSV, gzip, commas"},
		"two gzips":    {two, "CSV, gzip, commas"},
		"zstd":         {packed(t, zstandard, pair), "CSV, zstd, commas"},
		"UTF-16":       {utf16LE(pair), "CSV, UTF-16, commas"},
		"UTF-16 zstd":  {packed(t, zstandard, utf16LE(pair)), "CSV, zstd, UTF-16, commas"},
		"gzip Parquet": {packed(t, gzipped, parquetPairs(t)), "Parquet, gzip, two columns"},
	} {
		st := newFake()
		r := imported(t, st, written(t, "f.csv.gz", c.content), Options{Now: now})
		if got := flat(st); !maps.Equal(got, pairPoints) || !strings.HasPrefix(r.Found.String(), c.found) {
			t.Errorf("%s: %v, %s", name, got, r.Found)
		}
	}
	cut := packed(t, gzipped, strings.Repeat(pair, 1000))
	st := newFake()
	_, err := Import(t.Context(), st, written(t, "f.gz", cut[:len(cut)-20]), Options{Now: now})
	if err == nil || !strings.Contains(err.Error(), "unpack gzip") || st.count() > 0 {
		t.Errorf("a gzip file that is cut off: %v, %d points", err, st.count())
	}
}

func parquetPairs(t *testing.T) string {
	t.Helper()
	type row struct {
		Timestamp time.Time `parquet:"timestamp,timestamp(millisecond)"`
		Value     *float64  `parquet:"value,optional"`
	}
	start, a, b := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC), 1.5, -2.0
	var out bytes.Buffer
	if err := parquet.Write(&out, []row{{start, &a}, {start.Add(time.Minute), &b}}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestParquet(t *testing.T) {
	type row struct {
		Host   string    `parquet:"host,dict"`
		Time   time.Time `parquet:"time,timestamp(nanosecond)"`
		CPU    float32   `parquet:"cpu"`
		Memory *int64    `parquet:"memory,optional"`
		Tags   []string  `parquet:"tags,list"`
		Cost   int64     `parquet:"cost,decimal(2:10)"`
	}
	start, used := time.Date(2024, 1, 2, 3, 4, 5, 678000, time.UTC), int64(70)
	var b bytes.Buffer
	if err := parquet.Write(&b, []row{
		{"web", start, 1.5, &used, []string{"x", "y"}, 1234}, {"db", start, 0.25, nil, nil, -5},
	}); err != nil {
		t.Fatal(err)
	}
	want := points{
		"web cpu 2024-01-02 03:04:05.000678": 1.5, "web memory 2024-01-02 03:04:05.000678": 70, "web cost 2024-01-02 03:04:05.000678": 12.34,
		"db cpu 2024-01-02 03:04:05.000678": 0.25, "db cost 2024-01-02 03:04:05.000678": -0.05,
	}
	path, st, o := written(t, "f.parquet", b.String()), newFake(), Options{Now: now}
	r := imported(t, st, path, o)
	if got := flat(st); !maps.Equal(got, want) || r.Empty != 1 {
		t.Errorf("%v %v %s", got, r, r.Found)
	}
	sameInMemory(t, path, o, st, r)
}

func TestParquetLongWithNumbersAsTimes(t *testing.T) {
	type row struct {
		VM, Metric string
		Timestamp  int64
		Value      float64
	}
	rows := make([]row, 40_000)
	for i := range rows {
		rows[i] = row{"web", []string{"cpu", "mem"}[i%2], 1704164645 + int64(i/2), float64(i)}
	}
	rows[3].VM = ""
	var b bytes.Buffer
	if err := parquet.Write(&b, rows, parquet.MaxRowsPerRowGroup(7000)); err != nil {
		t.Fatal(err)
	}
	r := imported(t, newFake(), written(t, "f.parquet", b.String()), Options{Now: now})
	if r.Stored != 39_999 || r.Quarantined != 1 || r.First[0].Line != 4 || r.Series != 2 {
		t.Errorf("%v %v %s", r, r.First, r.Found)
	}
}

// workbook writes sheets of cells; times become dates with Excel's style for them.
func workbook(t *testing.T, sheets map[string][][]any) string {
	t.Helper()
	f := excelize.NewFile()
	for name, rows := range sheets {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			cell, err := excelize.CoordinatesToCellName(1, i+1)
			if err != nil {
				t.Fatal(err)
			}
			if err := f.SetSheetRow(name, cell, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if sheets["Sheet1"] == nil {
		if err := f.DeleteSheet("Sheet1"); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "f.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestExcel(t *testing.T) {
	a := time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)
	b := a.Add(time.Minute)
	for name, c := range map[string]struct {
		sheets map[string][][]any
		o      Options
		want   points
		bad    int64
	}{
		"two columns":    {sheets: map[string][][]any{"Sheet1": {{"timestamp", "value"}, {a, 1.5}, {b, -2}}}, want: pairPoints},
		"text times":     {sheets: map[string][][]any{"Data": {{"timestamp", "value"}, {"2024-01-02 03:04:05", 1.5}, {"2024-01-02 03:05:05", "-2"}}}, want: pairPoints},
		"title and gaps": {sheets: map[string][][]any{"Data": {{"Report"}, {}, {"when", "value"}, {a, 1.5}, {}, {b, -2}}}, want: pairPoints},
		"zone":           {sheets: map[string][][]any{"Data": {{"time", "value"}, {a.Add(time.Hour), 1.5}, {b.Add(time.Hour), -2}}}, o: Options{Zone: berlin}, want: pairPoints},
		"bad cell":       {sheets: map[string][][]any{"Data": {{"timestamp", "value"}, {a, 1.5}, {"soon", 3}, {b, -2}}}, want: pairPoints, bad: 1},
		"long": {
			sheets: map[string][][]any{"Data": {{"Host", "Metric", "Time", "Value"}, {"f", "value", a, 1.5}, {"f", "value", b, -2}}},
			want:   pairPoints,
		},
		"two sheets": {
			sheets: map[string][][]any{"web": {{"time", "cpu"}, {a, 1.5}}, "db": {{"time", "cpu", "mem"}, {a, 2, 3}}, "notes": {{"who", "what"}, {"me", "nothing"}}},
			want:   points{"web cpu 2024-01-02 03:04:05": 1.5, "db cpu 2024-01-02 03:04:05": 2, "db mem 2024-01-02 03:04:05": 3},
		},
	} {
		t.Run(name, func(t *testing.T) {
			c.o.Now = now
			path, st := workbook(t, c.sheets), newFake()
			r := imported(t, st, path, c.o)
			if got := flat(st); !maps.Equal(got, c.want) || r.Quarantined != c.bad {
				t.Errorf("%v %v %s", got, r, r.Found)
			}
			if c.bad > 0 && (r.First[0].Line != 3 || r.First[0].Sheet != "Data") {
				t.Errorf("%+v", r.First)
			}
			sameInMemory(t, path, c.o, st, r)
			if _, rows, err := Preview(t.Context(), path, c.o); err != nil || len(rows) == 0 {
				t.Error(rows, err)
			}
		})
	}
	_, err := Import(t.Context(), newFake(), workbook(t, map[string][][]any{"notes": {{"who", "what"}, {"me", "nothing"}}}), Options{})
	if err == nil || !strings.Contains(err.Error(), "sheet notes: no column of times among who, what") {
		t.Error(err)
	}
}

func TestDownload(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/data/f.csv" {
			http.NotFound(w, r)
			return
		}
		_, _ = io.WriteString(w, pair)
	}))
	defer server.Close()
	st, told := newFake(), int64(0)
	r := imported(t, st, server.URL+"/data/f.csv?x=1", Options{Now: now, Progress: func(done, total int64) { told = total }})
	if got := flat(st); !maps.Equal(got, pairPoints) || told != int64(len(pair)) {
		t.Error(got, r, told)
	}
	if _, err := Import(t.Context(), st, server.URL+"/no.csv", Options{}); err == nil || !strings.Contains(err.Error(), "404") {
		t.Error(err)
	}
	if _, err := Import(t.Context(), st, "http://127.0.0.1:1/no.csv", Options{}); err == nil || !strings.Contains(err.Error(), "download") {
		t.Error(err)
	}
}

func TestStandardInput(t *testing.T) {
	in, err := os.Open(written(t, "f.csv", pair))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	before := os.Stdin
	os.Stdin = in
	defer func() { os.Stdin = before }()
	series, r, err := Load(t.Context(), "-", Options{Now: now})
	if err != nil || len(series) != 1 || series[0].VM != "stdin" || series[0].Len() != 2 {
		t.Error(series, r, err)
	}
}

func TestPreview(t *testing.T) {
	found, rows, err := Preview(t.Context(), written(t, "f.csv", pair), Options{Now: now})
	if err != nil || found.Form != "two columns" || len(rows) != 2 || rows[0][1] != "1.5" {
		t.Error(found, rows, err)
	}
}
