"""Rows about forgetting to types."""

from __future__ import annotations

from services.case.domain.restriction import Retained as RetainedFact
from services.case.graphql import ids
from services.case.graphql.enums import ErrorCode
from services.case.graphql.ids import IdType
from services.case.graphql.mapping import at
from services.case.graphql.scalars import Instant
from services.case.graphql.types.erasure import ErasureReceipt, ErasureRequest, Restriction, Retained
from services.case.graphql.types.redaction import Redaction
from services.case.queries.erasures import ErasureRow, RestrictionRow
from services.case.queries.redactions import RedactionRow


def erasure_request(row: ErasureRow) -> ErasureRequest:
    """A request for erasure."""
    return ErasureRequest(
        id=ids.encode(IdType.ERASURE, row.request_id),
        requested_at=Instant(row.requested_at),
        expires_at=Instant(row.expires_at),
        ground=row.ground,
        row=row,
    )


def erasure_receipt(row: ErasureRow, checkpoint: str) -> ErasureReceipt | None:
    """The receipt, once there is one and its place in the log is known."""
    if row.erased_at is None or row.key_backups_expire_at is None or row.receipt_position is None:
        return None
    return ErasureReceipt(
        id=ids.encode(IdType.ERASURE_RECEIPT, row.request_id),
        erased_at=Instant(row.erased_at),
        events=row.events or 0,
        keys_destroyed=row.keys_destroyed or 0,
        stores_purged=list(row.stores_purged or ()),
        retained=[retained(each) for each in row.what_stays()],
        key_backups_expire_at=Instant(row.key_backups_expire_at),
        position=str(row.receipt_position),
        checkpoint=checkpoint,
    )


def retained(fact: RetainedFact) -> Retained:
    """What stays."""
    return Retained(what=fact.what, why=ErrorCode(fact.why.value), until=at(fact.until))


def restriction(row: RestrictionRow, *, opens: bool) -> Restriction:
    """A restriction; why it was placed only for those who may know."""
    return Restriction(
        id=ids.encode(IdType.RESTRICTION, row.restriction_id),
        kind=row.kind,
        since=Instant(row.since),
        until=at(row.until),
        reason=(row.reason or "") if opens else "",
        row=row,
    )


def redaction(row: RedactionRow, *, opens: bool) -> Redaction:
    """A redaction; why only for those who may know."""
    return Redaction(
        id=ids.encode(IdType.REDACTION, row.redaction_id),
        requested_at=Instant(row.requested_at),
        completed_at=at(row.completed_at),
        reason=(row.reason or "") if opens else "",
        row=row,
    )
