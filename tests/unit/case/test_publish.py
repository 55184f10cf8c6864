"""What of the record other services are told."""

from __future__ import annotations

from typing import Any

from eventsourcing.utils import resolve_topic

from contracts import case, subjects
from contracts.stored import Fact, FactMeta, FirstFact
from contracts.vocabulary import BudgetPeriod, CaseStatus, GestureKind, Presence, RefusalCode, WaitingFor, system_actor
from services.case.commands.add_note import AddNote, add_note
from services.case.commands.expire_mention import ExpireMention, expire_mention
from services.case.commands.request_agent_upsert import RequestAgentUpsert, request_agent_upsert
from services.case.commands.request_presence import RequestPresence, request_presence
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain import (
    attachment_facts,
    case_clocks,
    case_facts,
    clock_facts,
    commitment_facts,
    contact_facts,
    customer_detail_facts,
    customer_facts,
    desk_request_facts,
    erasure_facts,
    gesture_control_facts,
    gesture_facts,
    gestures,
    guard_facts,
    handling_facts,
    incident_facts,
    issued_token_facts,
    known_agent_facts,
    known_budget_facts,
    known_capacity,
    mention_facts,
    merge_facts,
    offer_facts,
    payout_facts,
    publication_facts,
    redaction_facts,
    retention_facts,
    rises,
    settlement_facts,
    upload_facts,
)
from services.case.domain.case import Case
from services.case.domain.desk_request_facts import AgentWish, GrantWish
from services.case.publish import PRIVATE_TOPICS, contract_fact
from tests.support.memory_record import MemoryRecord
from tests.unit.case.test_mentions import noted
from tests.unit.case.world import ANNA, LEA, World

MODULES = (
    attachment_facts,
    upload_facts,
    case_facts,
    case_clocks,
    clock_facts,
    contact_facts,
    settlement_facts,
    handling_facts,
    commitment_facts,
    customer_detail_facts,
    customer_facts,
    desk_request_facts,
    erasure_facts,
    gesture_control_facts,
    gesture_facts,
    incident_facts,
    guard_facts,
    issued_token_facts,
    known_agent_facts,
    known_budget_facts,
    known_capacity,
    mention_facts,
    merge_facts,
    offer_facts,
    payout_facts,
    publication_facts,
    redaction_facts,
    retention_facts,
    rises,
)


def told(record: MemoryRecord) -> list[tuple[str, Any]]:
    """Subject and message of every published fact, in order."""
    messages = []
    for fact in record.all_facts():
        meta = FactMeta(
            fact.originator_id,
            fact.originator_version,
            fact.originator_id,
            fact.TOPIC,
            fact.timestamp,
            ANNA,
            fact.originator_id,
            None,
        )
        message = contract_fact(fact, meta)
        if message is not None:
            messages.append(message)
    return messages


def fact_classes() -> list[type[Fact | FirstFact]]:
    return [
        found
        for module in MODULES
        for found in vars(module).values()
        if isinstance(found, type) and issubclass(found, Fact | FirstFact) and found.__module__ == module.__name__
    ]


def test_every_topic_is_explicit_versioned_unique_and_leads_to_its_class() -> None:
    topics = [found.TOPIC for found in fact_classes()]
    assert sorted(set(topics)) == sorted(topics)
    for found in fact_classes():
        assert found.TOPIC.endswith(".v1")
        assert resolve_topic(found.TOPIC) is found


async def test_the_life_of_a_case_is_told_in_the_words_of_the_contract() -> None:
    world = World()
    opened = await world.open_case()
    await add_note(AddNote(opened.id, world.new_id(), "private"), world.by(), record=world.record)
    await request_reply(
        RequestReply(opened.id, world.new_id(), "Soon."), world.by(), record=world.record, policy=world.policy
    )
    world.later(minutes=1)
    await world.attach(world.whatsapp("ok"))
    await resolve_case(ResolveCase(opened.id), world.by(), record=world.record, policy=world.policy)
    await world.attach(world.whatsapp("no!"))
    subjects_told = [subject for subject, _ in told(world.record)]
    status = subjects.CASE_STATUS_CHANGED
    attached = subjects.CONTACT_ATTACHED
    assert subjects_told == [
        subjects.CASE_OPENED,
        attached,
        subjects.REPLY_REQUESTED,
        status,
        attached,
        status,
        status,
        attached,
        status,
    ]
    changes = [message for subject, message in told(world.record) if subject == status]
    assert [change.status for change in changes] == [
        CaseStatus.WAITING,
        CaseStatus.OPEN,
        CaseStatus.RESOLVED,
        CaseStatus.OPEN,
    ]
    assert [change.reopened for change in changes] == [False, False, False, True]
    assert changes[0].waiting_for is WaitingFor.CUSTOMER
    for subject, message in told(world.record):
        assert type(message) is subjects.MESSAGES[subject]


async def test_gestures_are_told_step_by_step() -> None:
    world = World()
    opened = await world.open_case()
    one, two = world.new_id(), world.new_id()
    stored = await world.record.load(Case, opened.id)
    assert stored is not None
    for gesture_id in (one, two):
        gestures.request(
            stored, gesture_id=gesture_id, agent=ANNA, kind=GestureKind.GIFT, amount_minor=100, currency="EUR",
            reason="goodwill", note="secret", reference=None, at=world.at,
        )  # fmt: skip
        gestures.await_approval(stored, gesture_id=gesture_id, at=world.at)
    gestures.approve(
        stored, gesture_id=one, approval_id=two, approver=LEA, amount_minor=None, currency=None, at=world.at
    )
    gestures.refuse_approval(stored, gesture_id=one, approval_id=two, code=RefusalCode.OVER_OWN_LIMIT, at=world.at)
    gestures.approve(
        stored, gesture_id=one, approval_id=one, approver=LEA, amount_minor=50, currency="EUR", at=world.at
    )
    gestures.give(stored, gesture_id=one, hold_id=two, account_id=two, amount_minor=50, at=world.at)
    gestures.decline(stored, gesture_id=two, decider=LEA, reason="no", at=world.at)
    gestures.give(stored, gesture_id=two, hold_id=one, account_id=two, amount_minor=50, at=world.at)
    world.record.facts[opened.id] = list(stored.pending_events)
    messages = told(world.record)
    assert [subject for subject, _ in messages] == [
        subjects.GESTURE_REQUESTED,
        subjects.GESTURE_REQUESTED,
        subjects.GESTURE_APPROVED,
        subjects.GESTURE_APPROVED,
        subjects.GESTURE_GIVEN,
        subjects.GESTURE_DROPPED,
        subjects.GESTURE_DROPPED,
    ]
    approved = messages[3][1]
    assert (approved.agent_ref, approved.approver_ref, approved.amount_minor) == ("anna", "lea", 50)
    assert [message.hold_id for _, message in messages[5:]] == [None, one]
    assert "secret" not in repr(messages)


async def test_the_desks_requests_are_told_with_their_ids() -> None:
    world = World()
    presence = RequestPresence(world.new_id(), "anna", Presence.AWAY)
    await request_presence(presence, world.by(), record=world.record)
    grant = GrantWish(100, "EUR", BudgetPeriod.DAY, 10)
    upsert = RequestAgentUpsert(world.new_id(), AgentWish("dirk", "Dirk", budgets=(grant,)))
    await request_agent_upsert(upsert, world.by(LEA), record=world.record)
    (_, asked), (_, wanted) = told(world.record)
    assert (asked.request_id, asked.presence) == (presence.request_id, Presence.AWAY)
    assert wanted.budgets == (case.BudgetGrant(100, "EUR", BudgetPeriod.DAY, 10),)
    assert wanted.requested_by == "lea"


async def test_a_mention_is_told_to_nobody_until_its_copies_are_to_go() -> None:
    world = World()
    mention = await noted(world)
    world.later(days=91)
    await expire_mention(ExpireMention(mention.id), world.by(), record=world.record)
    assert told(world.record) == [
        (subjects.CONTENT_EXPIRED, case.ContentExpired(mention.id, None, (mention.id,))),
    ]


async def test_every_fact_is_told_or_named_as_private() -> None:
    """Private ones are those of the list; all others have a message (see the tests above for which)."""
    known = {found.TOPIC for found in fact_classes()}
    assert known >= PRIVATE_TOPICS
    public = known - PRIVATE_TOPICS
    assert public == {
        "case.opened.v1",
        "customer.agent-excluded.v1",
        "customer.agent-readmitted.v1",
        "desk-request.agent-roster-requested.v1",
        "desk-request.account-update-requested.v1",
        "erasure.contacts-named.v1",
        "case.contact-attached.v1",
        "case.contact-detached.v1",
        "case.assigned.v1",
        "case.waiting.v1",
        "case.resumed.v1",
        "case.content-redacted.v1",
        "case.content-expired.v1",
        "mention.expired.v1",
        "case.resolved.v1",
        "case.reopened.v1",
        "case.reply-requested.v1",
        "publication.requested.v1",
        "case.gesture-requested.v1",
        "case.gesture-approved.v1",
        "case.gesture-given.v1",
        "case.gesture-declined.v1",
        "case.gesture-expired.v1",
        "case.gesture-reversed.v1",
        "case.payout-refused.v1",
        "case.hold-returned.v1",
        "case.transfer-requested.v1",
        "case.offer-answered.v1",
        "customer.merged.v1",
        "customer.merge-undone.v1",
        "desk-request.presence-requested.v1",
        "desk-request.agent-upsert-requested.v1",
        "rises.noted.v1",
        "rises.turned.v1",
    }


def test_the_system_itself_is_no_person() -> None:
    assert system_actor("case").role is None
