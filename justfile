# The menu. `just` lists it; `just check` and `just test` are exactly what CI runs.
set shell := ["bash", "-euo", "pipefail", "-c"]

python := ".venv/bin/python"

# list what there is
[private]
default:
    @{{ just_executable() }} --list --unsorted

# set up .venv from the lock and run the whole stack: graphql on 8000, webhooks on 8001, routing's health on 8002
up *ARGS: setup
    exec .venv/bin/eender up {{ ARGS }}

# run one service against servers of your own, such as `just serve case --port 8000`
serve SERVICE *ARGS: setup
    exec .venv/bin/eender serve {{ SERVICE }} {{ ARGS }}

# all tests, files shared out over two processes; arguments go to pytest
test *ARGS: setup
    exec .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder {{ ARGS }}

# only the tests without servers
unit *ARGS: setup
    exec .venv/bin/python -m pytest tests/unit tests/properties tests/wire tests/architecture {{ ARGS }}

# the ledger's laws, under 10,000 histories of 50 steps each: for an hour at a quiet moment
ledger *ARGS: setup
    EENDER_LEDGER_RUNS=10000 exec .venv/bin/python -m pytest tests/properties/test_budget_account_keeps_its_invariants.py tests/properties/test_budget_saga_converges.py --timeout 0 {{ ARGS }}

# the stories, webhook to screen, against a running stack
journeys *ARGS: setup
    exec .venv/bin/python -m pytest tests/journeys tests/faults {{ ARGS }}

# everything that can be said without running it: format, lint, types, import rules, and how files and functions are made
check: setup
    .venv/bin/ruff format --check --quiet .
    .venv/bin/ruff check --quiet .
    .venv/bin/lint-imports --no-logo 2>&1 | tail -n 20
    .venv/bin/mypy
    .venv/bin/python -m pytest --quiet tests/architecture

# mend what can be mended
fix: setup
    .venv/bin/ruff check --fix --quiet .
    .venv/bin/ruff format --quiet .

# print the contracts again: JSON Schemas of the messages, the GraphQL schema, its reference and guides
schemas: setup
    {{ python }} -m tests.wire.print_schemas
    {{ python }} -m services.case.graphql.print_schema
    {{ python }} -m tests.wire.print_api_docs

# lock the dependencies again (hashes, no addresses)
lock: setup
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --group dev pyproject.toml --output-file requirements.lock

# what the lock says is in .venv, and the project itself, editable
setup:
    @if [ ! -e .venv/.locked ] || ! cmp -s requirements.lock .venv/.locked || [ pyproject.toml -nt .venv/.locked ]; then \
        .venv/bin/uv pip install --quiet --python {{ python }} --require-hashes -r requirements.lock; \
        .venv/bin/uv pip install --quiet --python {{ python }} --no-deps --no-build-isolation -e .; \
        cp requirements.lock .venv/.locked; \
    fi
