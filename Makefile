# `make run` serves the app, `make test` runs every test; both first install what is missing.

PYTHON ?= python3
VENV := .venv/bin/python -m
PIP := flock Makefile $(VENV) pip install

export PIP_DISABLE_PIP_VERSION_CHECK ?= 1
export PIP_RETRIES ?= 10

# $(call debian,PACKAGES) installs Debian packages, or says in one sentence what to do.
APT := $(shell [ "$$(id -u)" = 0 ] || echo sudo) env DEBIAN_FRONTEND=noninteractive \
	apt-get -qq -o Acquire::Retries=10 -o DPkg::Lock::Timeout=600
debian = { $(APT) update && $(APT) install --no-install-recommends $(1) >/dev/null; } \
	|| { echo "Please run 'apt-get install $(1)' as root, then make again." >&2; exit 1; }

.PHONY: run test check format bench clean chromium

run: .venv/app
	$(VENV) streamlit run app.py

test: .venv/tests chromium
	$(VENV) pytest -n 2

check: .venv/tests
	$(VENV) ruff format --check
	$(VENV) ruff check
	$(VENV) mypy

format: .venv/tests
	$(VENV) ruff format
	$(VENV) ruff check --fix

bench: .venv/peers/made
	PYTHONPATH=.venv/peers $(VENV) benchmarks

clean:
	rm -rf .venv .hypothesis .mypy_cache .pytest_cache .ruff_cache build *.egg-info

# Each stamp is written last, so an interrupted install leaves none.
.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Please use Python 3.11 or later: make PYTHON=python3.11" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(call debian,python3-venv)
	@flock Makefile $(PYTHON) -m venv .venv
	@touch $@

.venv/app: requirements.txt | .venv/made
	$(PIP) -r requirements.txt
	@touch $@

.venv/tests: tests/requirements.txt .venv/app
	$(PIP) -r tests/requirements.txt
	@touch $@

# What `make bench` compares with stays apart from what runs.
.venv/peers/made: benchmarks/requirements.txt .venv/tests
	$(PIP) --no-deps --upgrade --target .venv/peers -r benchmarks/requirements.txt
	@touch $@

chromium:
	@for name in "$$CHROMIUM" chromium chromium-browser google-chrome; do \
		command -v "$$name" >/dev/null && exit; \
	done; $(call debian,chromium fonts-noto-cjk)
