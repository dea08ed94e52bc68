package export

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

func TestFileStem(t *testing.T) {
	for in, want := range map[string]string{
		"db-01":               "db-01",
		"a/b\\c:d":            "a_b_c_d",
		"../../etc/passwd":    "_.._etc_passwd",
		"NUL":                 "_NUL",
		"nul.tar":             "_nul.tar",
		"COM7":                "_COM7",
		"com10":               "com10",
		"CON .x":              "_CON .x",
		"":                    "_",
		"...":                 "_",
		"a.":                  "a",
		".hidden":             "hidden",
		"-rf":                 "rf",
		"zwei Wörter":         "zwei Wörter",
		"Zwo\u0308lf":         "Zwölf", // composed
		"数据库-1":               "数据库-1",
		"tab\there\x00":       "tab_here_",
		"\u202egnp.exe":       "_gnp.exe", // right-to-left override
		"bad\xffbytes":        "bad_bytes",
		"<svg onload=x>|?*\"": "_svg onload=x_",
	} {
		if got := fileStem(in); got != want {
			t.Errorf("fileStem(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFileNamesDiffer(t *testing.T) {
	names := newFileNames()
	seen := map[string]string{}
	for _, in := range []string{"web", "WEB", "Web", "web-2", "a/b", "a:b", "a_b", "ﬁle", "file", "é", "e\u0301", "E\u0301"} {
		got := names.unique(in)
		if before, ok := seen[foldName(got)]; ok {
			t.Errorf("%q and %q both give %q", in, before, got)
		}
		seen[foldName(got)] = in
	}
}

func TestLongNamesKeepTheirFile(t *testing.T) {
	long := strings.Repeat("数", 200)
	a, b := fileStem(long+"1"), fileStem(long+"2")
	if a == b || a != fileStem(long+"1") || len(a) > maxStem {
		t.Errorf("%q, %q", a, b)
	}
}

func FuzzFileNames(f *testing.F) {
	for _, s := range []string{"db-01", "NUL.x", "a/b", "\u0301", strings.Repeat("x", 300), "\xff\xfe", " . ", "COM¹", "İ", "ß", "ẞ"} {
		f.Add(s, strings.ToUpper(s))
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		names := newFileNames()
		x, y := names.unique(a), names.unique(b)
		if foldName(x) == foldName(y) {
			t.Errorf("%q and %q collide: %q, %q", a, b, x, y)
		}
		for _, n := range []string{x, y} {
			checkFileName(t, n)
		}
	})
}

func checkFileName(t *testing.T, n string) {
	t.Helper()
	switch {
	case n == "", len(n) > maxStem+10, !utf8.ValidString(n), reserved(n):
		t.Errorf("not a legal file name: %q", n)
	case strings.ContainsAny(n, `/\:*?"<>|`), strings.IndexFunc(n, unicode.IsControl) >= 0:
		t.Errorf("illegal signs: %q", n)
	case strings.HasPrefix(n, "."), strings.HasPrefix(n, "-"), strings.HasPrefix(n, " "), strings.HasSuffix(n, "."), strings.HasSuffix(n, " "):
		t.Errorf("signs at the ends: %q", n)
	}
}

func FuzzSheetNames(f *testing.F) {
	f.Add("db-01", "DB-01")
	f.Add("a/b[c]", "'quoted'")
	f.Add(strings.Repeat("😀", 40), strings.Repeat("😀", 41))
	f.Add("History", "")
	f.Fuzz(func(t *testing.T, a, b string) {
		names := newSheetNames()
		seen := map[string]bool{}
		for _, in := range []string{a, b, a} {
			n := names.unique(in)
			if seen[strings.ToLower(n)] {
				t.Errorf("%q twice", n)
			}
			seen[strings.ToLower(n)] = true
			if n == "" || len(utf16.Encode([]rune(n))) > maxSheetName || strings.ContainsAny(n, `:\/?*[]'`) || !utf8.ValidString(n) {
				t.Errorf("not a legal sheet name: %q", n)
			}
		}
	})
}

func TestNearNames(t *testing.T) {
	known := []string{"db-01", "db-02", "web-01", "cache-01", "cpu", "disk_used"}
	for in, want := range map[string]string{
		"db01":  "db-01,db-02",
		"DB-01": "db-01,db-02,web-01",
		"disk":  "disk_used",
		"cpuu":  "cpu",
		"db1":   "db-01",
		"cp":    "cpu",
		"zzzzz": "",
	} {
		if got := strings.Join(nearNames(in, known), ","); got != want {
			t.Errorf("nearNames(%q) = %q, want %q", in, got, want)
		}
	}
}
