package notify

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"aiops/metric"
)

// smtpServer is a mail server that takes one mail a connection.
type smtpServer struct {
	net.Listener
	cert     *tls.Config // nil: no STARTTLS
	implicit bool
	refuse   string // the answer to RCPT
	silent   bool   // says nothing
	mu       sync.Mutex
	auth     string
	rcpt     []string
	text     string
	secure   bool
}

func certificate(t *testing.T) (server, client *tls.Config) {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	t.Cleanup(s.Close)
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &tls.Config{Certificates: s.TLS.Certificates}, &tls.Config{RootCAs: pool}
}

func (s *smtpServer) start(t *testing.T) *smtpServer {
	t.Helper()
	var err error
	if s.Listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	go func() {
		for {
			conn, err := s.Accept()
			if err != nil {
				return
			}
			if s.implicit {
				conn = tls.Server(conn, s.cert)
			}
			go s.talk(conn)
		}
	}()
	return s
}

func (s *smtpServer) talk(conn net.Conn) {
	defer func() { conn.Close() }()
	if s.silent {
		_, _ = io.Copy(io.Discard, conn)
		return
	}
	r := bufio.NewReader(conn)
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 test")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		s.mu.Lock()
		switch strings.ToUpper(verb) {
		case "EHLO":
			if s.cert != nil && !s.implicit && !s.secure {
				say("250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN")
			} else {
				say("250-test\r\n250 AUTH PLAIN")
			}
		case "STARTTLS":
			say("220 go")
			tc := tls.Server(conn, s.cert)
			conn, r, s.secure = tc, bufio.NewReader(tc), true
		case "AUTH":
			s.auth = rest
			say("235 fine")
		case "RCPT":
			s.rcpt = append(s.rcpt, rest)
			if s.refuse != "" {
				say(s.refuse)
			} else {
				say("250 fine")
			}
		case "DATA":
			say("354 go")
			for {
				line, err := r.ReadString('\n')
				if err != nil || line == ".\r\n" {
					break
				}
				s.text += line
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			s.mu.Unlock()
			return
		default:
			say("250 fine")
		}
		s.mu.Unlock()
	}
}

func mailTo(t *testing.T, s *smtpServer, client *tls.Config, mode string) *mailer {
	t.Helper()
	t.Setenv("PW", "s3cret")
	ch := open(t, Config{Name: "mail", Kind: Mail, Server: s.Addr().String(), TLS: mode, User: "ops", PasswordEnv: "PW",
		From: "AIOps <aiops@example.com>", To: []string{"a@example.com", "B <b@example.com>"}})
	m := ch.(*mailer)
	m.roots = client
	return m
}

func TestMail(t *testing.T) {
	server, client := certificate(t)
	for _, mode := range []string{StartTLS, TLS, NoTLS} {
		t.Run(mode, func(t *testing.T) {
			s := &smtpServer{cert: server, implicit: mode == TLS}
			s.start(t)
			first := change("high", "wéb-01", 60, metric.Firing)
			if err := mailTo(t, s, client, mode).Send(t.Context(), Message{"high", []metric.Transition{first, change("high", "web-02", 61, metric.Resolved)}}); err != nil {
				t.Fatal(err)
			}
			s.mu.Lock()
			defer s.mu.Unlock()
			checkMail(t, s, mode)
		})
	}
}

func checkMail(t *testing.T, s *smtpServer, mode string) {
	t.Helper()
	if s.secure != (mode == StartTLS) || len(s.rcpt) != 2 || !strings.Contains(s.rcpt[1], "<b@example.com>") {
		t.Errorf("secure %t, to %v", s.secure, s.rcpt)
	}
	auth, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.auth, "PLAIN "))
	if err != nil || string(auth) != "\x00ops\x00s3cret" {
		t.Errorf("signed in with %q, %v", auth, err)
	}
	m, err := mail.ReadMessage(strings.NewReader(s.text))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != "[warning] high: 1 firing, 1 resolved" || m.Header.Get("Date") != "Thu, 01 Jan 1970 01:01:00 +0000" {
		t.Errorf("%v", m.Header)
	}
	body, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || !strings.Contains(string(body), "01:00 UTC firing warning: wéb-01 cpu is 95.0 %\r\n") {
		t.Errorf("%q", body)
	}
}

func TestMailThatIsRefused(t *testing.T) {
	for _, c := range []struct {
		answer    string
		permanent bool
	}{{"550 no such user", true}, {"451 try later", false}} {
		s := (&smtpServer{refuse: c.answer}).start(t)
		err := mailTo(t, s, nil, NoTLS).Send(t.Context(), Message{"x", []metric.Transition{change("a", "b", 1, metric.Firing)}})
		var p permanentError
		if err == nil || errors.As(err, &p) != c.permanent || !strings.Contains(err.Error(), c.answer[4:]) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", c.answer, err)
		}
	}
}

func TestMailWithoutEncryptionIsNotSent(t *testing.T) {
	s := (&smtpServer{}).start(t)
	err := mailTo(t, s, nil, StartTLS).Send(t.Context(), Message{"x", []metric.Transition{change("a", "b", 1, metric.Firing)}})
	if err == nil || !strings.Contains(err.Error(), "offers no STARTTLS; write tls: tls or tls: none") || s.auth != "" {
		t.Errorf("%v", err)
	}
}

func TestMailServerThatHangs(t *testing.T) {
	s := (&smtpServer{silent: true}).start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	began := time.Now()
	if err := mailTo(t, s, nil, NoTLS).Send(ctx, Message{}); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(began))
	}
}
