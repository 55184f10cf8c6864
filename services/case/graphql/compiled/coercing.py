"""The arguments of a mutation in one pass over what came, where it is what the schema says.

graphql-core and Strawberry go over each value several times and look at each field's type anew, which was a sixth of
what a small mutation costs. What is made here is what they make; whatever is not plainly right is left to them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING
from enum import Enum
from typing import Any

from graphql import (
    FieldNode,
    GraphQLArgument,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    is_leaf_type,
    print_ast,
)
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry.schema.config import StrawberryConfig
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.field import StrawberryField
from strawberry.types.lazy_type import LazyType

Coerce = Callable[[Any], Any]


class NotPlainError(Exception):
    """This value, or values of this type, are for the libraries."""


class Coercion:
    """Arguments that each are one variable of the same type."""

    def __init__(self, parts: Sequence[tuple[str, str, Coerce]]) -> None:
        self._parts = parts

    @classmethod
    def of(
        cls,
        node: FieldNode,
        definition: Mapping[str, GraphQLArgument],
        declared: Sequence[StrawberryArgument],
        variables: Sequence[VariableDefinitionNode],
        config: StrawberryConfig,
    ) -> Coercion | None:
        """Of a field's arguments; None where they are of another kind."""
        kinds = {each.variable.name.value: print_ast(each.type) for each in variables if not each.default_value}
        made = {config.name_converter.from_argument(each): each for each in declared}
        parts = []
        try:
            for argument in node.arguments or ():
                name, value = argument.name.value, argument.value
                type_ = definition[name].type
                if not isinstance(value, VariableNode) or kinds.get(value.name.value) != str(type_):
                    return None
                python_name = made[name].python_name
                parts.append((value.name.value, python_name, _coerce(type_, made[name].type, config)))
        except NotPlainError:
            return None
        given = {argument.name.value for argument in node.arguments or ()}
        return cls(parts) if given == definition.keys() else None

    def arguments(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """The resolver's arguments.

        Raises:
            NotPlainError: the libraries are to look at them.
        """
        try:
            return {python_name: coerce(variables[name]) for name, python_name, coerce in self._parts}
        except NotPlainError:
            raise
        except Exception:  # noqa: BLE001  (whatever a scalar or an input refuses it with, the libraries tell of it)
            raise NotPlainError from None


def _coerce(type_: Any, made: Any, config: StrawberryConfig) -> Coerce:
    """What makes of a value of the type what the resolver takes."""
    if isinstance(type_, GraphQLNonNull):
        return _never_null(_of_some(type_.of_type, made, config))
    return _or_null(_of_some(type_, made, config))


def _of_some(type_: Any, made: Any, config: StrawberryConfig) -> Coerce:
    while isinstance(made, StrawberryOptional | LazyType):
        if isinstance(made, StrawberryMaybe):
            raise NotPlainError
        made = made.of_type if isinstance(made, StrawberryOptional) else made.resolve_type()
    if isinstance(type_, GraphQLList):
        if not isinstance(made, StrawberryList):
            raise NotPlainError
        return _of_list(_coerce(type_.of_type, made.of_type, config))
    if is_leaf_type(type_):
        return _of_leaf(type_.coerce_input_value)
    if isinstance(type_, GraphQLInputObjectType) and has_object_definition(made):
        return _of_input(type_, made, config)
    raise NotPlainError


def _never_null(coerce: Coerce) -> Coerce:
    def coerced(value: Any) -> Any:
        if value is None:
            raise NotPlainError
        return coerce(value)

    return coerced


def _or_null(coerce: Coerce) -> Coerce:
    def coerced(value: Any) -> Any:
        return None if value is None else coerce(value)

    return coerced


def _of_list(coerce: Coerce) -> Coerce:
    def coerced(value: Any) -> Any:
        if value.__class__ is not list:
            raise NotPlainError
        return [coerce(each) for each in value]

    return coerced


def _of_leaf(coerce: Coerce) -> Coerce:
    def coerced(value: Any) -> Any:
        found = coerce(value)
        if found is Undefined:
            raise NotPlainError
        return found

    return coerced


def _of_input(type_: GraphQLInputObjectType, made: Any, config: StrawberryConfig) -> Coerce:
    definition = made.__strawberry_definition__
    if definition.from_input is not None:
        raise NotPlainError
    fields = {config.name_converter.from_field(each): each for each in definition.fields}
    parts = [
        _field(name, each, fields[name], fields[name].resolve_type(type_definition=definition), config)
        for name, each in type_.fields.items()
    ]
    one_of = definition.is_one_of  # Strawberry's own rule, not in graphql-core's type

    def coerced(value: Any) -> Any:
        if value.__class__ is not dict or (one_of and (len(value) != 1 or None in value.values())):
            raise NotPlainError
        known, arguments = 0, {}
        for name, python_name, coerce, otherwise in parts:
            if name in value:
                known += 1
                arguments[python_name] = coerce(value[name])
            elif otherwise is _REQUIRED:
                raise NotPlainError
            elif otherwise is not _BY_CLASS:
                arguments[python_name] = otherwise
        if known != len(value):
            raise NotPlainError
        return made(**arguments)

    return coerced


_REQUIRED, _BY_CLASS = object(), object()
"""Where a field is left out: that may not be; the class of the input has a default of its own."""


def _field(
    name: str, field: GraphQLInputField, python: StrawberryField, made: Any, config: StrawberryConfig
) -> tuple[str, str, Coerce, Any]:
    """Of one field: its names, what makes its value, and what it is where it is left out."""
    default = coerce_default_value(field)
    own = python.default_value, python.default_factory
    otherwise: Any = default
    if isinstance(field.type, GraphQLNonNull) and default is Undefined:
        otherwise = _REQUIRED
    elif default is Undefined:
        otherwise = None if all(each is MISSING for each in own) else _BY_CLASS
    elif not isinstance(default, str | int | float | Enum | None):
        raise NotPlainError
    return name, python.python_name, _coerce(field.type, made, config), otherwise
