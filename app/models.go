package app

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"time"

	"aiops/app/s3models"
	"aiops/forecast"
	"aiops/store"
)

// Models is where a database's models are kept: in files of its own below dir,
// as another database may have series of the same names, or in S3 where address
// says so. There the address itself must tell databases apart.
func Models(address string, st store.Store, dir string) (forecast.Storage, error) {
	own := filepath.Join(dir, modelsOf(st))
	switch {
	case address == "":
		return withCarried(forecast.Files{Dir: own}, st), nil
	case s3models.Is(address):
		sum := sha256.Sum256([]byte(address))
		shared, err := s3models.Open(address, fmt.Sprintf("%s-s3-%x", own, sum[:4]), s3models.Options{})
		if err != nil {
			return nil, err
		}
		return withCarried(shared, st), nil
	}
	return nil, fmt.Errorf("--models %s: models are kept in s3://BUCKET/PREFIX?endpoint=https://HOST:PORT, or without --models in local files", address)
}

func modelsOf(st store.Store) string {
	info := st.Info()
	sum := sha256.Sum256([]byte(info.Kind + "\x00" + info.Path))
	return fmt.Sprintf("%x", sum[:8])
}

// Forecaster makes forecasts of a database's series with models in local files.
func Forecaster(st store.Store, dir string, now func() time.Time) forecast.Forecaster {
	return forecast.Forecaster{Storage: withCarried(forecast.Files{Dir: filepath.Join(dir, modelsOf(st))}, st), Now: now}
}
