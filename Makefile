# Needs Go, a C compiler (SQLite is compiled in), make and git.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

VERSION  ?= $(shell git describe --tags --always --dirty --abbrev=12 2>/dev/null || echo dev)
FUZZTIME ?= 10s
BENCH    ?= .

# One set of build tags for every go command below, golangci-lint's included: a
# test runs what is shipped, and SQLite is compiled once. Loading extensions into
# SQLite is left out: a database file must never be able to bring code along.
TAGS := sqlite_omit_load_extension
export GOFLAGS += -tags=$(TAGS)
export CGO_ENABLED := 1

LINT_VERSION := v2.15.0
LINT         := bin/tools/golangci-lint-$(LINT_VERSION)

.PHONY: help
help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: build
build: ## bin/quadra
	go build -ldflags '-X main.version=$(VERSION)' -o bin/quadra ./cmd/quadra

.PHONY: demo
demo: build ## a whole night on generated drops, and where to look afterwards
	go run ./fixtures/demo -quadra bin/quadra

.PHONY: test
test: ## every test that is quick
	go test -timeout 30m ./...

.PHONY: test-long
test-long: ## also the long ones: a gigabyte of each format, drops over OpenSSH (QUADRA_LONG=1)
	QUADRA_LONG=1 go test -timeout 60m ./...

.PHONY: test-faults
test-faults: ## three nights under 300 series of kills and failing disks, and 300 power losses (10 in make test)
	QUADRA_FAULTS=300 go test -timeout 60m -v -run 'TestThreeNightsWithFaults|TestPowerLoss' ./cmd/quadra

.PHONY: check
check: fmt-check vet lint ## formatting, go vet and golangci-lint

.PHONY: fmt-check
fmt-check:
	@files=$$(gofmt -l .); if [[ -n $$files ]]; then printf 'not formatted, run gofmt -w on:\n%s\n' "$$files"; exit 1; fi

.PHONY: vet
vet:
	go vet ./...

.PHONY: lint
lint: $(LINT) ## golangci-lint alone (installs the pinned version into bin/tools)
	$(LINT) run ./...

$(LINT):
	GOBIN=$(CURDIR)/bin/tools go install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(LINT_VERSION)
	mv bin/tools/golangci-lint $@

# SIZES=10000,100000 HISTORY=100000 ENTITIES=4 for less. The log of the ratios is
# committed, the figures are not. Books of 5,000,000 being loaded take some 12 GB in
# TMPDIR.
SIZES    ?= 10000,100000,1000000
HISTORY  ?= 5000000
ENTITIES ?= 100
EACH     ?= 10000
RUNS     ?= 5
.PHONY: bench
bench: ## whole nights against the targets: table, bench.json, what grew by more than 15 %
	go run ./fixtures/measure -sizes $(SIZES) -history $(HISTORY) -entities $(ENTITIES) -each $(EACH) -runs $(RUNS) \
		-out bench.json -log fixtures/bench/log.jsonl -picture fixtures/bench/growth.svg

.PHONY: bench-short
bench-short: ## the night of 100,000 once: fails only when it costs too many times the baseline
	go run ./fixtures/measure -sizes 100000 -runs 1 -entities 0 -history -1

# Eight nights of each take three minutes.
BASE    ?= HEAD
SAMPLES ?= 8
.PHONY: bench-compare
bench-compare: ## the night of 100,000, phase by phase: BASE=revision against the working tree, by benchstat
	fixtures/bench/compare.sh $(BASE) $(SAMPLES)

.PHONY: bench-parts
bench-parts: ## the measurements of fixtures/bench (BENCH=regexp to choose)
	go test -run=NONE -bench='$(BENCH)' -benchmem -timeout 60m ./fixtures/bench

.PHONY: fuzz
fuzz: ## every fuzz target for FUZZTIME (default 10s)
	@grep -ro --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sed -E 's|/[^/]*:func | |' | sort -u | \
	while read -r package target; do \
		echo "$$package $$target"; \
		go test -run=NONE -fuzz="^$$target\$$" -fuzztime=$(FUZZTIME) -fuzzminimizetime=10x "$$package" </dev/null; \
	done

# A package's own tests judge its mutants, and for linking those of judging too,
# which are about what it links. MUTANT="-every 10" gives a first idea soon.
PKG    ?= ./rules ./engine/link ./engine/judge
MUTANT ?=
.PHONY: mutants
mutants: ## what the tests of PKG do not notice, one change of the code at a time (an hour for all)
	@go build -o bin/mutants ./fixtures/mutants
	@failed=0; for package in $(PKG); do \
		tests=$$package; [[ $$package != ./engine/link ]] || tests=./engine/link,./engine/judge; \
		bin/mutants -pkg $$package -tests $$tests -least 85 $(MUTANT) || failed=1; \
	done; exit $$failed

.PHONY: cover
cover: ## coverage.out, with the share of statements the tests reach
	go test -coverpkg=./... -coverprofile=coverage.out ./...
	@go tool cover -func=coverage.out | tail -n 1

.PHONY: tidy-check
tidy-check: ## go.mod and go.sum say what the code imports
	go mod tidy -diff
	go mod verify

.PHONY: vuln
vuln: ## known vulnerabilities in what is linked in (reads a database on the network)
	@cmd/release/vuln.sh

.PHONY: release
release: ## dist/: programs for amd64 and arm64, Debian packages, bills of materials, sums
	rm -rf dist
	cmd/release/build.sh dist

.PHONY: release-check
release-check: ## what is in dist/: same bytes from two clones, a night on arm64, package installed and removed
	cmd/release/emulate.sh dist/quadra_*_linux_arm64
	cmd/release/install.sh dist/quadra_*_$(shell go env GOHOSTARCH).deb
	cmd/release/reproduce.sh

.PHONY: clean
clean: ## remove what make made (the linter in bin/tools too)
	rm -rf artifacts bin demo dist coverage.out
