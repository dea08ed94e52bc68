package serve

import (
	"context"
	"time"
)

type heldRow struct {
	Subject     string    `json:"subject" doc:"The person, as the sign-in server names them"`
	Name        string    `json:"name"`
	Device      string    `json:"device"`
	Role        string    `json:"role"`
	Teams       []string  `json:"teams"`
	Address     string    `json:"address" doc:"Where it was asked for from"`
	Made        time.Time `json:"made"`
	Expires     time.Time `json:"expires"`
	Connections int       `json:"connections" doc:"To the database, that are open"`
}

type heldOutput struct{ Body []heldRow }

// listCredentials tells an administrator who may reach the database now.
func (s *Server) listCredentials(ctx context.Context, _ *struct{}) (*heldOutput, error) {
	if s.opt.Logins == nil {
		return nil, noLogins()
	}
	held, err := s.opt.Logins.Held(ctx)
	out := &heldOutput{[]heldRow{}}
	for _, l := range held {
		out.Body = append(out.Body, heldRow{l.Subject, l.Person, l.Device, l.Role, l.Teams, l.Address, l.Made.UTC(), l.Expires.UTC(), l.Connections})
	}
	return out, err
}
