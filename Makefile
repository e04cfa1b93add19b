# What can be done here. `make` alone lists it; each target sets up .venv by itself when that is due.

unexport PYTHONDONTWRITEBYTECODE # what is compiled is kept: Python is started often here

PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
PIP := $(BIN)/pip --disable-pip-version-check install --quiet --root-user-action=ignore
COMPILE := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-emit-index-url --no-emit-find-links

.DEFAULT_GOAL := help
.PHONY: help demo tour run test check soak mutants friday bench bench-long fix chats gateways judges lock screenshots

help: ## List what can be done
	@awk -F ': .*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## Try the whole cashier in the browser: a local Telegram, a bar, you as everybody
	$(BIN)/seatside demo

tour: $(READY) ## Watch one evening pass by itself, from the first scan to the money back
	$(BIN)/seatside demo --tour

run: $(READY) ## Run the bot with the settings of .env
	$(BIN)/seatside run

test: $(READY) ## Run the quick tests: half a minute
	$(BIN)/pytest --quiet -n auto --dist worksteal

check: $(READY) ## Run everything that a change has to pass
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	THOROUGH=1 $(BIN)/pytest --quiet -n auto --dist worksteal

soak: $(READY) ## Play the core and the storage against their models, and kill them, for half an hour
	THOROUGH=1 SOAK_ROUNDS=120 $(BIN)/pytest --quiet -n 2 \
		tests/core/test_ledger_machine.py tests/storage/test_simulation.py tests/storage/test_kill_writer.py

mutants: $(READY) ## Change the core in thousands of places and see that tests notice: an hour or more
	$(BIN)/python -m tests.mutants

friday: $(READY) ## Play Friday nights at Telegram's limits: one group, then bar and kitchen in a group each; figures at the end
	THOROUGH=1 $(BIN)/python -m tests.friday

bench: $(READY) ## Measure the storage of both engines within five minutes; also into build/bench.json
	$(BIN)/python -m tests.bench

bench-long: $(READY) ## The same with ten times as much of everything
	$(BIN)/python -m tests.bench --long

fix: $(READY) ## Put the code into the form that check wants, as far as a program can
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

chats: $(READY) ## Write the chat transcripts anew; then read what git diff says
	THOROUGH=1 $(BIN)/pytest --quiet -n auto -k "not postgresql" tests/test_chats.py --rewrite

gateways: $(READY) ## Put every gateway through its cases and write the table of who judged what
	THOROUGH=1 $(BIN)/pytest --quiet tests/bot/gateways/test_contract.py --rewrite

judges: ## Install the programs of others that judge the gateways, under build/judges
	$(PYTHON) -m venv build/judges/localstripe
	build/judges/localstripe/bin/pip --disable-pip-version-check install --quiet localstripe==1.15.10
	npm install --no-audit --no-fund --silent --prefix build/judges stripe-stateful-mock@0.0.16

lock: $(READY) ## Pin the newest versions that pyproject.toml allows
	$(PIP) uv
	$(COMPILE) --upgrade --extra dev --output-file requirements-dev.lock
	$(COMPILE) --constraint requirements-dev.lock --extra postgres --output-file requirements.lock

screenshots: $(READY) ## Take the README's pictures anew (needs Debian's chromium and fonts-noto-color-emoji)
	$(PIP) --editable '.[screenshots]'
	$(BIN)/python -m bot.demo.pictures docs/screenshots

$(READY): requirements-dev.lock pyproject.toml
	$(PYTHON) -m venv .venv
	$(PIP) --require-hashes --requirement requirements-dev.lock
	$(PIP) --no-deps --editable .
	@touch $@
