package kctest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/html"
)

// Approve is a person in a browser: signs in at the address with the code and allows the program.
func Approve(ctx context.Context, address, user, password string) error {
	return decide(ctx, address, user, password, "accept")
}

// Deny is a person who signs in and refuses.
func Deny(ctx context.Context, address, user, password string) error {
	return decide(ctx, address, user, password, "cancel")
}

func decide(ctx context.Context, address, user, password, button string) error {
	b := &browser{ctx: ctx, http: http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, cookies: map[string]string{}}
	page, err := b.open(http.MethodGet, address, nil)
	asked := false
	for step := 0; err == nil && step < 8; step++ {
		f, ok := page.form()
		if !ok {
			if !asked {
				return fmt.Errorf("%s has no form: %s", page.at, page.title())
			}
			return nil
		}
		switch fields := f.fields; {
		case fields.Has("username") || fields.Has("password"):
			if step > 3 {
				return errors.New("the server does not take the password")
			}
			fields.Set("username", user)
			fields.Set("password", password)
		case fields.Has("device_user_code"):
			return fmt.Errorf("the server does not take the code: %s", page.title())
		case f.buttons.Has(button):
			fields.Set(button, f.buttons.Get(button))
			asked = true
		default:
			return fmt.Errorf("%s has an unknown form: %v", page.at, fields)
		}
		page, err = b.open(http.MethodPost, page.at.ResolveReference(f.action).String(), f.fields)
	}
	return err
}

// browser sends cookies that are marked Secure over http too, as browsers do on this computer.
type browser struct {
	ctx     context.Context
	http    http.Client
	cookies map[string]string
}

type page struct {
	at   *url.URL
	root *html.Node
}

func (b *browser) open(method, address string, form url.Values) (page, error) {
	for range 10 {
		r, err := http.NewRequestWithContext(b.ctx, method, address, strings.NewReader(form.Encode()))
		if err != nil {
			return page{}, err
		}
		if method == http.MethodPost {
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		}
		for name, value := range b.cookies {
			r.AddCookie(&http.Cookie{Name: name, Value: value})
		}
		resp, err := b.http.Do(r)
		if err != nil {
			return page{}, err
		}
		body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
		if err = errors.Join(err, resp.Body.Close()); err != nil {
			return page{}, err
		}
		for _, c := range resp.Cookies() {
			b.cookies[c.Name] = c.Value
		}
		if next := resp.Header.Get("Location"); next != "" {
			to, err := r.URL.Parse(next)
			if err != nil {
				return page{}, err
			}
			method, address, form = http.MethodGet, to.String(), nil
			continue
		}
		root, err := html.Parse(strings.NewReader(string(body)))
		if err == nil && resp.StatusCode >= 400 {
			err = fmt.Errorf("%s answers %s: %s", r.URL.Redacted(), resp.Status, page{root: root}.title())
		}
		return page{r.URL, root}, err
	}
	return page{}, errors.New("too many redirections")
}

type form struct {
	action          *url.URL
	fields, buttons url.Values
}

// form is the first one of the page.
func (p page) form() (form, bool) {
	for n := range p.root.Descendants() {
		if n.Data != "form" || n.Type != html.ElementNode {
			continue
		}
		action, err := url.Parse(attr(n, "action"))
		if err != nil {
			return form{}, false
		}
		f := form{action, url.Values{}, url.Values{}}
		for in := range n.Descendants() {
			name := attr(in, "name")
			if name == "" || in.Data != "input" && in.Data != "button" {
				continue
			}
			switch attr(in, "type") {
			case "submit":
				f.buttons.Set(name, attr(in, "value"))
			case "checkbox":
			default:
				f.fields.Set(name, attr(in, "value"))
			}
		}
		return f, true
	}
	return form{}, false
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// title is what the page says first.
func (p page) title() string {
	for _, id := range []string{"kc-error-message", "kc-page-title"} {
		for n := range p.root.Descendants() {
			if attr(n, "id") == id {
				return text(n)
			}
		}
	}
	return text(p.root)
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode && d.Parent.Data != "script" && d.Parent.Data != "style" {
			b.WriteString(d.Data + " ")
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
