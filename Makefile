# Fengling 风铃. Two commands matter: `make demo` shows it, `make test` proves it.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

TOOLS := $(CURDIR)/.tools
export PATH := $(TOOLS)/bin:$(TOOLS)/node/bin:$(HOME)/.cargo/bin:$(PATH)
export CARGO_TERM_COLOR ?= auto

# The whole workspace, so that the demo, the tests and the browser walk share one set of built dependencies.
BUILD := cargo build --locked --workspace --bins

.PHONY: help prepare web demo run test lint bench unit e2e walk-and-fuzz openapi fuzz clean

help: ## what can be made
	@grep -E '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

prepare: ## install what building and testing need (Debian packages, Node, cargo tools)
	@scripts/prepare build

web: prepare ## build the web UI into web/dist
	@scripts/web build

openapi: prepare ## write web/openapi.json and the TypeScript client from the handlers
	cargo run -q --locked -p api --example openapi
	@scripts/web client

demo: web ## a call center with a simulated phone network; signs you in and runs a campaign
	$(BUILD)
	target/debug/fengling demo $(DEMO)

run: web ## build for production and serve with ./fengling.toml
	cargo build --release -p server
	target/release/fengling serve $(RUN)

lint: prepare
	@scripts/prepare lint
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy -p connect --all-targets --features sherpa --locked -- -D warnings
	cargo check --locked $(addprefix -p ,model flow dialer call acd media floor) --no-default-features
	cargo deny --offline --log-level error check licenses bans sources
	@scripts/web lint

# The checks of the whole start the binary itself. Generated inputs are the same in every run, so that a failure is the
# change's own; `make fuzz` looks for new ones.
unit:
	@scripts/prepare test
	$(BUILD)
	PROPTEST_RNG_SEED=418 scripts/with-postgres cargo nextest run --workspace --locked

e2e: web
	@scripts/prepare test
	$(BUILD)
	@scripts/web e2e

test: web ## everything that must pass: lint, unit, crash, interop and browser tests, a minute of each fuzz target
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory unit
	@$(MAKE) --no-print-directory walk-and-fuzz

# The walk mostly waits: the fuzz targets take what it leaves.
walk-and-fuzz:
	@chrt --idle 0 $(MAKE) --no-print-directory fuzz & fuzz=$$!; $(MAKE) --no-print-directory e2e || { kill $$fuzz; exit 1; }; wait $$fuzz

bench: web ## figures: calls per second, CPU per call-minute, late packets, memory, import rows
	@scripts/prepare test
	cargo build --release -p server
	scripts/with-postgres cargo run --release -p bench

fuzz: prepare ## one minute of each fuzz target, with its seeds
	@scripts/fuzz

clean:
	cargo clean
	rm -rf web/dist web/node_modules .tools
