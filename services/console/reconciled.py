"""Captures of the ledger beside what the record says was given and paid out: each has exactly one other half.

Both sides are read from the facts, not from read tables, in the order of the gestures' ids and a page at a time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from infra.sql import statements

if TYPE_CHECKING:
    from infra.postgres import Pool

PAGE_ROWS = 5_000
SECONDS_MAX = 3_600
"""How long one side may take to be read: whole logs are."""
DIFFERENCES_MAX = 10_000
"""More are counted and not named."""


class Kind(StrEnum):
    """What does not fit."""

    CAPTURED_NOT_GIVEN = "CAPTURED_NOT_GIVEN"
    GIVEN_NOT_CAPTURED = "GIVEN_NOT_CAPTURED"
    CAPTURED_TWICE = "CAPTURED_TWICE"
    GIVEN_TWICE = "GIVEN_TWICE"
    NOT_CONFIRMED = "NOT_CONFIRMED"
    CONFIRMED_TWICE = "CONFIRMED_TWICE"
    OTHER_HOLD = "OTHER_HOLD"
    OTHER_AMOUNT = "OTHER_AMOUNT"
    OTHER_RETURN = "OTHER_RETURN"


class Money(msgspec.Struct, frozen=True):
    """One gesture's money as one side tells it, in minor units.

    `times`: captured by the ledger, given by the record. `by_payer`: it was to be paid out by somebody else.
    `confirmed`: how often that one said that it paid.
    """

    gesture_id: UUID
    times: int = 0
    amount_minor: int = 0
    returned_minor: int = 0
    hold_id: str | None = None
    by_payer: bool = False
    confirmed: int = 0


class Difference(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that does not fit, of one gesture. Amounts in minor units where both sides name one."""

    kind: Kind
    gesture_id: UUID
    ledger_minor: int | None = None
    record_minor: int | None = None

    def text(self) -> str:
        """For a person."""
        amounts = "" if self.ledger_minor is None else f": ledger {self.ledger_minor}, record {self.record_minor}"
        return f"{self.kind} gesture {self.gesture_id}{amounts}"


class Reconciliation(msgspec.Struct):
    """What was compared, and what does not fit. `found`: how many there are, `differences`: the first of them."""

    captures: int = 0
    gestures: int = 0
    found: int = 0
    differences: list[Difference] = msgspec.field(default_factory=list)

    def note(self, ledger: Money, record: Money) -> None:
        """Compare the two sides of one gesture."""
        self.captures += ledger.times
        self.gestures += record.times
        for difference in differences_of(ledger, record):
            self.found += 1
            if len(self.differences) < DIFFERENCES_MAX:
                self.differences.append(difference)


def differences_of(ledger: Money, record: Money) -> Iterator[Difference]:
    """What does not fit of one gesture."""
    gesture_id, amounts = ledger.gesture_id, (ledger.amount_minor, record.amount_minor)
    wrong = (
        (record.times > 0 and record.by_payer and record.confirmed == 0, Kind.NOT_CONFIRMED),
        (record.confirmed > 1, Kind.CONFIRMED_TWICE),
        (ledger.times > 1, Kind.CAPTURED_TWICE),
        (record.times > 1, Kind.GIVEN_TWICE),
        (ledger.times > 0 and record.times == 0, Kind.CAPTURED_NOT_GIVEN),
        (record.times > 0 and ledger.times == 0, Kind.GIVEN_NOT_CAPTURED),
    )
    yield from (Difference(kind, gesture_id) for found, kind in wrong if found)
    if (ledger.times, record.times) != (1, 1):
        return
    if ledger.hold_id != record.hold_id:
        yield Difference(Kind.OTHER_HOLD, gesture_id)
    if ledger.amount_minor != record.amount_minor:
        yield Difference(Kind.OTHER_AMOUNT, gesture_id, *amounts)
    if ledger.returned_minor != record.returned_minor:
        yield Difference(Kind.OTHER_RETURN, gesture_id, ledger.returned_minor, record.returned_minor)


async def reconcile_logs(ledger: Pool, record: Pool) -> Reconciliation:
    """Compare the two logs as they are now. `ledger`: of routing's database, `record`: of the case service's."""
    done = Reconciliation()
    ours, theirs = _money(ledger, "money_of_ledger"), _money(record, "money_of_record")
    left, right = await anext(ours, None), await anext(theirs, None)
    while left is not None or right is not None:
        if left is not None and (right is None or left.gesture_id < right.gesture_id):
            done.note(left, Money(left.gesture_id))
            left = await anext(ours, None)
        elif right is not None and (left is None or right.gesture_id < left.gesture_id):
            done.note(Money(right.gesture_id), right)
            right = await anext(theirs, None)
        elif left is not None and right is not None:
            done.note(left, right)
            left, right = await anext(ours, None), await anext(theirs, None)
    return done


async def _money(pool: Pool, name: str) -> AsyncIterator[Money]:
    sql = statements("services.console")[name]
    async with pool.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute(f"SET LOCAL statement_timeout = {SECONDS_MAX * 1000}")
        async for row in connection.cursor(sql, prefetch=PAGE_ROWS):
            yield msgspec.convert(dict(row), Money)
