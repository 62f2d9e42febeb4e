# make test is what CI runs. Everything it needs beyond Go, Node, npm, Python and a C compiler it installs itself.
GO ?= go
PYTHON ?= python3
# Where `make run` and `make demo` keep their data.
DATA ?= ./playhead-data

# What npm writes last when it has installed everything.
npm := node_modules/.package-lock.json

# The ClickHouse that the tests of a cluster run against comes as a shared library in an npm package.
chdb := internal/store/clickhouse/chtest/$(npm)

.NOTPARALLEL:
.DEFAULT_GOAL := build

.PHONY: build
build: ## the binary, into bin/
	$(GO) build -o bin/playhead ./cmd/playhead

.PHONY: run
run: build ## the server
	bin/playhead serve --data $(DATA)

.PHONY: demo
demo: build ## the server with the demo's chat beside it
	bin/playhead demo --data $(DATA)

.PHONY: cluster
cluster: build $(chdb) ## a cluster on this machine, until it is interrupted: two ClickHouse shards, an S3 server, three nodes, a balancer
	$(GO) run ./internal/clustertest/cluster -bin bin/playhead

.PHONY: ui
ui: web/$(npm) ## the UI, into the folder that the binary embeds
	cd web && npm run --silent build

.PHONY: gen
gen: web/$(npm) ## everything generated and committed but the UI: OpenAPI, TypeScript types, docs/config.md
	$(GO) generate ./internal/api ./internal/config
	cd web && npm run --silent gen

.PHONY: clients
clients: ## captures anew what each client sends, for docs/clients.md: ten minutes, and 3 GB in client-packages/
	sh internal/clients/testdata/capture/install.sh client-packages
	$(PYTHON) internal/clients/testdata/capture/capture.py client-packages
	$(GO) test ./internal/clients -update

# ---- tests, in the order in which they fail fastest ----

.PHONY: test
test: lint test-cluster test-web test-generated test-deploy test-e2e test-e2e-cluster ## all tests: one machine and a cluster

.PHONY: test-single
test-single: lint test-go test-web test-generated test-e2e ## all tests but those of a cluster, which need 600 MB more and twice the time

# golangci-lint runs staticcheck's checks too. tools/ pins it in a module of its own, so that nothing of it comes into ours. On a clean machine it takes three
# and a half minutes of processor time to build and one to run, on two cores half of that; from then on Go's cache has it.
.PHONY: lint
lint: ## formatting, modules, vet and golangci-lint
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
		if [ -n "$$unformatted" ]; then echo "gofmt these: $$unformatted"; exit 1; fi
	@for module in $$(git ls-files 'go.mod' '*/go.mod'); do \
		(cd $$(dirname $$module) && $(GO) mod tidy -diff) || { echo "$$module: run go mod tidy there"; exit 1; }; \
	done
	$(GO) vet ./...
	cd sdk/go && $(GO) vet ./...
	$(GO) tool -modfile=tools/go.mod golangci-lint run
	cd sdk/go && $(GO) tool -modfile=../../tools/go.mod golangci-lint run

# With -race throughout: the packages that start goroutines are most of them, and one pass is cheaper than two. What takes longest comes first. What measures
# processor time, or takes ten times longer under the race detector, runs without it.
.PHONY: test-go
test-go: ## Go tests under the race detector, on one machine's storage
	$(GO) test -race -timeout 30m ./internal/store ./internal/clustertest ./...
	cd sdk/go && $(GO) test -race ./...
	$(GO) test -run '^TestTruncated$$|Linear' ./internal/posthog ./internal/ingest ./internal/llm ./internal/replay

# The same, and the suites of storage also on ClickHouse (one server, two shards) and on a real S3 server, and faults of a whole cluster under load. These
# run without the race detector, since the code that they alone reach starts no goroutines. They take fifteen to twenty minutes, most of which they wait for ClickHouse.
# The first run installs 550 MB and builds the S3 server.
.PHONY: test-cluster
test-cluster: $(chdb) test-go ## Go tests on one machine's storage, on ClickHouse and on S3
	PLAYHEAD_TEST_BACKENDS=clickhouse,clickhouse-shards PLAYHEAD_TEST_BLOCKS=s3 \
		$(GO) test -timeout 45m ./internal/store ./internal/blocks/s3 ./internal/assets ./internal/clustertest ./internal/server
	PLAYHEAD_TEST_BACKENDS=clickhouse $(GO) test -run 'GroupLists|People|ErrorGroups|Tools|Prompts|Providers|Opinions|Conversations' ./internal/query

# What goes through a few cases at random or at a small scale in test-go, goes through thousands and at full size here: kills,
# damaged files, questions in the query language, random recorded pages, and attacks with bodies of 250 MB.
.PHONY: test-long
test-long: export PLAYHEAD_LONG := 1
test-long: $(chdb) e2e/$(npm) chromium ## the deep variants of the Go tests, and all scenarios of make truth on both stores, in an hour or two
	$(GO) test -timeout 3h -run 'TestKilled|TestRandomDamage|TestEveryByteOfTheHead' ./internal/store/duckdb
	PLAYHEAD_TEST_BACKENDS=duckdb,clickhouse,clickhouse-shards $(GO) test -timeout 3h -run 'TestConformance/.*/Language' ./internal/store
	$(GO) test -timeout 3h -count 1 -v ./bench -deep
	$(GO) test -timeout 3h -count 1 -run TestRandomPages ./internal/dom
	$(MAKE) test-recorded-long
	$(MAKE) truth TRUTH='-out $(CURDIR)/bin/truth.json'
	$(MAKE) truth TRUTH='-cluster -out $(CURDIR)/bin/truth-cluster.json'

.PHONY: test-recorded-long
test-recorded-long: build e2e/$(npm) chromium ## recordings by three versions of posthog-js, a minute of each way of changing a page, ten moments of each and a hundred seeks
	cd e2e && PLAYHEAD_LONG=1 PLAYHEAD_BIN=$(CURDIR)/bin/playhead npm run --silent test -- --test-name-pattern='^by posthog-js'

.PHONY: test-web
test-web: web/$(npm) ## the UI's types and unit tests
	cd web && npm run --silent check
	cd web && npm run --silent test

# Builds again what is generated and committed, and compares. The OpenAPI document and docs/config.md are compared by go test.
.PHONY: test-generated
test-generated: web/$(npm)
	@set -e; fresh=$$(mktemp -d); trap 'rm -rf "$$fresh"' EXIT; \
	(cd web && npx vite build --logLevel error --outDir "$$fresh/dist" --emptyOutDir && npx vite build --config vite.clip.config.ts --logLevel error --outDir "$$fresh/clip" --emptyOutDir && npx openapi-typescript ../internal/api/openapi.json -o "$$fresh/schema.d.ts" >/dev/null); \
	diff -r "$$fresh/clip" internal/webui/clip && diff -r "$$fresh/dist" internal/webui/dist || { echo "internal/webui/dist or clip is not what web/ builds: run make ui and commit it"; exit 1; }; \
	diff "$$fresh/schema.d.ts" web/src/lib/api/schema.d.ts || { echo "web/src/lib/api/schema.d.ts is not what the API says: run make gen and commit it"; exit 1; }
	cd internal/posthog && $(GO) run ./assets/refresh -check

.PHONY: test-deploy
test-deploy: $(chdb) ## deploy/: Compose file, chart, image and balancer, without a container engine (on Linux; as root nodes run in a chroot)
	deploy/validate/haproxy.sh
	cd deploy/validate && $(GO) vet ./... && $(GO) test -timeout 15m ./...

.PHONY: test-e2e
test-e2e: build e2e/$(npm) e2e/.venv/installed chromium ## browser tests with real clients, see e2e/README.md
	cd e2e && PLAYHEAD_BIN=$(CURDIR)/bin/playhead npm run --silent test

.PHONY: test-e2e-cluster
test-e2e-cluster: build e2e/$(npm) e2e/.venv/installed $(chdb) chromium ## the same scenarios against three nodes over two shards and S3
	cd e2e && PLAYHEAD_BIN=$(CURDIR)/bin/playhead npm run --silent test:cluster

.PHONY: screenshots
screenshots: build e2e/$(npm) chromium ## the README's pictures, from believable data, into docs/images
	cd e2e && PLAYHEAD_BIN=$(CURDIR)/bin/playhead node pictures.js

.PHONY: bench
bench: build ## the figures of bench/, in ten minutes on a quiet machine
	$(GO) run ./bench -bin bin/playhead

.PHONY: bench-ui
bench-ui: build e2e/$(npm) chromium ## the longest task of the page's main thread on each page of heavy content, in ten minutes
	node bench/ui/measure.mjs -out bin/bench-ui.json
	node bench/ui/measure.mjs -table bin/bench-ui.json

.PHONY: bench-replay
bench-replay: build e2e/$(npm) chromium ## first picture, seeks, longest task and memory of replays of 1 h and of 6 h with 200 MB, in ten minutes on a quiet machine
	node bench/ui/replay.mjs -out bin/bench-replay.json

# Ten minutes, five scenarios at a time, and 730 MB of chats that only these need. TRUTH='-only stops,leaves' plays some of them.
TRUTH = -out ../bench/results/$$(date -u +%F)-truth.json -page ../bench/truth.md
.PHONY: truth
truth: build e2e/$(npm) e2e/truth/chats/$(npm) e2e/truth/chats/.venv/installed chromium ## what users saw and did, by the browser's own observers and by Playhead: bench/truth.md
	cd e2e && PLAYHEAD_BIN=$(CURDIR)/bin/playhead node truth/measure.js $(TRUTH)

.PHONY: bench-cluster
bench-cluster: build $(chdb) ## the figures of a cluster beside those of one machine, in twenty minutes on a quiet machine
	$(GO) run ./bench -bin bin/playhead -only cluster,commits,growth -connections 64 -browsers 512 -reads 60

.PHONY: bench-hostile
bench-hostile: build ## what a stranger can do to a server and those who use it, all at full size: two hours on a quiet machine with 16 GB
	$(GO) run ./bench -bin bin/playhead -only bodies,attack,dear,stop

.PHONY: fuzz-short
fuzz-short: ## every fuzzer for ten seconds
	@set -e; for package in $$($(GO) list ./...); do \
		for fuzzer in $$($(GO) test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			echo "$$package $$fuzzer"; $(GO) test -run '^$$' -fuzz "^$$fuzzer$$" -fuzztime 10s $$package; \
		done; \
	done

# ---- what the tests need ----

web/$(npm) e2e/$(npm) e2e/truth/chats/$(npm) $(chdb): %/$(npm): %/package-lock.json
	npm ci --prefix $* --no-audit --no-fund
	@touch $@

e2e/.venv/installed e2e/truth/chats/.venv/installed: %/.venv/installed: %/requirements.txt
	$(PYTHON) -m venv $(@D) || { echo "Python cannot make a venv. Debian: apt-get install python3-venv"; exit 1; }
	$(@D)/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

.PHONY: chromium
chromium:
	@e2e/chromium.sh

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 18
