"""The errors of an answer: those meant for clients with their code, all others masked. And each operation's span."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLSyntaxError
from strawberry.extensions import SchemaExtension
from strawberry.types.graphql import OperationType

from contracts.vocabulary import Refusal
from infra import attributes, metrics
from infra.event_store import UnknownTopic
from infra.logs import log
from infra.postgres import is_transient
from infra.sealing import SealBroken
from infra.telemetry import span
from services.case.graphql.access import QueryRefusedError
from services.case.graphql.accessing import FORBIDDEN
from services.case.graphql.context import RequestContext
from services.case.queries.database import NoTextError

INTERNAL = "INTERNAL_SERVER_ERROR"
OTHER = "other"
_VARIABLE = re.compile(r"Variable '\$(\w+)' has invalid value(?: at ((?:\.\w+|\[\d+\])+))?")
_SUGGESTION = re.compile(r" Did you mean .*", re.DOTALL)
_STEP = re.compile(r"\.(\w+)|\[(\d+)\]")


class CodedError(GraphQLError):
    """An error as clients get it, with its `extensions.code`."""


class Watching(SchemaExtension):
    """Shows each operation to telemetry, and puts warnings beside its data."""

    async def on_execute(self) -> AsyncIterator[None]:
        """One span and one duration per operation, never per field; a subscription's covers its beginning."""
        execution = self.execution_context
        context, operation, kind = execution.context, _named(execution), execution.operation_type
        streaming = kind is OperationType.SUBSCRIPTION
        name = attributes.GRAPHQL_SUBSCRIPTION if streaming else attributes.GRAPHQL_OPERATION
        role = None
        if isinstance(context, RequestContext):
            context.executing, role = True, context.principal.role.value
            if context.made is not None:  # it was seen when it was carried out
                yield
                return
        started = time.perf_counter()
        with span(name, graphql_operation=operation, graphql_kind=kind.value, role=role):
            if kind is OperationType.QUERY and isinstance(context, RequestContext):
                async with one_moment(context):
                    yield
            else:
                yield
        if not streaming:
            metrics.graphql_duration.labels(operation).observe(time.perf_counter() - started)

    def get_results(self) -> dict[str, Any]:
        """What stands beside the data: warnings, where there are any."""
        context = self.execution_context.context
        if isinstance(context, RequestContext) and context.warnings:
            return {"warnings": [{"code": code} for code in dict.fromkeys(context.warnings)]}
        return {}


@asynccontextmanager
async def one_moment(context: RequestContext) -> AsyncIterator[None]:
    """The query reads one moment, and lets go of it whatever becomes of it."""
    snapshot = context.read_one_moment()
    try:
        yield
    finally:
        await snapshot.end()


def coded(error: GraphQLError, context: object) -> CodedError:
    """An error as it goes to the client. `context`: of the operation, as far as there is one."""
    if isinstance(error, CodedError):
        return error
    cause = error.original_error
    if isinstance(cause, QueryRefusedError):
        made = _with(error, cause.message, {"code": cause.code})
    elif isinstance(cause, Refusal):
        made = _with(error, cause.message, {"code": cause.code.value})
    elif isinstance(cause, NoTextError):
        made = _with(error, "a string holds a character that is none", {"code": "BAD_USER_INPUT"})
    elif cause is not None and not isinstance(cause, GraphQLError):
        made = _masked(error, cause, context)
    else:
        made = _with(error, _unhelped(error.message, context), _request_error(error, context))
    code = (made.extensions or {})["code"]
    if code == FORBIDDEN and isinstance(context, RequestContext):
        context.accessed.deny()
    metrics.graphql_errors.labels(code).inc()
    return made


def _unhelped(message: str, context: object) -> str:
    """The message, without names of the schema for a role that may not ask for them."""
    if isinstance(context, RequestContext) and context.principal.role not in context.deps.gate.introspection:
        return _SUGGESTION.sub("", message)
    return message


def _request_error(error: GraphQLError, context: object) -> dict[str, Any]:
    """What was wrong with what was asked: its text, its fit with the schema, or its values, and which of them."""
    if isinstance(error, GraphQLSyntaxError):
        return {"code": "GRAPHQL_PARSE_FAILED"}
    if not (isinstance(context, RequestContext) and context.executing):
        return {"code": "GRAPHQL_VALIDATION_FAILED"}
    path = variable_path(error.message)
    return {"code": "BAD_USER_INPUT"} if path is None else {"code": "BAD_USER_INPUT", "path": path}


def _masked(error: GraphQLError, cause: Exception, context: object) -> CodedError:
    """The class goes to the log, its text to nobody: it may hold personal data, unless it only names a stored fact."""
    error_id = str(context.deps.ids.new()) if isinstance(context, RequestContext) else ""
    log("case.graphql").error("operation failed", exc_info=cause, event_id=error_id, operation=_where(error))
    if isinstance(cause, UnknownTopic | SealBroken):
        return _with(error, str(cause), {"code": "UNAVAILABLE", "errorId": error_id})
    if is_transient(cause):
        said = "a part of the system does not answer now: ask the same again"
        return _with(error, said, {"code": "UNAVAILABLE", "errorId": error_id})
    return _with(error, "internal error", {"code": INTERNAL, "errorId": error_id})


def variable_path(message: str) -> list[str | int] | None:
    """The way from a variable to the value at fault: `["input", "amount", "amount"]`; None where it names none.

    The library tells it in its message only.
    """
    found = _VARIABLE.match(message)
    if found is None:
        return None
    steps = [name or int(index) for name, index in _STEP.findall(found[2] or "")]
    return [found[1], *steps]


def _named(execution: Any) -> str:
    """The first root field of an operation: what it is about, in words of the schema."""
    wanted = execution.operation_name
    for definition in execution.graphql_document.definitions:
        if getattr(getattr(definition, "name", None), "value", None) == wanted:
            fields = definition.selection_set.selections
            return next((field.name.value for field in fields if isinstance(field, FieldNode)), OTHER)
    return OTHER


def _where(error: GraphQLError) -> str:
    """The path of fields, in words of the schema or the client's document."""
    return ".".join(str(part) for part in error.path or ())


def _with(error: GraphQLError, message: str, extensions: dict[str, Any]) -> CodedError:
    return CodedError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
