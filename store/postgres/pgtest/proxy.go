package pgtest

import (
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"
)

// Proxy is a network between a program and the server that can be cut.
type Proxy struct {
	to       string
	listener net.Listener

	mu    sync.Mutex
	conns map[net.Conn]bool
	cut   bool
	open  *sync.Cond
	mute  [2]bool // nothing comes through to the server; to the program
	trap  string  // what springs it on its way to the server
	pass  bool    // it still reaches the server, whose answer is lost
}

// Proxy starts a network to the server.
func (s *Server) Proxy(t testing.TB) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{to: net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port)), listener: l, conns: map[net.Conn]bool{}}
	p.open = sync.NewCond(&p.mu)
	go p.serve()
	t.Cleanup(func() {
		p.Cut()
		_ = l.Close()
	})
	return p
}

// Port is where the network begins.
func (p *Proxy) Port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// Cut breaks every connection and lets none come about.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.mute = true, [2]bool{}
	for c := range p.conns {
		_ = c.Close()
	}
	clear(p.conns)
	p.open.Broadcast()
}

// IsCut reports whether the network is cut.
func (p *Proxy) IsCut() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.cut
}

// Mute lets nothing through to the server, or to the program, without breaking
// a connection.
func (p *Proxy) Mute(toServer, toProgram bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mute = [2]bool{toServer, toProgram}
	p.open.Broadcast()
}

// Trap cuts the network when a text is on its way to the server: before it
// gets there, or when the server has answered it.
func (p *Proxy) Trap(text string, pass bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.trap, p.pass = text, pass
}

// springs reports whether the network is to be cut because of what goes one way.
func (p *Proxy) springs(way int, data []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if way == 1 {
		return p.mute[1] && p.trap != "" && p.pass
	}
	if p.trap == "" || !strings.Contains(string(data), p.trap) {
		return false
	}
	p.mute[1] = p.pass
	return !p.pass
}

// Mend undoes Cut and Mute.
func (p *Proxy) Mend() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cut, p.mute, p.trap = false, [2]bool{}, ""
	p.open.Broadcast()
}

func (p *Proxy) serve() {
	for {
		in, err := p.listener.Accept()
		if err != nil {
			return // closed
		}
		out, err := net.Dial("tcp", p.to)
		p.mu.Lock()
		if err != nil || p.cut {
			_ = in.Close()
			if err == nil {
				_ = out.Close()
			}
			p.mu.Unlock()
			continue
		}
		p.conns[in], p.conns[out] = true, true
		p.mu.Unlock()
		go p.carry(0, out, in)
		go p.carry(1, in, out)
	}
}

// carry takes data one way until an end closes.
func (p *Proxy) carry(way int, to, from net.Conn) {
	defer to.Close()
	defer from.Close()
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		if p.springs(way, buf[:n]) {
			p.Cut()
			return
		}
		p.mu.Lock()
		for p.mute[way] && !p.cut {
			p.open.Wait()
		}
		p.mu.Unlock()
		if n > 0 {
			if _, err := to.Write(buf[:n]); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}
