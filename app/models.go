package app

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"time"

	"aiops/forecast"
	"aiops/store"
)

// Forecaster makes forecasts of a database's series and keeps their models in
// a directory of their own below dir, as another database may have series of
// the same names.
func Forecaster(st store.Store, dir string, now func() time.Time) forecast.Forecaster {
	info := st.Info()
	sum := sha256.Sum256([]byte(info.Kind + "\x00" + info.Path))
	return forecast.Forecaster{Storage: forecast.Files{Dir: filepath.Join(dir, fmt.Sprintf("%x", sum[:8]))}, Now: now}
}
