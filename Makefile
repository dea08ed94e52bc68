# The one door: every check and every build goes through here. `make help` lists the targets.
.DEFAULT_GOAL := help
SHELL := /bin/bash

BIN      := build/aiops
STATIC   := build/aiops-headless
WINDOW   := -tags migrated_fynedo
NOCGO    := CGO_ENABLED=0
TESTTAGS := -tags ci,headless,migrated_fynedo
FUZZTIME ?= 3s

.PHONY: help run build static test fuzz lint e2e bench peer accuracy deps-window postgres clean go

help: ## list the targets
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 20

run: go ## install what is missing, build, and open the window on demo data (a report where there is no display)
	@scripts/run.sh

build: go deps-window ## the program with its window: build/aiops
	go build $(WINDOW) -o $(BIN) .

static: go ## the program without a window, one static file: build/aiops-headless
	$(NOCGO) go build -tags headless -o $(STATIC) .

test: go postgres ## unit tests, conformance, pages on the software painter, a short fuzz of each parser
	$(NOCGO) go test $(TESTTAGS) ./...
	$(NOCGO) go test -tags ci,headless ./app/ui/...
	@$(MAKE) --no-print-directory fuzz

fuzz: go ## every fuzz test for FUZZTIME (3s)
	@$(NOCGO) FUZZTIME=$(FUZZTIME) scripts/fuzz.sh

lint: go ## gofmt, go vet, staticcheck, import directions, package comments
	@test -z "$$(gofmt -l .)" || { gofmt -d . ; echo 'gofmt: run gofmt -w .'; exit 1; }
	$(NOCGO) go vet $(TESTTAGS) ./...
	$(NOCGO) go vet -tags e2e,bench,headless ./e2e ./bench ./app/alert/notify ./app/auth ./store/ingest/wire
	$(NOCGO) go tool staticcheck $(TESTTAGS) ./...
	$(NOCGO) go test $(TESTTAGS) -run 'TestHouse' .

e2e: go build static postgres ## the real parts together: window under Xvfb, import, kill, export, Keycloak
	@scripts/packages.sh xvfb xdotool imagemagick libgl1-mesa-dri prometheus prometheus-alertmanager redis-server dbus gnome-keyring chromium apache2 python3-venv
	@scripts/keycloak.sh
	$(NOCGO) go test -tags e2e,headless -count=1 -v ./e2e
	$(NOCGO) go test -tags e2e,headless -count=1 ./app/alert/notify ./store/ingest/wire
	$(NOCGO) go test -tags e2e,headless -count=1 -run Keycloak ./app/auth

bench: go build postgres ## the benchmarks; import beside sqlite3's and psql's own, a zoom step of the window
	@scripts/packages.sh sqlite3 postgresql-client xvfb xdotool libgl1-mesa-dri
	$(NOCGO) GOMAXPROCS=1 go test -run '^$$' -bench . -benchtime 20x ./charts
	$(NOCGO) go test -run '^$$' -bench . -benchtime 2x ./store/...
	$(NOCGO) GOMAXPROCS=1 go test -run '^$$' -bench . -benchtime 20x ./forecast/...
	$(NOCGO) go test -tags bench,headless -run '^$$' -bench . -skip Peer -benchtime 3x ./bench

peer: go postgres ## aiops serve beside the same service in Python (bench/peer): CPU a request, then under load
	@scripts/packages.sh python3-venv
	@bench/peer/install.sh
	$(NOCGO) go test -tags bench,headless -run '^$$' -bench 'ServePeer$$' -benchtime 10x ./bench
	$(NOCGO) AIOPS_LOAD=30s go test -tags bench,headless -run '^$$' -bench 'ServePeerLoad$$' -benchtime 1x ./bench

accuracy: go ## accuracy of the forecasts on real data; AIOPS_ACCURACY_DATA names the folder
	$(NOCGO) go test -tags bench,headless -count=1 -v -run Accuracy ./bench

deps-window:
	@scripts/packages.sh gcc libc6-dev pkg-config libgl-dev libegl-dev libx11-dev libxcursor-dev libxrandr-dev libxinerama-dev libxi-dev \
	  libxxf86vm-dev libwayland-dev libxkbcommon-dev

postgres: # a server's programs for the tests; without them those tests are skipped
	@scripts/postgres.sh || echo 'The tests on Postgres will be skipped.'

clean: ## remove what was built
	rm -rf build

go:
	@command -v go >/dev/null || { echo 'Go is missing: install Go 1.26 or newer from https://go.dev/dl/ (or your package manager), then run make again.'; exit 1; }
