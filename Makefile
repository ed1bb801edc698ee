# `make help` is the manual. Written for GNU make and a plain POSIX shell, on Linux and macOS.

VENV      := .venv
PY        := $(VENV)/bin/python
PINS      := requirements/constraints.txt
INSTALL   := $(PY) -m pip install --quiet --disable-pip-version-check -c $(PINS)
ARGS      ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:   # two pips must not write into one environment

.PHONY: help
help:  ## this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' Makefile
	@echo
	@echo "  make compare ARGS='...'     passes settings on to the experiment"
	@echo "  make test PYTHON=/path/to/python    builds $(VENV) with that Python (3.12 or newer)"

# --- Questions -----------------------------------------------------------------------------------

.PHONY: compare
compare: $(VENV)/.core  ## one world with and without a crackdown, side by side
	$(PY) -m experiments.compare $(ARGS)

.PHONY: claims
claims: $(VENV)/.core  ## what the articles claim, and what the model says (about 4 minutes)
	$(PY) -m experiments.claims $(ARGS)

.PHONY: sensitivity
sensitivity: $(VENV)/.core  ## on which parameters does the effect depend, and how much is chance? (minutes)
	$(PY) -m experiments.sensitivity $(ARGS)

.PHONY: phase
phase: $(VENV)/.core  ## in which regime does a crackdown lie, over the cost of moving and its coverage? (minutes)
	$(PY) -m experiments.phase $(ARGS)

.PHONY: plausibility
plausibility: $(VENV)/.core  ## does the world without a crackdown look like the one on record?
	$(PY) -m experiments.plausibility $(ARGS)

.PHONY: calibrate
calibrate: $(VENV)/.core  ## which parameters does the evidence not rule out, and what follows there? (half an hour)
	$(PY) -m experiments.calibrate $(ARGS)

.PHONY: report
report: $(VENV)/.core  ## remake report.html of a folder of results: ARGS=results/compare/...
	$(PY) -m experiments.report $(ARGS)

.PHONY: gallery
gallery: $(VENV)/.core  ## published figures, with what made them: ARGS=results/compare/... results/phase/..., or a new comparison
	$(PY) scripts/publish_gallery.py $(ARGS)

.PHONY: notebooks
notebooks: $(VENV)/.dev  ## run every notebook and write it as a page into results/notebooks
	$(PY) scripts/run_notebooks.py $(ARGS)

.PHONY: benchmark
benchmark: $(VENV)/.core  ## how fast is it, where does the time go, and beside other frameworks?
	$(PY) -m experiments.benchmark $(ARGS)

# --- Checks --------------------------------------------------------------------------------------

.PHONY: test
test: $(VENV)/.dev  ## linter, spelling, tests but for the slow ones
	$(PY) -m ruff check .
	$(VENV)/bin/codespell
	$(PY) -m pytest -n auto --dist loadfile -m 'not slow' $(ARGS)

.PHONY: test-all
test-all: $(VENV)/.dev  ## the slow tests too (killed processes, clusters, notebooks, a browser): what CI runs
	$(PY) -m ruff check .
	$(VENV)/bin/codespell
	$(PY) -m pytest -n auto --dist loadfile $(ARGS)

# Selenium drives a Chromium that is there; it would else fetch one of its own.
.PHONY: browser
browser:  ## Chromium for the test of the report, on Debian or Ubuntu
	@command -v chromedriver >/dev/null 2>&1 && echo "chromedriver is there" || $(MAKE) --no-print-directory debian \
	  PACKAGES='chromium chromium-driver' OTHERWISE='Install Chromium (or Chrome) and chromedriver by hand.'

.PHONY: slurm
slurm:  ## Slurm for the tests of the cluster, on Debian or Ubuntu; they start one of their own
	@command -v slurmctld >/dev/null 2>&1 && echo "Slurm is there" || $(MAKE) --no-print-directory debian \
	  PACKAGES='slurmctld slurmd slurm-client' OTHERWISE='Install Slurm (slurmctld, slurmd and its commands) by hand.'

.PHONY: debian
debian:
	@command -v apt-get >/dev/null 2>&1 || { echo "$(OTHERWISE)" >&2; exit 1; }; \
	root=''; [ "$$(id -u)" -eq 0 ] || root='sudo -n'; \
	$$root apt-get update -qq && \
	$$root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(PACKAGES) >/dev/null

.PHONY: battery
battery: $(VENV)/.core  ## the keyed draws through dieharder (apt-get install dieharder); half an hour
	$(PY) scripts/battery.py $(ARGS)

.PHONY: lint
lint: $(VENV)/.dev  ## linter, spelling, floors
	$(PY) -m ruff check .
	$(VENV)/bin/codespell
	$(VENV)/bin/lint-imports

# --- Data ----------------------------------------------------------------------------------------

.PHONY: region
region: $(VENV)/.dev  ## rebuild the region shipped in sim/data from data/raw
	$(PY) scripts/build_region.py
	$(PY) scripts/build_outlines.py

# --- Pages ---------------------------------------------------------------------------------------

# The factorial first: it writes scenarios, which the lists name.
.PHONY: docs
docs: $(VENV)/.core  ## rewrite all that is made from other files: lists and tables in the pages, the cells of the factorial
	$(PY) scripts/build_factorial.py
	$(PY) scripts/build_parameter_docs.py
	$(PY) scripts/build_claims_page.py
	$(PY) scripts/build_lists.py

# --- Housekeeping --------------------------------------------------------------------------------

.PHONY: clean
clean:  ## remove caches and build leftovers; keeps results and the environment
	rm -rf .pytest_cache .ruff_cache .hypothesis .import_linter_cache dist build *.egg-info
	find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

.PHONY: distclean
distclean: clean  ## clean, and remove the environment too; keeps results
	rm -rf $(VENV)

# --- The environment -----------------------------------------------------------------------------
# Two stamps, made again when the declared dependencies change: .core to run, .dev to check.
# The code itself is installed as a link (-e), so editing it needs no new installation.

$(VENV)/.core: pyproject.toml $(PINS) | $(PY)
	@echo "Installing into $(VENV) (a minute or two, once)"
	$(INSTALL) -e .
	@touch $@

$(VENV)/.dev: pyproject.toml $(PINS) | $(PY)
	@echo "Installing into $(VENV), with what the tests need (a minute or two, once)"
	$(INSTALL) -e '.[dev]'
	@touch $(VENV)/.core $@

# Each candidate is asked what it is rather than trusted by its name: under pyenv, `python3.13` may be
# a shim that only prints an error. The installed versions of pyenv come last, for a machine that has
# a suitable one but not the one named in .python-version. ensurepip: Debian splits it off.
$(PY):
	@fits='import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 12))'; \
	found=''; \
	if [ -n "$(PYTHON)" ]; then set -- "$(PYTHON)"; else \
	  set -- python3.13 python3.12 python3 python; \
	  if command -v pyenv >/dev/null 2>&1; then \
	    set -- "$$(pyenv which python 2>/dev/null)" "$$@" "$$(pyenv root)"/versions/3.1[2-9]*/bin/python; \
	  fi; \
	fi; \
	for python in "$$@"; do \
	  command -v "$$python" >/dev/null 2>&1 || continue; \
	  if "$$python" -c "$$fits" >/dev/null 2>&1; then \
	    echo "Making $(VENV) with $$("$$python" --version) ($$python)"; \
	    "$$python" -m venv --clear $(VENV) && exit 0; \
	    rm -rf $(VENV); exit 2; \
	  fi; \
	  found="$$found  $$python: $$("$$python" --version 2>&1 | head -n 1)"; \
	done; \
	{ echo "Python 3.12 or newer, with its venv module, is needed to make $(VENV)."; \
	  echo "  found:   $${found:-  none}"; \
	  echo "  get it:  pyenv install 3.13   or   brew install python@3.13   or   apt install python3 python3-venv"; \
	  echo "  or say which:  make $(MAKECMDGOALS) PYTHON=/path/to/python3.13"; } >&2; \
	exit 2
