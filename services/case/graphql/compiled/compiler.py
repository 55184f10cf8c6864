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
from services.case.graphql.compiled.written import NULL, Json, Value, leaf, object_of, relation, sql_of

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
        return SQL["answer"].format(json=sql_of(json), shown=root.shown(), joins=root.joined())

    def object(
        self,
        kind: str,
        bodies: Sequence[SelectionSetNode],
        scope: Scope,
        names: dict[str, str],
        tag: str | None = None,
    ) -> Json:
        """An object of a concrete type out of a row. `tag`: the row's kind, where it is one of several."""
        return object_of(
            (key, self._field(Selected(kind=kind, nodes=nodes, scope=scope, names=names, tag=tag)))
            for key, nodes in self.collector.fields(kind, bodies).items()
        )

    def row(self, kind: str, bodies: Sequence[SelectionSetNode], scope: Scope) -> Json:
        """An object of a type, or of one of an interface's types, out of a row."""
        mapped = self.types[kind]
        names = {"t": scope.row}
        if isinstance(mapped, Mapped):
            return self.object(kind, bodies, scope, names)
        scope.kind_column, scope.kinds = mapped.column, frozenset(mapped.types)
        arms = "".join(
            f" WHEN '{tag}' THEN {sql_of(self.object(target, bodies, scope, names, tag))}"
            for tag, target in mapped.types.items()
        )
        return (Value(f"CASE {scope.row}.{mapped.column}{arms} END"),)

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
        return self._sites.ask(read, self._definition(at), at.nodes[0])

    def _definition(self, at: Selected) -> GraphQLField:
        owner = self._schema.type_map[at.kind]
        if not isinstance(owner, GraphQLObjectType):
            raise Unplannable(at.kind)
        found: GraphQLField = owner.fields[at.name]
        return found

    def _field(self, at: Selected) -> Json:
        if at.name == "__typename":
            return (f'"{at.kind}"',)
        mapped = self.types.get(at.kind)
        declared = mapped.fields.get(at.name) if isinstance(mapped, Mapped) else None
        match declared:
            case Leaf():
                return leaf(self._leaf(declared, at), self._definition(at).type)
            case Inline():
                return self._inline(declared, at)
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
        return relation(made, self._definition(at).type)

    def _leaf(self, declared: Leaf, at: Selected) -> str:
        template = declared.sql if self.mask.opens or declared.closed is None else declared.closed
        sql = self.filled(template, at.names)
        if declared.guarded:
            at.scope.bail(f"{sql} IS NULL", at.tag)
        if declared.bails is not None:
            at.scope.bail(self.filled(declared.bails, at.names), at.tag)
        return sql

    def _inline(self, declared: Inline, at: Selected) -> Json:
        if declared.closed_to_all and not self.mask.opens:
            return NULL
        if declared.when is not None:
            return (Value(self.inline(declared, at, otherwise="'null'")),)
        return self._of_same_row(declared, at)

    def inline(self, declared: Inline, at: Selected, *, otherwise: str) -> str:
        """An object of the same row under its condition."""
        when = self.filled(declared.when or "true", at.names)
        return f"CASE WHEN {when} THEN {sql_of(self._of_same_row(declared, at))} ELSE {otherwise} END"

    def _of_same_row(self, declared: Inline, at: Selected) -> Json:
        values = {name: self.filled(template, at.names) for name, template in declared.values.items()}
        return self.object(declared.target, at.bodies, at.scope, {**at.names, **values}, at.tag)
