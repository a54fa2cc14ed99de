# Each goal needs make, git and some Python 3.8 or later; local/bootstrap.sh brings the rest into .tools and .venv.
PYTHON := .venv/bin/python
ARGS :=

.PHONY: help run test doors lint check faults proofs templates rehearse bench reset setup
.DEFAULT_GOAL := help

help:
	@echo 'make run     serve everything on http://127.0.0.1:3000 (PORT=… for another port)'
	@echo 'make test    run all tests (ARGS="-k checkout" for some)'
	@echo 'make doors   every kind of bad input at every endpoint (make test has a sample of it at most of them)'
	@echo 'make faults  a quarter of an hour of buyers while everything fails, then the books are checked (ARGS="--seed 7 --events 10000")'
	@echo 'make proofs  a thousand sales of 200 buyers on 10 units: none oversold, none unsold (ARGS="--seed 7 --runs 50")'
	@echo 'make check   lint, types, import contracts, generated files, templates'
	@echo 'make lint    the same but for the tests of the architecture, which make test has too'
	@echo 'make templates  the official SAM CLI: validates every template, builds functions and layers'
	@echo 'make bench   what a request, a cold start and an event cost (ARGS="--only load --clients 8")'
	@echo 'make rehearse  builds, packages and deploys into an emulator: migrations, functions by their alias, a release that fails'
	@echo 'make reset   stop what runs and forget its data'

setup:
	@sh local/bootstrap.sh

run: setup
	@exec $(PYTHON) -m local.lifeline $(PYTHON) -m local

test: setup
	@exec $(PYTHON) -m pytest -n auto $(ARGS)

doors: setup
	@EVERY_VALUE=1 exec $(PYTHON) -m pytest -q -n auto $(wildcard tests/functions/test_doors_*.py) $(ARGS)

faults: setup
	@exec $(PYTHON) -m local.lifeline $(PYTHON) -m tests.faults $(ARGS)

proofs: setup
	@exec $(PYTHON) -m local.lifeline $(PYTHON) -m tests.proofs $(ARGS)

lint: setup
	@.venv/bin/ruff check
	@.venv/bin/ruff format --check
	@$(PYTHON) -m mypy
	@$(PYTHON) -c "from importlinter.cli import lint_imports_command as lint; lint()" --no-logo
	@$(PYTHON) -m functions --check

check: lint
	@$(PYTHON) -m pytest -q -n auto tests/architecture

templates: setup
	@$(PYTHON) -m local.sam

bench: setup
	@exec $(PYTHON) -m tests.bench $(ARGS)

rehearse: setup
	@exec $(PYTHON) -m local.lifeline $(PYTHON) -m local.rehearsal

reset: setup
	@$(PYTHON) -m local.reset
