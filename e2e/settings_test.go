//go:build e2e

package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"aiops/store/postgres/pgtest"
)

// Two instances share a cache and limits through Redis, and models through S3:
// what one trained the other uses, after a write through one the other never
// answers with what was before, and a Redis that dies only slows things down.
func TestInstancesShareRedisAndModels(t *testing.T) {
	redis := tool(t, "redis-server")
	dir, env := home(t)
	redisAddress := freeAddress(t)
	_, port, _ := net.SplitHostPort(redisAddress)
	server := start(t, env, redis, "--port", port, "--bind", "127.0.0.1", "--dir", dir, "--save", "", "--appendonly", "no")
	until(t, "Redis", func() bool {
		c, err := net.Dial("tcp", redisAddress)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	backend := s3mem.New()
	if err := backend.CreateBucket("models"); err != nil {
		t.Fatal(err)
	}
	s3 := httptest.NewServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	defer s3.Close()
	url := pgtest.URL(t)
	env = append(env, "AIOPS_DB="+url, "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=secret-key", "AIOPS_MODELS=s3://models/fleet?region=us-east-1&endpoint="+s3.URL)
	must(t, env, "db", "migrate")
	must(t, env, "generate", "--vms", "1", "--days", "3")
	var addresses []string
	for range 2 {
		address := freeAddress(t)
		own := append([]string{}, env...)
		own[0] = "AIOPS_HOME=" + t.TempDir() // so that they share nothing else
		serve(t, own, address, "--redis", "redis://"+redisAddress+"/0", "--no-watch")
		addresses = append(addresses, "http://"+address)
	}
	post := func(base, path, body string) string {
		r, err := http.Post(base+path, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode >= 300 {
			t.Fatal(path, r.Status, err, string(text))
		}
		return string(text)
	}
	get := func(base, path string) string {
		r, err := http.Get(base + path)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		text, err := io.ReadAll(r.Body)
		if err != nil || r.StatusCode != 200 {
			t.Fatal(path, r.Status, err, string(text))
		}
		return string(text)
	}
	post(addresses[0], "/api/v1/train", `{"vm":"web-01","metric":"cpu"}`)
	if out := must(t, env, "models"); !strings.Contains(out, "web-01") {
		t.Errorf("the command line does not see the model in S3: %s", out)
	}
	post(addresses[1], "/api/v1/predict", `{"vm":"web-01","metric":"cpu","periods":3}`)
	figure := "/api/v1/figures/fact.svg?vm=extra&start_date=" + time.Now().Add(-time.Hour).UTC().Format("2006-01-02T15:04:05Z")
	at := time.Now().Add(-30 * time.Minute)
	before := map[string]bool{}
	write := func(round int) {
		post(addresses[round%2], "/api/v1/metrics", fmt.Sprintf(`{"vm":"extra","metric":"cpu","timestamp":%q,"value":%d}`, at.Add(time.Duration(round)*time.Minute).UTC().Format(time.RFC3339), 10*round*round+1))
		drawn := get(addresses[(round+1)%2], figure)
		if before[drawn] {
			t.Errorf("round %d: the other instance draws what was before the write", round)
		}
		before[drawn] = true
		if same := get(addresses[round%2], figure); same != drawn {
			t.Errorf("round %d: the instances draw different figures", round)
		}
	}
	for round := range 8 {
		write(round)
	}
	if err := server.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = server.Wait() // it was killed
	post(addresses[0], "/api/v1/metrics", fmt.Sprintf(`{"vm":"extra","metric":"cpu","timestamp":%q,"value":5}`, at.Add(20*time.Minute).UTC().Format(time.RFC3339)))
	if drawn := get(addresses[0], figure); before[drawn] {
		t.Error("without Redis an instance does not see its own write")
	}
}
