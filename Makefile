# The only spelling of each command. PYTHON=/path/to/python3.11 if yours has another name.
PYTHON ?= $(shell command -v python3.11 || command -v python3 || echo python3.11)
BIN = .venv/bin
JOBS ?= auto
export PORT RESET
DJANGO_TEST = DJANGO_SETTINGS_MODULE=tests.settings
.DEFAULT_GOAL := help

.PHONY: help demo test test-sqlite test-postgres check fix bench lock messages

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 16

python:
	@command -v "$(PYTHON)" >/dev/null || { echo "\n  Hélice needs Python 3.11, and there is none on the PATH. Install it, or name it: make PYTHON=/path/to/python3.11 …\n"; exit 1; }

base: python
	@"$(PYTHON)" deploy/environment.py base

dev: python
	@"$(PYTHON)" deploy/environment.py dev

demo: base ## everything on this machine: PORT=8000, RESET=1 starts over
	@exec $(BIN)/python deploy/demo.py

test: test-sqlite test-postgres ## every test, on SQLite and on PostgreSQL

test-sqlite: dev
	@$(BIN)/python deploy/catalogues.py
	$(BIN)/python -m pytest -q -n $(JOBS) --nomigrations  # the journeys' demo migrates

test-postgres: dev
	@$(BIN)/python deploy/catalogues.py
	$(BIN)/python -m tests.postgres -m pytest -q -n $(JOBS) -m "database and not slow and not services and not browser"

check: dev ## linters, types, contracts, catalogues, templates, migrations, schema
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	PYTHONPATH=. $(BIN)/lint-imports
	$(BIN)/djlint templates --lint --quiet
	$(DJANGO_TEST) $(BIN)/python manage.py check
	$(DJANGO_TEST) $(BIN)/python manage.py makemigrations --check --dry-run
	$(DJANGO_TEST) $(BIN)/python manage.py spectacular --validate --fail-on-warn --file /dev/null
	$(BIN)/python deploy/catalogues.py --check

fix: dev ## what the linters can mend by themselves
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: dev ## collect new strings into locale/ (needs GNU gettext)
	$(DJANGO_TEST) $(BIN)/python manage.py makemessages -l es -l en --no-obsolete --no-location -i var -i .venv -i tests -i benchmarks
	msgattrib --clear-fuzzy --empty --clear-previous -o locale/en/LC_MESSAGES/django.po locale/en/LC_MESSAGES/django.po
	msgen -o locale/en/LC_MESSAGES/django.po locale/en/LC_MESSAGES/django.po

bench: dev ## time the whole chain: make bench ARGS="CHALLENGES PROFILES …"
	$(BIN)/python -m benchmarks.chain $(ARGS)

lock: dev ## write the lock anew from what is installed
	$(BIN)/python deploy/lock.py
