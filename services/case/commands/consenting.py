"""Whether a customer wants messages at an address: STOP by short message, and START again."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from contracts.stored import Record
from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.finding import find_customer, find_shown_as_one
from services.case.domain.case import Case
from services.case.domain.customer import Customer

OPT_OUT, OPT_IN = "opt-out", "opt-in"
"""Flags that doors give to what says so."""


def heed_consent(customer: Customer, handle_id: UUID | None, flags: Collection[str], *, at: datetime) -> None:
    """Take note of what a contact says about being written to at the address it came from."""
    if handle_id is not None and (OPT_OUT in flags or OPT_IN in flags):
        customer.consent(handle_id, opted_out=OPT_OUT in flags, at=at)


async def check_wanted(record: Record, case: Case, handle_id: UUID | None, *path: str) -> None:
    """Let pass while messages are wanted at the address.

    Raises:
        Refusal: RECIPIENT_OPTED_OUT at `path`.
    """
    customer = await find_customer(record, case.customer_id, "caseId")
    person = await find_shown_as_one(record, customer)
    if any(each.handles[handle_id].opted_out for each in person if handle_id in each.handles):
        raise Refusal(RefusalCode.RECIPIENT_OPTED_OUT, "they asked for no more messages there", *path)
