"""Where a contact belongs: the case of its thread, the open case, a recent one opened again, or a new one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from contracts.vocabulary import CaseStatus


class KnownCase(msgspec.Struct, frozen=True):
    """What placing a contact needs to know of a case. `resolved_at`: None unless RESOLVED."""

    case_id: UUID
    customer_id: UUID
    status: CaseStatus
    last_contact_at: datetime
    resolved_at: datetime | None = None
    subject: str | None = None


class KnownContact(msgspec.Struct, frozen=True):
    """A contact and the case it is on."""

    contact_id: UUID
    case_id: UUID


def place(
    cases: Sequence[KnownCase],
    *,
    thread_case_id: UUID | None,
    occurred_at: datetime,
    reopen_days: int,
) -> UUID | None:
    """The case a contact goes to, or None for a new one.

    `cases`: the customer's own. A thread that runs in somebody else's case is not followed: it would show one
    customer's words to another. Answering a resolved case's thread always goes there; otherwise a case counts as
    recent up to `reopen_days` after its resolution (0: by thread only).
    """
    if any(case.case_id == thread_case_id for case in cases):
        return thread_case_id
    moving = [case for case in cases if case.status is not CaseStatus.RESOLVED]
    if moving:
        return max(moving, key=_last_contact).case_id
    if reopen_days <= 0:
        return None
    recent = [
        case
        for case in cases
        if case.resolved_at is not None and occurred_at - case.resolved_at <= timedelta(days=reopen_days)
    ]
    return max(recent, key=_last_contact).case_id if recent else None


def _last_contact(case: KnownCase) -> tuple[datetime, UUID]:
    return (case.last_contact_at, case.case_id)
