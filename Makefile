# Assent. `make help` lists what there is. Everything lands in .venv, .local and out; `make clean` removes all three.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PORT ?= 8080
BIN := .venv/bin
SOURCES := infra consent_service identity_service generation_service audio_service gateway tests bench scripts
TESTS ?= tests

export PORT
export PYTHONUNBUFFERED = 1

.DEFAULT_GOAL := help
.PHONY: help setup dev servers lint test bench drill demo gallery up down status logs rebuild clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:
	@$(PYTHON) -m scripts.setup

servers: setup
	@$(BIN)/python -m infra.stack install

dev: servers ## .venv with everything pinned, PostgreSQL and RabbitMQ present
	@echo "ready: . .venv/bin/activate"

demo: servers ## one consented film end to end, then a pause, a withdrawal and an offline audit
	@$(BIN)/python -m gateway.demo

gallery: servers ## the eight films of examples/, measured; sheets and figures in docs/gallery (NAME=the_letter for one)
	@$(BIN)/python -m gateway.gallery $(NAME)

up: servers ## start everything and leave it running (PORT=8080)
	@$(BIN)/python -m infra.stack up --detach

down: ## stop what `make up` started, or clear up after a killed run
	@$(BIN)/python -m infra.stack down

status: ## what runs, where
	@$(BIN)/python -m infra.stack status

logs: ## follow the logs of all processes (NAME=consent for one)
	@$(BIN)/python -m infra.stack logs --follow $(NAME)

rebuild: servers ## make every read model again from the events (after make down)
	@$(BIN)/python -m infra.stack rebuild

test: servers ## all tests on real PostgreSQL and RabbitMQ (TESTS=tests/infra for a part)
	@$(BIN)/python -m pytest $(TESTS)

lint: setup ## ruff, mypy --strict, import-linter
	@$(BIN)/ruff check $(SOURCES)
	@$(BIN)/ruff format --check $(SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: setup ## let ruff sort imports and lay out the code
	@$(BIN)/ruff check --fix $(SOURCES)
	@$(BIN)/ruff format $(SOURCES)

bench: servers ## all measurements, as a table and out/bench/*.json
	@$(BIN)/python -m bench.run

bench-%: servers ## one measurement: bench/<name>.py
	@$(BIN)/python -m bench.run $*

drill: servers ## torture the ledger in full, half an hour: docs/drills.md (DRILL=kill for one)
	@$(BIN)/python -m tests.faults.ledger.drill $(DRILL)

clean: ## remove .venv, .local and out
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m infra.stack down || true; fi
	rm -rf .venv .local out build dist *.egg-info .mypy_cache .ruff_cache .import_linter_cache .hypothesis
