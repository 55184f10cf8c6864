"""The clocks of a case, worked out from what happened in it and the targets agreed: pure, and the same every time.

A clock that was stopped keeps the target it ran against. One that runs goes by the targets of now: another team or
priority, or a changed configuration, moves when it is due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from uuid import UUID

import msgspec

from contracts.targets import Terms
from contracts.vocabulary import Channel, ClockKind, ClockState
from services.case.domain.case_contact import CaseContact
from services.case.domain.clock import CaseClock, ClockKey, clock_key
from services.case.domain.clock_course import Span, spans_of
from services.case.domain.commitment import Commitment, CommitmentStatus
from services.case.domain.course import Step

TermsOf = Callable[[ClockKind, Channel], Terms | None]
PROMISE_WARN_AT = 0.75
"""The part of the time between a promise and its moment after which a warning is given."""
ENDED = {
    CommitmentStatus.KEPT: ClockState.MET,
    CommitmentStatus.BROKEN: ClockState.MISSED,
    CommitmentStatus.WITHDRAWN: ClockState.CANCELLED,
}


class Happened(msgspec.Struct, frozen=True):
    """What happened in a case, as far as its clocks depend on it."""

    case_id: UUID
    contacts: Iterable[CaseContact] = ()
    steps: Iterable[Step] = ()
    commitments: Iterable[Commitment] = ()


def clocks_of(
    happened: Happened, *, terms_of: TermsOf, former: Mapping[ClockKey, CaseClock], now: datetime
) -> dict[ClockKey, CaseClock]:
    """All clocks as they stand now. What ran before and does not any more, as if it never had, is CANCELLED."""
    spans = spans_of(happened.case_id, happened.contacts, happened.steps)
    clocks = {clock.key: clock for clock in _of_spans(spans, terms_of, former, now)}
    clocks |= {clock.key: clock for clock in map(_of_commitment, happened.commitments)}
    for key, clock in former.items():
        clocks.setdefault(key, _cancelled(clock, now))
    return clocks


def due_of(clocks: Iterable[CaseClock]) -> datetime | None:
    """When the case is due: what presses first; None: we are not to move."""
    return min((clock.due_at for clock in clocks if clock.is_pressing), default=None)


def _of_spans(
    spans: Iterable[Span], terms_of: TermsOf, former: Mapping[ClockKey, CaseClock], now: datetime
) -> Iterator[CaseClock]:
    for span in spans:
        known = former.get(clock_key(span.kind, span.of))
        if known is not None and _stands(known, span):
            yield known
        elif (terms := terms_of(span.kind, span.channel)) is not None:
            yield _clock(span, terms, now)


def _stands(known: CaseClock, span: Span) -> bool:
    """Whether it was stopped before, and nothing that happened since changes that."""
    return (
        known.stopped_at is not None
        and (known.started_at, known.stopped_at, known.paused_s) == (span.started_at, span.stopped_at, _paused_s(span))
        and (known.state is ClockState.CANCELLED) == span.cancelled
    )


def _clock(span: Span, terms: Terms, now: datetime) -> CaseClock:
    due, warn = (_reached(span, terms, allowed_s) for allowed_s in (terms.target_s, terms.warn_s))
    return CaseClock(
        kind=span.kind,
        of=span.of,
        state=_state(span, late=_late(span, due, now)),
        started_at=span.started_at,
        due_at=_at(due),
        warn_at=_at(warn),
        stopped_at=span.stopped_at,
        paused_s=_paused_s(span),
        channel=span.channel,
        target_s=terms.target_s,
        in_opening_hours=terms.hours is not None,
    )


def _late(span: Span, due: float, now: datetime) -> bool:
    """Whether it ran beyond that moment."""
    if span.ran[-1][1] is None and now.timestamp() > due:
        return True
    return any(until is not None and start.timestamp() < until.timestamp() > due for start, until in span.ran)


def _reached(span: Span, terms: Terms, allowed_s: float) -> float:
    """When so much of the time that counts has passed while it ran, had it run on since; in seconds of UTC."""
    left_s = allowed_s
    for start, until in span.ran[:-1]:
        if until is not None:
            due = terms.due(start.timestamp(), left_s)
            if due <= until.timestamp():
                return due
            left_s -= terms.used_s(start.timestamp(), until.timestamp())
    return terms.due(span.ran[-1][0].timestamp(), max(0.0, left_s))


def _state(span: Span, *, late: bool) -> ClockState:
    if span.cancelled:
        return ClockState.CANCELLED
    if late:
        return ClockState.MISSED
    if span.stopped_at is not None:
        return ClockState.MET
    return ClockState.RUNNING if span.ran[-1][1] is None else ClockState.PAUSED


def _paused_s(span: Span) -> float:
    """Between its stretches."""
    pairs = zip(span.ran, span.ran[1:], strict=False)
    return sum((start - until).total_seconds() for (_, until), (start, _) in pairs if until is not None)


def _of_commitment(commitment: Commitment) -> CaseClock:
    return CaseClock(
        kind=ClockKind.COMMITMENT,
        of=commitment.commitment_id,
        state=ENDED.get(commitment.status, ClockState.RUNNING),
        started_at=commitment.made_at,
        due_at=commitment.due_at,
        warn_at=commitment.made_at + (commitment.due_at - commitment.made_at) * PROMISE_WARN_AT,
        stopped_at=commitment.ended_at,
    )


def _cancelled(clock: CaseClock, now: datetime) -> CaseClock:
    if clock.state is ClockState.CANCELLED:
        return clock
    stopped_at = clock.stopped_at or max(now, clock.started_at)
    return msgspec.structs.replace(clock, state=ClockState.CANCELLED, stopped_at=stopped_at)


def _at(moment: float) -> datetime:
    return datetime.fromtimestamp(moment, UTC)
