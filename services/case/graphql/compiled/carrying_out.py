"""Carries out a mutation once, and answers what is asked of its payload by a plan where it can."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

import orjson

from infra import attributes
from infra.telemetry import span
from services.case.graphql.accessing import executing
from services.case.graphql.compiled.declaring import Unplannable
from services.case.graphql.compiled.values import PAYLOAD, OfOperation
from services.case.graphql.pointing import Made, Pointer, Pointing

if TYPE_CHECKING:
    from services.case.graphql.compiled.documents import Plan
    from services.case.graphql.compiled.mutations import MutationDocument
    from services.case.graphql.context import RequestContext
    from services.case.graphql.requests import Asked

MUTATION = "mutation"
Fetch = Callable[["RequestContext", "Plan", Sequence[Any]], Awaitable[tuple[str, dict[UUID | None, tuple[Any, ...]]]]]


class _Info(NamedTuple):
    """As much of the library's as resolvers of mutations ask for."""

    context: RequestContext


async def carried_out(
    context: RequestContext, asked: Asked, document: MutationDocument, planned: tuple[Plan, Sequence[Any]], fetch: Fetch
) -> str:
    """The data of the answer. From the moment at which anything can have been done, `context.made` holds what was.

    Raises:
        Unplannable: Strawberry answers, out of `context.made` where there is one.
    """
    arguments = document.arguments(asked.variables)
    await context.deps.access.room()
    accessed, started = context.accessed, time.perf_counter()
    accessed.begin(document.asked, (asked.variables, asked.query))
    executing(accessed)
    context.executing = True
    role = context.principal.role.value
    with span(attributes.GRAPHQL_OPERATION, graphql_operation=document.field, graphql_kind=MUTATION, role=role):
        try:
            await _run(context, document, arguments)
            text, shown = await fetch(context, planned[0], _bound(context, planned[1]))
        finally:
            document.duration.observe(time.perf_counter() - started)
    accessed.plan_shows(shown)
    accessed.end()
    return f"{{{orjson.dumps(document.key).decode()}:{text}}}"


async def _run(context: RequestContext, document: MutationDocument, arguments: dict[str, Any]) -> None:
    context.pointing = Pointing()
    try:
        payload = await document.carried_out(_Info(context), arguments)
    except Exception as error:  # noqa: BLE001  (Strawberry tells it)
        context.made = Made(error=error)
        raise Unplannable("refused") from None
    context.made = Made(payload)
    if payload.errors or context.warnings:
        raise Unplannable("refused")


def _bound(context: RequestContext, values: Sequence[Any]) -> list[Any]:
    """The plan's values, those that the payload holds put in place."""
    return [
        _held(context, value.name.removeprefix(PAYLOAD))
        if isinstance(value, OfOperation) and value.name.startswith(PAYLOAD)
        else value
        for value in values
    ]


def _held(context: RequestContext, name: str) -> Any:
    value = getattr(context.made.payload, name) if context.made else None
    if isinstance(value, Pointer):
        return value.id
    if value is None or isinstance(value, str | int | UUID):
        return value
    raise Unplannable("row")  # the thing itself, which no plan shows
