"""What a projection's statement does to which rows, read from its text, and its text for many rows at once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_PARAMETER = re.compile(r"\$(\d+)")
_INSERTED = re.compile(r"INSERT INTO (\w+)(?: AS \w+)? \(([^()]*)\)\s+(VALUES|SELECT)\b")
_UPDATED = re.compile(r"UPDATE (\w+)(?: AS \w+)?\s+SET\b")
_DELETED = re.compile(r"DELETE FROM (\w+)\s+WHERE\b")
_READ = re.compile(r"\b(?:FROM|JOIN|USING) (\w+)\b(?!\s*\()")
_SAME_FOR_ALL = re.compile(r"(?:\$\d+|NULL|true|false|pg_current_xact_id\(\)|'[^']*')(?:::\w+(?:\[\])?)?")
_COMMENT = re.compile(r"--.*")

Keys = Mapping[str, Sequence[str]]
"""The columns of each table's primary key."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What order among its rows, and between them and others, has to be kept. Places are those of arguments, from 0.

    `table`: where it writes. `key`: where the key of the one row stands that it writes; None: it may write several.
    `reads`: other tables, with the place of the key of the one row that it reads there; None: it may read several.
    `overwrites`: of two of its rows with one key the later one alone has the same effect.
    """

    table: str
    key: tuple[int, ...] | None
    reads: tuple[tuple[str, int | None], ...]
    overwrites: bool
    sql: str


def shape_of(text: str, keys: Keys) -> Shape | None:
    """The shape of a statement; None for one that is not understood: it is carried out row by row, in its place.

    In `sql` its arguments are the columns `_1`, `_2` of `_rows`, a relation that is still to be named: `{rows}`.
    """
    sql = " ".join(_COMMENT.sub("", text).split())
    for pattern, make in ((_INSERTED, _insert), (_UPDATED, _update), (_DELETED, _delete)):
        found = pattern.match(sql)
        if found is not None and found[1] in keys and "{" not in sql:
            return make(sql, found, keys)
    return None


def _insert(sql: str, found: re.Match[str], keys: Keys) -> Shape | None:
    table, columns = found[1], [column.strip() for column in found[2].split(",")]
    head, rest = sql[: found.start(3)], sql[found.end(3) :].strip()
    if found[3] == "VALUES":
        end = _closing(rest)
        given, after = _parts(rest[1:end]), rest[end + 1 :].strip()
        whole = f"{head}SELECT {rest[1:end]} FROM {{rows}} {after}"
        if _PARAMETER.search(after):
            return None
    else:
        place = _top_level(rest, " FROM ")
        if place < 0 or " ON CONFLICT " in rest:
            return None
        given, after = _parts(rest[:place]), ""
        whole = f"{head}SELECT {rest[:place]} FROM {{rows}}, {rest[place + len(' FROM ') :]}"
    key = _places(dict(zip(columns, given, strict=True)), keys[table])
    _, taken_over, sets = after.partition(" DO UPDATE SET ")
    others = {f"{each} = excluded.{each}" for each in columns if each not in keys[table]}
    overwrites = bool(taken_over) and set(_parts(sets)) == others
    return Shape(table, key, _reads(sql, table, keys), overwrites, _with_columns(whole))


def _update(sql: str, found: re.Match[str], keys: Keys) -> Shape | None:
    place = _top_level(sql, " WHERE ")
    if place < 0 or _top_level(sql, " FROM ") >= 0:
        return None
    wheres, sets = _wheres(sql[place:]), _parts(sql[found.end() : place])
    key = _places(wheres, keys[found[1]])
    overwrites = set(wheres) == set(keys[found[1]]) and all(
        _SAME_FOR_ALL.fullmatch(each.partition(" = ")[2].strip()) for each in sets
    )
    whole = f"{sql[:place]} FROM {{rows}}{sql[place:]}"
    return Shape(found[1], key, _reads(sql, found[1], keys), overwrites, _with_columns(whole))


def _delete(sql: str, found: re.Match[str], keys: Keys) -> Shape | None:
    place = _top_level(sql, " WHERE ")
    wheres = _wheres(sql[place:])
    whole = f"{sql[:place]} USING {{rows}}{sql[place:]}"
    overwrites = set(wheres) == set(keys[found[1]])
    key = _places(wheres, keys[found[1]])
    return Shape(found[1], key, _reads(sql, found[1], keys), overwrites, _with_columns(whole))


def _reads(sql: str, table: str, keys: Keys) -> tuple[tuple[str, int | None], ...]:
    """Tables beside its own that it looks into."""
    others = Counter(name for name in _READ.findall(sql) if name in keys and name != table)
    return tuple((name, place) for name, times in others.items() for place in _places_read(sql, keys[name], times))


def _places_read(sql: str, key: Sequence[str], times: int) -> Sequence[int | None]:
    """Where the keys stand by which a table is read so many times; one None unless each time has its own."""
    found = re.findall(rf"\b{key[0]} = \$(\d+)", sql) if len(key) == 1 else []
    return sorted({int(each) - 1 for each in found}) if len(found) == times else [None]


def _wheres(condition: str) -> dict[str, str]:
    """Columns that must equal something, by name; whatever else is asked stands under its own text."""
    parts = condition.removeprefix(" WHERE ").split(" AND ")
    return {name: value for name, _, value in (part.partition(" = ") for part in parts)}


def _places(given: Mapping[str, str], key: Sequence[str]) -> tuple[int, ...] | None:
    found = [_PARAMETER.fullmatch(given.get(column, "").strip()) for column in key]
    return tuple(int(each[1]) - 1 for each in found if each) if all(found) else None


def _with_columns(sql: str) -> str:
    return _PARAMETER.sub(r"_rows._\1", sql)


def _parts(text: str) -> list[str]:
    """What stands between the commas that are in no brackets."""
    parts, depth, begin = [], 0, 0
    for at, sign in enumerate(text):
        depth += (sign in "([") - (sign in ")]")
        if sign == "," and not depth:
            parts.append(text[begin:at].strip())
            begin = at + 1
    return [*parts, text[begin:].strip()]


def _closing(text: str) -> int:
    """Where the bracket closes with which the text begins."""
    depth = 0
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth:
            return at
    raise ValueError("a bracket is not closed")


def _top_level(text: str, word: str) -> int:
    """The last place of a word that stands in no brackets; -1: none."""
    depth, found = 0, -1
    for at, sign in enumerate(text):
        depth += (sign == "(") - (sign == ")")
        if not depth and text.startswith(word, at):
            found = at
    return found
