# Two commands do everything: `make demo` and `make test`.
SHELL := /bin/bash
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# The tests wait as well as work: more workers than cores.
WORKERS ?= 5

.DEFAULT_GOAL := help
.PHONY: help demo test check rules bench lock format clean

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

.venv/.ready: requirements.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: .venv/.ready ## the try-out: a sample office, its customers and a page to see them; no token, no mail account, no server
	$(BIN)/loket demo

test: check ## everything that CI runs: the checks, then all tests on SQLite and PostgreSQL
	$(BIN)/python -m tests.support.packages
	$(BIN)/python -m pytest --numprocesses $(WORKERS) --dist worksteal

check: .venv/.ready ## style, types, who may import whom, dependencies
	$(BIN)/ruff format --check --quiet .
	$(BIN)/ruff check --quiet .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

rules: .venv/.ready ## each rule of docs/rules.md and how many tests prove it
	@$(BIN)/python -m tests.support.rules

bench: .venv/.ready ## the figures of docs/measurements.md; JSON=FILE writes them as a list
	$(BIN)/python -m tests.support.packages
	$(BIN)/python -m benchmarks $(if $(JSON),--json $(JSON))

lock: .venv/.ready ## pin the dependencies of pyproject.toml anew
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header --all-extras \
		--python-version 3.11 --output-file requirements.lock pyproject.toml

format: .venv/.ready ## write the code in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

clean: ## remove what the targets made, the try-out's data too
	rm -rf .venv demo-data .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage
