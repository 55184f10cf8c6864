from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest

from contracts.content import AliasContent, HandleContent
from contracts.vocabulary import Channel, HandleKind
from services.channels.commands.change_reaction import ChangeReaction, change_reaction
from services.channels.commands.edit_contact import EditContact, edit_contact
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.commands.remove_contact import RemoveContact, remove_contact
from services.channels.commands.report_alias import ReportAlias, report_alias
from services.channels.domain.contact_facts import Edited, Reacted, Received, Removed
from services.channels.domain.inbound import (
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    HandleAliased,
    Inbound,
    ReactionChanged,
)
from services.channels.domain.outbound import TakenOver
from services.channels.domain.raw import contact_id_of
from services.channels.reactions.record_item_on_raw_kept import record_item_on_raw_kept
from tests.unit.channels.in_memory import (
    ACCOUNT,
    ACCOUNT_ID,
    NOW,
    REPLY_ID,
    SAM,
    ChannelsRecord,
    arrived,
    context,
    raw_of,
    requested,
)

WHATSAPP = Channel.WHATSAPP
EDIT = ContactEdited("wamid.IN1", "wamid.E1", NOW, "Hello there")
REMOVAL = ContactRemoved("wamid.IN1", NOW)
REACTION = ReactionChanged("wamid.IN1", "wamid.R1", NOW, "👍")


async def receive(record: ChannelsRecord, item: ContactArrived, name: str = "receive") -> None:
    await receive_contact(ReceiveContact(item, raw_of(), "shop"), context(name), record=record, directory=record)


async def test_a_contact_is_recorded_with_what_it_said() -> None:
    record = ChannelsRecord()
    await receive(record, arrived())
    (fact,) = record.all_facts()
    assert isinstance(fact, Received)
    assert fact.originator_id == contact_id_of(WHATSAPP, ACCOUNT, "wamid.IN1")
    assert fact.content is not None
    assert (fact.content.text, fact.content.handles, fact.brand) == ("Hello", (SAM,), "shop")


async def test_a_contact_told_of_in_another_payload_changes_nothing_twice() -> None:
    record = ChannelsRecord()
    for number in range(20):
        await receive(record, arrived(), f"payload {number}")
    assert record.topics() == [Received.TOPIC]


async def test_a_contact_that_loses_the_race_is_recorded_once() -> None:
    record = ChannelsRecord()
    record.lose_races(2)
    await receive(record, arrived())
    assert record.topics() == [Received.TOPIC]


async def test_a_contact_that_answers_a_reply_of_ours_names_that_reply() -> None:
    record = ChannelsRecord()
    await requested(record)
    await record_outcome(
        RecordOutcome(REPLY_ID, ACCOUNT_ID, TakenOver("wamid.OUT1")), context(), record=record, directory=record
    )
    await receive(record, arrived(in_reply_to="wamid.OUT1"))
    assert record.all_facts()[-1].in_reply_to == REPLY_ID


async def test_a_contact_that_answers_a_contact_names_it() -> None:
    record = ChannelsRecord()
    await receive(record, arrived("wamid.IN2", in_reply_to="wamid.IN1"))
    assert record.all_facts()[-1].in_reply_to == contact_id_of(WHATSAPP, ACCOUNT, "wamid.IN1")


async def test_the_echo_of_a_reply_of_ours_is_no_second_contact() -> None:
    record = ChannelsRecord()
    await requested(record)
    await record_outcome(
        RecordOutcome(REPLY_ID, ACCOUNT_ID, TakenOver("wamid.OUT1")), context(), record=record, directory=record
    )
    before = len(record.all_facts())
    await receive(record, arrived("wamid.OUT1"))
    assert len(record.all_facts()) == before


@pytest.mark.parametrize("order", list(permutations((arrived(), EDIT, REMOVAL, REACTION))))
async def test_in_any_order_a_contact_ends_edited_and_removed_and_reacted_to(order: tuple[Inbound, ...]) -> None:
    record = ChannelsRecord()
    for repeat in range(2):
        for number, item in enumerate(order):
            await record_item_on_raw_kept(
                item, raw_of(), context(f"{repeat} {number}"), record=record, directory=record
            )
    topics = record.topics()
    assert topics.count(Received.TOPIC) == topics.count(Removed.TOPIC) == topics.count(Reacted.TOPIC) == 1
    assert topics.count(Edited.TOPIC) == (1 if order.index(EDIT) < order.index(REMOVAL) else 0)
    assert record.waiting == {}


async def test_an_older_edit_that_comes_late_does_not_win() -> None:
    record = ChannelsRecord()
    await receive(record, arrived())
    older = ContactEdited("wamid.IN1", "wamid.E0", NOW - timedelta(minutes=1), "Hullo")
    for name, item in (("new", EDIT), ("old", older), ("again", EDIT)):
        await edit_contact(EditContact(item, WHATSAPP, ACCOUNT), context(name), record=record, directory=record)
    edits = [fact for fact in record.all_facts() if isinstance(fact, Edited)]
    assert [fact.content.text for fact in edits if fact.content] == ["Hello there"]


async def test_an_edit_that_loses_the_race_is_decided_again() -> None:
    record = ChannelsRecord()
    await receive(record, arrived())
    record.lose_races(1)
    await edit_contact(EditContact(EDIT, WHATSAPP, ACCOUNT), context("e"), record=record, directory=record)
    assert record.topics() == [Received.TOPIC, Edited.TOPIC]


async def test_a_removal_is_recorded_once_even_when_it_loses_the_race() -> None:
    record = ChannelsRecord()
    await receive(record, arrived())
    record.lose_races(1)
    for name in ("first", "second"):
        command = RemoveContact(REMOVAL, WHATSAPP, ACCOUNT)
        await remove_contact(command, context(name), record=record, directory=record)
    assert record.topics() == [Received.TOPIC, Removed.TOPIC]


async def test_a_reply_edited_or_deleted_in_the_app_stays_as_it_was_sent() -> None:
    record = ChannelsRecord()
    await requested(record)
    await record_outcome(
        RecordOutcome(REPLY_ID, ACCOUNT_ID, TakenOver("wamid.OUT1")), context(), record=record, directory=record
    )
    before = len(record.all_facts())
    edit, removal = ContactEdited("wamid.OUT1", "e", NOW, "x"), ContactRemoved("wamid.OUT1", NOW)
    await edit_contact(EditContact(edit, WHATSAPP, ACCOUNT), context("e"), record=record, directory=record)
    await remove_contact(RemoveContact(removal, WHATSAPP, ACCOUNT), context("r"), record=record, directory=record)
    assert len(record.all_facts()) == before
    assert record.waiting == {}


async def test_an_emoji_on_a_reply_of_ours_is_recorded_even_when_it_comes_before_the_replys_id() -> None:
    record = ChannelsRecord()
    await requested(record)
    reaction = ReactionChanged("wamid.OUT1", "wamid.R1", NOW, "👍")
    await change_reaction(ChangeReaction(reaction, WHATSAPP, ACCOUNT), context("r"), record=record, directory=record)
    await record_outcome(
        RecordOutcome(REPLY_ID, ACCOUNT_ID, TakenOver("wamid.OUT1")), context("o"), record=record, directory=record
    )
    again = ChangeReaction(reaction, WHATSAPP, ACCOUNT)
    await change_reaction(again, context("again"), record=record, directory=record)
    reacted = [fact for fact in record.all_facts() if isinstance(fact, Reacted)]
    assert [fact.contact_id for fact in reacted] == [REPLY_ID]


async def test_an_emoji_that_loses_the_race_is_recorded_once() -> None:
    record = ChannelsRecord()
    await receive(record, arrived())
    record.lose_races(1)
    await change_reaction(ChangeReaction(REACTION, WHATSAPP, ACCOUNT), context("r"), record=record, directory=record)
    assert record.topics().count(Reacted.TOPIC) == 1


async def test_an_alias_is_recorded_once_even_when_it_loses_the_race() -> None:
    record = ChannelsRecord()
    record.lose_races(1)
    new = HandleContent(kind=HandleKind.WHATSAPP, value="+31687654321")
    item = HandleAliased("wamid.S1", NOW, AliasContent(old=SAM, new=new))
    for name in ("first", "second"):
        await report_alias(ReportAlias(item, WHATSAPP, ACCOUNT), context(name), record=record)
    assert record.topics() == ["channels.handle.aliased.v1"]
