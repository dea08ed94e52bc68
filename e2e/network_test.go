//go:build e2e

package e2e

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// network is a wire between the program and a server that can be cut.
type network struct {
	listener net.Listener
	server   string
	mu       sync.Mutex
	down     bool
	open     map[net.Conn]bool
}

// newNetwork leads to the server that a URL names; through is the URL that goes over it.
func newNetwork(t *testing.T, to string) (n *network, through string) {
	t.Helper()
	u, err := url.Parse(to)
	if err != nil {
		t.Fatal("the server's address is no URL")
	}
	n = &network{server: u.Host, open: map[net.Conn]bool{}}
	if n.listener, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	go n.serve()
	t.Cleanup(func() {
		n.listener.Close()
		n.cut()
	})
	u.Host = n.listener.Addr().String()
	return n, u.String()
}

func (n *network) serve() {
	for {
		c, err := n.listener.Accept()
		if err != nil {
			return
		}
		go n.carry(c)
	}
}

func (n *network) carry(c net.Conn) {
	s, err := net.Dial("tcp", n.server)
	if err != nil || !n.add(c, s) {
		c.Close()
		return
	}
	go func() {
		_, _ = io.Copy(s, c)
		s.Close()
	}()
	_, _ = io.Copy(c, s)
	c.Close()
}

func (n *network) add(both ...net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, c := range both {
		if n.down {
			c.Close()
			continue
		}
		n.open[c] = true
	}
	return !n.down
}

// cut ends every connection and lets none through.
func (n *network) cut() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = true
	for c := range n.open {
		c.Close()
	}
	clear(n.open)
}

// mend lets connections through again.
func (n *network) mend() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down = false
}
