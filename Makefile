# Waarmerk. A machine with make and Python 3.11 or newer is enough: everything else is fetched into
# .tools and .venv inside this folder, pinned by hash.

PORT ?= 8000
DATA ?= .demo
SECONDS ?= 600
ONCE ?=
TESTS ?= tests
PART ?=

ifndef PYTHON
PYTHON := $(shell for python in python3.13 python3.12 python3.11 python3; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo $$python && break; done)
endif
ifndef UV
UV := $(or $(shell command -v uv 2>/dev/null),.tools/bin/uv)
endif
BIN := .venv/bin
SPEC := pyproject.toml
LOCK = $(UV) pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help
help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

.PHONY: demo
demo: .venv/demo.stamp ## start everything on one address and play the story (PORT=8000 DATA=.demo ONCE=)
	@$(BIN)/python -m services demo --port $(PORT) --data $(DATA) $(if $(ONCE),--once)

.PHONY: test
test: .venv/dev.stamp ## run every test this machine can run; TESTS=path for a part
	@$(BIN)/python -m pytest --numprocesses=auto --maxprocesses=4 --dist=loadfile $(TESTS)

.PHONY: lint
lint: .venv/dev.stamp ## format, lint, types and import contracts only
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

.PHONY: check
check: lint ## the gate: what lint does, and the unit and contract tests
	$(BIN)/python -m pytest -q -m "not demo" tests/unit tests/contract

.PHONY: bench
bench: .venv/dev.stamp ## measure an award, a verification and a search beside the machine's floor; PART=search
	@$(BIN)/python -m tests.bench $(PART)

.PHONY: fuzz
fuzz: .venv/fuzz.stamp ## look for inputs that break intake or parsing; SECONDS=600 PART=tokens
	@$(BIN)/python -m tests.fuzz --seconds $(SECONDS) $(PART)

.PHONY: lock
lock: $(UV) ## pin the dependencies anew after changing pyproject.toml (UPGRADE=1 for newer versions)
	$(LOCK) $(if $(UPGRADE),--upgrade) $(SPEC) --extra embedded --group build --group dev -o requirements-dev.lock
	$(LOCK) $(SPEC) --extra embedded --group build -c requirements-dev.lock -o requirements-demo.lock
	$(LOCK) $(SPEC) -c requirements-demo.lock -o requirements.lock
	$(LOCK) $(if $(UPGRADE),--upgrade) --group fuzz -o requirements-fuzz.lock

.PHONY: clean
clean: ## remove what was made here: environments, caches, the demo's data
	rm -rf .venv .tools .build .demo .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis \
		.import_linter_cache .coverage
	find services shared tests -name __pycache__ -type d -prune -exec rm -rf {} +

.tools/bin/uv:
	@if [ -z "$(PYTHON)" ]; then \
		echo "Waarmerk needs Python 3.11 or newer; name it with make PYTHON=/path/to/python3." >&2; \
		exit 1; \
	fi
	@echo "Fetching uv into .tools …"
	@rm -rf .tools && mkdir -p .tools/bin
	@{ $(PYTHON) -m venv .tools/python && .tools/python/bin/python -m pip install --quiet uv \
		&& ln -sf ../python/bin/uv $@; } >.tools/log 2>&1 \
	|| { $(PYTHON) -m pip install --quiet --target .tools/packages uv \
		&& ln -sf ../packages/bin/uv $@; } >>.tools/log 2>&1 \
	|| { cat .tools/log >&2; \
		echo "uv could not be fetched. Install python3-venv, pip or uv, and try again." >&2; \
		exit 1; }

.venv/bin/python: | $(UV)
	@$(UV) venv --quiet --allow-existing $(if $(PYTHON),--python $(PYTHON)) .venv

.venv/demo.stamp: requirements-demo.lock $(SPEC) | .venv/bin/python $(UV)
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-demo.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-build-isolation --no-deps --editable .
	@touch $@

.venv/fuzz.stamp: requirements-fuzz.lock .venv/dev.stamp | $(UV)
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-fuzz.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock .venv/demo.stamp | $(UV)
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements-dev.lock
	@touch $@
