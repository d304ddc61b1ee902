# Sluice. `make help` lists everything; README.md tells the story.
SHELL := /bin/bash
.DEFAULT_GOAL := help

STRICT    := --explicit-target-dependency-import-check error
CONFIG    ?= debug
BIN       := .build/$(CONFIG)
PACKAGES  := libpq-dev libnghttp2-dev libprotobuf-c-dev libnftnl-dev libmnl-dev pkg-config postgresql nftables iproute2 \
             conntrack iputils-ping curl python3-venv nghttp2-client openssl
CLIENT_PACKAGES := golang-go golang-github-gophercloud-gophercloud-dev
PROTO_PACKAGES := protobuf-compiler libprotobuf-dev protobuf-c-compiler
SUDO      := $(shell [ "$$(id -u)" = 0 ] || echo sudo -E)
# A run that hangs ends by itself; a whole one takes ten minutes on two cores.
TEST_LIMIT := 30m
DATA      ?= /var/lib/sluice
SOURCES   := $(shell find Sources Tests Benchmarks -name '*.swift' -not -path '*/Generated/*' -not -path '*/.build*' 2>/dev/null) Package.swift

.PHONY: help setup clients build demo up down test soak bench bench-api bench-rpc conform-rpc bench-agent lint format protos protos-check compose-test ci

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | column -t -s '|'

setup: ## install what is missing: Debian packages, and the Python clients that the tests drive
	@missing=$$(for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "installing:" $$missing; \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi
	@if ! cmp -s Tests/AcceptanceTests/requirements.txt .venv/installed.txt; then \
	  python3 -m venv .venv && .venv/bin/pip install -q -r Tests/AcceptanceTests/requirements.txt && \
	  cp Tests/AcceptanceTests/requirements.txt .venv/installed.txt; fi

build: ## build all programs (CONFIG=release for the optimised ones)
	swift build -c $(CONFIG) $(STRICT)

demo: setup build ## show it: a node in a namespace, routers and floating IPs over REST, proofs by packets
	$(SUDO) $(BIN)/sluice demo

up: build ## run everything here on DATA=/var/lib/sluice until Ctrl-C
	$(SUDO) $(BIN)/sluice up --data $(DATA)

down: ## delete DATA and the routers that `up` left in the kernel
	$(SUDO) $(BIN)/sluice down --data $(DATA)

clients: setup ## install the clients that only the tests need
	@missing=$$(for p in $(CLIENT_PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || echo $$p; done); \
	if [ -n "$$missing" ]; then echo "installing:" $$missing; \
	  $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi

test: clients ## all tests: value, store, kernel, system, acceptance; then conform-rpc
	swift build --build-tests $(STRICT)
	$(SUDO) env PATH="$$PATH" timeout $(TEST_LIMIT) swift test --skip-build --no-parallel
	$(MAKE) conform-rpc

SOAK ?= 30
soak: setup ## programs killed, stopped and restarted in random order for SOAK=30 minutes: no traffic may notice (SEED=… repeats)
	swift build --build-tests $(STRICT)
	$(SUDO) env PATH="$$PATH" SOAK=$(SOAK) swift test --skip-build --no-parallel --filter HitlessSoakTests

bench: setup ## API and agent, as ratios to a reference measured in the same run
	swift build -c release $(STRICT)
	$(SUDO) Benchmarks/run.sh operations

bench-api: PACKAGES += wrk
bench-api: setup ## what the API has to reach: figures with goals, each a ratio to a reference of the same run
	swift build -c release $(STRICT)
	$(SUDO) Benchmarks/run.sh goals

bench-rpc: ## HTTP2Transport against grpc-swift's NIO transport
	swift run -c release --package-path Benchmarks --scratch-path .build-bench rpc-bench

conform-rpc: ## HTTP2Transport with grpc-swift's NIO transport, each as client and as server of the other
	swift build -c $(CONFIG) --package-path Benchmarks --scratch-path .build-bench
	timeout 10m .build-bench/$(CONFIG)/rpc-bench conform

bench-agent: ## the agent against the kernel's own speed (ROWS=… ROUTERS=… for a part; see Benchmarks/Agent/measure.py)
	swift build -c release $(STRICT)
	@mkdir -p .build/bench && $(CC) -O2 -Wall -Wextra -o .build/bench/floor Benchmarks/Agent/floor/floor.c -lpthread
	$(SUDO) env PATH="$$PATH" Benchmarks/Agent/measure.py

lint: ## swift-format in strict mode, shell syntax
	@swift format lint --strict --configuration .swift-format $(SOURCES)
	@for f in $$(git ls-files '*.sh' .ci/run); do bash -n $$f || exit 1; done

format: ## swift-format in place
	@swift format -i --configuration .swift-format $(SOURCES)

.build-protos/bin:
	@for p in $(PROTO_PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing=1; done; \
	if [ -n "$$missing" ]; then $(SUDO) apt-get update -qq; $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PROTO_PACKAGES); fi
	swift build --scratch-path .build-protos --product protoc-gen-swift
	swift build --scratch-path .build-protos --product protoc-gen-grpc-swift-2
	ln -sfn debug $@

protos: .build-protos/bin ## renew the code generated from proto/
	PROTOC_PLUGINS=$(CURDIR)/.build-protos/bin proto/generate.sh Sources

protos-check: .build-protos/bin ## compare the committed generated code with proto/
	@out=$$(mktemp -d) && PROTOC_PLUGINS=$(CURDIR)/.build-protos/bin proto/generate.sh $$out && \
	diff -r $$out/Contracts/Generated Sources/Contracts/Generated && diff -r $$out/CContracts Sources/CContracts && \
	rm -rf $$out && echo "the generated code is what proto/ says"

compose-test: ## the containers for real, on a Docker Engine in a network namespace of its own
	compose/ci/compose-test.sh

ci: lint protos-check test ## what must hold before anything lands
