"""Clocks of cases: how long something may take, and how long it took."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import ClockKind, ClockState
from services.case.graphql.scalars import Instant


@strawberry.type
class Clock:
    """One clock of a case against its target, in the opening hours of the channel where the target says so."""

    kind: ClockKind = field(description="What it measures.")
    state: ClockState = field(description="How it stands.")
    started_at: Instant = field(description="When it began to run.")
    due_at: Instant = field(description="By when it is to stop; where it is paused: if it went on at once.")
    stopped_at: Instant | None = field(description="When it stopped; null: it runs, is paused, or ran out.")
