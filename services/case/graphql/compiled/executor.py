"""Answers operations by their plans: one statement, whose text goes out as it comes."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
from asyncpg.pgproto.pgproto import UUID as PgUUID  # noqa: N811  (a UUID made in C)

from contracts.vocabulary import Channel, Role, id_of
from infra import attributes, metrics
from infra.logs import log
from infra.telemetry import span, span_that_was
from services.case.domain.permissions import words_of
from services.case.graphql.compiled.carrying_out import MUTATION, carried_out
from services.case.graphql.compiled.declaring import Unplannable
from services.case.graphql.compiled.documents import Document, Documents, Plan
from services.case.graphql.compiled.mutations import MutationDocument
from services.case.graphql.compiled.policies import Mask
from services.case.graphql.compiled.reading import Ambient, HandleOwner
from services.case.graphql.compiled.values import OfOperation
from services.case.graphql.enums import ViewerKind
from services.case.graphql.holding import holder_of

if TYPE_CHECKING:
    from infra.prepared import PreparedLines
    from services.case.graphql.context import RequestContext
    from services.case.graphql.requests import Asked

BAIL = "!"
QUERY = "query"
COMPILED = "compiled"


@lru_cache(maxsize=4)
def _units(units_of: Callable[[Channel], int]) -> str:
    """What a case weighs that began on each channel."""
    return orjson.dumps({channel.value: units_of(channel) for channel in Channel}).decode()


_KNOWN: dict[str, Callable[[RequestContext], Any]] = {
    "now": lambda context: context.deps.clock.now(),
    "subject": lambda context: context.principal.subject,
    "own_agent": lambda context: id_of("agent", context.principal.subject),
    "viewer_name": lambda context: context.principal.name,
    "viewer_kind": lambda context: (
        (ViewerKind.SERVICE if context.principal.role is Role.INTEGRATION else ViewerKind.PERSON).value
    ),
    "viewer_roles": lambda context: [context.principal.role.value],
    "permissions": lambda context: words_of(context.principal.role, context.principal.scopes),
    "time_zone": lambda context: context.deps.time_zone,
    "language": lambda context: context.deps.language,
    "channel_units": lambda context: _units(context.deps.units_of),
    "playbooks": lambda context: context.deps.policy.playbooks.written,
}
"""What an operation knows by itself."""


class Compiled:
    """The executor of plans. `lines`: connections of its own, which plan each statement once and for all values."""

    def __init__(self, documents: Documents, lines: PreparedLines) -> None:
        self.documents = documents
        self._lines = lines

    async def answer(
        self, context: RequestContext, asked: Asked, told: Mapping[str, Any] | None = None, *, mutates: bool = False
    ) -> bytes | None:
        """The whole body of the answer, or None: Strawberry answers this, and nothing was put on record.

        `told`: what stands among its `extensions`. `mutates`: mutations are carried out, too; where Strawberry is to
        answer one that was, `context.made` holds what it did.
        """
        try:
            document = self._document(asked, mutates=mutates)
            principal = context.principal
            planned = document.planned(
                asked.variables, Mask(principal.actor.role or principal.role, principal.opens_sealed, principal.scopes)
            )
            if isinstance(document, MutationDocument):
                data = await carried_out(context, asked, document, planned, self._looked_up)
            else:
                data = await self._run(context, asked, document, *planned)
        except Unplannable as unplannable:
            metrics.graphql_not_planned.labels(unplannable.why).inc()
            return None
        except Exception as failed:  # noqa: BLE001  (Strawberry tries the same, and masks what goes wrong)
            log("case.graphql").warning("a plan failed", exc_info=failed)
            metrics.graphql_not_planned.labels("failed").inc()
            return None
        extensions = (b',"extensions":', orjson.dumps(told)) if told else ()
        metrics.graphql_planned.inc()
        return b"".join((b'{"data":', data, *extensions, b"}"))

    def _document(self, asked: Asked, *, mutates: bool) -> Document:
        document = self.documents.of(asked.query, asked.operation_name)
        if isinstance(document, MutationDocument) and not mutates:
            raise Unplannable(MUTATION)
        return document

    async def _run(
        self, context: RequestContext, asked: Asked, document: Document, plan: Plan, values: Sequence[Any]
    ) -> bytes:
        await context.deps.access.room()
        accessed, started = context.accessed, time.perf_counter()
        accessed.begin(document.asked, (asked.variables, asked.query))
        role = context.principal.role.value
        with span(attributes.GRAPHQL_OPERATION, graphql_operation=document.field, graphql_kind=QUERY, role=role):
            json, shown = await self._looked_up(context, plan, values)
        accessed.end_with(shown)
        document.duration.observe(time.perf_counter() - started)
        return json

    async def _looked_up(
        self, context: RequestContext, plan: Plan, values: Sequence[Any]
    ) -> tuple[bytes, dict[UUID | None, tuple[UUID | None, ...]]]:
        bound = [value if value.__class__ in _PLAIN else await ambient(context, value) for value in values]
        json, shown = await self._fetched(context, plan.sql, bound)
        return json, shown_by(shown)

    async def _fetched(self, context: RequestContext, sql: str, values: list[Any]) -> tuple[bytes, str | None]:
        context.database.observe(COMPILED)
        started = time.perf_counter()
        found = await self._lines.fetch(sql, values)
        span_that_was(
            attributes.SQL_STATEMENT, seconds=time.perf_counter() - started, error=None, sql_statement=COMPILED
        )
        json, shown = found[0]
        if shown and BAIL in shown:
            raise Unplannable("row")
        return json, shown


_PLAIN = frozenset({int, str, UUID, list, bool, type(None)})


async def ambient(context: RequestContext, value: Any) -> Any:
    """A value of a statement; what stands for one that the operation knows, or that is looked up first, replaced."""
    if isinstance(value, OfOperation | Ambient):
        return _KNOWN[value.name](context)
    if isinstance(value, HandleOwner):
        return await holder_of(context, value.handle)
    return value


def shown_by(marks: str | None) -> dict[UUID | None, tuple[UUID | None, ...]]:
    """Whom a statement says that it shows, by customer: `C<customer>;` and `K<customer>/<case>;`, as often as met."""
    found: dict[str, list[UUID | None]] = {}
    for mark in dict.fromkeys((marks or "").split(";")):
        if mark:
            customer_id, _, case_id = mark[1:].partition("/")
            found.setdefault(customer_id, []).append(PgUUID(case_id) if case_id else None)
    return {PgUUID(customer_id): tuple(dict.fromkeys(case_ids)) for customer_id, case_ids in found.items()}
