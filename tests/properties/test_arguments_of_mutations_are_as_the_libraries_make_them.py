"""One pass over a mutation's variables makes what graphql-core and Strawberry make of them, or leaves them to those."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    OperationDefinitionNode,
    get_variable_values,
    parse,
)
from graphql.execution.values import get_argument_values
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.types.arguments import convert_arguments

from services.case.graphql.compiled.coercing import Coercion, NotPlainError
from services.case.graphql.schema import make_schema

SCHEMA = make_schema()
CORE = SCHEMA._schema
FIELDS = CORE.mutation_type.fields if CORE.mutation_type else {}
_WORDS = (
    "nl",
    "EUR",
    "anna",
    "2026-11-18T12:00:00Z",
    "2026-11-18",
    "P1D",
    "Q3VzdG9tZXI6MQ",
    "12.50",
    "Europe/Amsterdam",
)
_LEAVES = (
    st.sampled_from(_WORDS) | st.text(max_size=5) | st.integers(-5, 5_000) | st.booleans() | st.floats() | st.none()
)


def _valid(type_: Any) -> st.SearchStrategy[Any]:
    if isinstance(type_, GraphQLNonNull):
        return _some(type_.of_type)
    return st.none() | _some(type_)


def _some(type_: Any) -> st.SearchStrategy[Any]:
    if isinstance(type_, GraphQLList):
        return st.lists(_valid(type_.of_type), max_size=3)
    if isinstance(type_, GraphQLEnumType):
        return st.sampled_from(sorted(type_.values))
    if isinstance(type_, GraphQLInputObjectType):
        fields = {name: _valid(each.type) for name, each in type_.fields.items()}
        if type_.extensions["strawberry-definition"].is_one_of:
            return st.sampled_from(sorted(fields)).flatmap(lambda name: st.fixed_dictionaries({name: fields[name]}))
        needed = {name for name, each in type_.fields.items() if isinstance(each.type, GraphQLNonNull)}
        return st.fixed_dictionaries(
            {name: fields[name] for name in needed}, optional={name: fields[name] for name in fields.keys() - needed}
        )
    kinds = {
        "Int": st.integers(0, 9_000),
        "Boolean": st.booleans(),
        "ID": st.sampled_from(_WORDS) | st.integers(),
        "DateTime": st.just("2026-11-18T12:00:00Z"),
        "Decimal": st.just("12.50"),
        "CurrencyCode": st.just("EUR"),
    }
    return kinds.get(type_.name, st.sampled_from(_WORDS))


def _spoilt(value: Any) -> st.SearchStrategy[Any]:
    """The same with something that does not belong there, or without something that does."""
    if isinstance(value, dict):
        inner = [
            st.tuples(st.just(name), _spoilt(each)).map(lambda new: {**value, new[0]: new[1]})
            for name, each in value.items()
        ]
        fewer = [st.just({key: each for key, each in value.items() if key != name}) for name in value]
        return st.one_of(st.just({**value, "nobody": 1}), _LEAVES, *inner, *fewer)
    if isinstance(value, list):
        return st.one_of(
            _LEAVES, st.lists(_LEAVES, max_size=2), *[_spoilt(each).map(lambda new: [new]) for each in value]
        )
    return (
        _LEAVES
        | st.lists(_LEAVES, max_size=2)
        | st.dictionaries(st.sampled_from(["id", "handle"]), _LEAVES, max_size=2)
    )


@pytest.mark.parametrize("name", sorted(FIELDS))
def test_one_pass_gives_what_the_libraries_give(name: str) -> None:
    """Of right values it makes the same; of wrong ones nothing."""
    definition = FIELDS[name]
    declared = definition.extensions["strawberry-definition"].arguments
    names = {argument: f"v{number}" for number, argument in enumerate(definition.args)}
    heads = ", ".join(f"${names[each]}: {one.type}" for each, one in definition.args.items())
    passed = ", ".join(f"{each}: ${variable}" for each, variable in names.items())
    tree = parse(f"mutation ({heads}) {{ {name}({passed}) {{ __typename }} }}")
    operation = tree.definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    node = operation.selection_set.selections[0]
    assert isinstance(node, FieldNode)
    variables = operation.variable_definitions or ()
    coercion = Coercion.of(node, definition.args, declared, variables, SCHEMA.config)
    assert coercion is not None
    whole = st.fixed_dictionaries({names[each]: _valid(one.type) for each, one in definition.args.items()})
    taken = []

    @settings(max_examples=15)
    @given(whole | whole.flatmap(_spoilt).filter(lambda value: isinstance(value, dict)))
    def check(given_values: dict[str, Any]) -> None:
        try:
            made = coercion.arguments(given_values)
        except NotPlainError:
            return
        coerced = get_variable_values(CORE, variables, given_values)
        assert not isinstance(coerced, list), coerced
        known = get_argument_values(definition, node, coerced)
        assert repr(made) == repr(
            convert_arguments(known, declared, SCHEMA.schema_converter.scalar_registry, SCHEMA.config)
        )
        taken.append(made)

    check()
    assert taken
