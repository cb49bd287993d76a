# Patchbay. `make help` lists what can be made; every target sets up what it needs first.

PYTHON ?= $(firstword $(foreach p,python3.11 python3.12 python3.13 python3,$(shell command -v $(p) 2>/dev/null)))
BIN := .venv/bin
SETUP := $(PYTHON) scripts/setup.py

.DEFAULT_GOAL := help
.PHONY: help setup run demo check test e2e bench bench-media bench-call bench-routing bench-sockets soak-routing bench-simulate soak wheel lock fmt clean python-found

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

python-found:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
	  { echo "Patchbay needs Python 3.11 or newer. Name one: make PYTHON=/path/to/python3.11 ..."; exit 1; }

setup: python-found ## Install everything: packages, front end, Chromium, PostgreSQL and Redis for the tests
	@$(SETUP)

run: python-found ## Set up and start Patchbay on this machine with demo data; Ctrl C stops it
	@$(SETUP) run
	@exec $(BIN)/patchbay serve --demo

demo: python-found ## Like run, with simulated callers so that the dashboards live
	@$(SETUP) run
	@exec $(BIN)/patchbay demo

check: python-found ## Lint, types, import direction, house rules; warnings are errors
	@$(SETUP) run
	@$(BIN)/python -m scripts.check

test: python-found ## Set up and run every test
	@$(SETUP) || true
	@$(BIN)/python -m scripts.test

e2e: python-found ## Only the browser tests
	@$(SETUP)
	@$(BIN)/python -m scripts.test e2e

bench: python-found ## Every benchmark, and write docs/benchmarks.md (QUICK=1 for a first look)
	@$(SETUP) >&2
	@$(BIN)/python -m scripts.benchmarks

bench-media: python-found ## Calls per core of the built-in voice; one JSON line
	@$(SETUP) >&2
	@$(BIN)/python -m bench.media

bench-call: python-found ## From joining a queue to the ring in the agent's page; one JSON line
	@$(SETUP) >&2
	@$(BIN)/python -m bench.call

bench-simulate: python-found ## The virtual day against theory, its speed, the told wait's error; one JSON line
	@$(SETUP) >&2
	@$(BIN)/python -m bench.simulate

bench-routing: python-found ## Decisions a second of the whole router, alone and committed; one JSON line
	@$(SETUP) >&2
	@$(BIN)/python -m bench.routing

bench-sockets: python-found ## Fan-out of live events to thousands of pages, and pages that stall; one JSON line
	@$(SETUP) run >&2
	@$(BIN)/python -m bench.sockets

soak-routing: python-found ## A million random steps of the router with faults; SEED=n STEPS=n; one JSON line
	@$(SETUP) run >&2
	@$(BIN)/python -m tests.soak.routing $(if $(SEED),--seed $(SEED)) $(if $(STEPS),--steps $(STEPS))

soak: python-found ## The long tests: hundreds of kills at random moments
	@$(SETUP)
	@HYPOTHESIS_PROFILE=search $(BIN)/python -m pytest -q --timeout=0 tests/property
	@$(BIN)/python -m pytest -m soak --timeout=0 -s tests

wheel: python-found ## Build dist/patchbay-*.whl with the front end inside
	@$(SETUP) run
	@$(BIN)/uv build --quiet --no-build-isolation --python $(BIN)/python --wheel --out-dir dist
	@ls dist/*.whl

lock: python-found ## Resolve the dependencies anew into the lock files
	@$(SETUP) python
	@$(BIN)/python -m scripts.lock

fmt: python-found ## Format the code and mend what the linter can mend
	@$(SETUP) python
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean: ## Remove everything that was built or installed here; data under var/ stays
	@rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@rm -rf dist build app/static web/node_modules
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
