# A fresh machine needs python3 (3.11 or newer), pip, git and make. Each target sets up what it needs, once.

PYTHON ?= python3
PORT ?= 8700
WORKERS ?= 4
SOAK_KILLS ?= 1000
ARGS ?=

VENV := .venv
RUN := $(VENV)/bin/python
# --python installs into the environment with the machine's own pip, so the environment needs none (Debian keeps its maker apart).
PIP := $(PYTHON) -m pip --python $(RUN) --disable-pip-version-check --no-input
# An installed bot is compiled. Where Python writes no bytecode by itself, each of the hundreds that are started here would be compiled anew.
COMPILE := $(RUN) -m compileall -q bot handlers
LOCK := $(VENV)/bin/uv pip compile --universal --generate-hashes --no-header --no-annotate -q --python-version 3.11 pyproject.toml --extra postgres --extra pictures

.DEFAULT_GOAL := help
.PHONY: help setup pictures demo test test-slow soak check format bench lock locales clean

help:
	@echo "make setup     what running the bot needs, into $(VENV)"
	@echo "make demo      the bot on this machine, with a resident's phone and a forum's group; PORT=$(PORT)"
	@echo "make test      the test suite; ARGS='tests/storage -k key' for a part of it"
	@echo "make test-slow what takes longer: random kills, power cuts, rubbish"
	@echo "make soak      the same for an hour; SOAK_KILLS=$(SOAK_KILLS) on each database"
	@echo "make check     format, lint, types, import contracts, dependencies, catalogues"
	@echo "make format    put the code in its format"
	@echo "make bench     the figures the design aims at"
	@echo "make locales   bring the catalogues up to date with the code"
	@echo "make lock      choose and pin the dependencies anew"
	@echo "make pictures  take the pictures in docs/images anew"
	@echo "make clean     remove everything that was made here"

setup: $(VENV)/demo.stamp

demo: $(VENV)/demo.stamp
	@$(COMPILE)
	@$(RUN) -m bot demo --port $(PORT)

test: $(VENV)/dev.stamp
	@test -n "$$(command -v chromium)" || echo "chromium is not installed: the browser tests will be skipped (apt-get install chromium)"
	@$(COMPILE)
	@$(RUN) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder -m "not slow" $(ARGS)

test-slow: $(VENV)/dev.stamp
	@$(COMPILE)
	@TOWN_PATIENCE=120 $(RUN) -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m slow $(ARGS)

soak: $(VENV)/dev.stamp
	@$(COMPILE)
	@SOAK_KILLS=$(SOAK_KILLS) TOWN_PATIENCE=120 $(RUN) -m pytest -s -o faulthandler_timeout=0 tests/fire/test_soak.py $(ARGS)
	@POWER_CUTS=5 $(RUN) -m pytest -n 2 --dist loadfile -o faulthandler_timeout=0 tests/fire/test_power*.py $(ARGS)

check: $(VENV)/dev.stamp
	@$(VENV)/bin/ruff format --check .
	@$(VENV)/bin/ruff check .
	@$(VENV)/bin/mypy
	@$(VENV)/bin/lint-imports --no-cache
	@$(VENV)/bin/deptry .
	@$(RUN) -m pytest -q tests/project/test_locales.py

format: $(VENV)/dev.stamp
	@$(VENV)/bin/ruff check --fix .
	@$(VENV)/bin/ruff format .

bench: $(VENV)/dev.stamp $(VENV)/peers.stamp
	@$(COMPILE)
	@$(RUN) -m bench $(ARGS)

lock: $(VENV)/dev.stamp
	@$(LOCK) -o requirements.lock
	@$(LOCK) --group dev -o requirements-dev.lock
	@$(VENV)/bin/uv pip compile --universal --generate-hashes --no-header --no-annotate -q --python-version 3.11 --group peers -o requirements-peers.lock
	@$(VENV)/bin/uv pip compile --universal --generate-hashes --no-header --no-annotate -q --python-version 3.11 --group build -o requirements-build.lock
	@git diff --stat -- requirements.lock requirements-dev.lock requirements-peers.lock requirements-build.lock

locales: $(VENV)/dev.stamp
	@$(RUN) -m bot.i18n.update

pictures: $(VENV)/dev.stamp
	@$(RUN) docs/pictures.py
	@$(RUN) docs/guide_pictures.py

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .coverage .coverage.* dist
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/demo.stamp: requirements.lock | $(RUN)
	@echo "Installing what $< pins ..."
	@$(PIP) install -q --require-hashes -r $<
	@touch $@

$(VENV)/dev.stamp: requirements-dev.lock | $(RUN)
	@echo "Installing what $< pins ..."
	@$(PIP) install -q --require-hashes -r $<
	@touch $@

# The peers of the benchmarks that cannot share our libraries' versions.
$(VENV)/peers.stamp: requirements-peers.lock | $(RUN)
	@echo "Installing what $< pins ..."
	@$(PYTHON) -m venv --without-pip $(VENV)/peers
	@$(PYTHON) -m pip --python $(VENV)/peers/bin/python --disable-pip-version-check --no-input install -q --require-hashes -r $<
	@touch $@

# Everything that can be missing on a fresh machine is said here, with what mends it.
$(RUN):
	@command -v $(PYTHON) >/dev/null || \
	  { echo "python3 is missing. Install it: apt-get install python3 python3-pip"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) -V). Name a newer one: make $(MAKECMDGOALS) PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import sys, pip; sys.exit(tuple(map(int, pip.__version__.split(".")[:2])) < (22, 3))' 2>/dev/null || \
	  { echo "pip 22.3 or newer is needed for $(PYTHON). Install it: apt-get install python3-pip, or $(PYTHON) -m pip install -U pip"; exit 1; }
	@$(PYTHON) -m venv --without-pip $(VENV)
