# One line of help for each target: make help
PYTHON ?= $(firstword $(foreach p,python3.13 python3.12 python3.11 python3,$(if $(shell $(p) -c 'import sys, venv, ensurepip; print(sys.version_info >= (3, 11) or "")' 2>/dev/null),$(p))) python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
DEMO_PORT ?= 8000
# Tests keep their data in a folder of their own, thrown away at the end.
SCRATCH := LAUREATE_DATA=$$(mktemp -d)
JOBS ?= 2

.PHONY: help setup develop demo test test-sqlite test-postgresql check lint fix bench messages docs lock screenshots clean

help:  ## show this help
	@grep -hE '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /|/' | awk -F'|' '{printf "  make %-16s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; say which with make PYTHON=/path/to/python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.server: requirements/server.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/server.lock
	$(PIP) install --no-deps -e .
	@touch $@

$(VENV)/.dev: requirements/dev.lock pyproject.toml | $(BIN)/python
	$(PIP) install --require-hashes -r requirements/dev.lock
	$(PIP) install --no-deps -e .
	@touch $@ $(VENV)/.server

setup: $(VENV)/.server  ## install what a server needs into .venv, giving .venv/bin/laureate

develop: $(VENV)/.dev  ## install what developers need too

demo: setup  ## open a living platform with a real prize: an address and two ready accounts
	$(BIN)/laureate demo --port $(DEMO_PORT)

test: test-sqlite test-postgresql  ## run all tests, on SQLite and on PostgreSQL

test-sqlite: develop
	$(SCRATCH) $(BIN)/python -m pytest -n $(JOBS) --database sqlite

test-postgresql: develop
	$(SCRATCH) $(BIN)/python -m pytest -n $(JOBS) --database postgresql

check: develop  ## style, types, contracts between floors, translations, templates, migrations, reference pages
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python tools/check_project.py

lint: check

fix: develop  ## mend style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: develop  ## measure what speed is claimed of
	$(BIN)/python benchmarks/scoring/compare.py
	$(BIN)/python benchmarks/latency/post_to_score.py

messages: develop  ## collect the texts to translate and compile the translations
	$(BIN)/python tools/messages.py

docs: develop  ## write the reference pages anew
	$(BIN)/python tools/metrics_page.py
	$(BIN)/python tools/reference_pages.py

screenshots: develop  ## pictures of every page of a running demo: make screenshots SOLVER=… HOST=…
	$(BIN)/python tools/screenshots.py --url http://127.0.0.1:$(DEMO_PORT) --solver $(SOLVER) --host $(HOST)

lock: develop  ## choose the newest dependencies anew
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q --group dev --extra server pyproject.toml -o requirements/dev.lock
	$(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes -q --extra server -c requirements/dev.lock pyproject.toml -o requirements/server.lock

clean:  ## throw away .venv and the demo's data
	rm -rf $(VENV) .demo
