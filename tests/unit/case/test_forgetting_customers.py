"""Erasing a customer: who may ask and approve, what stands in the way, and what is closed from then on."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import pytest

from contracts import subjects
from contracts.content import AliasContent, EditContent, HandleContent
from contracts.stored import FactMeta
from contracts.vocabulary import Actor, ActorKind, GestureKind, HandleKind, Refusal, RefusalCode, Role
from services.case.commands.add_handle import AddHandle, add_handle
from services.case.commands.add_note import AddNote, add_note
from services.case.commands.approve_erasure import ApproveErasure, approve_erasure
from services.case.commands.complete_erasure import CompleteErasure, complete_erasure
from services.case.commands.edit_contact import EditContact, edit_contact
from services.case.commands.erase_case_content import EraseCaseContent, erase_case_content
from services.case.commands.erase_customer import EraseCustomer, erase_customer
from services.case.commands.lift_restriction import LiftRestriction, lift_restriction
from services.case.commands.link_handles import LinkHandles, link_handles
from services.case.commands.name_contacts import NameContacts, name_contacts
from services.case.commands.place_restriction import PlaceRestriction, place_restriction
from services.case.commands.record_forgetting import RecordForgetting, record_forgetting
from services.case.commands.request_erasure import RequestErasure, request_erasure
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain import gestures
from services.case.domain.case_facts import ContentErased
from services.case.domain.customer import Customer
from services.case.domain.erasure import CONTACTS_OF_PART_MAX, KEY_BACKUPS_KEPT_FOR, Erasure
from services.case.domain.erasure_facts import ContactsNamed, ErasureExecuted
from services.case.domain.erasure_words import ErasureGround, RestrictionKind
from services.case.domain.gesture_facts import GestureDeclined
from services.case.projections.erasure import rows
from services.case.publish import contract_fact
from tests.unit.case.world import ANNA, LEA, PHONE, World

PIA = Actor(ActorKind.STAFF, "pia", Role.PRIVACY)
PAUL = Actor(ActorKind.STAFF, "paul", Role.PRIVACY)


async def refused(work: Awaitable[Any]) -> RefusalCode:
    with pytest.raises(Refusal) as refusal:
        await work
    return refusal.value.code


class Privacy(World):
    """A world with a customer, a case and a request for erasure."""

    case_id: UUID
    customer_id: UUID
    request_id: UUID

    @classmethod
    async def asked(cls) -> Privacy:
        world = cls()
        opened = await world.open_case("a secret", name="Sam")
        world.case_id, world.customer_id, world.request_id = opened.id, opened.customer_id, world.new_id()
        await world.ask()
        return world

    async def ask(self) -> None:
        command = RequestErasure(self.request_id, self.customer_id, ErasureGround.OBJECTION, "please")
        await request_erasure(command, self.by(PIA), record=self.record)

    async def approve(self, actor: Actor = PAUL) -> None:
        await approve_erasure(ApproveErasure(self.request_id), self.by(actor), record=self.record)

    async def erase(self) -> bool:
        done = await erase_customer(EraseCustomer(self.request_id), self.by(), record=self.record)
        return bool(done.outcome["erased"])

    async def close(self) -> None:
        assert await self.erase()
        await erase_case_content(EraseCaseContent(self.case_id, self.request_id), self.by(), record=self.record)

    async def place(self, kind: RestrictionKind, **given: Any) -> UUID:
        restriction_id = self.new_id()
        command = PlaceRestriction(restriction_id, self.customer_id, kind, "because", **given)
        await place_restriction(command, self.by(PIA), record=self.record)
        return restriction_id

    async def lift(self, restriction_id: UUID) -> None:
        command = LiftRestriction(restriction_id, "over")
        await lift_restriction(command, self.by(PIA), record=self.record, directory=self.directory)

    async def customer(self) -> Customer:
        found = await self.record.load(Customer, self.customer_id)
        assert found is not None
        return found

    async def erasure(self) -> Erasure:
        found = await self.record.load(Erasure, self.request_id)
        assert found is not None
        return found

    async def name(self, *contact_ids: UUID) -> None:
        await name_contacts(NameContacts(self.request_id, contact_ids), self.by(), record=self.record)

    async def answer(self, part: int) -> None:
        command = RecordForgetting(self.request_id, part, events=2, keys_destroyed=3, stores=("channels.raws",))
        await record_forgetting(command, self.by(), record=self.record)


async def test_only_privacy_officers_ask_and_another_one_approves() -> None:
    world = await Privacy.asked()
    for actor in (ANNA, LEA):
        command = RequestErasure(world.new_id(), world.customer_id, ErasureGround.CHILD)
        assert await refused(request_erasure(command, world.by(actor), record=world.record)) is RefusalCode.FORBIDDEN
        assert await refused(world.approve(actor)) is RefusalCode.FORBIDDEN
    assert await refused(world.approve(PIA)) is RefusalCode.SELF_APPROVAL
    await world.approve()
    assert await refused(world.approve()) is RefusalCode.NOT_AWAITING_APPROVAL
    assert (await world.erasure()).approver_ref == "paul"


async def test_a_request_is_about_somebody_and_has_a_month() -> None:
    world = await Privacy.asked()
    nobody = RequestErasure(world.new_id(), world.new_id(), ErasureGround.CHILD)
    assert await refused(request_erasure(nobody, world.by(PIA), record=world.record)) is RefusalCode.NOT_FOUND
    unknown = ApproveErasure(world.new_id())
    assert await refused(approve_erasure(unknown, world.by(PAUL), record=world.record)) is RefusalCode.NOT_FOUND
    world.later(days=30)
    assert await refused(world.approve()) is RefusalCode.APPROVAL_EXPIRED


async def test_a_legal_hold_and_a_restriction_block_and_an_objection_does_not() -> None:
    world = await Privacy.asked()
    hold = await world.place(RestrictionKind.LEGAL_HOLD)
    assert await refused(world.approve()) is RefusalCode.LEGAL_HOLD
    await world.lift(hold)
    await world.lift(hold)
    restriction = await world.place(RestrictionKind.RESTRICTION, until=world.at.replace(year=2027))
    assert await refused(world.approve()) is RefusalCode.CUSTOMER_RESTRICTED
    await world.lift(restriction)
    await world.place(RestrictionKind.OBJECTION)
    await world.approve()
    assert await world.erase()


async def test_a_restriction_ends_by_itself_and_is_placed_with_a_reason_and_ahead() -> None:
    world = await Privacy.asked()
    assert await refused(world.place(RestrictionKind.LEGAL_HOLD, until=world.at)) is RefusalCode.INVALID_INPUT
    silent = PlaceRestriction(world.new_id(), world.customer_id, RestrictionKind.LEGAL_HOLD, " ")
    assert await refused(place_restriction(silent, world.by(PIA), record=world.record)) is RefusalCode.INVALID_INPUT
    assert await refused(place_restriction(silent, world.by(LEA), record=world.record)) is RefusalCode.FORBIDDEN
    assert await refused(world.lift(world.new_id())) is RefusalCode.NOT_FOUND
    await world.place(RestrictionKind.LEGAL_HOLD, until=world.at.replace(day=3))
    assert await refused(world.approve()) is RefusalCode.LEGAL_HOLD
    world.later(days=1)
    await world.approve()


async def test_a_hold_placed_after_the_approval_stops_the_erasure_until_it_is_lifted() -> None:
    world = await Privacy.asked()
    await world.approve()
    hold = await world.place(RestrictionKind.LEGAL_HOLD)
    assert not await world.erase()
    assert not (await world.customer()).erased
    await world.lift(hold)
    world.record.lose_races(1)
    assert await world.erase()
    assert await world.erase(), "again: it is done"
    late = PlaceRestriction(world.new_id(), world.customer_id, RestrictionKind.LEGAL_HOLD, "late")
    assert await refused(place_restriction(late, world.by(PIA), record=world.record)) is RefusalCode.CUSTOMER_ERASED


async def test_a_restricted_customer_is_not_answered_nor_given_anything_and_still_heard() -> None:
    world = await Privacy.asked()
    await world.place(RestrictionKind.RESTRICTION)
    reply = RequestReply(world.case_id, world.new_id(), "hello")
    assert (
        await refused(request_reply(reply, world.by(), record=world.record, policy=world.policy))
        is RefusalCode.CUSTOMER_RESTRICTED
    )
    handle = AddHandle(world.customer_id, HandleKind.EMAIL, "sam@customer.example")
    adding = add_handle(handle, world.by(), record=world.record, directory=world.directory, policy=world.policy)
    assert await refused(adding) is RefusalCode.CUSTOMER_RESTRICTED
    attached = await world.attach(world.whatsapp("still me"))
    assert attached.outcome["customer_id"] == str(world.customer_id)


async def test_from_the_erasure_on_nothing_is_added_to_what_was_said() -> None:
    world = await Privacy.asked()
    case = await world.case(world.case_id)
    contact_id = next(iter(case.contacts))
    await world.approve()
    await world.close()
    await world.close()
    assert len([fact for fact in world.record.facts[world.case_id] if isinstance(fact, ContentErased)]) == 1

    note = AddNote(world.case_id, world.new_id(), "x")
    assert await refused(add_note(note, world.by(), record=world.record)) is RefusalCode.CUSTOMER_ERASED
    reply = RequestReply(world.case_id, world.new_id(), "x")
    assert (
        await refused(request_reply(reply, world.by(), record=world.record, policy=world.policy))
        is RefusalCode.CUSTOMER_ERASED
    )
    again = RequestErasure(world.new_id(), world.customer_id, ErasureGround.CHILD)
    assert await refused(request_erasure(again, world.by(PIA), record=world.record)) is RefusalCode.CUSTOMER_ERASED

    before = len(world.record.facts[world.case_id])
    edit = EditContact(contact_id, world.at, EditContent(text="other"))
    await edit_contact(edit, world.by(), record=world.record, directory=world.directory)
    assert len(world.record.facts[world.case_id]) == before


async def test_a_gesture_that_waits_can_still_be_declined_without_words() -> None:
    world = await Privacy.asked()
    case, gesture_id = await world.case(world.case_id), world.new_id()
    gestures.request(
        case, gesture_id=gesture_id, agent=ANNA, kind=GestureKind.GIFT, amount_minor=100, currency="EUR",
        reason="goodwill", note=None, reference=None, at=world.at,
    )  # fmt: skip
    gestures.await_approval(case, gesture_id=gesture_id, at=world.at)
    case.erase_content(request_id=world.request_id, at=world.at)
    gestures.decline(case, gesture_id=gesture_id, decider=LEA, reason="no", at=world.at)
    declined = next(fact for fact in case.pending_events if isinstance(fact, GestureDeclined))
    assert declined.reason is None


async def test_who_writes_again_is_somebody_new() -> None:
    world = await Privacy.asked()
    await world.approve()
    await world.close()
    attached = await world.attach(world.whatsapp("me again"))
    assert attached.outcome["customer_id"] not in {None, str(world.customer_id)}
    other = HandleContent(HandleKind.WHATSAPP, "+31687654321")
    alias = LinkHandles(AliasContent(old=HandleContent(HandleKind.WHATSAPP, PHONE), new=other))
    await link_handles(alias, world.by(), record=world.record, directory=world.directory, policy=world.policy)
    assert (await world.customer()).handles == {}


async def test_contacts_are_named_in_parts_and_the_receipt_waits_for_all_of_them() -> None:
    world = await Privacy.asked()
    await world.approve()
    contacts = [world.new_id() for _ in range(CONTACTS_OF_PART_MAX + 1)]
    await world.name(*contacts)
    await world.name(*contacts)
    named = [fact for fact in world.record.facts[world.request_id] if isinstance(fact, ContactsNamed)]
    assert [len(fact.contact_ids) for fact in named] == [CONTACTS_OF_PART_MAX, 1]
    await world.answer(0)
    assert not (await world.erasure()).all_forgotten
    await world.answer(1)
    await world.answer(1)
    assert (await world.erasure()).all_forgotten

    command = CompleteErasure(world.request_id, events=4, keys_destroyed=2, stores=("case.timeline",), retained=())
    for _ in range(2):
        await complete_erasure(command, world.by(), record=world.record)
    (receipt,) = [fact for fact in world.record.facts[world.request_id] if isinstance(fact, ErasureExecuted)]
    assert (receipt.events, receipt.keys_destroyed) == (8, 8)
    assert receipt.stores_purged == ("case.timeline", "channels.raws")
    assert receipt.key_backups_expire_at == world.at + KEY_BACKUPS_KEPT_FOR


async def test_somebody_without_contacts_is_named_too_so_that_there_is_an_answer() -> None:
    world = await Privacy.asked()
    await world.name()
    assert (await world.erasure()).parts == {0: None}
    assert not (await world.erasure()).all_forgotten


async def test_every_fact_about_forgetting_has_its_rows_and_one_is_told() -> None:
    world = await Privacy.asked()
    restriction = await world.place(RestrictionKind.OBJECTION)
    await world.lift(restriction)
    await world.approve()
    await world.close()
    await world.name(world.new_id())
    await world.answer(0)
    command = CompleteErasure(world.request_id, events=4, keys_destroyed=2, stores=(), retained=())
    await complete_erasure(command, world.by(), record=world.record)
    written, told = [], []
    for fact in world.record.all_facts():
        meta = FactMeta(
            fact.originator_id, fact.originator_version, fact.originator_id, fact.TOPIC, fact.timestamp, PIA,
            fact.originator_id, None,
        )  # fmt: skip
        written += [row.statement for row in rows(fact, meta)]
        message = contract_fact(fact, meta)
        told += [] if message is None else [message[0]]
    assert {"erase_customer", "delete_handles", "erase_restrictions", "erase_case", "erase_entries"} <= set(written)
    assert {"insert_erasure", "approve_erasure", "execute_erasure"} <= set(written)
    assert {"insert_restriction", "lift_restriction", "set_customer_restricted"} <= set(written)
    assert told.count(subjects.SUBJECT_ERASED) == 1
