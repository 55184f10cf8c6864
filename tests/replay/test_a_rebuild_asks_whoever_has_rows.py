"""A rebuild passes by projections whose code does not name a fact's class: none of those has rows for it."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid5

import pytest

from contracts.stored import FactMeta, Row
from contracts.vocabulary import system_actor
from infra.event_store import AnyFact, Projection
from infra.event_store.concern import Concern
from services.case import projections as case
from services.channels import projections as channels
from services.routing import projections as routing
from tests.replay.golden import STREAM_ID, fact_at, stored_topics, streams

PROJECTIONS = {"case": case.PROJECTIONS, "channels": channels.PROJECTIONS, "routing": routing.PROJECTIONS}


def facts() -> Iterator[tuple[str, AnyFact]]:
    """One of every kind that is stored, with the service that stores it."""
    assert stored_topics(), "their classes are known from here on"
    for path, stream in streams():
        for version, example in enumerate(stream.facts, 1):
            yield path.parent.name, fact_at(example, version)


def meta_of(fact: AnyFact) -> FactMeta:
    return FactMeta(
        stream_id=STREAM_ID,
        version=fact.originator_version,
        event_id=uuid5(STREAM_ID, str(fact.originator_version)),
        topic=fact.TOPIC,
        recorded_at=fact.timestamp,
        actor=system_actor("test"),
        correlation_id=STREAM_ID,
        causation_id=None,
    )


@pytest.mark.parametrize("service", PROJECTIONS)
def test_who_is_passed_by_has_no_rows(service: str) -> None:
    concern = Concern(PROJECTIONS[service])
    asked, passed_by = 0, 0
    for owner, fact in facts():
        if owner != service:
            continue
        known: set[Projection] = set(concern.of(type(fact)))
        for projection in PROJECTIONS[service]:
            rows = list(projection(fact, meta_of(fact)))
            assert not rows or projection in known, (fact.TOPIC, projection.__module__)
            asked, passed_by = asked + (projection in known), passed_by + (projection not in known)
    assert asked
    assert passed_by


def test_a_projection_that_names_no_class_is_asked_about_everything() -> None:
    def rows(_fact: AnyFact, _meta: FactMeta) -> Iterator[Row]:
        return iter(())

    _, fact = next(facts())
    assert Concern((rows,)).of(type(fact)) == (rows,)
