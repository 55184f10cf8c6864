"""Timeline entries to types. What is sealed stands in them only where the viewer may have it opened (`opens`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts.vocabulary import (
    CaseStatus,
    ContactKind,
    ContentState,
    DeliveryStatus,
    Direction,
    GestureKind,
    GestureStatus,
    Visibility,
)
from services.case.domain.commitment import CommitmentStatus
from services.case.graphql import ids
from services.case.graphql.enums import ReferenceKind
from services.case.graphql.ids import IdType
from services.case.graphql.mapping import at, tag
from services.case.graphql.scalars import Instant, Url
from services.case.graphql.types.entries import (
    Assignment,
    Candidate,
    Commitment,
    Contact,
    DeliveryFailure,
    Fulfilment,
    Gesture,
    Note,
    Reference,
    StatusChange,
)
from services.case.graphql.types.interfaces import TimelineEntry
from services.case.graphql.types.money import Money
from services.case.queries.rows import CandidateRow, EntryRow


def candidate(row: CandidateRow) -> Candidate:
    """An agent who was looked at."""
    return Candidate(tier=row.tier, eta=at(row.eta), rejected=row.rejected, row=row)


def contact(row: EntryRow, *, opens: bool) -> Contact:
    """An entry of kind CONTACT."""
    direction, channel = row.direction or Direction.INBOUND, row.channel
    if channel is None:
        raise ValueError(f"contact {row.entry_id} has no channel")
    way = "from the customer" if direction is Direction.INBOUND else "to the customer"
    return Contact(
        **_entry(row, IdType.CONTACT, f"{channel.value.capitalize()} contact {way}"),
        direction=direction,
        channel=channel,
        kind=row.contact_kind or ContactKind.MESSAGE,
        class_=row.class_,
        visibility=row.visibility or Visibility.PRIVATE,
        subject=row.subject if opens else None,
        **_text(row, opens=opens),
        language=tag(row.language),
        edited_at=at(row.edited_at),
        delivery_status=row.delivery_status or DeliveryStatus.RECEIVED,
        delivery_failure=_delivery_failure(row, opens=opens),
        requested_at=Instant(row.requested_at or row.recorded_at),
        expires_at=at(row.expires_at),
    )


def _delivery_failure(row: EntryRow, *, opens: bool) -> DeliveryFailure | None:
    """Why it did not arrive, or was never let go. What a colleague wrote about that may name somebody."""
    cancelled = row.delivery_status is DeliveryStatus.CANCELLED and row.delivery_code is not None
    if row.delivery_status is not DeliveryStatus.FAILED and not cancelled:
        return None
    return DeliveryFailure(
        code=row.delivery_code or "UNKNOWN",
        message=row.delivery_reason or (row.decline_reason if opens else None) or "",
        retryable=bool(row.delivery_retryable),
        at=Instant(row.delivery_at or row.recorded_at),
    )


def note(row: EntryRow, *, opens: bool) -> Note:
    """An entry of kind NOTE."""
    return Note(**_entry(row, IdType.NOTE, "Note by a colleague"), **_text(row, opens=opens))


def gesture(row: EntryRow, *, opens: bool) -> Gesture:
    """An entry of kind GESTURE."""
    kind, status = row.gesture_kind or GestureKind.REFUND, row.gesture_status or GestureStatus.REQUESTED
    amount = Money.of(row.amount_minor or 0, row.currency or "EUR")
    name = kind.value.lower().replace("_", " ")
    return Gesture(
        **_entry(row, IdType.GESTURE, f"{name} of {amount.amount:f} {amount.currency_code}".capitalize()),
        kind=kind,
        status=status,
        amount=amount,
        reason=row.reason or "",
        note=row.note if opens else None,
        reference=_reference(row) if opens else None,
        fulfilment=_fulfilment(row) if opens else None,
        requested_at=Instant(row.requested_at or row.recorded_at),
        expires_at=at(row.expires_at),
        decided_at=at(row.decided_at),
        decline_reason=row.decline_reason if opens else None,
    )


def _reference(row: EntryRow) -> Reference | None:
    fields = row.reference_fields()
    if fields is None:
        return None
    url = fields.get("url")
    return Reference(kind=ReferenceKind(fields["kind"]), value=str(fields["value"]), url=url and Url(url))


def _fulfilment(row: EntryRow) -> Fulfilment | None:
    brought = row.fulfilment_fields()
    if brought is None:
        return None
    url = brought.url
    return Fulfilment(
        code=brought.code, url=None if url is None else Url(url), provider_ref=brought.provider_ref, at=at(brought.at)
    )


def assignment(row: EntryRow, *, opens: bool) -> Assignment:
    """An entry of kind ASSIGNMENT."""
    reason = row.assignment_reason()
    return Assignment(
        **_entry(row, IdType.ASSIGNMENT, _assigned(row)),
        reason=reason,
        note=row.note if opens else None,
        held_until=at(row.held_until),
        policy_version=row.policy_version or "",
    )


def _assigned(row: EntryRow) -> str:
    if row.agent_id is not None:
        return "Assigned"
    if row.offered:
        return "Offered to an agent"
    return "Nobody could take it" if row.held_until is None else "Waits for an agent the customer knows"


def commitment(row: EntryRow, *, opens: bool) -> Commitment:
    """An entry of kind COMMITMENT."""
    status = row.commitment_status or CommitmentStatus.OPEN
    return Commitment(
        **_entry(row, IdType.COMMITMENT, f"A promise, {status.value.lower()}"),
        **_text(row, opens=opens),
        due_at=Instant(row.due_at or row.occurred_at),
        status=status,
    )


def status_change(row: EntryRow, *, opens: bool) -> StatusChange:
    """An entry of kind STATUS_CHANGE."""
    del opens
    status = row.case_status or CaseStatus.OPEN
    return StatusChange(
        **_entry(row, IdType.STATUS_CHANGE, f"The case is {status.value.lower()}"),
        status=status,
    )


ENTRY_TYPES: dict[str, Callable[..., TimelineEntry]] = {
    "CONTACT": contact,
    "NOTE": note,
    "GESTURE": gesture,
    "ASSIGNMENT": assignment,
    "COMMITMENT": commitment,
    "STATUS_CHANGE": status_change,
}
"""How each kind of entry becomes its type."""


def entry(row: EntryRow, *, opens: bool) -> TimelineEntry:
    """A timeline entry of whatever kind."""
    return ENTRY_TYPES[row.kind](row, opens=opens)


def _entry(row: EntryRow, kind: IdType, summary: str) -> dict[str, Any]:
    return {
        "id": ids.encode(kind, row.entry_id),
        "occurred_at": Instant(row.occurred_at),
        "recorded_at": Instant(row.recorded_at),
        "summary": summary,
        "row": row,
    }


def _text(row: EntryRow, *, opens: bool) -> dict[str, Any]:
    if opens or row.text_state is not ContentState.PRESENT:
        return {"text": row.text, "text_state": row.text_state}
    return {"text": None, "text_state": ContentState.NOT_PERMITTED}
