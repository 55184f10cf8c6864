"""Prints contracts/schemas/*.json and contracts/asyncapi.yaml: `python -m tests.wire.print_schemas`.

A difference in there is a decision about what services may say to each other; `--check` only tells of one.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import msgspec

import contracts
from contracts.envelope import Message
from contracts.examples import SEALED
from contracts.log import ReplayPage, ReplayRequest
from contracts.subjects import MESSAGES
from tests.wire.print_asyncapi import asyncapi_text

CONTRACTS = Path(contracts.__file__).parent
SCHEMAS = CONTRACTS / "schemas"

TRANSPORT: dict[str, type[msgspec.Struct]] = {
    "envelope": Message,
    "log.replay.request": ReplayRequest,
    "log.replay.page": ReplayPage,
}


def printed() -> dict[str, str]:
    """The text of every schema, by its name."""
    kinds: dict[str, type[Any]] = {**MESSAGES, **TRANSPORT}
    kinds |= {f"{subject}.sealed": type(content) for subject, content in SEALED.items()}
    return {name: _schema_text(name, kind) for name, kind in kinds.items()}


def _wanted() -> dict[Path, str]:
    wanted = {SCHEMAS / f"{name}.json": text for name, text in printed().items()}
    return wanted | {CONTRACTS / "asyncapi.yaml": asyncapi_text()}


def _schema_text(name: str, kind: type[Any]) -> str:
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": f"urn:eender:{name}"}
    return json.dumps(schema | msgspec.json.schema(kind), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def outdated() -> list[Path]:
    """The files that are missing, left over, or say something else than the types do."""
    wanted = _wanted()
    kept = {path: path.read_text(encoding="utf-8") for path in (*SCHEMAS.glob("*.json"), *wanted) if path.exists()}
    return sorted(path for path in wanted.keys() | kept.keys() if wanted.get(path) != kept.get(path))


def main() -> int:
    """Print what is outdated, or with `--check` only name it."""
    stale, wanted = outdated(), _wanted()
    sys.stdout.writelines(f"{path.name}\n" for path in stale)
    if "--check" in sys.argv[1:]:
        return 1 if stale else 0
    SCHEMAS.mkdir(exist_ok=True)
    for path in stale:
        if path in wanted:
            path.write_text(wanted[path], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
