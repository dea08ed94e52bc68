//go:build e2e

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// apache is a proxy with TLS whose certificate an authority of the test signs.
type apache struct {
	address, ca string // https://localhost:PORT, and the authority's file
	pin         string // of the server's key, for a browser
}

// newApache starts it with the project's own configuration.
func newApache(t *testing.T, listen, service, keycloak string) apache {
	t.Helper()
	if _, err := exec.LookPath("apache2"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	dir := t.TempDir()
	a := apache{address: "https://" + listen, ca: filepath.Join(dir, "ca.pem")}
	a.pin = certificates(t, dir)
	conf, err := filepath.Abs("../deploy/apache/aiops.conf")
	if err != nil {
		t.Fatal(err)
	}
	host, port, _ := net.SplitHostPort(listen)
	text := fmt.Sprintf("ServerRoot %[1]s\nPidFile %[1]s/pid\nErrorLog %[1]s/error.log\nListen 127.0.0.1:%[2]s\nServerName %[3]s\n", dir, port, host)
	for _, m := range []string{"mpm_event", "authn_core", "authz_core", "authz_host", "alias", "headers", "proxy", "proxy_http", "ssl", "socache_shmcb"} {
		text += fmt.Sprintf("LoadModule %s_module /usr/lib/apache2/modules/mod_%[1]s.so\n", m)
	}
	for name, value := range map[string]string{"HOST": host, "ADDRESS": "127.0.0.1:" + port, "TLS": dir, "SERVICE": service, "KEYCLOAK": keycloak} {
		text += "Define AIOPS_" + name + " " + value + "\n"
	}
	file := filepath.Join(dir, "apache2.conf")
	if err := os.WriteFile(file, []byte(text+"Include "+conf+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := start(t, append(os.Environ(), "LANG=C"), "apache2", "-f", file, "-DFOREGROUND")
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(filepath.Join(dir, "error.log"))
			t.Logf("Apache (%v): %s", cmd.ProcessState, log)
		}
	})
	until(t, "Apache", func() bool {
		c, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	return a
}

// certificates makes ca.pem, server.pem and server.key, and returns the hash of the server's public key.
func certificates(t *testing.T, dir string) string {
	t.Helper()
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	write := func(name, kind string, der []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	root, leaf := key(), key()
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Example authority"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, &root.PublicKey, root)
	if err != nil {
		t.Fatal(err)
	}
	write("ca.pem", "CERTIFICATE", der)
	der, err = x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: ca.NotBefore, NotAfter: ca.NotAfter, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}, ca, &leaf.PublicKey, root)
	if err != nil {
		t.Fatal(err)
	}
	write("server.pem", "CERTIFICATE", der)
	private, err := x509.MarshalPKCS8PrivateKey(leaf)
	if err != nil {
		t.Fatal(err)
	}
	write("server.key", "PRIVATE KEY", private)
	public, err := x509.MarshalPKIXPublicKey(&leaf.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(public)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// trusting makes this test's own requests trust the authority, until the test ends.
func (a apache) trusting(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(a.ca)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	old := http.DefaultTransport
	own := old.(*http.Transport).Clone()
	own.TLSClientConfig = &tls.Config{RootCAs: pool}
	http.DefaultTransport = own
	t.Cleanup(func() { http.DefaultTransport = old })
}
