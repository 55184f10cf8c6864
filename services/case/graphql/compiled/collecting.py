"""Which fields an operation selects of an object: CollectFields of the GraphQL specification."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    SelectionSetNode,
    VariableNode,
    is_abstract_type,
)

from services.case.graphql.compiled.declaring import Unplannable

Fields = dict[str, list[FieldNode]]
"""By response key, in the order of the answer."""


class Collector:
    """Of one operation with one set of values for the variables of its `@include` and `@skip`."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], flags: Mapping[str, Any]
    ) -> None:
        self._schema = schema
        self._fragments = fragments
        self._flags = flags

    def fields(self, kind: str, selections: Iterable[SelectionSetNode]) -> Fields:
        """What is selected of an object of this type."""
        found: Fields = {}
        seen: set[str] = set()
        for each in selections:
            self._collect(kind, each, found, seen)
        return found

    def _collect(self, kind: str, selections: SelectionSetNode, found: Fields, seen: set[str]) -> None:
        for part in selections.selections:
            if not self._wanted(part):
                continue
            if isinstance(part, FieldNode):
                found.setdefault((part.alias or part.name).value, []).append(part)
                continue
            inner = self._inner(part, seen)
            if inner is None:
                continue
            condition, body = inner
            if condition is None or self._fits(kind, condition):
                self._collect(kind, body, found, seen)

    def _inner(self, part: Any, seen: set[str]) -> tuple[str | None, SelectionSetNode] | None:
        if isinstance(part, InlineFragmentNode):
            return (part.type_condition.name.value if part.type_condition else None), part.selection_set
        if not isinstance(part, FragmentSpreadNode):
            raise Unplannable("selection")
        name = part.name.value
        if name in seen:
            return None
        seen.add(name)
        fragment = self._fragments[name]
        return fragment.type_condition.name.value, fragment.selection_set

    def _wanted(self, part: Any) -> bool:
        for directive in part.directives or ():
            name = directive.name.value
            if name not in {"include", "skip"}:
                raise Unplannable("directive")
            value = directive.arguments[0].value
            truth = self._flags[value.name.value] if isinstance(value, VariableNode) else value.value
            if truth is (name == "skip"):
                return False
        return True

    def _fits(self, kind: str, condition: str) -> bool:
        if kind == condition:
            return True
        abstract, concrete = self._schema.type_map[condition], self._schema.type_map[kind]
        return (
            is_abstract_type(abstract)
            and isinstance(concrete, GraphQLObjectType)
            and self._schema.is_sub_type(abstract, concrete)
        )
