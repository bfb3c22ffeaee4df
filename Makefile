# Two commands first: `make demo` and `make test`. Each sets up all it needs.
# Needed on the machine: Python >= 3.11, make and a package index. Nothing else.

PYTHON ?= python3
UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := $(UV) run --frozen --no-sync
# Two workers suit two cores; the slow tests are real crawls that wait more than they compute.
WORKERS ?= 4

# A process that may not write bytecode compiles hundreds of modules anew at each start: 3 s of processor time.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test lint fmt bench screenshots setup clean help

demo: setup  ## the main job end to end on a small bundled news site, without internet
	@$(RUN) crawler demo

test: setup  ## every test, on SQLite and a real PostgreSQL
	$(RUN) pytest -n $(WORKERS) --dist worksteal

lint: setup  ## ruff, mypy --strict, import contracts
	$(RUN) ruff check .
	$(RUN) ruff format --check .
	$(RUN) mypy
	$(RUN) lint-imports

fmt: setup  ## put the code in its form
	$(RUN) ruff check --fix .
	$(RUN) ruff format .

bench: setup  ## the benchmarks, printed as tables (see docs/benchmarks.md)
	$(UV) sync --frozen --quiet --group bench
	$(RUN) python -m benchmarks

screenshots: setup  ## the pictures of docs/images, from the demo (needs Chromium)
	$(RUN) python -m tests.web.screenshots

setup: $(UV) .venv/.synced  ## the environment in .venv, which the others begin with

.venv/.synced: pyproject.toml uv.lock | $(UV)
	$(UV) sync --frozen --quiet --python "$(PYTHON)"
	@touch $@

# uv lives in a venv of its own: `uv sync` would remove it from .venv.
.uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python >= 3.11 is needed; '$(PYTHON)' is older. Name another: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .uv 2>/dev/null && test -x .uv/bin/pip || \
		{ rm -rf .uv; echo "Python's venv module is missing: install the package python3-venv (Debian, Ubuntu), then run make again." >&2; exit 1; }
	@.uv/bin/pip install --quiet --disable-pip-version-check uv

clean:  ## remove what make has set up
	rm -rf .venv .uv dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

help:  ## this list
	@grep -hE '^[a-z]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 10
