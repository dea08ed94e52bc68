package s3models

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/minio/minio-go/v7"

	"aiops/forecast"
)

// ErrAway is that the storage cannot be reached or does not answer as it should.
var ErrAway = errors.New("the storage of models cannot be reached")

// Answers that are no trouble.
var (
	errSame    = errors.New("nothing has changed")
	errChanged = errors.New("another one was written meanwhile")
)

// convert turns an error of the library into one of ours. ctx is the caller's.
func (s *Storage) convert(ctx context.Context, doing string, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	where := fmt.Sprintf("%s in bucket %s at %s", doing, s.bucket, s.host)
	answer := minio.ToErrorResponse(err)
	switch {
	case answer.StatusCode == http.StatusNotModified:
		return errSame
	case answer.StatusCode == http.StatusPreconditionFailed, answer.StatusCode == http.StatusConflict:
		return errChanged
	case answer.Code == "NoSuchBucket":
		return fmt.Errorf("%s: there is no such bucket: make it, or name another one", where)
	case answer.Code == "NoSuchKey", answer.StatusCode == http.StatusNotFound:
		return forecast.ErrNoModel
	case answer.StatusCode == http.StatusForbidden, answer.StatusCode == http.StatusUnauthorized:
		return fmt.Errorf("%s: it is not allowed (%s): check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and what this key may do", where, answer.Code)
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("%w: %s: no answer within %v", ErrAway, where, s.timeout)
	}
	return fmt.Errorf("%w: %s: %w", ErrAway, where, err)
}
