"""What is known of a case's customer, as guard rails compare it with what is to be said in public."""

from __future__ import annotations

from contracts.stored import Record
from contracts.vocabulary import Direction, HandleKind, Visibility
from services.case.commands.finding import find_shown_as_one
from services.case.domain.case import Case
from services.case.domain.case_contact import personal_values
from services.case.domain.customer import Customer
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.publicity import Known
from services.case.domain.recipients import ReplyRoute

_OF_A_PERSON = frozenset({HandleKind.EMAIL, HandleKind.PHONE, HandleKind.WHATSAPP})


async def known_of(record: Record, case: Case, route: ReplyRoute, policy: GuardPolicy) -> Known:
    """All of it: of those who are shown as one with the customer, too."""
    people = await _people(record, case)
    in_private = [contact for contact in case.contacts.values() if contact.visibility is Visibility.PRIVATE]
    displays = [contact.to.display for contact in in_private if contact.to is not None]
    handles = [handle for each in people for handle in each.handles.values() if handle.handle_id != route.handle_id]
    own = [handle for each in people for handle in each.handles.values()]
    return Known(
        shown=tuple(each for each in (route.to.value, route.to.display) if each),
        names=tuple(each for each in (*(person.name for person in people), *displays) if each),
        addresses=tuple(handle.value for handle in own if handle.value and handle.kind in _OF_A_PERSON),
        case_number=case.number,
        told=tuple(each.text for each in in_private if each.text and each.direction is Direction.INBOUND),
        handles=tuple(handle.value for handle in handles if handle.value and handle.kind not in _OF_A_PERSON),
        references=(*(told for each in in_private for told in each.personal), *_given(case), *_elsewhere(people)),
        order_numbers=policy.order_numbers,
    )


def _given(case: Case) -> list[str]:
    """What gestures of the case refer to, and what they brought: a voucher's code is money."""
    return [each for gesture in case.gestures.values() for each in gesture.tokens]


def _elsewhere(people: list[Customer]) -> list[str]:
    """What stands for the customer in other systems, and of what is known of them that which tells who they are."""
    ids = [value for person in people for value in person.called_elsewhere.values()]
    return [*ids, *(value for person in people for value in personal_values(person.attributes))]


async def _people(record: Record, case: Case) -> list[Customer]:
    customer = await record.load(Customer, case.customer_id)
    return [] if customer is None else await find_shown_as_one(record, customer)
