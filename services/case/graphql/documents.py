"""Documents as they are kept: each parsed once, whoever asks it."""

from __future__ import annotations

from functools import lru_cache

from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    parse,
)

TOKENS_MAX = 2_000
DOCUMENTS_KEPT_MAX = 256


@lru_cache(maxsize=DOCUMENTS_KEPT_MAX)
def parsed(document: str) -> DocumentNode:
    """The syntax tree of a document of at most 2,000 tokens.

    Raises:
        GraphQLSyntaxError: it is none.
    """
    return parse(document, max_tokens=TOKENS_MAX)


def operations_of(document: DocumentNode) -> list[OperationDefinitionNode]:
    """Its operations, in the order in which they stand."""
    return [part for part in document.definitions if isinstance(part, OperationDefinitionNode)]


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode | None:
    """The operation that is asked for, or None where that is not clear."""
    found = operations_of(document)
    if name is None:
        return found[0] if len(found) == 1 else None
    return next((each for each in found if each.name is not None and each.name.value == name), None)


def follows(document: str, name: str | None) -> bool:
    """Whether it is a subscription that is asked for; of what is no document it is told elsewhere."""
    try:
        operation = operation_of(parsed(document), name)
    except GraphQLError:
        return False
    return operation is not None and operation.operation is OperationType.SUBSCRIPTION


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """Its fragments by name; of several with one name the last."""
    return {part.name.value: part for part in document.definitions if isinstance(part, FragmentDefinitionNode)}
