"""Rails around what waits: the approved answer of an incident, files that are held, and answers that wait for money."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.stored import Work
from contracts.vocabulary import (
    AttachmentState,
    GestureKind,
    GestureStatus,
    Refusal,
    RefusalCode,
    Visibility,
)
from services.case.commands.close_incident import CloseIncident, close_incident
from services.case.commands.decline_reply import DeclineReply, decline_reply
from services.case.commands.expire_reply import ExpireReply, expire_reply
from services.case.commands.link_incident import LinkIncident, link_incident
from services.case.commands.open_incident import OpenIncident, open_incident
from services.case.commands.record_hold import RecordHold, record_hold
from services.case.commands.settle_case import SettleCase, SettlingGesture, settle_case
from services.case.domain.case import Case
from services.case.domain.contact_facts import ReplyRequested
from services.case.domain.guard_facts import ReplyGuarded
from services.case.domain.settlement_facts import SettlementDropped
from services.case.domain.upload import Upload, UploadNews
from services.case.domain.upload_facts import UploadContent
from tests.unit.case.guards.test_answers_through_the_rails import approve, commented, left, reply, world
from tests.unit.case.office import ROUTING
from tests.unit.case.world import BOB, LEA, World

__all__ = ["world"]
ANSWER = "Our site is down. We are on it and say more at noon!"


async def incident(world: World, *cases: Case, answer: str | None = ANSWER) -> UUID:
    command = OpenIncident(world.new_id(), "The site is down", answer=answer)
    how: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
    await open_incident(command, world.by(LEA), **how)
    linked = LinkIncident(command.incident_id, tuple(case.id for case in cases))
    await link_incident(linked, world.by(LEA), record=world.record)
    return command.incident_id


async def test_s079_the_answer_of_an_incident_needs_nobody_s_yes_in_its_cases(world: World) -> None:
    case = await commented(world)
    await reply(world, case, ANSWER)
    assert left(world, case) == [], "the case is not one of its yet"
    await incident(world, case)
    await reply(world, case, f"@cat99  {ANSWER.replace(' ', '   ')}\n")
    assert len(left(world, case)) == 1
    await reply(world, case, "Our site is down. We think it was us.")
    assert len(left(world, case)) == 1


@pytest.mark.parametrize("answer", [None, ANSWER])
async def test_an_incident_that_is_over_or_has_no_answer_speaks_for_nobody(world: World, answer: str | None) -> None:
    case = await commented(world)
    incident_id = await incident(world, case, answer=answer)
    if answer is not None:
        await close_incident(CloseIncident(incident_id), world.by(LEA), record=world.record)
    await reply(world, case, ANSWER)
    assert left(world, case) == []


async def test_s067_the_answer_of_an_incident_is_looked_at_all_the_same(world: World) -> None:
    case = await commented(world)
    await incident(world, case, answer="Call 06-12345678.")
    with pytest.raises(Refusal) as refused:
        await reply(world, case, "Call 06-12345678.")
    assert refused.value.code is RefusalCode.PUBLIC_PERSONAL_DATA


async def brought(world: World, case: Case, name: str = "plan.png", *, hours: int = 24) -> UUID:
    """A file that is ready to go along."""
    upload = Upload.request(
        attachment_id=world.new_id(),
        case_id=case.id,
        customer_id=case.customer_id,
        agent_ref="anna",
        content=UploadContent(name, "image/png", 9, "0" * 64),
        expires_at=world.at + timedelta(hours=hours),
        at=world.at,
    )
    upload.note(UploadNews(AttachmentState.READY, "image/png", 9), at=world.at)

    async def keep() -> Work:
        return Work(streams=(upload,))

    await world.record.transact(world.by(), keep)
    return upload.id


def strict(world: World) -> None:
    """Blame is read by somebody, in private too."""
    guards = msgspec.structs.replace(world.policy.guards, every={"tone-blame": "second-person"})
    world.policy = msgspec.structs.replace(world.policy, guards=guards)


async def held_with_file(world: World, *, hours: int = 24) -> tuple[Case, UUID, UUID]:
    strict(world)
    case = await commented(world, public=False)
    file_id = await brought(world, case, hours=hours)
    wish: dict[str, Any] = {"visibility": Visibility.PRIVATE, "attachment_ids": (file_id,)}
    return case, await reply(world, case, "That is your own fault.", **wish), file_id


async def test_a_held_answer_takes_its_file_along_when_it_leaves(world: World) -> None:
    case, contact_id, file_id = await held_with_file(world)
    upload = await world.record.load(Upload, file_id)
    assert upload is not None
    assert upload.contact_id == contact_id
    await approve(world, contact_id)
    (fact,) = left(world, case)
    assert fact.attachment_ids == (file_id,)


@pytest.mark.parametrize("end", ["declined", "expired"])
async def test_the_file_of_an_answer_that_never_leaves_is_free_for_another(world: World, end: str) -> None:
    case, contact_id, file_id = await held_with_file(world, hours=48)
    if end == "declined":
        how: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
        await decline_reply(DeclineReply(contact_id, "say it kindly"), world.by(BOB), **how)
    else:
        await expire_reply(ExpireReply(case.id, contact_id), world.by(), record=world.record)
        taken = await world.record.load(Upload, file_id)
        assert taken is not None
        assert taken.contact_id == contact_id, "its time is not over"
        world.later(hours=24)
        await expire_reply(ExpireReply(case.id, contact_id), world.by(), record=world.record)
        await commented(world, "hello?", public=False)
    wish: dict[str, Any] = {"visibility": Visibility.PRIVATE, "attachment_ids": (file_id,)}
    await reply(world, case, "Here is the plan.", by=BOB, **wish)
    (fact,) = left(world, case)
    assert fact.attachment_ids == (file_id,)


async def test_an_answer_is_held_no_longer_than_its_files_wait(world: World) -> None:
    case, contact_id, _ = await held_with_file(world, hours=2)
    assert (await world.case(case.id)).held[contact_id].expires_at == world.at + timedelta(hours=2)
    world.later(hours=2)
    with pytest.raises(Refusal) as late:
        await approve(world, contact_id)
    assert late.value.code is RefusalCode.APPROVAL_EXPIRED


async def test_s067_a_file_is_not_called_after_the_customer_where_others_read_along(world: World) -> None:
    case = await commented(world)
    file_id = await brought(world, case, "invoice_for_sam@home.example.png")
    with pytest.raises(Refusal) as refused:
        await reply(world, case, "Here it is.", by=BOB, attachment_ids=(file_id,))
    assert refused.value.code is RefusalCode.PUBLIC_PERSONAL_DATA
    assert sum(isinstance(fact, ReplyGuarded) for fact in world.record.facts[case.id]) == 1


async def settled(world: World, text: str) -> tuple[Case, SettleCase]:
    case = await commented(world)
    world.directory.budgets = {("bob", "EUR")}
    order = {"kind": "ORDER", "value": "7"}
    gesture = SettlingGesture(world.new_id(), GestureKind.REFUND, 500, "EUR", "damaged", order)
    command = SettleCase(case.id, world.new_id(), world.new_id(), text, Visibility.PUBLIC, gesture=gesture)
    how: dict[str, Any] = {"record": world.record, "directory": world.directory, "policy": world.policy}
    await settle_case(command, world.by(BOB), **how)
    return case, command


async def paid(world: World, case: Case, command: SettleCase) -> Case:
    assert command.gesture is not None
    hold = RecordHold(case.id, command.gesture.gesture_id, UUID(int=900), UUID(int=901), 500)
    await record_hold(hold, world.by(ROUTING), record=world.record, policy=world.policy)
    return await world.case(case.id)


async def test_s067_what_came_to_be_known_while_an_answer_waited_for_money_stops_it(world: World) -> None:
    case, command = await settled(world, "Order 88-4521-7 comes back to you.")
    await commented(world, "my order is 88-4521-7", public=False)
    now = await paid(world, case, command)
    assert left(world, case) == []
    (dropped,) = [fact for fact in world.record.facts[case.id] if isinstance(fact, SettlementDropped)]
    assert dropped.code is RefusalCode.PUBLIC_PERSONAL_DATA
    (guarded,) = [fact for fact in world.record.facts[case.id] if isinstance(fact, ReplyGuarded)]
    assert (guarded.agent_ref, [each.rule for each in guarded.findings]) == ("bob", ["public-personal-data"])
    assert command.gesture is not None
    assert now.gestures[command.gesture.gesture_id].status is GestureStatus.GIVEN, "what was promised is paid"
    assert not now.is_resolved


async def test_an_answer_that_waited_for_money_and_tells_nothing_leaves(world: World) -> None:
    case, command = await settled(world, "It comes back to you.")
    await commented(world, "my order is 88-4521-7", public=False)
    await paid(world, case, command)
    (fact,) = left(world, case)
    assert isinstance(fact, ReplyRequested)
    assert fact.content is not None
    assert fact.content.text == "It comes back to you. ^BV"
