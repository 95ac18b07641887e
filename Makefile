# Everything starts from a fresh clone: each target sets up what it needs. `make` alone lists them.

PYTHON ?= python3
OUT ?= demo.mp4

# Addresses hold & ? # and $: they travel through the environment, untouched by make and by the shell.
export FILM_URL := $(value URL)
export FILM_OUT := $(value OUT)
unexport URL OUT
# Compiled once, not by each of the hundred processes that films and tests start.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-all coverage check bench chaos fence lock clean

help: ## This list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

setup: ## Make .venv with the pinned packages, and find or fetch a browser
	@.ci/setup

demo: setup ## Film a site: make demo URL='https://…' OUT=demo.mp4 (without URL: the small site in tests/site)
	@if [ -n "$$FILM_URL" ]; then \
		.venv/bin/sitereel record "$$FILM_URL" -o "$$FILM_OUT"; \
	else \
		.venv/bin/python -m tests.site.demo "$$FILM_OUT"; \
	fi

test: setup ## Run the tests
	@.venv/bin/pytest -n 4 --dist loadfile --no-loadscope-reorder --durations=25

test-all: setup ## Run all tests, also those that take long and that make chaos shows as well
	@.venv/bin/pytest -n 4 --dist loadfile --no-loadscope-reorder -m ""

coverage: setup ## Run the tests and show which lines they do not reach, also in build/coverage
	@.venv/bin/python -c 'import pytest_cov' 2>/dev/null || \
		{ echo "pytest-cov is missing in .venv: make lock pins it, and make setup installs it." >&2; exit 1; }
	@.venv/bin/pytest -n 4 --dist loadfile --no-loadscope-reorder --cov --cov-report=term:skip-covered \
		--cov-report=html:build/coverage

check: setup ## Lint, formatting and types
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy

bench: setup ## Measure time, cost, size and latency
	@.venv/bin/python -m tests.benchmark

chaos: setup ## Kill at random what films, and count what is lost (about 40 minutes)
	@.venv/bin/python -m tests.chaos --kills 200 --redis-kills 10
	@.venv/bin/python -m tests.chaos.batch
	@.venv/bin/python -m tests.chaos.worker_killed

fence: setup ## Attack the fence, the worker and the export, and tempt the explorer: what leaks, hurts, is lost or done
	@.venv/bin/python -m tests.attacks.egress
	@.venv/bin/python -m tests.conduct
	@.venv/bin/python -m tests.attacks.hostile_pages
	@.venv/bin/python -m tests.attacks.disconnects

# Not after setup, which refuses a lock that does not fit. To move every pin, remove the lock first.
lock: ## Write requirements.lock anew from pyproject.toml
	@$(PYTHON) -m venv --clear build/lock
	@build/lock/bin/pip install -q pip-tools
	@CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/pip-compile -q --extra dev --strip-extras --allow-unsafe \
		--no-emit-index-url --no-emit-find-links --no-emit-trusted-host -o requirements.lock pyproject.toml

clean: ## Remove what setup and the tools made; films stay
	@rm -rf .venv build *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .schemathesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
