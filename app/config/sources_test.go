package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSourcesComeBack(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "sources.toml")
	if s, err := ReadSources(path); err != nil || len(s.List) != 0 {
		t.Fatalf("without a file: %v, %v", s, err)
	}
	var s Sources
	for _, src := range []Source{{"fleet", "postgres://analyst@db.example.com/fleet?sslmode=verify-full"}, {"lab", "sqlite:/srv/lab.db"}} {
		if err := s.Put("", src); err != nil {
			t.Fatal(err)
		}
	}
	s.Current = "lab"
	if err := s.Put("lab", Source{"laboratory", "sqlite:/srv/lab.db"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Write(path); err != nil {
		t.Fatal(err)
	}
	got, err := ReadSources(path)
	if err != nil {
		t.Fatal(err)
	}
	if src, ok := got.Find("laboratory"); !ok || src.Address != "sqlite:/srv/lab.db" || got.Current != "laboratory" || len(got.List) != 2 {
		t.Errorf("read %+v", got)
	}
	if !got.Remove("laboratory") || got.Current != "" || got.Remove("laboratory") {
		t.Errorf("after the removal: %+v", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v; want it for its owner alone", info.Mode(), err)
	}
}

func TestSourcesThatAreRefused(t *testing.T) {
	var s Sources
	if err := s.Put("", Source{"fleet", "sqlite:/a.db"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		src  Source
		says string
	}{
		{Source{"", "sqlite:/a.db"}, "needs a name"},
		{Source{"x", " "}, "no address"},
		{Source{"x", "postgres://a:secret@h/db"}, "password"},
		{Source{"x", "postgres://a@h/db?password=secret"}, "password"},
		{Source{"fleet", "sqlite:/b.db"}, "already"},
	} {
		err := s.Put("", c.src)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v, want %q", c.src, err, c.says)
		}
	}
	path := filepath.Join(t.TempDir(), "sources.toml")
	for text, says := range map[string]string{
		"[[source]]\nname = \"a\"\naddress = \"sqlite:/a\"\n[[source]]\nname = \"a\"\naddress = \"sqlite:/b\"\n": "twice",
		"[[source]]\nname = \"a\"\n": "no address",
		"source = 1":                 "sources.toml",
	} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadSources(path); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}
