"""To which organisations somebody belongs, through those who turned out to be one with others."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from contracts.stored import Record
from contracts.vocabulary import id_of
from services.case.commands.finding import find_customer, find_shown_as_one, find_whole
from services.case.domain.customer import Customer
from services.case.domain.customer_kind import CustomerKind
from services.case.domain.details import ORGANISATIONS_DEPTH_MAX

ORGANISATIONS = id_of("queue", "organisations")
"""On which a process queues placings of organisations up, instead of racing itself."""
_LOOKED_AT_MAX = 500
"""Records on the way up; five levels of as many as may be merged into one are fewer."""


async def find_above(record: Record, organisation_id: UUID | None, *path: str) -> list[Customer]:
    """The organisation and all that it belongs to, each as whom it is shown, nearest first; no more than may stand.

    Raises:
        Refusal: NOT_FOUND at `path`.
    """
    found: list[Customer] = []
    while organisation_id is not None and len(found) < ORGANISATIONS_DEPTH_MAX:
        whole = await find_whole(record, await find_customer(record, organisation_id, *path))
        if any(each.id == whole.id for each in found):
            break
        found.append(whole)
        organisation_id = whole.organisation_id
    return found


async def leads_to(record: Record, organisation_id: UUID | None, those: Sequence[Customer]) -> bool:
    """Whether the organisation is one of those, or belongs to one of them through others.

    What is hidden by a merge counts as well: parting is never refused, and must not make a circle either.
    """
    sought, seen = {each.id for each in those}, set[UUID]()
    ahead = [organisation_id]
    while ahead and len(seen) < _LOOKED_AT_MAX:
        upwards = ahead.pop()
        if upwards is None or upwards in seen:
            continue
        person = await find_shown_as_one(record, await find_customer(record, upwards))
        seen |= {each.id for each in person}
        if sought & seen:
            return True
        ahead += [each.organisation_id for each in person]
    return False


def is_organisation(customer: Customer) -> bool:
    """Whether others may belong to it."""
    return customer.kind is CustomerKind.ORGANISATION
