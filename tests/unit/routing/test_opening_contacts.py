"""The contact that opened a case tells routing nothing new, unless it comes to a process that did not see the case."""

from __future__ import annotations

from functools import partial

import msgspec

from contracts.case import ContactAttached
from contracts.envelope import Message
from contracts.vocabulary import Channel, ContactKind, Direction
from services.routing.domain.agent import agent_id
from services.routing.reactions.note_contact_on_contact_attached import note_contact_on_contact_attached
from services.routing.reactions.opening_contacts import CONTACTS_MAX, OpeningContacts
from tests.unit.routing.memory_floor import NOW
from tests.unit.routing.the_shop import a_shop, named


async def test_a_contact_that_opened_its_case_is_passed_over_once() -> None:
    shop, opening = await a_shop(), OpeningContacts()
    case = await shop.open_case("case")
    assert case.agent_id is None, "nobody is there"
    await shop.presence("anna")
    word = ContactAttached(
        case_id=named("case"),
        customer_id=named("customer"),
        contact_id=named("contact"),
        channel=Channel.WHATSAPP,
        kind=ContactKind.MESSAGE,
        direction=Direction.INBOUND,
        occurred_at=NOW,
    )
    message = Message("case", 1, NOW, data=msgspec.Raw(msgspec.json.encode(word)))
    noted = partial(note_contact_on_contact_attached, record=shop.record, floor=shop.floor, opening=opening)
    opening.expect(word.contact_id)
    await noted(message, shop.context())
    assert (await shop.case("case")).agent_id is None
    await noted(message, shop.context())
    assert (await shop.case("case")).agent_id == agent_id("anna"), "it is not known any more, so the case is looked at"


def test_only_the_last_of_them_are_remembered() -> None:
    opening = OpeningContacts()
    for number in range(CONTACTS_MAX + 1):
        opening.expect(named(f"contact {number}"))
    assert not opening.has_come(named("contact 0"))
    assert opening.has_come(named("contact 1"))
    assert not opening.has_come(named("contact 1")), "it was told of itself before"
