"""Looking at an answer before everybody can read it."""

from __future__ import annotations

from contracts.stored import Record
from contracts.vocabulary import Direction, HandleKind, Refusal, RefusalCode, Visibility
from services.case.domain.case import Case
from services.case.domain.customer import Customer
from services.case.domain.publicity import Known, personal_data
from services.case.domain.recipients import ReplyRoute

_OF_A_PERSON = frozenset({HandleKind.EMAIL, HandleKind.PHONE, HandleKind.WHATSAPP})


async def check_publishable(record: Record, case: Case, route: ReplyRoute, text: str, *path: str) -> None:
    """Let pass what is said in private, and what tells the public nothing about the customer.

    Raises:
        Refusal: PUBLIC_PERSONAL_DATA at `path`; it names kinds, never what was found.
    """
    if route.visibility is Visibility.PRIVATE:
        return
    customer = await record.load(Customer, case.customer_id)
    found = personal_data(text, _known(case, customer, route))
    if found:
        raise Refusal(RefusalCode.PUBLIC_PERSONAL_DATA, f"everybody would read {', '.join(found)}", *path)


def _known(case: Case, customer: Customer | None, route: ReplyRoute) -> Known:
    in_private = [contact for contact in case.contacts.values() if contact.visibility is Visibility.PRIVATE]
    displays = [contact.to.display for contact in in_private if contact.to is not None]
    handles = customer.handles.values() if customer is not None else ()
    return Known(
        shown=tuple(each for each in (route.to.value, route.to.display) if each),
        names=tuple(each for each in (customer.name if customer is not None else None, *displays) if each),
        addresses=tuple(handle.value for handle in handles if handle.value and handle.kind in _OF_A_PERSON),
        case_number=case.number,
        told=tuple(each.text for each in in_private if each.text and each.direction is Direction.INBOUND),
    )
