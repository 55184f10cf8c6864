"""Stored facts to what auditors see of them: clear fields, opened ones where permitted, and what is withheld."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from infra.event_store import StoredFact, UnknownTopic, stream_history
from infra.event_store.mapper import form_of_topic
from infra.event_store.stored_form import NO_SEALS, MetaForm, sealed_part
from services.case.graphql.context import GraphQLDeps
from services.case.graphql.scalars import Instant, Json
from services.case.graphql.types.history import CaseEvent

SEALED = "sealed"
"""Stands for all sealed fields of a fact that this version of the program does not know."""


async def case_events(deps: GraphQLDeps, case_id: UUID, *, after: int, limit: int, opens: bool) -> list[CaseEvent]:
    """A case's facts with versions above `after`, in order. `opens`: whether sealed fields may be shown."""
    facts = await stream_history(deps.pool, case_id, after, limit)
    return [await _event(deps, fact, opens=opens) for fact in facts]


async def _event(deps: GraphQLDeps, fact: StoredFact, *, opens: bool) -> CaseEvent:
    meta = msgspec.json.decode(fact.meta, type=MetaForm)
    data: dict[str, Any] = msgspec.json.decode(fact.clear)
    opened = await _opened(deps, fact) if opens else None
    withheld = _sealed_names(fact) if opened is None else []
    topic, _, number = fact.topic.rpartition(".v")
    return CaseEvent(
        version=fact.version,
        position=None if fact.position is None else str(fact.position),
        type=fact.topic,
        schema_version=int(number) if topic and number.isdigit() else 1,
        occurred_at=Instant(_occurred_at(data) or fact.recorded_at),
        recorded_at=Instant(fact.held_at or fact.recorded_at),
        hash=fact.hash.hex(),
        previous_hash=None if fact.previous_hash is None else fact.previous_hash.hex(),
        causation_id=None if meta.causation_id is None else str(meta.causation_id),
        correlation_id=str(meta.correlation_id),
        data=Json({**data, **(opened or {})}),
        withheld=withheld,
        by=meta.actor,
        on_behalf=meta.on_behalf_of,
    )


async def _opened(deps: GraphQLDeps, fact: StoredFact) -> dict[str, Any] | None:
    """The sealed fields; None where there are some that cannot be opened any more."""
    if fact.seals == NO_SEALS:
        return {}
    part = sealed_part(fact.seals, fact.sealed)
    if part is None or deps.keys is None:
        return None
    plain = await deps.keys.open(part, fact.stream_id, fact.version)
    if plain is None:
        return None
    found: dict[str, Any] = msgspec.json.decode(plain)
    return found


def _sealed_names(fact: StoredFact) -> list[str]:
    if fact.seals == NO_SEALS:
        return []
    try:
        return list(form_of_topic(fact.topic, stream_id=fact.stream_id, version=fact.version).sealed_names)
    except UnknownTopic:
        return [SEALED]


def _occurred_at(data: dict[str, Any]) -> datetime | None:
    written = data.get("occurred_at")
    return None if written is None else msgspec.convert(written, datetime)
