package auth

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"
)

const (
	answerLimit = 1 << 20 // bytes of an answer that are read
	askTimeout  = 20 * time.Second
)

// wire talks to the sign-in server.
type wire struct {
	http *http.Client
	now  func() time.Time
}

func newWire(caFile string, now func() time.Time) (*wire, error) {
	t := http.DefaultTransport.(*http.Transport).Clone()
	if caFile != "" {
		pem, err := os.ReadFile(caFile)
		if err != nil {
			return nil, fmt.Errorf("read the certificates: %w", err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool() // a system without certificates of its own
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("%s holds no certificate: a PEM file with BEGIN CERTIFICATE is needed", caFile)
		}
		t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	return &wire{&http.Client{Transport: t, Timeout: askTimeout, CheckRedirect: sameHost}, now}, nil
}

// sameHost follows no redirect that would carry a token to somebody else.
func sameHost(r *http.Request, via []*http.Request) error {
	if len(via) > 5 || r.URL.Host != via[0].URL.Host || r.URL.Scheme != via[0].URL.Scheme {
		return fmt.Errorf("it redirects to %s", r.URL.Host)
	}
	return nil
}

// get reads a JSON document.
func (w *wire) get(ctx context.Context, address string, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Accept", "application/json")
	status, body, err := w.ask(r)
	switch {
	case err != nil:
		return err
	case status == http.StatusNotFound:
		return problem(ErrRealm, errors.New(address), "The sign-in server has nothing at %s. Check the realm's name in the issuer's address, and the path of a proxy before it.", address)
	case status != http.StatusOK:
		return problem(ErrAnswer, nil, "The sign-in server answered %d %s at %s.", status, http.StatusText(status), address)
	}
	if err := json.Unmarshal(body, into); err != nil {
		return problem(ErrAnswer, err, "What %s answers is not a sign-in server's. Check the issuer's address.", address)
	}
	return nil
}

// post sends a form.
func (w *wire) post(ctx context.Context, address string, form url.Values, sign func(*http.Request)) (status int, body []byte, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, nil, err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if sign != nil {
		sign(r)
	}
	return w.ask(r)
}

// ask sends a request; a server that is not there, or not ready, is ErrAway.
func (w *wire) ask(r *http.Request) (status int, body []byte, err error) {
	a, err := w.answer(r, answerLimit)
	return a.Status, a.Body, err
}

// answer is ask with the answer's headers.
func (w *wire) answer(r *http.Request, limit int64) (Answer, error) {
	address := r.URL.String()
	resp, err := w.http.Do(r)
	if err != nil {
		return Answer{}, transport(address, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, limit))
	if err != nil {
		return Answer{}, transport(address, err)
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return Answer{}, problem(ErrAway, errors.New(resp.Status), "The sign-in server is not ready (%s). Try again in a moment.", resp.Status)
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}
