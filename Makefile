# Six words: help, demo, test, lab, bench, style.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
READY  := $(VENV)/.ready
SPARK  := $(VENV)/.spark
PORT   ?= 8866
WORKERS ?= -n logical --maxprocesses 4 --dist loadscope

.PHONY: help demo test lab bench style
.DEFAULT_GOAL := help

help:  ## what you can make
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 18

demo: $(READY)  ## the dashboards of the demo shop, in your browser
	$(BIN)/csworkbook serve --port $(PORT)

test: $(READY) $(SPARK)  ## all tests: units, notebooks, browser, Spark
	$(BIN)/python tests/install.py
	failed=0; \
	$(BIN)/python -m pytest tests/browser --reruns 1 -rfEsxXR || failed=$$?; \
	$(BIN)/python -m pytest $(WORKERS) -m "not browser" --doctest-modules --nbval-lax csworkbook notebooks tests || failed=$$?; \
	exit $$failed

lab: $(READY)  ## the notebooks in JupyterLab
	$(BIN)/csworkbook lab

bench: $(READY)  ## speed and memory, as ratios (see benchmarks/README.md)
	$(BIN)/python tests/install.py chromium
	$(BIN)/python -m benchmarks

style: $(READY)  ## check style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "csworkbook needs Python 3.11 or newer; say which with: make PYTHON=python3.12")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $(READY)

# for the tests only, in a folder of its own: half a gigabyte, and whatever finds it beside pandas warns of it
$(SPARK): $(READY) requirements-spark.lock
	rm -rf $(VENV)/spark
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --no-build-isolation --target $(VENV)/spark -r requirements-spark.lock
	touch $(SPARK)
