# Needs Python 3.11 or newer with venv, and make. Everything else is installed into this folder.

CONSOLE := dispatch/console
CONSOLE_SOURCES := $(wildcard $(addprefix $(CONSOLE)/,index.html openapi.json package.json tsconfig.json vite.config.ts)) \
	$(shell find $(CONSOLE)/src $(CONSOLE)/public -type f 2>/dev/null)
TESTS := $(wildcard tests/unit tests/property tests/api tests/realdata)
SHOWING := tests/browser/test_demo_walk.py tests/browser/test_training.py
BENCHES := rank recommend closure resolve call start coverage matching places

# The virtual environment's own node, uv and tools come first.
export PATH := $(CURDIR)/.venv/bin:$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-production check bench lock

help: ## List the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile

setup: .venv/bin/hub $(CONSOLE)/dist/index.html ## Install everything into this folder (leaves .venv/bin/hub)
	@echo "==> Ready: .venv/bin/hub"

demo: setup ## A made-up county with callers and crews, on one address, until Ctrl-C
	@.venv/bin/hub demo

test: setup ## All tests that this machine has the parts for; skipped ones are named
	@echo "==> Testing the console"
	@cd $(CONSOLE) && npm test --silent
	@echo "==> Testing the hub"
	@status=0; .venv/bin/pytest -rsfE -n 2 --dist loadfile $(TESTS) || status=1; \
	echo "==> Testing the screens"; \
	.venv/bin/pytest -rsfE $(addprefix --ignore=,$(SHOWING)) tests/browser || status=1; exit $$status

test-production: setup ## API and fault tests on PostGIS and Redis, which it installs and starts; the showing and an exercise
	@tools/install_parts.sh chromium postgis redis
	@echo "==> Testing on PostGIS and Redis"
	@status=0; export HUB_REQUIRE_ALL=1; \
	.venv/bin/pytest -rsfE -n 2 --dist loadfile tests/api || status=1; \
	.venv/bin/pytest -rsfE tests/fault $(SHOWING) || status=1; exit $$status

check: setup ## Format, lint, types, import direction, migrations, locks
	@echo "==> Format and lint"
	@.venv/bin/ruff format --check --quiet .
	@.venv/bin/ruff check --quiet .
	@echo "==> Types"
	@.venv/bin/mypy
	@cd $(CONSOLE) && npm run --silent typecheck
	@echo "==> Import direction"
	@.venv/bin/lint-imports --no-logo
	@echo "==> Migrations"
	@tools/check_migrations.sh
	@echo "==> Locks"
	@.venv/bin/pytest tests/unit/test_locks.py
	@.venv/bin/uv pip check

bench: setup ## Measure this machine; one line of JSON for each bench
	@for name in $(BENCHES); do .venv/bin/hub bench $$name --json || exit 1; done

lock: ## Choose versions anew within pyproject.toml and package.json (needs a network)
	@[ -x .venv/bin/uv ] || tools/make_venv.sh
	uv pip compile pyproject.toml --quiet --group setup --group console --group dev --universal \
		--python-version 3.11 --generate-hashes --no-emit-index-url --no-annotate \
		--custom-compile-command "make lock" --output-file requirements.lock
	uv pip compile pyproject.toml --quiet --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-annotate --constraint requirements.lock \
		--custom-compile-command "make lock" --output-file docker/requirements.lock
	cd $(CONSOLE) && npm install --package-lock-only

# --- what setup is made of; each is made again only when what it depends on has changed ---

.venv/.packages: requirements.lock tools/make_venv.sh
	@tools/make_venv.sh
	@echo "==> Installing the Python packages of requirements.lock"
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --compile-bytecode --require-hashes -r requirements.lock
	@touch $@

.venv/bin/hub: .venv/.packages pyproject.toml
	@echo "==> Installing the hub"
	@VIRTUAL_ENV=.venv .venv/bin/uv pip install --quiet --no-deps --no-build-isolation -e .
	@.venv/bin/python -m compileall -q geodata jurisdictions dispatch
	@touch $@

$(CONSOLE)/node_modules/.package-lock.json: $(CONSOLE)/package-lock.json $(CONSOLE)/.npmrc .venv/.packages
	@echo "==> Installing the console's packages"
	@cd $(CONSOLE) && npm ci --loglevel error
	@touch $@

$(CONSOLE)/dist/index.html: $(CONSOLE)/node_modules/.package-lock.json $(CONSOLE_SOURCES)
	@echo "==> Building the console"
	@cd $(CONSOLE) && npm run --silent build -- --logLevel error
	@touch $@
