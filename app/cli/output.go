package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
)

// output is where a result is written: standard output, or a file that is
// there whole or not at all.
type output struct {
	*bufio.Writer
	path string
	file *os.File // nil: standard output
	part string   // the file's name until it is whole; empty for devices
}

// create opens an output before the work for it begins; "-" is standard output.
func create(out io.Writer, path string) (*output, error) {
	if path == "-" {
		return &output{Writer: bufio.NewWriterSize(out, 1<<16), path: path}, nil
	}
	o := &output{path: path}
	name, flags := fmt.Sprintf("%s.%d.part", path, os.Getpid()), os.O_WRONLY|os.O_CREATE|os.O_TRUNC
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return nil, fmt.Errorf("%s is a folder: name a file in it", path)
	case err == nil && !info.Mode().IsRegular():
		name, flags = path, os.O_WRONLY
	default:
		o.part = name
	}
	var err error
	if o.file, err = os.OpenFile(name, flags, 0o666); err != nil {
		return nil, fmt.Errorf("write %s: %w", path, err)
	}
	o.Writer = bufio.NewWriterSize(o.file, 1<<16)
	return o, nil
}

// commit puts what was written in its place.
func (o *output) commit() error {
	err := o.Flush()
	if o.file != nil {
		err = errors.Join(err, o.file.Close())
		o.file = nil
	}
	if err == nil && o.part != "" {
		err = os.Rename(o.part, o.path)
	}
	if err != nil {
		o.discard()
		return fmt.Errorf("write %s: %w", o.path, err)
	}
	o.part = ""
	return nil
}

// discard takes away what was not committed.
func (o *output) discard() {
	if o.file != nil {
		_ = o.file.Close() // it is not wanted
		o.file = nil
	}
	if o.part != "" {
		_ = os.Remove(o.part)
		o.part = ""
	}
}
