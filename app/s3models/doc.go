// Package s3models keeps trained models in S3-compatible storage, with a copy
// in local files that is used while the storage has nothing newer or is away.
package s3models
