"""Saying that two customers are one, and taking it back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts.vocabulary import Refusal, RefusalCode
from services.case.domain import merge_facts as facts
from services.case.domain.customer import Customer

RECEIVED_COUNT_MAX = 20
"""Customers that are shown as one; whoever turned out to be so many people is a matter for a closer look."""


def merge(source: Customer, target: Customer, *, merge_id: UUID, reason: str, at: datetime) -> None:
    """From now on the source is shown as the target.

    Raises:
        Refusal: INVALID_INPUT (both are one; too many), ALREADY_MERGED (either is shown as somebody else),
            CUSTOMER_ERASED, CUSTOMER_RESTRICTED.
    """
    if source.id == target.id:
        raise Refusal(RefusalCode.INVALID_INPUT, "nobody is merged into themselves", "targetId")
    for customer, path in ((source, "sourceId"), (target, "targetId")):
        customer.check_usable(at, path)
        if customer.merged is not None:
            raise Refusal(RefusalCode.ALREADY_MERGED, "the customer is merged into another one", path)
    if len(target.received) >= RECEIVED_COUNT_MAX:
        raise Refusal(RefusalCode.INVALID_INPUT, f"at most {RECEIVED_COUNT_MAX} are merged into one", "targetId")
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
