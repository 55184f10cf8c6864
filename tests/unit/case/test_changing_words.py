"""What a case is called, and how it is previewed, follows the words of its contacts: new ones, and none any more."""

from __future__ import annotations

from uuid import UUID

from contracts.content import EditContent
from services.case.commands.edit_contact import EditContact, edit_contact
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.domain.case import Case
from services.case.domain.contact_facts import ContactEdited, ContactRemoved
from tests.unit.case.world import World


class Words(World):
    """A world in which senders change their minds."""

    async def edited(self, contact_id: UUID, text: str | None) -> Case:
        command = EditContact(contact_id, self.at, EditContent(text))
        await edit_contact(command, self.told(), record=self.record, directory=self.directory)
        return await self.of(contact_id)

    async def taken_back(self, contact_id: UUID) -> Case:
        command = RemoveContact(contact_id, self.at)
        await remove_contact(command, self.told(), record=self.record, directory=self.directory)
        return await self.of(contact_id)

    async def of(self, contact_id: UUID) -> Case:
        known = await self.directory.find_contact(contact_id)
        assert known is not None
        return await self.case(known.case_id)


async def test_a_case_is_called_by_the_next_words_when_the_first_are_taken_back() -> None:
    world = Words()
    await world.open_case("My card is 4111 1111 1111 1111")
    await world.open_case("My parcel is late")
    first, second, third = (await world.open_case("And my invoice is wrong")).contacts
    case = await world.taken_back(first)
    assert (case.subject, case.said.subject_of, case.said.preview_of) == ("My parcel is late", second, third)
    case = await world.taken_back(third)
    assert (case.subject, case.said.subject_of, case.said.preview_of) == ("My parcel is late", second, second)
    case = await world.taken_back(second)
    assert (case.subject, case.said.subject_of, case.said.preview_of) == (None, None, None)
    case = await world.open_case("Never mind")
    assert case.subject == "Never mind", "as of a case in which nothing was said"


async def test_what_gave_neither_subject_nor_preview_changes_neither() -> None:
    world = Words()
    await world.open_case("My parcel is late")
    await world.open_case("It is blue")
    first, second, third = (await world.open_case("And large")).contacts
    await world.edited(second, "It is green")
    case = await world.taken_back(second)
    assert (case.subject, case.said.subject_of, case.said.preview_of) == ("My parcel is late", first, third)
    edit, removal = (f for f in world.record.all_facts() if isinstance(f, ContactEdited | ContactRemoved))
    assert isinstance(edit, ContactEdited)
    assert isinstance(removal, ContactRemoved)
    assert (edit.subject_changes, edit.preview_changes) == (False, False)
    assert (removal.subject_moves, removal.preview_moves) == (False, False)


async def test_new_words_name_the_case_that_the_old_ones_named() -> None:
    world = Words()
    (first,) = (await world.open_case("My card is 4111 1111 1111 1111")).contacts
    assert (await world.edited(first, "My card does not work")).subject == "My card does not work"
    assert (await world.edited(first, None)).subject is None
    case = await world.edited(first, "My card")
    assert case.subject == "My card", "nothing else was said meanwhile"


async def test_a_subject_line_stays_whatever_becomes_of_the_words_beneath_it() -> None:
    world = Words()
    (first,) = (await world.open_case("With a subject line", subject="My invoice")).contacts
    assert (await world.edited(first, "Without one")).subject == "My invoice"
    assert (await world.taken_back(first)).subject is None


async def test_words_that_come_after_their_contact_name_a_case_without_a_name_and_preview_it() -> None:
    world = Words()
    recording, second = (await world.open_case(""), await world.open_case(""))[1].contacts
    case = await world.edited(second, "It is about my invoice")
    assert (case.subject, case.said.subject_of, case.said.preview_of) == ("It is about my invoice", second, second)
    case = await world.edited(recording, "Hello, this is Sam")
    assert (case.subject, case.said.subject_of, case.said.preview_of) == ("It is about my invoice", second, second)
    case = await world.taken_back(second)
    assert (case.subject, case.said.preview_of) == ("Hello, this is Sam", recording)
    third = list((await world.open_case("And one more thing")).contacts)[-1]
    case = await world.edited(recording, "Hello, this is Kim")
    assert (case.subject, case.said.preview_of) == ("Hello, this is Kim", third)
