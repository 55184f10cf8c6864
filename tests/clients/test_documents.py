"""Real clients' documents: kept verbatim, and valid against the schema."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import GraphQLSchema, OperationDefinitionNode, build_schema, parse, validate

from services.case.graphql.print_schema import SCHEMA
from tests.support.documents import DOCUMENTS, operation_text

SHARED = Path(__file__).parents[3] / "shared" / "consumer"
OPERATIONS = sorted(
    definition.name.value
    for path in DOCUMENTS.glob("*.graphql")
    for definition in parse(path.read_text()).definitions
    if isinstance(definition, OperationDefinitionNode) and definition.name
)


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return build_schema(SCHEMA.read_text())


@pytest.mark.skipif(not SHARED.exists(), reason="the originals lie beside the project only where it is built")
def test_the_copies_are_the_clients_own_words() -> None:
    for path in sorted(DOCUMENTS.glob("*.graphql")):
        assert path.read_bytes() == (SHARED / path.name).read_bytes(), path.name


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_is_valid(schema: GraphQLSchema, operation: str) -> None:
    errors = validate(schema, parse(operation_text(operation)))
    assert [error.message for error in errors] == []
