"""A contact that belongs to another matter goes there: its words, its files, its clocks; nothing stays behind."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.attachments import attachment_id_of
from contracts.content import EditContent
from contracts.stored import FactMeta
from contracts.vocabulary import (
    AttachmentState,
    CaseStatus,
    ClockKind,
    ClockState,
    Refusal,
    RefusalCode,
    system_actor,
)
from services.case.commands.edit_contact import EditContact, edit_contact
from services.case.commands.move_contact import MoveContact, move_contact
from services.case.commands.note_attachment import NoteAttachment, note_attachment
from services.case.commands.react_to_contact import ReactToContact, react_to_contact
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.case import Case
from services.case.domain.case_contact import AttachmentNews
from services.case.domain.case_facts import Opened
from services.case.domain.contact_facts import ContactAttached, ContactDetached
from services.case.publish import contract_fact
from tests.unit.case.clocked import ClockedOffice
from tests.unit.case.world import ANNA, AUDITOR, PHONE


async def moved(office: ClockedOffice, contact_id: UUID, to: UUID | None = None, **given: Any) -> tuple[Case, Case]:
    """Both cases afterwards: the one it left, the one it came into."""
    command = MoveContact(
        contact_id=contact_id,
        new_case_id=office.new_id(),
        reason=given.pop("reason", "another matter"),
        to_case_id=to,
        to_new_case=given.pop("to_new_case", to is None),
    )
    done = await move_contact(
        command, given.get("how") or office.by(), record=office.record, directory=office.directory, policy=office.policy
    )
    assert done.outcome["contact_id"] == str(contact_id)
    return (
        await office.case(UUID(done.outcome["from_case_id"])),
        await office.case(UUID(done.outcome["to_case_id"])),
    )


async def two_words(office: ClockedOffice) -> tuple[Case, UUID, UUID]:
    """A case with two contacts."""
    await office.open_case("My parcel is late")
    office.later(minutes=5)
    case = await office.open_case("And my invoice is wrong")
    first, second = case.contacts
    return case, first, second


async def test_a_contact_begins_a_case_of_its_own_with_its_words_and_nothing_stays_behind() -> None:
    office = await ClockedOffice.agreed()
    case, first, second = await two_words(office)
    office.later(minutes=1)
    source, target = await moved(office, second)
    assert (list(source.contacts), list(target.contacts)) == ([first], [second])
    assert target.subject == "And my invoice is wrong"
    assert source.last_contact_at == source.contacts[first].occurred_at
    assert source.said.by_entry.keys() == {first}
    (left,) = [fact for fact in office.kept.all_facts() if isinstance(fact, ContactDetached)]
    assert left.withheld == tuple(case.said.by_entry[second])
    assert (left.to_case_id, left.preview_from) == (target.id, first)
    opened = [fact for fact in office.kept.all_facts() if isinstance(fact, Opened)]
    assert opened[-1].contact_id == second, "routing learns of the case as of any other"


async def test_the_subject_and_the_preview_come_from_what_is_left() -> None:
    office = await ClockedOffice.agreed()
    _, first, second = await two_words(office)
    source, target = await moved(office, first)
    assert (source.subject, source.said.subject_of) == ("And my invoice is wrong", second)
    assert target.subject == "My parcel is late"
    empty, whole = await moved(office, second, target.id)
    assert (empty.subject, empty.said.preview_of, empty.contacts) == (None, None, {})
    assert list(whole.contacts) == [first, second]


async def test_a_case_is_not_called_after_what_its_sender_took_back() -> None:
    office = await ClockedOffice.agreed()
    await office.open_case("My parcel is late")
    office.later(minutes=5)
    await office.open_case("With a subject line", subject="My invoice")
    office.later(minutes=5)
    first, second, third = (await office.open_case("And one more thing")).contacts
    gone = RemoveContact(second, office.at)
    await remove_contact(gone, office.by(system_actor("channels")), record=office.record, directory=office.directory)
    source, _ = await moved(office, first)
    assert (source.subject, source.said.subject_of) == ("And one more thing", third)
    empty, _ = await moved(office, third)
    assert (empty.subject, empty.said.subject_of) == (None, None)


async def test_clocks_follow_and_go_back_to_when_it_was_said() -> None:
    office = await ClockedOffice.agreed()
    _, _, second = await two_words(office)
    said_at = office.at
    office.later(minutes=20)
    source, target = await moved(office, second)
    assert (await office.clocks(target))[ClockKind.FIRST_ANSWER].started_at == said_at
    assert (await office.clocks(source))[ClockKind.FIRST_ANSWER].state is ClockState.RUNNING
    only = next(iter(source.contacts))
    empty, _ = await moved(office, only, target.id)
    assert {clock.state for clock in (await office.clocks(empty)).values()} == {ClockState.CANCELLED}


async def test_what_came_along_goes_along() -> None:
    office = await ClockedOffice.agreed()
    _, _, second = await two_words(office)
    channels = office.by(system_actor("channels"))
    edited = EditContact(second, office.at, EditContent("And my invoice is right"))
    await edit_contact(edited, channels, record=office.record, directory=office.directory)
    news = AttachmentNews(attachment_id_of(second, 0), second, 0, AttachmentState.READY, "image/png", 7)
    await note_attachment(
        NoteAttachment(news), office.by(system_actor("channels")), record=office.record, directory=office.directory
    )
    await react_to_contact(
        ReactToContact(second, office.at, "👍"),
        office.by(system_actor("channels")),
        record=office.record,
        directory=office.directory,
    )
    _, target = await moved(office, second)
    contact = target.contacts[second]
    assert contact.reaction == "👍"
    assert (contact.text, contact.edited_at) == ("And my invoice is right", edited.edited_at)
    assert contact.attachments == {news.attachment_id: news}


async def test_whoever_moves_it_was_not_in_touch_again() -> None:
    office = await ClockedOffice.agreed()
    _, _, second = await two_words(office)
    await moved(office, second)
    attached = [fact for fact in office.kept.all_facts() if isinstance(fact, ContactAttached)][-1]
    assert attached.moved_from is not None
    meta = FactMeta(
        stream_id=attached.originator_id,
        version=attached.originator_version,
        event_id=office.new_id(),
        topic=attached.TOPIC,
        recorded_at=office.at,
        actor=ANNA,
        correlation_id=office.new_id(),
        causation_id=None,
    )
    told = contract_fact(attached, meta)
    assert told is not None
    assert told[1].agent_ref is None  # type: ignore[attr-defined]


async def test_what_may_not_be_moved_is_refused_by_its_field() -> None:
    office = await ClockedOffice.agreed()
    case, first, second = await two_words(office)
    other = await office.open_case("Somebody else", number="+31600000042")
    reply = await office.reply(case)
    _, resolved = await moved(office, second)
    await resolve_case(ResolveCase(resolved.id), office.by(), record=office.record, policy=office.policy)
    for contact_id, to, given, code, path in (
        (first, case.id, {}, RefusalCode.INVALID_INPUT, "toCaseId"),
        (first, other.id, {}, RefusalCode.INVALID_INPUT, "toCaseId"),
        (first, resolved.id, {}, RefusalCode.CASE_RESOLVED, "toCaseId"),
        (first, office.new_id(), {}, RefusalCode.NOT_FOUND, "toCaseId"),
        (first, None, {"to_new_case": False}, RefusalCode.INVALID_INPUT, "toCaseId"),
        (first, case.id, {"to_new_case": True}, RefusalCode.INVALID_INPUT, "toCaseId"),
        (first, None, {"reason": " "}, RefusalCode.INVALID_INPUT, "reason"),
        (reply, None, {}, RefusalCode.INVALID_INPUT, "contactId"),
        (office.new_id(), None, {}, RefusalCode.NOT_FOUND, "contactId"),
    ):
        with pytest.raises(Refusal) as refused:
            await moved(office, contact_id, to, **given)
        assert (refused.value.code, refused.value.path) == (code, (path,))
    with pytest.raises(Refusal) as refused:
        await moved(office, first, how=office.by(AUDITOR))
    assert refused.value.code is RefusalCode.FORBIDDEN


async def test_what_its_sender_took_back_stays_where_it_is() -> None:
    office = await ClockedOffice.agreed()
    _, _, second = await two_words(office)
    gone = RemoveContact(second, office.at)
    await remove_contact(gone, office.by(system_actor("channels")), record=office.record, directory=office.directory)
    with pytest.raises(Refusal, match="its words are gone"):
        await moved(office, second)


async def test_a_case_that_waits_for_the_customer_goes_on_when_a_word_of_theirs_comes_into_it() -> None:
    office = await ClockedOffice.agreed()
    _, first, second = await two_words(office)
    source, target = await moved(office, second)
    await office.reply(target)
    assert (await office.case(target.id)).status is CaseStatus.WAITING
    _, target = await moved(office, first, target.id)
    assert target.status is CaseStatus.OPEN
    assert (await office.open_case("more", number=PHONE)).id in {source.id, target.id}
