"""Redacting an entry: who may, what stands in the way, what goes, and what goes on as before."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

import pytest

from contracts import subjects
from contracts.case import ContentRedacted as ToldRedacted
from contracts.content import EditContent
from contracts.stored import FactMeta, Row, Work
from contracts.vocabulary import (
    Actor,
    ActorKind,
    ContentState,
    GestureKind,
    Refusal,
    RefusalCode,
    Role,
)
from services.case.commands.add_customer_note import AddCustomerNote, add_customer_note
from services.case.commands.add_note import AddNote, add_note
from services.case.commands.complete_redaction import CompleteRedaction, complete_redaction
from services.case.commands.edit_contact import EditContact, edit_contact
from services.case.commands.erase_case_content import EraseCaseContent, erase_case_content
from services.case.commands.place_restriction import PlaceRestriction, place_restriction
from services.case.commands.react_to_contact import ReactToContact, react_to_contact
from services.case.commands.record_withholding import RecordWithholding, record_withholding
from services.case.commands.redact_entry import RedactEntry, redact_entry
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.domain import gestures
from services.case.domain.case import Case
from services.case.domain.case_facts import ContentRedacted
from services.case.domain.customer_detail_facts import CustomerNoteRedacted
from services.case.domain.erasure_words import RestrictionKind
from services.case.domain.policy import CasePolicy
from services.case.domain.redaction import Redaction
from services.case.domain.redaction_facts import RedactionCompleted
from services.case.projections import redaction as projection
from services.case.publish import contract_fact
from tests.unit.case.world import ANNA, AUDITOR, LEA, PHONE, World

PIA = Actor(ActorKind.STAFF, "pia", Role.PRIVACY)
CARD = "my card is 4111 1111 1111 1111"


async def refused(work: Awaitable[Any]) -> RefusalCode:
    with pytest.raises(Refusal) as refusal:
        await work
    return refusal.value.code


class Desk(World):
    """A world with a customer who wrote a card number."""

    case_id: UUID
    contact_id: UUID

    @classmethod
    async def with_a_card(cls) -> Desk:
        desk = cls()
        opened = await desk.open_case(CARD, name="Sam")
        desk.case_id, (desk.contact_id,) = opened.id, opened.contacts
        return desk

    async def redact(self, entry_id: UUID, *, by: Actor = PIA, reason: str = "a card number") -> UUID:
        command = RedactEntry(self.new_id(), entry_id, reason)
        done = await redact_entry(command, self.by(by), record=self.record, directory=self.directory)
        return UUID(done.outcome["redaction_id"])

    async def own(self) -> Case:
        return await self.case(self.case_id)

    async def redaction(self, redaction_id: UUID) -> Redaction:
        found = await self.record.load(Redaction, redaction_id)
        assert found is not None
        return found

    def redacted(self) -> list[ContentRedacted]:
        return [fact for fact in self.record.all_facts() if isinstance(fact, ContentRedacted)]


async def test_a_redacted_contact_says_nothing_in_any_wording_it_had() -> None:
    desk = await Desk.with_a_card()
    edit = EditContact(desk.contact_id, desk.at, EditContent(text=f"{CARD}, 12/27"))
    await edit_contact(edit, desk.told(), record=desk.record, directory=desk.directory)
    told: dict[str, Any] = {"record": desk.record, "directory": desk.directory}
    await react_to_contact(ReactToContact(desk.contact_id, desk.at, "😡"), desk.told(), **told)
    redaction_id = await desk.redact(desk.contact_id)
    await react_to_contact(ReactToContact(desk.contact_id, desk.at, "👍"), desk.told(), **told)

    (fact,) = desk.redacted()
    assert (fact.withheld, fact.entry_id, fact.redaction_id) == ((2, 3, 4), desk.contact_id, redaction_id)
    assert (fact.subject_gone, fact.preview_gone, fact.reason) == (True, True, "a card number")
    assert desk.record.rows == [Row("withhold_envelopes", (desk.case_id, [2, 3, 4]))]
    case = await desk.own()
    contact = case.contacts[desk.contact_id]
    assert (contact.text, contact.text_state, case.subject) == (None, ContentState.REDACTED, None)
    assert contact.reaction is None


async def test_only_privacy_officers_redact_and_they_say_why() -> None:
    desk = await Desk.with_a_card()
    for actor in (ANNA, LEA, AUDITOR):
        assert await refused(desk.redact(desk.contact_id, by=actor)) is RefusalCode.FORBIDDEN
    assert await refused(desk.redact(desk.contact_id, reason=" ")) is RefusalCode.INVALID_INPUT
    assert await refused(desk.redact(desk.new_id())) is RefusalCode.NOT_FOUND
    assert desk.redacted() == []


@pytest.mark.parametrize("kind", [RestrictionKind.LEGAL_HOLD, RestrictionKind.RESTRICTION])
async def test_a_legal_hold_or_a_restriction_keeps_an_entry_from_being_redacted(kind: RestrictionKind) -> None:
    desk = await Desk.with_a_card()
    place = PlaceRestriction(desk.new_id(), (await desk.own()).customer_id, kind, "a dispute")
    await place_restriction(place, desk.by(PIA), record=desk.record)
    assert await refused(desk.redact(desk.contact_id)) in {RefusalCode.LEGAL_HOLD, RefusalCode.CUSTOMER_RESTRICTED}


async def test_an_entry_is_redacted_once_until_something_is_added_to_it() -> None:
    desk = await Desk.with_a_card()
    case, gesture_id = await desk.own(), desk.new_id()
    gestures.request(
        case, gesture_id=gesture_id, agent=ANNA, kind=GestureKind.REFUND, amount_minor=100, currency="EUR",
        reason="goodwill", note=CARD, reference={"kind": "ORDER", "value": "1"}, at=desk.at,
    )  # fmt: skip
    gestures.await_approval(case, gesture_id=gesture_id, at=desk.at)
    desk.record._store(Work(streams=(case,)))
    first = await desk.redact(gesture_id)
    assert await desk.redact(gesture_id) == first
    case = await desk.own()
    gestures.decline(case, gesture_id=gesture_id, decider=LEA, reason=f"no: {CARD}", at=desk.at)
    desk.record._store(Work(streams=(case,)))
    assert await desk.redact(gesture_id) != first
    assert [len(fact.withheld) for fact in desk.redacted()] == [1, 1]


async def test_who_loses_a_race_redacts_what_the_winner_added() -> None:
    desk = await Desk.with_a_card()
    desk.record.lose_races(2)
    await desk.redact(desk.contact_id)
    assert len(desk.redacted()) == 1


async def test_a_redacted_contact_is_still_answered_and_its_edits_are_not_taken_over() -> None:
    desk = await Desk.with_a_card()
    await desk.redact(desk.contact_id)
    edit = EditContact(desk.contact_id, desk.at, EditContent(text=CARD))
    await edit_contact(edit, desk.told(), record=desk.record, directory=desk.directory)
    assert (await desk.own()).contacts[desk.contact_id].text is None

    command = RequestReply(desk.case_id, desk.new_id(), "Please never send card numbers.")
    await request_reply(command, desk.by(), record=desk.record, policy=CasePolicy())
    reply = (await desk.own()).contacts[command.contact_id]
    assert reply.to is not None
    assert reply.to.value == PHONE


async def test_the_case_keeps_a_subject_and_a_preview_that_others_gave_it() -> None:
    desk = await Desk.with_a_card()
    again = await desk.attach(desk.whatsapp("where is my order?"))
    await desk.redact(desk.contact_id)
    (fact,) = desk.redacted()
    assert (fact.subject_gone, fact.preview_gone) == (True, False)
    await desk.redact(UUID(again.outcome["contact_id"]))
    assert [(each.subject_gone, each.preview_gone) for each in desk.redacted()[1:]] == [(False, True)]
    await desk.attach(desk.whatsapp("a new question"))
    assert (await desk.own()).subject == "a new question"


async def test_a_note_can_be_redacted_and_nothing_of_a_case_that_is_erased() -> None:
    desk = await Desk.with_a_card()
    note_id = desk.new_id()
    await add_note(AddNote(desk.case_id, note_id, CARD), desk.by(), record=desk.record)
    await desk.redact(note_id)
    assert desk.redacted()[0].withheld == ((await desk.own()).version - 1,)
    await erase_case_content(EraseCaseContent(desk.case_id, desk.new_id()), desk.by(), record=desk.record)
    assert await refused(desk.redact(desk.contact_id)) is RefusalCode.CUSTOMER_ERASED


async def test_a_note_about_a_customer_is_redacted_once_and_waits_for_no_channel() -> None:
    desk = await Desk.with_a_card()
    customer_id, note_id = (await desk.own()).customer_id, desk.new_id()
    await add_customer_note(AddCustomerNote(customer_id, note_id, CARD), desk.by(), record=desk.record)
    assert await refused(desk.redact(note_id, by=ANNA)) is RefusalCode.FORBIDDEN
    redaction_id = await desk.redact(note_id)
    assert await desk.redact(note_id) == redaction_id
    (fact,) = [fact for fact in desk.record.all_facts() if isinstance(fact, CustomerNoteRedacted)]
    assert (fact.withheld, fact.reason) == ((fact.originator_version - 1,), "a card number")
    assert desk.record.rows == [Row("withhold_envelopes", (customer_id, list(fact.withheld)))]
    await complete_redaction(CompleteRedaction(redaction_id, 1, ("case.timeline",)), desk.by(), record=desk.record)
    assert (await desk.redaction(redaction_id)).completed


async def test_it_is_complete_when_channels_has_answered_and_nothing_is_left_here() -> None:
    desk = await Desk.with_a_card()
    redaction_id = await desk.redact(desk.contact_id)
    complete = CompleteRedaction(redaction_id, events=1, stores=("case.timeline",))
    await complete_redaction(complete, desk.by(), record=desk.record)
    assert not (await desk.redaction(redaction_id)).completed
    for _ in range(2):
        answer = RecordWithholding(redaction_id, events=1, keys_destroyed=2, stores=("channels.raws",))
        await record_withholding(answer, desk.by(), record=desk.record)
    for _ in range(2):
        await complete_redaction(complete, desk.by(), record=desk.record)
    (done,) = [fact for fact in desk.record.all_facts() if isinstance(fact, RedactionCompleted)]
    assert (done.events, done.stores_purged) == (2, ("case.timeline", "channels.raws"))
    unknown = RecordWithholding(desk.new_id(), 0, 0, ())
    assert await refused(record_withholding(unknown, desk.by(), record=desk.record)) is RefusalCode.NOT_FOUND


async def test_channels_is_told_which_entry_and_nothing_else() -> None:
    desk = await Desk.with_a_card()
    redaction_id = await desk.redact(desk.contact_id)
    (fact,) = desk.redacted()
    meta = FactMeta(desk.case_id, 4, desk.new_id(), fact.TOPIC, desk.at, PIA, desk.new_id(), None)
    told = ToldRedacted(redaction_id, desk.case_id, desk.contact_id)
    assert contract_fact(fact, meta) == (subjects.CONTENT_REDACTED, told)
    assert subjects.CONTENT_REDACTED not in subjects.CONTENTS
    names = [row.statement for row in projection.rows(fact, meta)]
    assert names == ["redact_entry", "redact_case", "insert_redaction"]
