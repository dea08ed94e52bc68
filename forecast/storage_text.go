package forecast

import (
	"encoding/json"
	"fmt"
	"hash/crc32"
	"path"
	"path/filepath"

	"aiops/metric"
)

// modelFile is what a storage keeps: the model with its checksum, so that a text
// that was changed is told from one that was written.
type modelFile struct {
	Version int `json:"version"`
	metric.Key
	Kind  string          `json:"kind"`
	Sum   string          `json:"crc32"`
	Model json.RawMessage `json:"model"`
}

// EncodeModel writes a model as a storage keeps it, with its checksum.
func EncodeModel(m Model) ([]byte, error) {
	text, err := json.Marshal(m)
	if err == nil {
		text, err = json.Marshal(modelFile{Version: m.Version, Key: m.Key, Kind: m.Kind, Sum: checksum(text), Model: text})
	}
	if err != nil {
		return nil, fmt.Errorf("write the model as JSON: %w", err)
	}
	return text, nil
}

// DecodeModel reads and checks what EncodeModel wrote. The last part of where it
// was must be its ModelName. Of a model of another version only version, series
// and kind are told.
func DecodeModel(text []byte, where string) (Model, error) {
	var file modelFile
	if err := json.Unmarshal(text, &file); err != nil {
		return Model{}, fmt.Errorf("%w: %s: %w", ErrDamagedModel, where, err)
	}
	if path.Base(filepath.ToSlash(where)) != ModelName(file.Key, file.Kind) {
		return Model{}, fmt.Errorf("%w: %s is not the file of the series that it names (%v, %s)", ErrDamagedModel, where, file.Key, file.Kind)
	}
	if file.Version > 0 && file.Version != ModelVersion {
		return Model{Version: file.Version, Key: file.Key, Kind: file.Kind}, nil
	}
	if file.Sum != checksum(file.Model) {
		return Model{}, fmt.Errorf("%w: %s: its checksum is not that of its content", ErrDamagedModel, where)
	}
	var m Model
	if err := json.Unmarshal(file.Model, &m); err != nil {
		return Model{}, fmt.Errorf("%w: %s: %w", ErrDamagedModel, where, err)
	}
	if m.Key != file.Key || m.Kind != file.Kind || m.Version != file.Version {
		return Model{}, fmt.Errorf("%w: %s: it names two series", ErrDamagedModel, where)
	}
	return m, nil
}

// Readable is ErrNoModel for a model of another version.
func (m Model) Readable(where string) error {
	if m.Version != ModelVersion {
		return fmt.Errorf("%w: %s is of version %d, this program reads %d", ErrNoModel, where, m.Version, ModelVersion)
	}
	return nil
}

func checksum(text []byte) string {
	return fmt.Sprintf("%08x", crc32.Checksum(text, crc32.MakeTable(crc32.Castagnoli)))
}
