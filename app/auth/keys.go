package auth

import (
	"context"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"golang.org/x/sync/singleflight"
	"golang.org/x/time/rate"
)

// keysHold is after how long the keys are asked for again, so that one that was withdrawn is forgotten.
const keysHold = time.Hour

// keySet are the server's public keys. An unknown key is asked for, but not more
// often than the limiter says, however many tokens name unknown ones.
type keySet struct {
	wire  *wire
	url   func(context.Context) (string, error)
	cache cache
	limit *rate.Limiter
	one   singleflight.Group

	mu   sync.Mutex
	set  jose.JSONWebKeySet
	read time.Time // zero: only what the cache had
	err  error     // of the last time they were asked for
}

func newKeySet(w *wire, c cache, url func(context.Context) (string, error)) *keySet {
	k := &keySet{wire: w, cache: c, url: url, limit: rate.NewLimiter(rate.Every(10*time.Second), 3)}
	if c.load("keys", &k.set) != nil {
		k.set = jose.JSONWebKeySet{} // no network yet, and none was there before
	}
	return k
}

// key finds the key that a token names.
func (k *keySet) key(ctx context.Context, id string, alg jose.SignatureAlgorithm) (*jose.JSONWebKey, error) {
	found, fresh, _ := k.find(id, alg)
	if fresh {
		return found, nil
	}
	if k.limit.AllowN(k.wire.now(), 1) {
		done := k.one.DoChan("", func() (any, error) { return nil, k.fetch(context.WithoutCancel(ctx)) })
		if found == nil {
			select {
			case <-done:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
	if found != nil { // also while the server is away; the news of it are for the next token
		return found, nil
	}
	found, _, err := k.find(id, alg)
	switch {
	case found != nil:
		return found, nil
	case err != nil:
		return nil, err
	}
	return nil, invalid("it is signed with a key that the server does not have", nil)
}

// fetch asks for the keys.
func (k *keySet) fetch(ctx context.Context) error {
	var set jose.JSONWebKeySet
	address, err := k.url(ctx)
	if err == nil {
		err = k.wire.get(ctx, address, &set)
	}
	if err == nil && len(set.Keys) == 0 {
		err = problem(ErrAnswer, nil, "The sign-in server has no keys at %s.", address)
	}
	k.mu.Lock()
	if k.err = err; err == nil {
		k.set, k.read = set, k.wire.now()
	}
	k.mu.Unlock()
	if err != nil {
		return err
	}
	return k.cache.save("keys", set)
}

// find takes public signing keys only: a key for encryption or a shared secret
// proves nothing. err is why the keys are old.
func (k *keySet) find(id string, alg jose.SignatureAlgorithm) (found *jose.JSONWebKey, fresh bool, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for i := range k.set.Keys {
		key := &k.set.Keys[i]
		if key.KeyID == id && key.Use != "enc" && (key.Algorithm == "" || key.Algorithm == string(alg)) && key.IsPublic() && key.Valid() {
			return key, k.wire.now().Sub(k.read) < keysHold, k.err
		}
	}
	return nil, false, k.err
}
