"""The schema: its types, what documents it takes, and how it is printed into contracts/."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import strawberry
from graphql import (
    ASTValidationRule,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLNamedType,
    GraphQLSchema,
    OperationType,
    Undefined,
    lexicographic_sort_schema,
    print_schema,
)
from graphql.validation.rules import overlapping_fields_can_be_merged
from strawberry.extensions import AddValidationRules, MaxTokensLimiter, SchemaExtension, ValidationCache
from strawberry.extensions.max_aliases import create_validator as aliases_rule
from strawberry.extensions.query_depth_limiter import create_validator as depth_rule
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext

from services.case.graphql.answering import Watching, coded
from services.case.graphql.compiled.documents import Document, Documents
from services.case.graphql.compiled.mutations import MutationDocument, answer_what_was_made
from services.case.graphql.compiled.roots import TYPES
from services.case.graphql.documents import DOCUMENTS_KEPT_MAX, TOKENS_MAX, operations_of, parsed
from services.case.graphql.followed import Followables
from services.case.graphql.mutation import Mutation
from services.case.graphql.noting import NotingAccess
from services.case.graphql.pricing import DEPTH_MAX
from services.case.graphql.query import Query
from services.case.graphql.scalars import SCALARS
from services.case.graphql.subgraph import ANY, Representation, SubgraphQuery
from services.case.graphql.subscription import Subscription
from services.case.graphql.types import customers, entries, erasure, errors, people

ALIASES_MAX = 60
COMPARISONS_MAX = 20_000
"""Work that comparing overlapping fields may cost; the library's own limit lets 2 KB block for a second."""

# Built once: a rule class made per request would never hit the validation cache.
OWN_RULES: list[type[ASTValidationRule]] = [depth_rule(DEPTH_MAX, None), aliases_rule(ALIASES_MAX)]
_DEFINITION = "strawberry-definition"


class DeskSchema(strawberry.Schema):
    """Our schema: its errors carry codes, and those that went wrong inside say nothing else."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Turn every error of an answer into what its client gets."""
        context = execution_context.context if execution_context else None
        errors[:] = [coded(error, context) for error in errors]


class ParsedOnce(SchemaExtension):
    """Keeps the syntax trees of recent documents. One that cannot be parsed is left for the library to tell so."""

    def on_parse(self) -> Iterator[None]:
        """Put the tree in place before the library parses."""
        execution = self.execution_context
        if execution.query:
            with suppress(GraphQLError):
                execution.graphql_document = parsed(execution.query)
        yield


class OneOperation(SchemaExtension):
    """Refuses to guess which of several operations is meant; the library would take the first."""

    def on_validate(self) -> Iterator[None]:
        """Add the error to those of validation."""
        execution = self.execution_context
        tree = execution.graphql_document
        operations = operations_of(tree) if tree else []
        # The library keeps and hands out one list of errors per document; ours are made per request, by role.
        # No errors is an empty list, not None, at which it would validate once more what the cache knows to be valid.
        execution.pre_execution_errors = list(execution.pre_execution_errors or ())
        named = execution._provided_operation_name  # noqa: SLF001  (its public property answers for the first)
        if named is None and len(operations) > 1:
            error = GraphQLError("name one of the operations in `operationName`")
            execution.pre_execution_errors.append(error)
        yield


def printed(schema: DeskSchema) -> str:
    """The schema in GraphQL's own language, sorted: what contracts/schema.graphql holds."""
    # Sorted for printing only: the library's sorted copy forgets which Python enums its enums stand for.
    core = schema._schema  # noqa: SLF001  (the library has no other door to its GraphQL types)
    ordered = lexicographic_sort_schema(core)
    for name, type_ in core.type_map.items():
        copy, definition = ordered.type_map[name], type_.extensions.get(_DEFINITION)
        if isinstance(copy, GraphQLInputObjectType) and definition is not None:
            # The library looks after `@oneOf` itself, and does not tell its GraphQL types.
            copy.is_one_of = definition.is_one_of
    return print_schema(ordered) + "\n"


def make_schema(*, federated: bool = False) -> DeskSchema:
    """The schema. `federated`: with what a gateway asks a subgraph."""
    overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = COMPARISONS_MAX
    extensions: list[Any] = [
        lambda: MaxTokensLimiter(TOKENS_MAX),
        lambda: AddValidationRules(OWN_RULES),
        ParsedOnce,
        lambda: ValidationCache(DOCUMENTS_KEPT_MAX),
        OneOperation,
        Watching,
        NotingAccess,
    ]
    made = DeskSchema(
        query=SubgraphQuery if federated else Query,
        mutation=Mutation,
        subscription=Subscription,
        types=_TYPES,
        extensions=extensions,
        config=StrawberryConfig(scalar_map={**SCALARS, Representation: ANY}),
    )
    answer_what_was_made(made._schema)  # noqa: SLF001  (as below)
    _describe(made._schema)  # noqa: SLF001  (the library has no other door to its GraphQL types)
    return made


def documents_of(schema: DeskSchema) -> Documents:
    """What is compiled of this schema: the documents that it would take."""
    kinds = {OperationType.QUERY: Document, OperationType.MUTATION: MutationDocument}
    return Documents(schema, TYPES, OWN_RULES, kinds)


def followables_of(schema: DeskSchema) -> Followables:
    """What can be followed of this schema by several at once."""
    return Followables(schema._schema, OWN_RULES)  # noqa: SLF001  (the library has no other door to its GraphQL types)


_TYPES: tuple[type, ...] = (
    *errors.ERRORS,
    entries.Contact,
    entries.Note,
    entries.Gesture,
    entries.Assignment,
    entries.Commitment,
    entries.StatusChange,
    erasure.ErasureRequest,
    people.StaffMember,
    people.Integration,
    people.System,
    people.Brand,
    people.ChannelAccount,
    customers.Customer,
)
"""Types that are only met as one of several, which the schema would not find by itself."""


def _describe(schema: GraphQLSchema) -> None:
    """Docstrings as descriptions, of types and of fields with a method behind them."""
    for kind in schema.type_map.values():
        definition = (kind.extensions or {}).get(_DEFINITION)
        if definition is None:
            continue
        origin = getattr(definition, "origin", None)
        if kind.description is None and origin is not None:
            kind.description = _first_paragraphs(origin)
        _describe_fields(kind)


def _describe_fields(kind: GraphQLNamedType) -> None:
    for found in getattr(kind, "fields", {}).values():
        for argument in (found, *getattr(found, "args", {}).values()):
            # `= null` says what leaving it out says already.
            if getattr(argument, "default_value", Undefined) is None:
                argument.default_value = Undefined
        resolver = getattr((found.extensions or {}).get(_DEFINITION), "base_resolver", None)
        if found.description is None and resolver is not None:
            found.description = _first_paragraphs(resolver.wrapped_func)


def _first_paragraphs(documented: object) -> str | None:
    """A docstring up to its `Raises:`."""
    text = inspect.getdoc(documented)
    return None if text is None else text.partition("\n\nRaises:")[0]
