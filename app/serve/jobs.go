package serve

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"aiops/store"
)

// jobs are what takes longer than a request may. They lie in the store's queue,
// so that every instance on the database sees them and any may do them; those of
// an instance that dies are done again by another.
type jobs struct {
	s    *Server
	q    store.Queue
	wake chan struct{}

	mu      sync.Mutex
	running map[int64]context.CancelCauseFunc
	works   sync.WaitGroup
}

// Bounds of jobs.
const (
	jobKind     = "serve"
	mostRunning = 2   // at an instance
	mostQueued  = 100 // that wait at all
	mostListed  = 500
	jobLease    = 15 * time.Second
	jobKeep     = 3 * time.Second // between two looks whether a job is still wanted
	jobLook     = 2 * time.Second // between two looks for jobs of others
	jobsKept    = 24 * time.Hour  // after their end
)

func newJobs(s *Server, q store.Queue) *jobs {
	return &jobs{s: s, q: q, wake: make(chan struct{}, 1), running: map[int64]context.CancelCauseFunc{}}
}

// order is what a job is to do.
type order struct {
	Name string          `json:"name"`
	What string          `json:"what"` // predict, train
	Args json.RawMessage `json:"args"`
}

// outcome is how far a job is, and what came of it.
type outcome struct {
	Done   int64  `json:"done"`
	Total  int64  `json:"total"`
	Text   string `json:"text,omitempty"`
	Failed string `json:"failed,omitempty"`
}

// jobRow is a job as it is answered.
type jobRow struct {
	ID     string     `json:"id"`
	Name   string     `json:"name" example:"Forecast 64 series"`
	Status string     `json:"status" enum:"waiting,running,done,failed,cancelled"`
	Done   int64      `json:"done"`
	Total  int64      `json:"total" doc:"0: unknown"`
	Result string     `json:"result,omitempty" doc:"What it did"`
	Error  string     `json:"error,omitempty" doc:"Why it failed"`
	Began  time.Time  `json:"began" doc:"When it was asked for"`
	Ended  *time.Time `json:"ended,omitempty"`
}

func (r jobRow) over() bool {
	return r.Status != string(store.Waiting) && r.Status != string(store.Running)
}

func jobRowOf(j store.Job) jobRow {
	var o order
	var out outcome
	_ = json.Unmarshal(j.Payload, &o) // what this program has not written has no name
	_ = json.Unmarshal(j.Result, &out)
	row := jobRow{ID: strconv.FormatInt(j.ID, 10), Name: o.Name, Status: string(j.State), Done: out.Done, Total: out.Total, Result: out.Text, Error: out.Failed, Began: j.Made}
	switch {
	case j.State == store.Done && out.Failed != "":
		row.Status = string(store.Failed)
	case j.State == store.Failed:
		row.Error = j.Error
	}
	if !j.Finished.IsZero() {
		row.Ended = &j.Finished
	}
	return row
}

// start puts a job into the queue.
func (js *jobs) start(ctx context.Context, name, what string, args any) (jobRow, error) {
	text, err := json.Marshal(args)
	if err != nil {
		return jobRow{}, err
	}
	payload, err := json.Marshal(order{name, what, text})
	if err != nil {
		return jobRow{}, err
	}
	waiting, err := js.q.Jobs(ctx, store.JobQuery{Kind: jobKind, State: store.Waiting, Newest: mostQueued})
	if err != nil {
		return jobRow{}, err
	}
	if len(waiting) >= mostQueued {
		return jobRow{}, huma.Error503ServiceUnavailable(fmt.Sprintf("%d jobs wait already. Try again when some are done.", mostQueued))
	}
	run := rand.Text()
	if _, err := js.q.Enqueue(ctx, []store.NewJob{{Kind: jobKind, Run: run, Payload: payload}}); err != nil {
		return jobRow{}, err
	}
	made, err := js.q.Jobs(ctx, store.JobQuery{Kind: jobKind, Run: run})
	if err != nil || len(made) == 0 {
		return jobRow{}, errors.Join(errors.New("the job is not in the queue"), err)
	}
	row := jobRowOf(made[0])
	js.rouse()
	js.s.tell(jobEvent, row)
	return row, nil
}

func errNoJob(id string) error { return huma.Error404NotFound("There is no job " + id + ".") }

// look finds a job by its name for clients.
func (js *jobs) look(ctx context.Context, id string) (store.Job, error) {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return store.Job{}, errNoJob(id)
	}
	j, err := js.q.Job(ctx, n)
	if errors.Is(err, store.ErrNotFound) || err == nil && j.Kind != jobKind {
		return j, errNoJob(id)
	}
	return j, err
}

func (js *jobs) find(ctx context.Context, id string) (jobRow, error) {
	j, err := js.look(ctx, id)
	return jobRowOf(j), err
}

// list tells the jobs, the newest first.
func (js *jobs) list(ctx context.Context) ([]jobRow, error) {
	all, err := js.q.Jobs(ctx, store.JobQuery{Kind: jobKind, Newest: mostListed})
	out := []jobRow{}
	for _, j := range slices.Backward(all) {
		out = append(out, jobRowOf(j))
	}
	return out, err
}

// cancel ends a job wherever it runs; one that has ended stays as it is.
func (js *jobs) cancel(ctx context.Context, id string) error {
	j, err := js.look(ctx, id)
	if err != nil {
		return err
	}
	if err := js.q.Cancel(ctx, j.ID); err != nil {
		if errors.Is(err, store.ErrConflict) {
			return nil
		}
		return err
	}
	js.halt(id)
	row, err := js.find(ctx, id)
	if err == nil {
		js.s.tell(jobEvent, row)
	}
	return err
}

type jobInput struct {
	ID string `path:"id" maxLength:"64" example:"1"`
}

type jobOutput struct{ Body jobRow }

type jobsOutput struct{ Body []jobRow }

func (s *Server) listJobs(ctx context.Context, _ *struct{}) (*jobsOutput, error) {
	all, err := s.jobs.list(ctx)
	return &jobsOutput{Body: all}, err
}

func (s *Server) getJob(ctx context.Context, in *jobInput) (*jobOutput, error) {
	row, err := s.jobs.find(ctx, in.ID)
	return &jobOutput{row}, err
}

func (s *Server) cancelJob(ctx context.Context, in *jobInput) (*struct{}, error) {
	return nil, s.jobs.cancel(ctx, in.ID)
}

// jobStarted answers with a job that was begun.
type jobStarted struct {
	Status   int
	Location string `header:"Location"`
	Body     any
}

// begin puts a job into the queue and answers with it.
func (s *Server) begin(ctx context.Context, name, what string, args any) (*jobStarted, error) {
	row, err := s.jobs.start(ctx, name, what, args)
	if err != nil {
		return nil, err
	}
	return &jobStarted{Status: 202, Location: s.opt.BasePath + "/api/v1/jobs/" + row.ID, Body: row}, nil
}
