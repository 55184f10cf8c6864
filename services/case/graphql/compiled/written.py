"""JSON as it is written in SQL: what never changes is a constant, and the values are joined to it.

`row_to_json` looks up what each column is in each row, and costs half as much again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from graphql import (
    GraphQLEnumType,
    GraphQLOutputType,
    get_named_type,
    get_nullable_type,
    is_list_type,
    is_non_null_type,
)


@dataclass(frozen=True, slots=True)
class Value:
    """SQL of a text that is JSON, or a part of it; never null where the row is answered for."""

    sql: str


Json: TypeAlias = tuple[str | Value, ...]
"""Constant JSON and values in turn."""

NULL: Json = ("null",)
_PLAIN = frozenset({"ID", "DateTime", "Decimal", "CurrencyCode"})
"""Scalars whose text has nothing that JSON would escape; enums are such, too."""
_AS_THEY_ARE = frozenset({"Int", "Float", "Boolean"})


def sql_of(json: Json) -> str:
    """The text as one SQL expression."""
    parts: list[str] = []
    constant = ""
    for part in json:
        if isinstance(part, str):
            constant += part
            continue
        if constant:
            parts.append(f"'{constant}'")
            constant = ""
        parts.append(f"({part.sql})")
    if constant or not parts:
        parts.append(f"'{constant}'::text" if not parts else f"'{constant}'")
    return " || ".join(parts)


def object_of(fields: Iterable[tuple[str, Json]]) -> Json:
    """An object. Keys are GraphQL names: nothing in them is to be escaped."""
    found: list[str | Value] = []
    for key, json in fields:
        found += [f'{"," if found else "{"}"{key}":', *json]
    return (*(found or ["{"]), "}")


def relation(sql: str, kind: GraphQLOutputType) -> Json:
    """What a relation's row is, of which null is that there is none."""
    return (Value(sql if is_non_null_type(kind) else f"coalesce({sql}, 'null')"),)


def leaf(sql: str, kind: GraphQLOutputType) -> Json:
    """A value of a type: `sql` is as `checking` wants it."""
    named = get_named_type(kind)
    if is_list_type(get_nullable_type(kind)):
        return relation(f"array_to_json({sql})::text", kind)
    if isinstance(named, GraphQLEnumType) or named.name in _PLAIN:
        if is_non_null_type(kind):
            return ('"', Value(sql), '"')
        return (Value(f"""coalesce('"' || ({sql}) || '"', 'null')"""),)
    if named.name in _AS_THEY_ARE:
        return relation(f"({sql})::text", kind)
    return relation(f"to_json(({sql})::text)::text", kind)
