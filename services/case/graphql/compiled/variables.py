"""The variables of an operation, coerced once for each value that is met again: most of a screen's never change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from graphql import (
    DirectiveNode,
    GraphQLSchema,
    NamedTypeNode,
    Node,
    NonNullTypeNode,
    VariableDefinitionNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.execution.values import VariableValues, get_variable_values

from services.case.graphql.compiled.declaring import Unplannable

VALUES_KEPT_MAX = 256
"""Of one variable, or of one field's arguments."""
VALUE_LENGTH_MAX = 1_000
"""Longer ones are looked at each time: what is kept has a limit."""

Key = object
"""What a value is known by: unlike values have unlike keys, where Python takes 1, 1.0 and True for one."""
_ABSENT = (None, None)


class Given:
    """The variables of one request. `keys` None: not all of them can be kept."""

    __slots__ = ("_coerced", "_keys", "_texts", "_variables")

    def __init__(
        self, variables: Variables, keys: dict[str, Key], coerced: dict[str, VariableValues], texts: dict[str, str]
    ) -> None:
        self._variables = variables
        self._keys = keys
        self._coerced = coerced
        self._texts = texts

    def key(self, names: tuple[str, ...]) -> tuple[Key, ...] | None:
        """What these variables are known by, None where one of them is too long to be kept."""
        keys = tuple([self._keys[name] for name in names])
        return None if None in keys else keys

    def value(self, name: str) -> Any:
        """One of them, coerced; None where it is left out."""
        return self._texts[name] if name in self._texts else self._coerced[name].coerced.get(name)

    def coerced(self, names: tuple[str, ...]) -> VariableValues:
        """These alone, as the library passes them on."""
        sources: dict[str, Any] = {}
        coerced: dict[str, Any] = {}
        for name in names:
            text = self._texts.get(name)
            found = self._coerced[name] if text is None else self._variables.coerced_text(name, text)
            sources.update(found.sources)
            coerced.update(found.coerced)
        return VariableValues(sources, coerced)


class Variables:
    """What an operation declares, or a part of it."""

    def __init__(self, schema: GraphQLSchema, declared: Iterable[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._declared = {
            definition.variable.name.value: (definition, dict[Key, VariableValues](), _takes_text(definition))
            for definition in declared
        }

    def given(self, variables: Mapping[str, Any]) -> Given:
        """The values of one request.

        Raises:
            Unplannable: one of them is not of its type; Strawberry tells which.
        """
        keys: dict[str, Key] = {}
        coerced: dict[str, VariableValues] = {}
        texts: dict[str, str] = {}
        for name, (definition, known, takes_text) in self._declared.items():
            if takes_text and variables.get(name).__class__ is str:
                texts[name] = variables[name]
                keys[name] = _key(variables[name])
                continue
            key = keys[name] = _key(variables[name]) if name in variables else _ABSENT
            found = None if key is None else known.get(key)
            coerced[name] = self._coerced(definition, variables, known, key) if found is None else found
        return Given(self, keys, coerced, texts)

    def coerced_text(self, name: str, text: str) -> VariableValues:
        """A text, as the library passes it on."""
        definition, known, _ = self._declared[name]
        return self._coerced(definition, {name: text}, known, None)

    def _coerced(
        self,
        definition: VariableDefinitionNode,
        variables: Mapping[str, Any],
        known: dict[Key, VariableValues],
        key: Key | None,
    ) -> VariableValues:
        found = get_variable_values(self._schema, [definition], dict(variables))
        if isinstance(found, list):
            raise Unplannable("variables")
        if key is not None:
            keep(known, key, found)
        return found


def _takes_text(definition: VariableDefinitionNode) -> bool:
    """Whether any text is a value of this variable, and stays as it is."""
    kind = definition.type.type if isinstance(definition.type, NonNullTypeNode) else definition.type
    return isinstance(kind, NamedTypeNode) and kind.name.value in {"ID", "String"}


def keep(known: dict[Any, Any], key: Any, value: Any) -> None:
    """Keep a value, and throw all away where there are too many."""
    if len(known) >= VALUES_KEPT_MAX:
        known.clear()
    known[key] = value


def _key(value: Any) -> Key | None:
    kind = value.__class__
    if kind is str:
        return value if len(value) <= VALUE_LENGTH_MAX else None
    if kind is dict or kind is list:
        try:
            written = orjson.dumps(value)
        except TypeError:
            raise Unplannable("variables") from None
        return (kind, written) if len(written) <= VALUE_LENGTH_MAX else None
    return kind, value


class _Variables(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        """One of them."""
        self.names.add(node.name.value)


class _Flags(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        """One `@include` or `@skip`."""
        self.names |= variables_of(node)


def variables_of(node: Node) -> set[str]:
    """The variables that a part of a document uses."""
    found = _Variables()
    visit(node, found)
    return found.names


def flags_of(node: Node) -> set[str]:
    """The variables that decide what is included or skipped."""
    found = _Flags()
    visit(node, found)
    return found.names
