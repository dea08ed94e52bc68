package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"

	"aiops/metric"
)

// mailer sends mail through an SMTP server.
type mailer struct {
	config   Config
	host     string
	from     string // the bare address
	to       []string
	password secret
	roots    *tls.Config // nil: the system's
}

func openMail(c Config) (Channel, error) {
	host, _, err := net.SplitHostPort(c.Server)
	if err != nil {
		return nil, fmt.Errorf("channel %s: the server %q names no port; write host:587", c.Name, c.Server)
	}
	m := &mailer{config: c, host: host}
	if m.password, err = fromEnv(c.Name, c.PasswordEnv); err != nil {
		return nil, err
	}
	for i, a := range append([]string{c.From}, c.To...) {
		parsed, err := mail.ParseAddress(a)
		if err != nil {
			return nil, fmt.Errorf("channel %s: %q is not a mail address; write ops@example.com", c.Name, a)
		}
		if i == 0 {
			m.from = parsed.Address
		} else {
			m.to = append(m.to, parsed.Address)
		}
	}
	if len(m.to) == 0 {
		return nil, fmt.Errorf("channel %s: nobody gets the mail; add to: ops@example.com", c.Name)
	}
	return m, nil
}

// Send sends one mail to all.
func (m *mailer) Send(ctx context.Context, msg Message) error {
	return hide(m.send(ctx, m.text(msg)), m.password)
}

func (m *mailer) send(ctx context.Context, text []byte) error {
	c, err := m.dial(ctx)
	if err != nil {
		return fmt.Errorf("reach %s: %w", m.config.Server, err)
	}
	defer c.Close()
	if m.config.User != "" {
		if err := c.Auth(smtp.PlainAuth("", m.config.User, string(m.password), m.host)); err != nil {
			return smtpError("sign in to "+m.config.Server, err)
		}
	}
	if err := c.Mail(m.from); err != nil {
		return smtpError("send from "+m.from, err)
	}
	for _, to := range m.to {
		if err := c.Rcpt(to); err != nil {
			return smtpError("send to "+to, err)
		}
	}
	w, err := c.Data()
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return smtpError("send the mail", err)
	}
	_ = c.Quit() // the server has taken the mail
	return nil
}

// dial connects, encrypted as configured; the context's end closes the connection.
func (m *mailer) dial(ctx context.Context) (*smtp.Client, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", m.config.Server)
	if err != nil {
		return nil, err
	}
	if end, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(end) // what is left open then fails late
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	if m.config.TLS == TLS {
		conn = tls.Client(conn, m.tls())
	}
	c, err := smtp.NewClient(conn, m.host)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if m.config.TLS == StartTLS || m.config.TLS == "" {
		if ok, _ := c.Extension("STARTTLS"); !ok {
			return nil, permanentError{errors.Join(errors.New("the server offers no STARTTLS; write tls: tls or tls: none"), c.Close())}
		}
		if err := c.StartTLS(m.tls()); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	return c, nil
}

func (m *mailer) tls() *tls.Config {
	if m.roots == nil {
		return &tls.Config{ServerName: m.host}
	}
	c := m.roots.Clone()
	c.ServerName = m.host
	return c
}

// smtpError tells what was being done; what the server refuses for good is permanent.
func smtpError(doing string, err error) error {
	var p *textproto.Error
	err2 := fmt.Errorf("%s: %w", doing, err)
	if errors.As(err, &p) && p.Code/100 == 5 {
		return permanentError{err2}
	}
	return err2
}

func (m *mailer) text(msg Message) []byte {
	var b bytes.Buffer
	header := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	header("From", m.config.From)
	header("To", strings.Join(m.config.To, ", "))
	header("Subject", mime.QEncoding.Encode("utf-8", msg.Title()))
	if n := len(msg.Changes); n > 0 {
		header("Date", metric.Time(msg.Changes[n-1].Time).Format(time.RFC1123Z))
	}
	header("MIME-Version", "1.0")
	header("Content-Type", "text/plain; charset=utf-8")
	header("Content-Transfer-Encoding", "quoted-printable")
	header("Auto-Submitted", "auto-generated")
	b.WriteString("\r\n")
	w := quotedprintable.NewWriter(&b)
	_, _ = w.Write([]byte(strings.ReplaceAll(msg.Text(), "\n", "\r\n"))) // into memory
	_ = w.Close()
	return b.Bytes()
}
