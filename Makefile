# `make` alone lists what there is.  Everything runs from .venv, which is made on first use.
#
#   PYTHON=python3.12     the interpreter to make .venv with; otherwise the first supported one on the PATH
#   ARGS="-k receipts"    passed on to the command behind `demo`, `test`, `bench` and `mutants`

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test check lint format bench mutants clean
export PYTHON

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' Makefile

setup: .venv ## make .venv and, where this user may, install and start a Docker engine
	@scripts/engine.sh || [ $$? -eq 3 ]

.PHONY: .venv
.venv:
	@scripts/setup.sh

demo: setup ## watch two agents at work: what is approved, denied, stopped, and the receipts
	@.venv/bin/python examples/demo.py $(ARGS)

test: .venv ## run the tests
	@scripts/test.sh $(ARGS)

check: lint ## everything that a change must pass: lint, types, imports, tests, coverage
	@scripts/test.sh --coverage $(ARGS)

lint: .venv ## lint, formatting, types, and who imports whom
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports

format: .venv ## format the code, and fix what can be fixed by itself
	.venv/bin/ruff check --fix
	.venv/bin/ruff format

bench: setup ## measure, as ratios to what the work would cost anyway
	@.venv/bin/python -m benchmarks $(ARGS)

mutants: .venv ## change the code that decides, a little at a time, and show what no test notices
	@.venv/bin/python scripts/mutants.py $(ARGS)

clean: ## remove .venv and everything else that was made here (not .execgate: receipts are evidence)
	rm -rf .venv .setup.log .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf .coverage .coverage.* htmlcov build dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
