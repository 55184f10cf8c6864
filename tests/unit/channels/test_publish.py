from __future__ import annotations

import msgspec

from contracts import channels, subjects
from contracts.vocabulary import Channel, DeliveryStatus
from services.channels.commands.apply_configuration import ApplyConfiguration, apply_configuration
from services.channels.commands.record_attempt import RecordAttempt, record_attempt
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.commands.record_status import RecordStatus, record_status
from services.channels.domain.account_facts import AccountEntry
from services.channels.domain.inbound import ContactEdited, ContactRemoved, Inbound, ReachMeasured, ReactionChanged
from services.channels.domain.outbound import OutcomeLost, SendOutcome, SendRefused, TakenOver, TryLater
from services.channels.publish import PRIVATE_TOPICS, contract_fact
from services.channels.reactions.record_item_on_raw_kept import record_item_on_raw_kept
from tests.unit.channels.in_memory import (
    ACCOUNT,
    ACCOUNT_ID,
    CASE_ID,
    NOW,
    REPLY_ID,
    ChannelsRecord,
    arrived,
    context,
    meta_of,
    raw_of,
    requested,
    status,
)


def told(record: ChannelsRecord) -> list[tuple[str, object]]:
    found = [contract_fact(fact, meta_of(fact.originator_id, fact)) for fact in record.all_facts()]
    return [each for each in found if each is not None]


async def after(outcome: SendOutcome) -> ChannelsRecord:
    record = ChannelsRecord()
    await requested(record)
    await record_attempt(RecordAttempt(REPLY_ID), context("a"), record=record)
    command = RecordOutcome(REPLY_ID, ACCOUNT_ID, outcome)
    await record_outcome(command, context("o"), record=record, directory=record)
    return record


async def test_everything_about_a_contact_is_told() -> None:
    record = ChannelsRecord()
    items: tuple[Inbound, ...] = (
        arrived(flags=("forwarded",)),
        ContactEdited("wamid.IN1", "e", NOW, "Hi"),
        ReachMeasured("wamid.IN1", NOW, shares=71),
        ContactRemoved("wamid.IN1", NOW),
        ReactionChanged("wamid.IN1", "r", NOW, None),
    )
    for number, item in enumerate(items):
        await record_item_on_raw_kept(item, raw_of(), context(str(number)), record=record, directory=record)
    messages = told(record)
    assert {subject for subject, _ in messages} == {
        subjects.CONTACT_RECEIVED,
        subjects.CONTACT_EDITED,
        subjects.CONTACT_REMOVED,
        subjects.REACH_MEASURED,
        subjects.REACTION_CHANGED,
    }
    received = next(message for _, message in messages if isinstance(message, channels.ContactReceived))
    assert (received.flags, received.account) == (("forwarded",), ACCOUNT)
    assert b"wamid" not in msgspec.json.encode(received)


async def test_what_became_of_a_reply_is_told_and_how_it_was_tried_is_not() -> None:
    for outcome, expected in (
        (TakenOver("wamid.OUT1"), (DeliveryStatus.ACCEPTED, None)),
        (SendRefused("131026", "no"), (DeliveryStatus.FAILED, "131026")),
        (OutcomeLost("lost"), (DeliveryStatus.UNKNOWN, None)),
    ):
        ((subject, message),) = told(await after(outcome))
        assert subject == subjects.DELIVERY_UPDATED
        assert isinstance(message, channels.DeliveryUpdated)
        assert (message.contact_id, message.case_id) == (REPLY_ID, CASE_ID)
        assert (message.status, message.code) == expected
    assert told(await after(TryLater("x", "x"))) == []
    assert "channels.delivery.postponed.v1" in PRIVATE_TOPICS


async def test_a_report_is_told_with_its_own_time() -> None:
    record = await after(TakenOver("wamid.OUT1"))
    command = RecordStatus(status("wamid.OUT1", DeliveryStatus.READ), Channel.WHATSAPP, ACCOUNT)
    await record_status(command, context("s"), record=record, directory=record)
    _, message = told(record)[-1]
    assert isinstance(message, channels.DeliveryUpdated)
    assert (message.status, message.at) == (DeliveryStatus.READ, NOW)


async def test_accounts_and_the_configurations_digest_are_told() -> None:
    record = ChannelsRecord()
    entry = AccountEntry(channel=Channel.FORM, account="website", name="Website", brand="shop", brand_name="The Shop")
    await apply_configuration(ApplyConfiguration("one", (entry,)), context("1"), record=record)
    await apply_configuration(ApplyConfiguration("two", ()), context("2"), record=record)
    messages = [message for _, message in told(record)]
    assert [message.digest for message in messages if isinstance(message, channels.ConfigurationApplied)] == [
        "one",
        "two",
    ]
    states = [message for message in messages if isinstance(message, channels.AccountConfigured)]
    assert [(state.brand_name, state.active) for state in states] == [("The Shop", True), ("The Shop", False)]
