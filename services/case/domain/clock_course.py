"""The course of a case as its clocks see it: which stretches they ran, before any target is looked at.

An answer counts from the moment it is asked for, unless it fails: then it never was one. It answers what we had by
then, whenever that was written.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import (
    Channel,
    ClockKind,
    DeliveryStatus,
    Direction,
    ResolutionOutcome,
    WaitingFor,
)
from services.case.domain.case_contact import CaseContact
from services.case.domain.course import Step, Turn

PAUSING = frozenset({WaitingFor.CUSTOMER, WaitingFor.DATE})
"""What a case waits for while its solution is not up to us: the customer, or a moment agreed with the customer."""
LIVE = frozenset({Channel.VOICE, Channel.VISIT})
"""Where whoever takes the contact answers it then and there."""
UNSENT = frozenset({DeliveryStatus.FAILED, DeliveryStatus.CANCELLED, DeliveryStatus.HELD})
NEVER_OURS = frozenset({ResolutionOutcome.SPAM, ResolutionOutcome.DUPLICATE})
"""Outcomes that say that there was no matter to resolve."""


class Span(msgspec.Struct, kw_only=True):
    """A clock without a target. `ran`: its stretches `[from, until)`, the last one open while it runs."""

    kind: ClockKind
    of: UUID
    channel: Channel
    started_at: datetime
    ran: list[tuple[datetime, datetime | None]]
    stopped_at: datetime | None = None
    cancelled: bool = False

    def stop(self, at: datetime, *, cancelled: bool = False) -> None:
        """Stop it, unless it stands already; it never ran for less than no time."""
        if self.stopped_at is None:
            self.pause(at)
            self.stopped_at, self.cancelled = max(at, self.started_at), cancelled

    def pause(self, at: datetime) -> None:
        """Hold it."""
        start, until = self.ran[-1]
        if until is None:
            self.ran[-1] = (start, max(at, start))

    def go_on(self, at: datetime) -> None:
        """Let it run again, also one that had been stopped."""
        until = self.ran[-1][1]
        if until is not None:
            self.ran.append((max(at, until), None))
        self.stopped_at, self.cancelled = None, False

    def never_stopped(self) -> None:
        """Run as if it had not been stopped."""
        self.ran[-1] = (self.ran[-1][0], None)
        self.stopped_at, self.cancelled = None, False


class Course:
    """Folds what happened, in its order, into spans."""

    def __init__(self, case_id: UUID) -> None:
        self.spans: list[Span] = []
        self._case_id = case_id
        self._open: list[Span] = []
        self._settled: list[Span] = []
        self._asking: set[UUID] = set()
        self._resolve: Span | None = None
        self._answered = False

    def hear(self, contact: CaseContact) -> None:
        """The customer said something."""
        at = contact.due_from or min(contact.occurred_at, contact.recorded_at)
        self._asking.add(contact.contact_id)
        if self._resolve is None:
            self._resolve = self._begin(ClockKind.RESOLVE, self._case_id, contact.channel, at)
        if not self._open:
            kinds = (ClockKind.NEXT_ANSWER,) if self._answered else (ClockKind.ACKNOWLEDGE, ClockKind.FIRST_ANSWER)
            self._open = [self._begin(kind, contact.contact_id, contact.channel, at) for kind in kinds]
        if _is_live(contact):
            self.answer(at)

    def answer(self, at: datetime, *, acknowledges: bool = False) -> None:
        """We said something; `acknowledges`: only that we heard."""
        stopped = [span for span in self._open if not acknowledges or span.kind is ClockKind.ACKNOWLEDGE]
        self._stop(stopped, at)
        self._settled = [span for span in self._settled if acknowledges and span.kind is not ClockKind.ACKNOWLEDGE]
        self._answered = self._answered or not acknowledges

    def follow(self, step: Step) -> None:
        """Something else happened to the case."""
        match step.turn:
            case Turn.RESOLVED:
                solved = step.outcome is ResolutionOutcome.SOLVED
                self._settled += self._open
                self._stop(list(self._open), step.at, cancelled=not solved)
                if self._resolve is not None:
                    self._resolve.stop(step.at, cancelled=step.outcome in NEVER_OURS)
            case Turn.TAKEN_BACK:
                self._take_back(step)
            case Turn.WAITED if step.waiting_for in PAUSING and self._resolve is not None:
                self._resolve.pause(step.at)
            case Turn.WAITED | Turn.WENT_ON if self._resolve is not None:
                self._resolve.go_on(step.at)
            case Turn.REOPENED | Turn.NOT_RESOLVED:
                self._reopen(step)
            case _:
                return

    def close(self, at: datetime) -> None:
        """Nothing is asked of us any more."""
        self._stop([span for span in self.spans if span.stopped_at is None], at, cancelled=True)

    def _reopen(self, step: Step) -> None:
        """It was not resolved: whom nobody answered still waits. Who came back has a clock of that contact's."""
        if self._resolve is not None:
            self._resolve.go_on(step.at)
        if step.turn is Turn.NOT_RESOLVED:
            for span in self._settled:
                span.go_on(step.at) if step.contact_id is None else span.never_stopped()
            self._open += self._settled
            self._asking |= {span.of for span in self._settled}
        self._settled = []

    def _take_back(self, step: Step) -> None:
        if step.contact_id is not None and step.contact_id in self._asking:
            self._asking.discard(step.contact_id)
            if not self._asking:
                self._stop(list(self._open), step.at, cancelled=True)

    def _begin(self, kind: ClockKind, of: UUID, channel: Channel, at: datetime) -> Span:
        span = Span(kind=kind, of=of, channel=channel, started_at=at, ran=[(at, None)])
        self.spans.append(span)
        return span

    def _stop(self, spans: Iterable[Span], at: datetime, *, cancelled: bool = False) -> None:
        for span in spans:
            span.stop(at, cancelled=cancelled)
        self._open = [span for span in self._open if span.stopped_at is None]
        if not self._open:
            self._asking.clear()


def spans_of(case_id: UUID, contacts: Iterable[CaseContact], steps: Iterable[Step]) -> list[Span]:
    """The clocks that ran or run in a case, in the order in which they began to."""
    course = Course(case_id)
    happened: list[tuple[datetime, CaseContact | Step]] = [(_moment(each), each) for each in contacts if _counts(each)]
    happened += [(step.at, step) for step in steps]
    for at, each in sorted(happened, key=_by_moment):
        if isinstance(each, CaseContact):
            _tell(course, each)
        elif each.turn is Turn.CLOSED_TO_WORDS:
            course.close(at)
            break
        else:
            course.follow(each)
    return course.spans


def _tell(course: Course, contact: CaseContact) -> None:
    if contact.direction is Direction.INBOUND:
        course.hear(contact)
    else:
        course.answer(contact.occurred_at, acknowledges=contact.acknowledges)


def _by_moment(each: tuple[datetime, object]) -> datetime:
    return each[0]


def _moment(contact: CaseContact) -> datetime:
    """When it matters: what we say and what is said live as of then, what is written to us once we have it."""
    if contact.direction is Direction.OUTBOUND or _is_live(contact):
        return contact.due_from or min(contact.occurred_at, contact.recorded_at)
    return contact.recorded_at


def _is_live(contact: CaseContact) -> bool:
    return contact.direction is Direction.INBOUND and contact.channel in LIVE and contact.agent_ref is not None


def _counts(contact: CaseContact) -> bool:
    return contact.direction is Direction.INBOUND or contact.delivery_status not in UNSENT
