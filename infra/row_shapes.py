"""What a projection's statement does to which rows, read from its text, and its text for many rows at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

_PARAMETER = re.compile(r"\$(\d+)")
_INSERTED = re.compile(r"INSERT INTO (\w+)(?: AS \w+)? \(([^()]*)\)\s+(VALUES|SELECT)\b")
_UPDATED = re.compile(r"UPDATE (\w+)(?: AS \w+)?\s+SET\b")
_DELETED = re.compile(r"DELETE FROM (\w+)\s+WHERE\b")
_READ = re.compile(r"\b(?:FROM|JOIN|USING) (\w+)\b(?!\s*\()(?: AS (\w+)| (?!WHERE|JOIN|ON|USING|ORDER|GROUP)(\w+))?")
_SAME_FOR_ALL = re.compile(r"(?:\$\d+|NULL|true|false|pg_current_xact_id\(\)|'[^']*')(?:::\w+(?:\[\])?)?")
_WORD = re.compile(r"\w+")
_COMMENT = re.compile(r"--.*")

Keys = Mapping[str, Sequence[str]]
"""Columns of each table: of its primary key, or those by which its rows are parted."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What order among its rows, and between them and others, has to be kept. Places are those of arguments, from 0.

    `table`: where it writes. `key`: where that stands by which its rows are parted; None: it may write any of them.
    `reads`: other tables, with the place of that by which their rows are parted; None: it may read any of them.
    `overwrites`: of two of its rows with one key the later one alone has the same effect. `sql`: its text for many
    rows; empty: it has none. `seeks`: tables in which it looks for rows by something else than their primary key.
    `sets`: all that it does is to give these columns values, in every row with that key; `uses`: for which it looks at
    these, and maybe others. `inserted`: all that it does is to insert a row with these values, as SQL by column.
    """

    table: str
    key: tuple[int, ...] | None
    reads: tuple[tuple[str, int | None], ...]
    overwrites: bool
    sql: str
    seeks: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()
    uses: frozenset[str] = frozenset()
    inserted: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Written:
    """A statement that was understood. `named`: columns of the rows it writes whose value it says, as SQL.

    `whole`: its text for many rows, but for its parameters; empty: it has none. `outside`: its text without what
    chooses the rows that it changes. `changed`: columns that it gives other values in rows that are there; `used`: the
    words with which it says these values.
    `repeatable`: done twice to a row it has the effect of the second time.
    """

    table: str
    sql: str
    outside: str
    whole: str
    named: Mapping[str, str]
    inserts: bool = False
    inserts_values: bool = False
    on_conflict: bool = False
    changed: frozenset[str] = frozenset()
    used: frozenset[str] = frozenset()
    repeatable: bool = False

    def places(self, columns: Sequence[str]) -> tuple[int, ...] | None:
        """The arguments that it gives these columns; None unless it gives each one."""
        found = [_PARAMETER.fullmatch(self.named.get(column, "").strip()) for column in columns]
        return tuple(int(each[1]) - 1 for each in found if each) if all(found) else None


def shapes_of(texts: Iterable[str], keys: Keys) -> dict[str, Shape | None]:
    """The shapes of all statements that write some tables, by their text. `keys`: of these tables.

    None for one that is not understood: it is carried out row by row, in its place. In a shape's `sql` arguments are
    the columns `_1`, `_2` of `_rows`, a relation that is still to be named: `{rows}`.
    """
    written = {text: _understood(text, keys) for text in texts}
    known = [each for each in written.values() if each is not None]
    parted = {table: _parted_by([each for each in known if each.table == table], key) for table, key in keys.items()}
    return {text: None if each is None else _shape(each, keys, parted) for text, each in written.items()}


def _understood(text: str, keys: Keys) -> _Written | None:
    sql = " ".join(_COMMENT.sub("", text).split())
    for pattern, make in ((_INSERTED, _insert), (_UPDATED, _update), (_DELETED, _delete)):
        found = pattern.match(sql)
        if found is not None and found[1] in keys and "{" not in sql:
            return make(sql, found, keys[found[1]])
    return None


def _parted_by(written: Sequence[_Written], key: Sequence[str]) -> Sequence[str]:
    """Columns such that statements which give them other values never write the same row: all statements name them.

    None of them is ever changed; they are of the key, or of a table in which nothing is done upon a conflict. Where
    there are none it is the key, and a statement that does not name it may write any row.
    """
    named = [{column for column in each.named if each.places([column])} for each in written]
    common = set[str]().union(*named).intersection(*named) - set[str]().union(*(each.changed for each in written))
    of_key = [column for column in key if column in common]
    if of_key or any(each.on_conflict for each in written):
        return of_key or key
    return sorted(common) or key


def _shape(written: _Written, keys: Keys, parted: Keys) -> Shape:
    table, by = written.table, parted[written.table]
    # One that looks at other rows of the table that it writes may depend on any of them.
    own = table in {name for name, *_ in _READ.findall(written.sql.removeprefix(f"DELETE FROM {table}"))}
    places = None if own or written.changed.intersection(by) else written.places(by)
    read: dict[str, list[str]] = {}
    for name, alias, other in _READ.findall(written.sql):
        if name in keys and name != table:
            read.setdefault(name, []).append(alias or other or name)
    sought = {name for name, aliases in read.items() if _places_read(written, aliases, keys[name]) == [None]}
    sought |= set() if written.inserts or written.places(keys[table]) else {table}
    # An insertion that gives way to no row changes the one of its whole key, another statement all that it names.
    of_all = places is not None and set(by) == (set(keys[table]) if written.inserts else set(written.named))
    only_sets = of_all and not written.inserts and table not in written.used
    return Shape(
        table,
        places,
        tuple((name, at) for name, aliases in read.items() for at in _places_read(written, aliases, parted[name])),
        of_all and written.repeatable,
        _with_columns(written.whole),
        frozenset(sought),
        written.changed if only_sets else frozenset(),
        written.used if only_sets else frozenset(),
        written.named if written.inserts_values else {},
    )


def _insert(sql: str, found: re.Match[str], key: Sequence[str]) -> _Written | None:
    columns = [column.strip() for column in found[2].split(",")]
    head, rest = sql[: found.start(3)], sql[found.end(3) :].strip()
    if found[3] == "VALUES":
        end = _closing(rest)
        given, after = _parts(rest[1:end]), rest[end + 1 :].strip()
        whole = "" if _PARAMETER.search(after) else f"{head}SELECT {rest[1:end]} FROM {{rows}} {after}"
    else:
        chosen, on_conflict, after = rest.partition(" ON CONFLICT ")
        place, where = _top_level(chosen, " FROM "), _top_level(chosen, " WHERE ")
        if (on_conflict and not after.endswith("DO NOTHING")) or max(place, where) < 0:
            return None
        given = _parts(chosen[: place if place >= 0 else where])
        others = f", {chosen[place + len(' FROM ') :]}" if place >= 0 else chosen[where:]
        whole = f"{head}SELECT {', '.join(given)} FROM {{rows}}{others}{on_conflict}{after}"
    _, taken_over, sets = after.partition(" DO UPDATE SET ")
    changes = _parts(sets) if taken_over else []
    return _Written(
        table=found[1],
        sql=sql,
        outside=sql,
        whole=whole,
        named=dict(zip(columns, given, strict=True)),
        inserts=True,
        inserts_values=found[3] == "VALUES" and not after,
        on_conflict="ON CONFLICT" in sql,
        changed=_changed(changes),
        repeatable=bool(changes)
        and set(changes) == {f"{each} = excluded.{each}" for each in columns if each not in key},
    )


def _update(sql: str, found: re.Match[str], _key: Sequence[str]) -> _Written | None:
    place = _top_level(sql, " WHERE ")
    if place < 0 or _top_level(sql, " FROM ") >= 0:
        return None
    sets = _parts(sql[found.end() : place])
    return _Written(
        table=found[1],
        sql=sql,
        outside=sql[:place],
        whole=f"{sql[:place]} FROM {{rows}}{sql[place:]}",
        named=_wheres(sql[place:]),
        changed=_changed(sets),
        used=frozenset(word for each in sets for word in _WORD.findall(each.partition(" = ")[2])),
        repeatable=all(_SAME_FOR_ALL.fullmatch(each.partition(" = ")[2].strip()) for each in sets),
    )


def _delete(sql: str, found: re.Match[str], _key: Sequence[str]) -> _Written:
    place = _top_level(sql, " WHERE ")
    return _Written(
        table=found[1],
        sql=sql,
        outside="",
        whole=f"{sql[:place]} USING {{rows}}{sql[place:]}",
        named=_wheres(sql[place:]),
        repeatable=True,
    )


def _changed(sets: Sequence[str]) -> frozenset[str]:
    return frozenset(each.partition(" = ")[0].strip() for each in sets)


def _places_read(written: _Written, aliases: Sequence[str], key: Sequence[str]) -> Sequence[int | None]:
    """Where that stands by which a table's rows are read there; one None unless each time it is said."""
    if len(key) != 1:
        return [None]
    names = "|".join(aliases)
    found = re.findall(rf"(?<![\w.])(?:(?:{names})\.)?{key[0]} = \$(\d+)", written.outside)
    return sorted({int(each) - 1 for each in found}) if len(found) == len(aliases) else [None]


def _wheres(condition: str) -> dict[str, str]:
    """Columns that must equal something, by name; whatever else is asked stands under its own text."""
    parts = [""]
    for part in condition.removeprefix(" WHERE ").split(" AND "):
        inside = parts[-1].count("(") > parts[-1].count(")") or " OR " in condition
        parts[-1:] = [f"{parts[-1]} AND {part}"] if inside else [parts[-1], part]
    return {name: value for name, _, value in (part.partition(" = ") for part in parts[1:])}


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
