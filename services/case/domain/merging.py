"""Saying that two customers are one, and taking it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain import merge_facts as facts
from services.case.domain.customer import Customer
from services.case.domain.customer_kind import CustomerKind

RECEIVED_COUNT_MAX = 20
"""Customers that are shown as one; whoever turned out to be so many people is a matter for a closer look."""


def check_mergeable(source: Customer, target: Customer, at: datetime) -> None:
    """Let pass two customers of whom each is shown as itself.

    Raises:
        Refusal: INVALID_INPUT (both are one), ALREADY_MERGED (either is shown as somebody else), CUSTOMER_ERASED,
            CUSTOMER_RESTRICTED.
    """
    if source.id == target.id:
        raise Refusal(RefusalCode.INVALID_INPUT, "nobody is merged into themselves", "targetId")
    for customer, path in ((source, "sourceId"), (target, "targetId")):
        customer.check_usable(at, path)
        if customer.merged is not None:
            raise Refusal(RefusalCode.ALREADY_MERGED, "the customer is merged into another one", path)


def merge(source: Customer, target: Customer, *, count: int, merge_id: UUID, reason: str, at: datetime) -> None:
    """From now on the source is shown as the target. `count`: all those, besides the target, who are from then on.

    Raises:
        Refusal: INVALID_INPUT (too many; an organisation into what is none).
    """
    if count > RECEIVED_COUNT_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {RECEIVED_COUNT_MAX} are merged into one", "targetId")
    if source.kind is CustomerKind.ORGANISATION and target.kind is not CustomerKind.ORGANISATION:
        message = "others may belong to an organisation: merge the other one into it"
        raise Refusal(RefusalCode.INVALID_INPUT, message, "targetId")
    source.trigger_event(facts.CustomerMerged, timestamp=at, merge_id=merge_id, target_id=target.id, reason=reason)
    target.trigger_event(facts.MergeReceived, timestamp=at, merge_id=merge_id, source_id=source.id)


def unmerge(source: Customer, target: Customer, *, merge_id: UUID, reason: str, at: datetime) -> None:
    """From now on each is shown alone, with whatever came in for it meanwhile.

    Raises:
        Refusal: INVALID_INPUT (the merge is undone already), CUSTOMER_ERASED.
    """
    source.check_not_erased("mergeId")
    if source.merged is None or source.merged.merge_id != merge_id:
        raise Refusal(RefusalCode.INVALID_INPUT, "the merge is undone already", "mergeId")
    source.trigger_event(facts.MergeUndone, timestamp=at, merge_id=merge_id, target_id=target.id, reason=reason)
    target.trigger_event(facts.MergeGivenBack, timestamp=at, merge_id=merge_id, source_id=source.id)
