package forecast

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"aiops/metric"
)

// ModelName is what a storage calls a model: for people the series, as far as
// every file system takes it, and for the program a hash of all of it.
func ModelName(k metric.Key, kind string) string {
	sum := sha256.Sum256([]byte(k.VM + "\x00" + k.Metric + "\x00" + kind))
	return fmt.Sprintf("%s.%s.%s-%x.json", plainName(k.VM), plainName(k.Metric), plainName(kind), sum[:8])
}

// plainName is at most 40 small letters, digits, - and _.
func plainName(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		if b.Len() == 40 {
			break
		}
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_' {
			b.WriteRune(r)
		} else {
			b.WriteByte('_')
		}
	}
	return b.String()
}

// replaceFile makes the text a file's content, wholly or not at all: readers
// see the old file or the new one.
func replaceFile(path string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".model-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the error tells already
		}
	}()
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
