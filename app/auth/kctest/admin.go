package kctest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Admin does what an administrator does in the console.
type Admin struct {
	t     testing.TB
	s     *Server
	token string
}

// Admin signs in as the administrator.
func (s *Server) Admin(t testing.TB) *Admin {
	t.Helper()
	form := url.Values{"grant_type": {"password"}, "client_id": {"admin-cli"}, "username": {AdminUser}, "password": {AdminPassword}}
	resp, err := http.PostForm(s.URL()+"/realms/master/protocol/openid-connect/token", form)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var a struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&a); err != nil || a.AccessToken == "" {
		t.Fatalf("sign in as the administrator: %s, %v", resp.Status, err)
	}
	return &Admin{t, s, a.AccessToken}
}

func (a *Admin) call(method, path string, in, out any) {
	a.t.Helper()
	if err := a.send(method, path, in, out); err != nil {
		a.t.Fatal(err)
	}
}

func (a *Admin) send(method, path string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return err
		}
	}
	r, err := http.NewRequestWithContext(context.Background(), method, a.s.URL()+"/admin/realms/aiops"+path, &body)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+a.token)
	r.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(resp.Body)
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return err
	}
	if resp.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s", method, path, resp.Status, strings.TrimSpace(string(text)))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

// UserID is the server's name of a user.
func (a *Admin) UserID(name string) string {
	a.t.Helper()
	var users []struct {
		ID string `json:"id"`
	}
	a.call(http.MethodGet, "/users?exact=true&username="+url.QueryEscape(name), nil, &users)
	if len(users) != 1 {
		a.t.Fatalf("%d users are called %s", len(users), name)
	}
	return users[0].ID
}

// Sessions is how many sessions a user has.
func (a *Admin) Sessions(user string) int {
	a.t.Helper()
	var all []any
	a.call(http.MethodGet, "/users/"+a.UserID(user)+"/sessions", nil, &all)
	return len(all)
}

// EndSessions signs a user out everywhere.
func (a *Admin) EndSessions(user string) {
	a.t.Helper()
	a.call(http.MethodPost, "/users/"+a.UserID(user)+"/logout", nil, nil)
}

// Enable lets a user sign in, or not.
func (a *Admin) Enable(user string, on bool) {
	a.t.Helper()
	a.call(http.MethodPut, "/users/"+a.UserID(user), map[string]any{"enabled": on}, nil)
}

// Set changes settings of the realm, such as accessTokenLifespan.
func (a *Admin) Set(settings map[string]any) {
	a.t.Helper()
	a.call(http.MethodPut, "", settings, nil)
}

// RotateKeys makes the server sign with a new key and throw the old ones away.
func (a *Admin) RotateKeys() {
	a.t.Helper()
	const query = "/components?type=org.keycloak.keys.KeyProvider"
	var realm struct {
		ID string `json:"id"`
	}
	a.call(http.MethodGet, "", nil, &realm)
	var old []struct {
		ID       string `json:"id"`
		Provider string `json:"providerId"`
	}
	a.call(http.MethodGet, query, nil, &old)
	a.call(http.MethodPost, "/components", map[string]any{"name": "rotated", "providerId": "rsa-generated", "providerType": "org.keycloak.keys.KeyProvider",
		"parentId": realm.ID, "config": map[string][]string{"priority": {"200"}, "enabled": {"true"}, "active": {"true"}, "algorithm": {"RS256"}}}, nil)
	for _, k := range old {
		if k.Provider == "rsa-generated" {
			a.call(http.MethodDelete, "/components/"+k.ID, nil, nil)
		}
	}
}

// SetClient changes settings of a client, such as redirectUris.
func (a *Admin) SetClient(name string, settings map[string]any) {
	a.t.Helper()
	var all []struct {
		ID string `json:"id"`
	}
	a.call(http.MethodGet, "/clients?clientId="+url.QueryEscape(name), nil, &all)
	if len(all) != 1 {
		a.t.Fatalf("%d clients are called %s", len(all), name)
	}
	a.call(http.MethodPut, "/clients/"+all[0].ID, settings, nil)
}
