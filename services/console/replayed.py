"""What `eender replay` gathers: a case's steps and how everything stood after the last of them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from contracts.money import from_minor
from contracts.vocabulary import CaseStatus
from infra.bundle import BundledCase
from infra.event_store import UnknownTopic
from infra.sealing import KeyMissing, SealBroken
from services.case.domain.called import called, masked
from services.case.domain.customer import Customer, pseudonym
from services.case.domain.known_budget import KnownBudget
from services.case.queries.as_of import KnownThen, Past, Point
from services.case.queries.steps import Step, steps
from services.console.failure import CommandFailed

UNREADABLE = (UnknownTopic, SealBroken, KeyMissing)
"""What a fact of the past may be; the text names its stream, version and topic."""


class Address(msgspec.Struct, frozen=True):
    """By what a customer was known. `value`: only for a purpose."""

    kind: str
    masked: str | None
    value: str | None


class Purse(msgspec.Struct, frozen=True, rename="camel"):
    """What the assignee could spend, as decimal texts."""

    currency: str
    period: str
    granted: str
    reserved: str
    spent: str
    available: str


class Stood(msgspec.Struct, frozen=True, rename="camel"):
    """How everything stood after the last step."""

    version: int
    position: int
    at: datetime
    status: CaseStatus
    subject: str | None
    assignee: str | None
    customer: str
    handles: tuple[Address, ...]
    assignee_budgets: tuple[Purse, ...]


class Replayed(msgspec.Struct, frozen=True, rename="camel"):
    """A case step by step. `purpose` None: names, addresses and texts are not in it.

    `unreadable`: why it ends before it should.
    """

    number: str
    purpose: str | None
    steps: tuple[Step, ...]
    stood: Stood
    unreadable: str | None = None


async def gathered(past: Past, people: Past, case: BundledCase, point: Point, *, purpose: str | None) -> Replayed:
    """The case up to that point. `past` opens what may be shown, `people` what agents were called.

    Raises:
        CommandFailed: it had not begun, or nothing of it can be read.
    """
    if point.position is None:
        raise CommandFailed("this fact has no position in the log yet: is the case service running?")
    done: list[Step] = []
    last, unreadable = None, None
    try:
        async for step, folded in steps(past, people, case.id, point.position):
            done.append(step)
            last = folded
    except UNREADABLE as error:
        unreadable = str(error)
    if last is None:
        raise CommandFailed(unreadable or f"case {case.number} had not begun by then")
    position = done[-1].position if unreadable is not None else point.position
    try:
        known = await people.around(last, position, point.at)
    except UNREADABLE as error:
        raise CommandFailed(str(error)) from error
    stood = _stood(known, opens=purpose is not None)
    return Replayed(number=case.number, purpose=purpose, steps=tuple(done), stood=stood, unreadable=unreadable)


def _stood(known: KnownThen, *, opens: bool) -> Stood:
    case, customer, assignee = known.case, known.customer, known.assignee
    return Stood(
        version=case.version,
        position=known.position,
        at=known.at,
        status=case.status,
        subject=case.subject if opens else None,
        assignee=None if assignee is None else assignee.called(),
        customer=called(customer) if opens else pseudonym(customer.id),
        handles=_handles(customer, opens=opens),
        assignee_budgets=tuple(_purse(budget) for budget in known.budgets),
    )


def _handles(customer: Customer, *, opens: bool) -> tuple[Address, ...]:
    return tuple(
        Address(handle.kind.value, masked(handle) if opens else None, handle.written if opens else None)
        for handle in customer.handles.values()
    )


def _purse(budget: KnownBudget) -> Purse:
    standing = budget.standing
    left = standing.granted_minor - standing.reserved_minor - standing.spent_minor
    granted, reserved, spent, available = (
        from_minor(minor, standing.currency)
        for minor in (standing.granted_minor, standing.reserved_minor, standing.spent_minor, left)
    )
    return Purse(standing.currency, standing.period.value, granted, reserved, spent, available)
