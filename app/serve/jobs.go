package serve

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/app"
)

// Jobs runs what takes longer than a request may.
type Jobs interface {
	// Start begins a job; the error says why it cannot be taken now.
	Start(name string, work func(context.Context, app.Progress) (string, error)) (id string, err error)
	Find(id string) (app.Job, bool)
	List() []app.Job // the newest first
	Cancel(id string)
	// Close cancels what runs and waits for its end.
	Close()
}

// Bounds of the jobs of one instance.
const (
	mostRunning = 2
	mostQueued  = 100
)

// localJobs are the jobs of this process.
type localJobs struct {
	all    *app.Jobs
	places chan struct{} // of running and waiting jobs
	run    chan struct{}
}

func newLocalJobs(now func() time.Time) *localJobs {
	return &localJobs{all: app.NewJobs(now), places: make(chan struct{}, mostQueued), run: make(chan struct{}, mostRunning)}
}

func (l *localJobs) Start(name string, work func(context.Context, app.Progress) (string, error)) (string, error) {
	select {
	case l.places <- struct{}{}:
	default:
		return "", huma.Error503ServiceUnavailable(fmt.Sprintf("%d jobs wait already. Try again when some are done.", mostQueued))
	}
	id, _ := l.all.Begin(context.Background(), name, func(ctx context.Context, p app.Progress) (string, error) {
		defer func() { <-l.places }()
		select {
		case l.run <- struct{}{}:
			defer func() { <-l.run }()
		case <-ctx.Done():
			return "", ctx.Err()
		}
		return work(ctx, p)
	})
	return strconv.Itoa(id), nil
}

func (l *localJobs) Find(id string) (app.Job, bool) {
	n, err := strconv.Atoi(id)
	if err != nil {
		return app.Job{}, false
	}
	return l.all.Find(n)
}

func (l *localJobs) List() []app.Job { return l.all.List() }

func (l *localJobs) Cancel(id string) {
	if n, err := strconv.Atoi(id); err == nil {
		l.all.Cancel(n)
	}
}

func (l *localJobs) Close() { l.all.Close() }

// jobRow is a job as it is answered.
type jobRow struct {
	ID     string     `json:"id"`
	Name   string     `json:"name" example:"Forecast 64 series"`
	Status string     `json:"status" enum:"running,done,failed,cancelled"`
	Done   int64      `json:"done"`
	Total  int64      `json:"total" doc:"0: unknown"`
	Result string     `json:"result,omitempty" doc:"What it did"`
	Error  string     `json:"error,omitempty" doc:"Why it failed"`
	Began  time.Time  `json:"began"`
	Ended  *time.Time `json:"ended,omitempty"`
}

var jobStatus = map[app.JobStatus]string{app.Running: "running", app.Done: "done", app.Failed: "failed", app.Cancelled: "cancelled"}

func jobRowOf(j app.Job) jobRow {
	out := jobRow{ID: strconv.Itoa(j.ID), Name: j.Name, Status: jobStatus[j.Status], Done: j.Done, Total: j.Total, Result: j.Result, Began: j.Began.UTC()}
	if j.Err != nil {
		out.Error = j.Err.Error()
	}
	if !j.Ended.IsZero() {
		t := j.Ended.UTC()
		out.Ended = &t
	}
	return out
}

type jobInput struct {
	ID string `path:"id" maxLength:"64" example:"1"`
}

type jobOutput struct{ Body jobRow }

type jobsOutput struct{ Body []jobRow }

func (s *Server) listJobs(context.Context, *struct{}) (*jobsOutput, error) {
	out := &jobsOutput{Body: []jobRow{}}
	for _, j := range s.jobs.List() {
		out.Body = append(out.Body, jobRowOf(j))
	}
	return out, nil
}

func (s *Server) getJob(_ context.Context, in *jobInput) (*jobOutput, error) {
	j, ok := s.jobs.Find(in.ID)
	if !ok {
		return nil, huma.Error404NotFound("There is no job " + in.ID + ".")
	}
	return &jobOutput{jobRowOf(j)}, nil
}

func (s *Server) cancelJob(_ context.Context, in *jobInput) (*struct{}, error) {
	if _, ok := s.jobs.Find(in.ID); !ok {
		return nil, huma.Error404NotFound("There is no job " + in.ID + ".")
	}
	s.jobs.Cancel(in.ID)
	return nil, nil
}

// jobStarted answers with a job that was begun.
type jobStarted struct {
	Status   int
	Location string `header:"Location"`
	Body     any
}

func (s *Server) started(id string) (*jobStarted, error) {
	j, _ := s.jobs.Find(id)
	return &jobStarted{Status: 202, Location: s.opt.BasePath + "/api/v1/jobs/" + id, Body: jobRowOf(j)}, nil
}

// jobNews tells streams of the jobs that changed.
func (s *Server) jobNews() {
	s.news.Lock()
	defer s.news.Unlock()
	now := map[int]string{}
	for _, j := range s.jobs.List() {
		state := fmt.Sprint(j.Status, j.Done)
		now[j.ID] = state
		if s.told[j.ID] != state {
			s.hub.publish(jobEvent, jobRowOf(j))
		}
	}
	s.told = now
}
