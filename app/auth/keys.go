package auth

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
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

	mu   sync.Mutex
	set  jose.JSONWebKeySet
	read time.Time // zero: only what the cache had
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
	k.mu.Lock()
	defer k.mu.Unlock()
	found := k.find(id, alg)
	if found != nil && k.wire.now().Sub(k.read) < keysHold {
		return found, nil
	}
	if !k.limit.AllowN(k.wire.now(), 1) {
		if found == nil {
			return nil, invalid("it is signed with a key that the server does not have", nil)
		}
		return found, nil
	}
	err := k.fetch(ctx)
	if again := k.find(id, alg); again != nil && (err == nil || errors.Is(err, ErrAway)) {
		return again, nil // the keys of before hold while the server is away
	}
	if err != nil {
		return nil, err
	}
	return nil, invalid("it is signed with a key that the server does not have", nil)
}

func (k *keySet) fetch(ctx context.Context) error {
	address, err := k.url(ctx)
	if err != nil {
		return err
	}
	var set jose.JSONWebKeySet
	if err := k.wire.get(ctx, address, &set); err != nil {
		return err
	}
	if len(set.Keys) == 0 {
		return problem(ErrAnswer, nil, "The sign-in server has no keys at %s.", address)
	}
	k.set, k.read = set, k.wire.now()
	return k.cache.save("keys", set)
}

// find takes public signing keys only: a key for encryption or a shared secret proves nothing.
func (k *keySet) find(id string, alg jose.SignatureAlgorithm) *jose.JSONWebKey {
	for i := range k.set.Keys {
		key := &k.set.Keys[i]
		if key.KeyID == id && key.Use != "enc" && (key.Algorithm == "" || key.Algorithm == string(alg)) && key.Valid() && key.IsPublic() {
			return key
		}
	}
	return nil
}
