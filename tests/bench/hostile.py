"""How long documents that were made to hurt hold up the process: from their text to their refusal, nothing executed."""

from __future__ import annotations

import statistics
import time
from datetime import UTC, datetime

from graphql import GraphQLError, GraphQLSchema, specified_rules, validate

from contracts.vocabulary import Role
from infra.clock import SystemClock
from services.case.graphql.access import Principal
from services.case.graphql.documents import parsed
from services.case.graphql.gate import Gate, GateRules
from services.case.graphql.requests import BODY_BYTES_MAX, Asked, BadRequestError
from services.case.graphql.schema import OWN_RULES, make_schema
from tests.bench.table import Figures
from tests.support.hostile import HOSTILE

TURNS = 5
RULES = (*specified_rules, *OWN_RULES)
SOMEBODY = Principal("anna", Role.AGENT, None, datetime(2100, 1, 1, tzinfo=UTC))


def hostile(figures: Figures) -> None:
    """One round: the median and the slowest, in milliseconds, each document read anew every time."""
    schema = make_schema()._schema
    gate = Gate(GateRules(points_per_minute_max=10**12), schema, SystemClock())
    times_ms = {
        name: statistics.median(_refusal_ms(gate, schema, text, turn) for turn in range(TURNS))
        for name, text in HOSTILE.items()
        if len(text) <= BODY_BYTES_MAX
    }
    median_ms = statistics.median(times_ms.values())
    figures.note("a hostile document, from text to refusal: median of the documents, ms", median_ms)
    slowest = max(times_ms, key=lambda name: times_ms[name])
    figures.note(f"the slowest of them ({slowest}), ms", times_ms[slowest])


def _refusal_ms(gate: Gate, schema: GraphQLSchema, text: str, turn: int) -> float:
    asked = Asked(query=f"{text} #{turn}")  # a comment, so that nothing that was kept of it helps
    began = time.process_time()
    try:
        gate.admit(asked, SOMEBODY)
        validate(schema, parsed(asked.query), RULES)
    except (BadRequestError, GraphQLError):
        pass
    return (time.process_time() - began) * 1000
