"""SQL lives in .sql files beside its user; this reads them into statements by name."""

from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES: dict[str, str] = {}
_HEAD = re.compile(r"^-- name: *([a-z][a-z0-9_]*) *$", re.MULTILINE)


def statements(*packages: str) -> dict[str, str]:
    """The statements of the `*.sql` files of those packages, each headed by `-- name: insert_case`.

    Raises:
        ValueError: a name stands twice, a block is empty, or SQL stands before the first name.
    """
    found: dict[str, str] = {}
    for package in packages:
        for name, text in sql_files(package):
            for statement, sql in _blocks(text, f"{package}/{name}"):
                if statement in found:
                    raise ValueError(f"{package}/{name}: statement {statement} stands twice")
                found[statement] = sql
                _NAMES[sql] = statement
    return found


def statement_name(sql: str) -> str | None:
    """The name under which a statement was read, for whoever watches what the database does."""
    return _NAMES.get(sql)


def name_statement(sql: str, name: str) -> None:
    """Call a statement that was made, not read."""
    _NAMES[sql] = name


def sql_files(package: str) -> list[tuple[str, str]]:
    """Name and text of each `*.sql` file that lies in a package itself, by name."""
    resources = (entry for entry in files(package).iterdir() if entry.name.endswith(".sql"))
    return sorted((entry.name, entry.read_text(encoding="utf-8")) for entry in resources)


def _blocks(text: str, where: str) -> Iterator[tuple[str, str]]:
    before, *parts = _HEAD.split(text)
    if any(line.strip() and not line.startswith("--") for line in before.splitlines()):
        raise ValueError(f"{where}: SQL stands before the first `-- name:`")
    for name, block in zip(parts[::2], parts[1::2], strict=True):
        sql = block.strip().removesuffix(";").strip()
        if not sql:
            raise ValueError(f"{where}: statement {name} is empty")
        yield name, sql
