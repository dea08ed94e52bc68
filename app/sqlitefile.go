package app

import (
	"io"
	"os"
)

// IsSQLite reports whether a file is an SQLite database, such as a snapshot.
func IsSQLite(path string) bool {
	const magic = "SQLite format 3\x00"
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	head := make([]byte, len(magic))
	_, err = io.ReadFull(f, head)
	return err == nil && string(head) == magic
}
