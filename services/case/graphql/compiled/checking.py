"""At start: the type map against the schema and the catalogue. What is never null there can never be null here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from services.case.graphql.compiled.declaring import Declared, Inline, Kinds, Leaf, Mapped, One, TypeMap
from services.case.graphql.compiled.sql import SQL
from services.case.graphql.compiled.values import Names, Parameters

if TYPE_CHECKING:
    from infra.postgres import Connection

ROW = "r"
_WIRE = {"Int": "int4", "Boolean": "bool"}
_TEXT = "text"


class TypeMapError(Exception):
    """The type map says what the schema or the database does not: `faults` names each place."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


async def check(connection: Connection, schema: GraphQLSchema, types: TypeMap) -> None:
    """Let pass a map that fits.

    Raises:
        TypeMapError: it does not.
    """
    faults = list(_against_schema(schema, types))
    for name, mapped in types.items():
        if mapped.table is not None:
            faults += await _against_catalogue(connection, schema, name, mapped)
    if faults:
        raise TypeMapError(faults)


def _against_schema(schema: GraphQLSchema, types: TypeMap) -> Iterator[str]:
    for name, mapped in types.items():
        if isinstance(mapped, Kinds):
            yield from (f"{name}: no type {target}" for target in mapped.types.values() if target not in types)
            continue
        fields = _fields(schema, name)
        for key, declared in mapped.fields.items():
            if key not in fields:
                yield f"{name}.{key}: the schema has no such field"
            elif is_leaf_type(get_named_type(fields[key].type)) is not isinstance(declared, Leaf):
                yield f"{name}.{key}: a leaf is declared as a leaf, and nothing else is"
            elif is_non_null_type(fields[key].type) and _may_be_null(declared):
                yield f"{name}.{key}: never null in the schema, but null where the map finds nothing"


def _may_be_null(declared: Declared) -> bool:
    match declared:
        case Leaf():
            return declared.needs is None
        case Inline():
            return declared.when is not None or declared.closed_to_all
        case One():
            return not declared.required
        case _:
            return False


async def _against_catalogue(
    connection: Connection, schema: GraphQLSchema, name: str, mapped: Mapped | Kinds
) -> list[str]:
    columns = {row["name"]: row["not_null"] for row in await connection.fetch(SQL["columns_of"], mapped.table)}
    if isinstance(mapped, Kinds):
        return [] if columns.get(mapped.column) else [f"{name}: {mapped.column} may be null"]
    fields = _fields(schema, name)
    leaves = {key: each for key, each in mapped.fields.items() if isinstance(each, Leaf) and key in fields}
    faults = [
        f"{name}.{key}: {column} may be null in {mapped.table}"
        for key, leaf in leaves.items()
        if is_non_null_type(fields[key].type)
        for column in leaf.needs or ()
        if not columns.get(column, False)
    ]
    for closed in (False, True):
        made = {key: leaf.closed if closed else leaf.sql for key, leaf in leaves.items()}
        faults += await _of_types(connection, name, str(mapped.table), fields, made)
    return faults


async def _of_types(
    connection: Connection, name: str, table: str, fields: Mapping[str, GraphQLField], made: Mapping[str, str | None]
) -> list[str]:
    """Prepared and never run: Postgres says what each leaf would be."""
    given = {key: sql for key, sql in made.items() if sql is not None}
    if not given:
        return []
    names = Names({"t": ROW}, Parameters())
    leaves = ", ".join(sql.format_map(names) for sql in given.values())
    statement = await connection.prepare(SQL["leaves_of"].format(leaves=leaves, table=table, row=ROW))
    return [
        f"{name}.{key}: {found.type.name} where {_expected(fields[key])} is expected"
        for key, found in zip(given, statement.get_attributes(), strict=True)
        if found.type.name != _expected(fields[key])
    ]


def _expected(field: GraphQLField) -> str:
    kind = get_nullable_type(field.type)
    named = get_named_type(kind)
    element = _TEXT if isinstance(named, GraphQLEnumType) else _WIRE.get(named.name, _TEXT)
    return f"{element}[]" if is_list_type(kind) else element


def _fields(schema: GraphQLSchema, name: str) -> Mapping[str, GraphQLField]:
    kind = schema.type_map.get(name)
    return kind.fields if isinstance(kind, GraphQLObjectType) else {}
