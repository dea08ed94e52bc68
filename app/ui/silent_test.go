package ui

import (
	"testing"

	"aiops/store"
)

// A network that carries nothing and says nothing is found out while somebody
// waits: the window goes on with the copy.
func TestASilentNetwork(t *testing.T) {
	h, wire, _, _ := onPostgres(t)
	h.until("the copy", func() bool { return !h.db.(store.Linked).Link().CopiedAt.IsZero() })
	wire.Mute(true, true)
	h.refresh()
	h.until("the copy's answer", func() bool { _, away := h.away(); return away && h.stale == nil && h.listing == nil })
	h.shot("silent")
	if len(h.fact.Catalog()) != 1 || len(h.bars.list) != 1 || h.bars.list[0].id != "link" {
		t.Errorf("%d series, bars %+v", len(h.fact.Catalog()), h.bars.list)
	}
	wire.Mend()
	h.retryLink()
	h.until("the database again", func() bool { return h.link.Online })
}
