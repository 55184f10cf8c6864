"""One operation to one statement: a lateral join per relation, whose JSON text is the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Protocol

from graphql import FieldNode, GraphQLField, GraphQLObjectType, GraphQLSchema, SelectionSetNode

from services.case.graphql.compiled import relations
from services.case.graphql.compiled.collecting import Collector
from services.case.graphql.compiled.declaring import (
    Either,
    Inline,
    Leaf,
    Many,
    Mapped,
    One,
    Page,
    Start,
    TypeMap,
    Unplannable,
)
from services.case.graphql.compiled.paging import page
from services.case.graphql.compiled.policies import Mask
from services.case.graphql.compiled.reading import PARENT_CUSTOMER, Asked
from services.case.graphql.compiled.scopes import Scope, Selected
from services.case.graphql.compiled.sql import SQL
from services.case.graphql.compiled.values import Names, Parameters

LABEL_BYTES_MAX = 63
"""Of a column in Postgres; longer aliases are Strawberry's."""
NULL = "NULL::text"
RELATIONS_MAX = 150
_PLACE = re.compile(r"\$(\d+)")


class Sites(Protocol):
    """Reads the arguments of fields."""

    def ask(self, read: Any, definition: GraphQLField, node: FieldNode) -> tuple[int, Asked]:
        """What a field asks for, and the number of the place where it does.

        Raises:
            Unplannable: its resolver is to tell why not.
        """
        ...


class Compiler:
    """Compiles one operation for one mask and one set of flags."""

    def __init__(self, schema: GraphQLSchema, types: TypeMap, collector: Collector, sites: Sites, mask: Mask) -> None:
        self.types = types
        self.collector = collector
        self.parameters = Parameters()
        self.mask = mask
        self._schema = schema
        self._sites = sites
        self._rows = 0

    def compiled(self, selections: SelectionSetNode) -> str:
        """The statement of a query's selections.

        Raises:
            Unplannable: it asks for something that is not in the type map.
        """
        root = Scope(row="r0")
        json = self.object("Query", [selections], root, {"t": "r0"})
        return SQL["answer"].format(json=json, shown=root.shown(), joins=root.joined())

    def object(
        self,
        kind: str,
        bodies: Sequence[SelectionSetNode],
        scope: Scope,
        names: dict[str, str],
        tag: str | None = None,
    ) -> str:
        """An object of a concrete type out of a row. `tag`: the row's kind, where it is one of several."""
        cells = [
            f"{self._field(Selected(kind=kind, nodes=nodes, scope=scope, names=names, tag=tag))} AS {self.label(key)}"
            for key, nodes in self.collector.fields(kind, bodies).items()
        ]
        return SQL["object"].format(fields=", ".join(cells))

    def row(self, kind: str, bodies: Sequence[SelectionSetNode], scope: Scope) -> str:
        """An object of a type, or of one of an interface's types, out of a row."""
        mapped = self.types[kind]
        names = {"t": scope.row}
        if isinstance(mapped, Mapped):
            return self.object(kind, bodies, scope, names)
        scope.kind_column, scope.kinds = mapped.column, frozenset(mapped.types)
        arms = "".join(
            f" WHEN '{tag}' THEN {self.object(target, bodies, scope, names, tag)}"
            for tag, target in mapped.types.items()
        )
        return f"CASE {scope.row}.{mapped.column}{arms} END"

    def label(self, key: str) -> str:
        """A response key as a column's name."""
        if len(key) > LABEL_BYTES_MAX:
            raise Unplannable("alias")
        return f'"{key}"'

    def new_row(self) -> str:
        """A name that no other row has."""
        self._rows += 1
        if self._rows > RELATIONS_MAX:
            raise Unplannable("size")
        return f"r{self._rows}"

    def filled(self, template: str, names: dict[str, str]) -> str:
        """A template of the type map as SQL."""
        return template.format_map(Names(names, self.parameters))

    def placed(self, template: str, site: int, asked: Asked, parent: str) -> str:
        """SQL that came of arguments, its values bound in the statement's own places."""

        def place(found: re.Match[str]) -> str:
            number = int(found[1]) - 1
            if asked.values[number] is PARENT_CUSTOMER:
                return f"{parent}.customer_id"
            return self.parameters.of_site(site, number)

        return _PLACE.sub(place, template)

    def ask(self, read: Any, at: Selected) -> tuple[int, Asked]:
        """What a field's arguments ask for."""
        owner = self._schema.type_map[at.kind]
        if not isinstance(owner, GraphQLObjectType):
            raise Unplannable(at.kind)
        return self._sites.ask(read, owner.fields[at.name], at.nodes[0])

    def _field(self, at: Selected) -> str:
        if at.name == "__typename":
            return f"'{at.kind}'::text"
        mapped = self.types.get(at.kind)
        declared = mapped.fields.get(at.name) if isinstance(mapped, Mapped) else None
        match declared:
            case Leaf():
                made = self._leaf(declared, at)
            case Inline():
                made = self._inline(declared, at)
            case Either():
                made = relations.either(self, declared, at)
            case One():
                made = relations.one(self, declared, at)
            case Start():
                made = relations.start(self, declared, at)
            case Many():
                made = relations.many(self, declared, at)
            case Page():
                made = page(self, declared, at)
            case _:
                raise Unplannable(f"{at.kind}.{at.name}")
        return made

    def _leaf(self, leaf: Leaf, at: Selected) -> str:
        template = leaf.sql if self.mask.opens or leaf.closed is None else leaf.closed
        sql = self.filled(template, at.names)
        if leaf.guarded:
            at.scope.bail(f"{sql} IS NULL", at.tag)
        return sql

    def _inline(self, inline: Inline, at: Selected) -> str:
        if inline.closed_to_all and not self.mask.opens:
            return NULL
        values = {name: self.filled(template, at.names) for name, template in inline.values.items()}
        json = self.object(inline.target, at.bodies, at.scope, {**at.names, **values}, at.tag)
        return json if inline.when is None else f"CASE WHEN {self.filled(inline.when, at.names)} THEN {json} END"
