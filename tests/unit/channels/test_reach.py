"""How often something public is met is told again and again: the newest counts, and only what is news."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import msgspec

from contracts.content import ReachContent
from contracts.vocabulary import Channel
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.domain.contact import Contact
from services.channels.domain.contact_facts import Measured
from services.channels.domain.contact_facts import ReachMeasured as Recorded
from services.channels.domain.inbound import ContactArrived, ReachMeasured
from services.channels.domain.raw import contact_id_of
from services.channels.reactions.record_item_on_raw_kept import record_item_on_raw_kept
from tests.unit.channels.in_memory import ACCOUNT, NOW, ChannelsRecord, arrived, context, raw_of

LATER = NOW + timedelta(hours=1)


def met(hours: int = 0, **counts: int) -> ReachMeasured:
    return ReachMeasured("wamid.IN1", NOW + timedelta(hours=hours), **counts)


def seen(hours: int = 0, **counts: int) -> ContactArrived:
    item = arrived()
    reach = ReachContent(NOW + timedelta(hours=hours), **counts)
    return msgspec.structs.replace(item, content=msgspec.structs.replace(item.content, reach=reach))


async def told(*items: ContactArrived | ReachMeasured) -> ChannelsRecord:
    record = ChannelsRecord()
    for number, item in enumerate(items):
        await record_item_on_raw_kept(item, raw_of(), context(str(number)), record=record, directory=record)
    return record


def measures(record: ChannelsRecord) -> list[Measured]:
    return [fact.measured for fact in record.all_facts() if isinstance(fact, Recorded)]


async def test_a_later_measure_is_recorded_and_the_same_or_an_older_one_is_not() -> None:
    record = await told(seen(shares=2), met(1, shares=2), met(2, shares=80), met(2, shares=80), met(1, shares=40))
    assert measures(record) == [Measured(NOW + timedelta(hours=2), shares=80)]
    assert measures(await told(arrived(), met(1))) == [], "who counts nothing says nothing"


async def test_in_any_order_the_newest_measure_counts_also_one_that_comes_before_its_contact() -> None:
    items: tuple[ContactArrived | ReachMeasured, ...] = (arrived(), met(1, shares=3), met(2, views=9, shares=70))
    for order in permutations(items):
        record = await told(*order)
        contact = await record.load(Contact, contact_id_of(Channel.WHATSAPP, ACCOUNT, "wamid.IN1"))
        assert contact is not None
        assert contact.measured == Measured(NOW + timedelta(hours=2), views=9, shares=70)


async def test_a_contact_that_is_told_of_again_is_measured_again_and_twenty_times_the_same_is_nothing() -> None:
    record = ChannelsRecord()
    for number, item in enumerate((seen(shares=2), seen(1, shares=90), *[seen(1, shares=90)] * 20)):
        command = ReceiveContact(item, raw_of())
        await receive_contact(command, context(str(number)), record=record, directory=record)
    assert measures(record) == [Measured(LATER, shares=90)]
