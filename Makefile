# ASN Belanja UMKM: `make demo` shows it, `make test` proves it.
# Needs Python 3.11 or newer (with venv) and make; everything else comes into .venv and var/.

PYTHON ?= python3
BLUESKY = 0.3.215
BOOTSTRAP = $(PYTHON) bin/bootstrap
RUN = exec .venv/bin/python -m
COMPILE = .venv/uv/bin/uv pip compile pyproject.toml --quiet --universal --generate-hashes \
	--no-emit-index-url --no-emit-find-links --python-version 3.11 --no-header

.DEFAULT_GOAL := help
.PHONY: help demo test lint journey journey-month contract faults faults-social bluesky rehearsal messages lock clean bench-lighthouse \
	bench-catalogue bench-purchases bench-figures bench-social

help: ## This list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 26

demo: ## Run the whole system with sample data until Ctrl-C (PORT=8010 for another port)
	@$(BOOTSTRAP) demo && $(RUN) config.demo

test: ## Lint and the whole suite on servers of its own (ARGS="tests/core -k money" for less)
	@$(BOOTSTRAP) dev && $(RUN) config.testing test $(ARGS)

lint: ## Only the checks of form: ruff, mypy, import-linter, djlint, migrations, deployment
	@$(BOOTSTRAP) dev && $(RUN) config.testing lint

journey: ## Walk the main job over HTTP against the running demo (ADDRESS=http://... for another)
	@$(BOOTSTRAP) demo && $(RUN) config.journey $(ADDRESS)

journey-month: ## A month runs, ends and is closed, under a set clock on a copy of the demo's city
	@$(BOOTSTRAP) dev && $(RUN) tests.month.run

contract: ## Ask the API what its document allows and forbids, as four people (CASES=10000)
	@$(BOOTSTRAP) dev && $(RUN) tests.contract.run

faults: ## Kill what runs while people record; nothing is lost or doubled (LONG=1 for hours, SEED=2)
	@$(BOOTSTRAP) dev && $(RUN) tests.faults.run

faults-social: ## Kill what runs while posts go out; each comes out once, as signed (LONG=1 for 5,000 posts, SEED=2)
	@$(BOOTSTRAP) dev && $(RUN) tests.faults.desk.run

bench-purchases: ## Recording a purchase beside a bare insert, with 16 clients (ROUNDS=5)
	@$(BOOTSTRAP) demo && $(RUN) bench.purchases

bench-figures: ## Every figure at 100,000, 1 million and 10 million purchases (SIZES=20000,100000 for a short run)
	@$(BOOTSTRAP) demo && $(RUN) bench.figures

bench-social: ## Posts due in the same minute on 12 channels, beside a plain loop, and within limits (SIZE=500 for a short run)
	@$(BOOTSTRAP) dev && $(RUN) bench.social

bluesky: ## Bluesky's own server on this machine instead of its double (needs Node 20, npm and a C++ compiler; 400 MB)
	@$(BOOTSTRAP) dev
	@npm install --prefix var/bluesky --ignore-scripts --no-save --no-audit --no-fund --loglevel=error @atproto/dev-env@$(BLUESKY)
	@npm run --prefix var/bluesky/node_modules/better-sqlite3 --loglevel=error build-release
	@BLUESKY_SERVER=$(CURDIR)/var/bluesky .venv/bin/python -m config.testing test -m bluesky tests/social/pds

rehearsal: ## 10,000 ASN record within ten minutes (ASN=10000 MINUTES=10)
	@$(BOOTSTRAP) demo && $(RUN) bench.purchases rehearsal

bench-catalogue: ## The catalogue beside a bare query and Wagtail's own lists (ROUNDS=5)
	@$(BOOTSTRAP) demo && $(RUN) bench.catalogue

bench-lighthouse: ## Lighthouse's marks of the pages people open first (needs Node 18 and Chromium; CALIBRATED=1 on a slow machine)
	@$(BOOTSTRAP) demo && $(RUN) bench.lighthouse $(ADDRESS)

messages: ## Bring the translation catalogues up to date with the source
	@$(BOOTSTRAP) dev && exec .venv/bin/python bin/messages update

lock: ## Lock the dependencies of pyproject.toml anew, with hashes
	@$(BOOTSTRAP) dev
	$(COMPILE) --all-extras -o requirements.lock
	$(COMPILE) --extra embedded -c requirements.lock -o requirements-demo.lock
	$(COMPILE) -c requirements.lock -o requirements-runtime.lock

clean: ## Remove .venv and all that demo and tests made (their data too)
	@$(PYTHON) -m config.clean
