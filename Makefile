# Set-up in two commands: `make demo` and `make test`. Everything lands in .venv and cordee-data.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
# One directory of models serves the demo and the tests: 250 MB are fetched once.
export CORDEE_DATA_DIR ?= $(CURDIR)/cordee-data
export TEST_MODELS_DIR ?= $(CORDEE_DATA_DIR)/models
# Nothing may look for a model hub, and a progress bar of a library is noise in our own.
export HF_HUB_OFFLINE := 1
export TOKENIZERS_PARALLELISM := false

# What Python compiles and pytest rewrites is kept: a second run, and each process that a test
# starts, reads it.
unexport PYTHONDONTWRITEBYTECODE

# Tests are shared by several processes (tests/sharing.py); WORKERS=0 runs all in one.
WORKERS ?= 2
# Hundreds of small databases are written: no test waits for a disk where memory has 4 GB for them.
IN_MEMORY := $(shell df -k --output=avail /dev/shm 2>/dev/null | awk 'NR == 2 && $$1 > 4000000 { print "TMPDIR=/dev/shm" }')
PYTEST := OMP_NUM_THREADS=1 $(IN_MEMORY) $(BIN)/python -m pytest -q -n $(WORKERS) \
  --dist loadscope --no-loadscope-reorder --inline-snapshot=disable

.PHONY: help install models demo ingest-demo test fast slow lint format types imports bench fixtures browser ocr component lock clean ci

help: ## Show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'

install: $(VENV)/.installed ## Make .venv with the command at .venv/bin/cordee

$(VENV)/.installed: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Cordée needs Python 3.11 or newer: make PYTHON=/path/to/python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --editable '.[ingest,dev]' --constraint constraints.txt
	touch $@

models: install ## Fetch, verify and assemble the models
	$(BIN)/cordee models pull

# Where Tesseract cannot be installed the demo goes on without what stands on its slides.
ingest-demo: models
	-@$(MAKE) --no-print-directory ocr
	$(BIN)/cordee profiles import fixtures/corpus/people/students.toml
	$(BIN)/cordee ingest --manifest fixtures/corpus/manifest.jsonl --wait

demo: ingest-demo ## Install, get the models, ingest the demo school, serve it on 127.0.0.1:8000
	$(BIN)/cordee up --demo

test: fast slow ## Install what is missing and run every test, fast ones first

# Two runs of one suite: a mistake shows within a minute, before the models are fetched.
fast: install ocr
	$(PYTEST) -m 'not slow'

slow: models browser ocr
	$(PYTEST) -m slow

browser: ## Install Debian's Chromium for the browser tests, where it is missing
	@test -x /usr/bin/chromium || { \
	  as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$as_root apt-get update -qq && $$as_root apt-get install -y -qq --no-install-recommends chromium >/dev/null; }

ocr: ## Install Debian's Tesseract with French, which reads pictures of text, where it is missing
	@tesseract --list-langs 2>/dev/null | grep -qx fra || { \
	  as_root=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$as_root apt-get update -qq && $$as_root apt-get install -y -qq --no-install-recommends tesseract-ocr tesseract-ocr-fra >/dev/null; }

lint: install ## Check style, spelling and import layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/codespell
	$(BIN)/lint-imports

format: install ## Rewrite the code in the house format
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

types: install ## Check types
	$(BIN)/mypy

bench: models ## Measure speed on this machine
	$(BIN)/cordee bench

fixtures: install ## Rebuild the demo school from its texts (needs the speech packages named in fixtures/README.md)
	$(BIN)/python -m fixtures.build

component: ## Build the search box that other sites embed (needs Node.js; the result is committed)
	cd api/component && npm ci --no-progress --loglevel=error && npm run build

lock: install ## Write what is installed to constraints.txt
	$(BIN)/python -m pip freeze --exclude-editable | sed 's/+cpu$$//' | grep -v '^torch==' > constraints.txt

ci: lint types test ## Everything that must hold before a change lands

clean: ## Remove what the commands above made, downloaded models included
	rm -rf $(VENV) cordee-data
