package s3models

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"aiops/forecast"
)

// Is reports whether an address names models in S3.
func Is(address string) bool { return strings.HasPrefix(address, "s3://") }

// Options say how patient a storage is. The zero Options take the defaults.
type Options struct {
	Timeout time.Duration // of one operation; 0: 10 s
	Tries   int           // of one request; 0: 3
}

// Open takes s3://BUCKET/PREFIX?endpoint=URL&region=NAME; without an endpoint it
// is Amazon's. The key is that of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.
// Copies are kept in dir. Nothing is asked yet.
func Open(address, dir string, o Options) (*Storage, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "s3" || u.Host == "" {
		return nil, errors.New("models in S3 are named s3://BUCKET/PREFIX?endpoint=https://HOST:PORT")
	}
	if u.User != nil {
		return nil, errors.New("the address of the models holds a key: leave it away and set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	q := u.Query()
	for name := range q {
		if name != "endpoint" && name != "region" {
			return nil, fmt.Errorf("the address of the models has the option %q; endpoint and region are known", name)
		}
	}
	id, secret := os.Getenv("AWS_ACCESS_KEY_ID"), os.Getenv("AWS_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return nil, errors.New("models in S3 need a key: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	}
	host, secure, err := endpoint(q.Get("endpoint"))
	if err != nil {
		return nil, err
	}
	if o.Tries == 0 {
		o.Tries = 3
	}
	if o.Timeout == 0 {
		o.Timeout = 10 * time.Second
	}
	core, err := minio.NewCore(host, &minio.Options{
		Creds:  credentials.NewStaticV4(id, secret, os.Getenv("AWS_SESSION_TOKEN")),
		Secure: secure, Region: q.Get("region"), MaxRetries: o.Tries,
	})
	if err != nil {
		return nil, fmt.Errorf("the address of the models: %w", err)
	}
	prefix := strings.Trim(u.Path, "/")
	if prefix != "" {
		prefix += "/"
	}
	return &Storage{core: core, bucket: u.Host, prefix: prefix, host: host, timeout: o.Timeout, copies: forecast.Files{Dir: dir}}, nil
}

// endpoint reads http://HOST:PORT or https://HOST.
func endpoint(text string) (host string, secure bool, err error) {
	if text == "" {
		return "s3.amazonaws.com", true, nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil || strings.Trim(u.Path, "/") != "" {
		return "", false, errors.New("the endpoint of the models is written as https://HOST:PORT or http://HOST:PORT")
	}
	return u.Host, u.Scheme == "https", nil
}
