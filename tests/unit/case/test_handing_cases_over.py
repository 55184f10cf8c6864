"""Who has a case when a person says so: asked here, decided by routing, answered on the record."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from contracts import subjects
from contracts.content import HandleContent
from contracts.guards import Persona
from contracts.stored import IdempotencyMismatch
from contracts.vocabulary import (
    Actor,
    ActorKind,
    Channel,
    HandleAssurance,
    HandleKind,
    Refusal,
    RefusalCode,
    Role,
)
from services.case.commands.exclude_agent import ExcludeAgent, exclude_agent
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain.case_facts import Assigned
from services.case.domain.handling_facts import TransferRequested
from tests.unit.case.office import ANNA_ID, BOB_ID, GONE_ID, PRESS, Office
from tests.unit.case.test_publish import told
from tests.unit.case.world import ANNA, AUDITOR, BOB, LEA

STRANGER = Actor(ActorKind.AGENT, "stranger", Role.AGENT)


async def test_a_transfer_is_asked_of_routing_and_its_answer_carries_the_words() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    await office.routed(case, ANNA_ID)
    transfer_id = await office.transfer(case, agent_id=BOB_ID, reason="  knows it best ")
    (request,) = [message for subject, message in told(office.record) if subject == subjects.CASE_TRANSFER_REQUESTED]
    assert (request.transfer_id, request.agent_id, request.team_ref, request.claimed) == (
        transfer_id, BOB_ID, None, False,
    )  # fmt: skip
    assert (await office.now(case)).assignee_id == ANNA_ID, "until routing answers"
    await office.routed(case, BOB_ID, transfer_id)
    assert (await office.now(case)).assignee_id == BOB_ID
    assert (await office.now(case)).transfers == {}
    notes = [fact.note for fact in office.record.all_facts() if isinstance(fact, Assigned)]
    assert notes == [None, "knows it best"]


async def test_to_a_team_is_asked_by_its_reference_and_that_nobody_has_it_is_an_answer_too() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    await office.routed(case, None)
    for _ in range(2):
        transfer_id = await office.transfer(case, team_id=PRESS)
        await office.routed(case, None, transfer_id)
    facts = [fact for fact in office.record.all_facts() if isinstance(fact, Assigned)]
    assert [fact.team_ref for fact in facts] == [None, "press", "press"]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({}, RefusalCode.INVALID_INPUT, ("agentId",)),
        ({"agent_id": BOB_ID, "reroute": True}, RefusalCode.INVALID_INPUT, ("agentId",)),
        ({"agent_id": BOB_ID, "reason": "  "}, RefusalCode.INVALID_INPUT, ("reason",)),
        ({"agent_id": BOB_ID, "reason": "x" * 2001}, RefusalCode.TEXT_TOO_LONG, ("reason",)),
        ({"agent_id": GONE_ID}, RefusalCode.NOT_FOUND, ("agentId",)),
        ({"agent_id": ANNA_ID}, RefusalCode.ALREADY_ASSIGNED, ("agentId",)),
        ({"team_id": BOB_ID}, RefusalCode.NOT_FOUND, ("teamId",)),
        ({"reroute": True, "by": AUDITOR}, RefusalCode.FORBIDDEN, ()),
    ],
)
async def test_a_transfer_that_breaks_a_rule_is_refused(
    given: dict[str, Any], code: RefusalCode, path: tuple[str, ...]
) -> None:
    office = await Office.furnished()
    case = await office.open_case()
    await office.routed(case, ANNA_ID)
    with pytest.raises(Refusal) as refused:
        await office.transfer(case, **given)
    assert (refused.value.code, refused.value.path) == (code, path)
    assert office.count(TransferRequested) == 0


async def test_a_resolved_case_and_one_that_is_not_as_it_was_are_not_handed_over() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    with pytest.raises(Refusal) as stale:
        await office.transfer(case, reroute=True, how=office.by(expected_version=1))
    assert stale.value.code is RefusalCode.VERSION_CONFLICT
    await office.resolve(case)
    for ask in (office.transfer(case, reroute=True), office.claim(case)):
        with pytest.raises(Refusal) as refused:
            await ask
        assert refused.value.code is RefusalCode.CASE_RESOLVED


async def test_a_transfer_and_a_claim_are_asked_once_per_key() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    how, claiming = office.by(request_digest=b"1"), office.by(request_digest=b"2")
    for _ in range(2):
        await office.transfer(case, reroute=True, how=how)
        await office.claim(case, how=claiming)
    assert office.count(TransferRequested) == 2
    with pytest.raises(IdempotencyMismatch):
        await office.claim(case, how=replace(claiming, request_digest=b"3"))


async def test_a_transfer_that_loses_the_race_is_asked_upon_what_the_winner_left() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    office.record.lose_races(2)
    await office.transfer(case, agent_id=BOB_ID)
    assert office.count(TransferRequested) == 1


async def test_a_claim_is_the_quickest_ones_while_routing_thinks() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    await office.claim(case)
    with pytest.raises(Refusal) as late:
        await office.claim(case, by=BOB)
    assert (late.value.code, late.value.path) == (RefusalCode.ALREADY_ASSIGNED, ("caseId",))


async def test_an_own_case_is_claimed_already_and_somebody_elses_is_not_to_be_had() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    await office.routed(case, ANNA_ID)
    assert (await office.claim(case)).outcome["transfer_id"] is None
    with pytest.raises(Refusal) as refused:
        await office.claim(case, by=BOB)
    assert refused.value.code is RefusalCode.ALREADY_ASSIGNED
    assert office.count(TransferRequested) == 0


@pytest.mark.parametrize(("by", "code"), [(LEA, "NOT_FOUND"), (STRANGER, "NOT_FOUND"), (AUDITOR, "FORBIDDEN")])
async def test_only_an_agent_who_is_with_us_claims(by: Actor, code: str) -> None:
    office = await Office.furnished()
    case = await office.open_case()
    with pytest.raises(Refusal) as refused:
        await office.claim(case, by=by)
    assert refused.value.code == code


async def test_whoever_is_kept_from_a_customer_takes_no_case_of_theirs_but_may_be_named_by_a_colleague() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    await exclude_agent(ExcludeAgent(case.customer_id, ANNA_ID), office.by(LEA), record=office.record)
    for ask in (office.claim(case), office.transfer(case, agent_id=ANNA_ID)):
        with pytest.raises(Refusal) as refused:
            await ask
        assert (refused.value.code, refused.value.path) == (RefusalCode.FORBIDDEN, ("caseId",))
    assert office.count(TransferRequested) == 0
    await office.transfer(case, agent_id=ANNA_ID, by=BOB)
    assert office.count(TransferRequested) == 1


async def test_words_about_somebody_who_was_erased_meanwhile_are_not_kept() -> None:
    office = await Office.furnished()
    case = await office.open_case()
    transfer_id = await office.transfer(case, agent_id=BOB_ID, by=ANNA)
    erased = await office.now(case)
    erased.erase_content(request_id=office.new_id(), at=office.at)
    office.record.facts[case.id].extend(erased.collect_events())
    await office.routed(case, BOB_ID, transfer_id)
    assert [fact.note for fact in office.record.all_facts() if isinstance(fact, Assigned)] == [None]
    with pytest.raises(Refusal) as refused:
        await office.transfer(case, reroute=True)
    assert refused.value.code is RefusalCode.CUSTOMER_ERASED


async def test_s001_s071_an_answer_to_an_older_mail_reaches_the_same_case_and_whoever_has_it_now() -> None:
    office = await Office.furnished()
    guards = replace(office.policy.guards, personas=(Persona("Groet, {first_name}"),))
    office.policy = replace(office.policy, guards=guards)
    mail = (Channel.EMAIL, "support@shop.example", (HandleContent(HandleKind.EMAIL, "sam@home.example"),))
    case = await office.case_of(await office.attach(office.contact(*mail, HandleAssurance.PLATFORM, "Where is it?")))
    await office.routed(case, ANNA_ID)
    asked = RequestReply(case.id, office.new_id(), "Which parcel?")
    await request_reply(asked, office.by(ANNA), record=office.record, policy=office.policy)
    await office.routed(case, BOB_ID, await office.transfer(case, agent_id=BOB_ID))
    await office.resolve(case, by=BOB)
    office.later(days=60)
    other = await office.case_of(await office.attach(office.contact(*mail, HandleAssurance.PLATFORM, "Another thing")))
    assert other.id != case.id
    answer = office.contact(*mail, HandleAssurance.PLATFORM, "Parcel 12", in_reply_to=asked.contact_id)
    reached = await office.case_of(await office.attach(answer))
    assert (reached.id, reached.assignee_id, reached.is_resolved) == (case.id, BOB_ID, False)
    second = RequestReply(case.id, office.new_id(), "Found it.", in_reply_to=answer.contact_id)
    await request_reply(second, office.by(BOB), record=office.record, policy=office.policy)
    said = (await office.now(case)).contacts
    assert [said[each].text for each in (asked.contact_id, second.contact_id)] == [
        "Which parcel?\n\nGroet, Anna", "Found it.\n\nGroet, Bob",
    ]  # fmt: skip
    assert [said[each].agent_ref for each in (asked.contact_id, second.contact_id)] == ["anna", "bob"]
