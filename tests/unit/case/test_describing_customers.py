"""Who a customer is, as colleagues write it down: what stays, what goes, what is refused."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.content import ExternalIdContent
from contracts.stored import VersionConflict, Work
from contracts.vocabulary import Actor, Channel, HandleKind, Refusal, RefusalCode
from services.case.commands.add_customer_note import AddCustomerNote, add_customer_note
from services.case.commands.add_handle import AddHandle, add_handle
from services.case.commands.remove_handle import RemoveHandle, remove_handle
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.commands.update_customer import UpdateCustomer, update_customer
from services.case.domain.customer import Customer
from services.case.domain.customer_detail_facts import (
    CustomerNoteAdded,
    Described,
    HandleClaimed,
    HandleRemoved,
    OrganisationPlaced,
)
from services.case.domain.customer_kind import CustomerKind
from services.case.domain.details import ATTRIBUTES_BYTES_MAX, ORGANISATIONS_DEPTH_MAX, Wish, describe
from services.case.domain.external_ids import EXTERNAL_IDS_OF_CUSTOMER_MAX, learn
from tests.unit.case.world import ANNA, AUDITOR, World

OTHER = "+31687654321"


class Desk(World):
    """Customers who are described."""

    async def somebody(self, number: int = 1, **wish: Any) -> UUID:
        customer_id = (await self.open_case(number=f"+3160000010{number}")).customer_id
        if wish:
            await self.update(customer_id, **wish)
        return customer_id

    async def update(self, customer_id: UUID, *, actor: Actor = ANNA, ground: str | None = None, **wish: Any) -> None:
        command = UpdateCustomer(customer_id, Wish(**wish), ground)
        await update_customer(command, self.by(actor), record=self.record, directory=self.directory)

    async def customer(self, customer_id: UUID) -> Customer:
        found = await self.record.load(Customer, customer_id)
        assert found is not None
        return found

    async def remove(self, handle_id: UUID, reason: str = "it is his brother's") -> None:
        command = RemoveHandle(handle_id, reason)
        await remove_handle(command, self.by(), record=self.record, directory=self.directory)

    def facts(self, kind: type[Any]) -> list[Any]:
        return [fact for fact in self.record.all_facts() if isinstance(fact, kind)]


async def test_s027_a_preferred_channel_is_written_down_and_what_is_left_out_stays() -> None:
    desk = Desk()
    sam = await desk.somebody(name="Sam Bakker", language="nl", attributes={"tier": "gold", "size": {"shoe": 42}})
    await desk.update(sam, preferred_channel=Channel.SMS, attributes={"tier": None, "size": {"hat": 58}})
    customer = await desk.customer(sam)
    assert (customer.name, customer.language, customer.preferred_channel) == ("Sam Bakker", "nl", Channel.SMS)
    assert customer.attributes == {"size": {"shoe": 42, "hat": 58}}
    await desk.update(sam, preferred_channel=None, name=None, attributes=None)
    customer = await desk.customer(sam)
    assert (customer.name, customer.preferred_channel, customer.attributes) == (None, None, {})
    assert [fact.changed for fact in desk.facts(Described)][-1] == ("name", "preferred_channel", "attributes")


async def test_what_is_known_already_is_no_news() -> None:
    desk = Desk()
    sam = await desk.somebody(name="Sam", attributes={"tier": 1})
    version = (await desk.customer(sam)).version
    await desk.update(sam, name=" Sam ", attributes={"tier": 1, "nothing": None})
    assert (await desk.customer(sam)).version == version


async def test_s028_a_person_belongs_to_an_organisation_that_is_a_customer_itself() -> None:
    desk = Desk()
    shop = await desk.somebody(1, kind=CustomerKind.ORGANISATION, name="Bakker BV")
    sam = await desk.somebody(2, kind=CustomerKind.PERSON, organisation_id=shop, name="Sam")
    assert (await desk.customer(sam)).organisation_id == shop
    assert desk.facts(OrganisationPlaced) == [], "a person below it is no news to an organisation"
    with pytest.raises(Refusal, match="others belong to it"):
        await desk.update(shop, kind=CustomerKind.PERSON)
    await desk.update(sam, organisation_id=None)
    await desk.update(shop, kind=CustomerKind.PERSON)
    with pytest.raises(Refusal, match="kind ORGANISATION"):
        await desk.update(sam, organisation_id=shop)


async def test_organisations_make_no_circles_whatever_stands_between() -> None:
    desk = Desk()
    one = await desk.somebody(1, kind=CustomerKind.ORGANISATION)
    two = await desk.somebody(2, kind=CustomerKind.ORGANISATION, organisation_id=one)
    three = await desk.somebody(3, kind=CustomerKind.ORGANISATION, organisation_id=two)
    for above in (one, two, three):
        with pytest.raises(Refusal, match="cannot belong to itself") as refused:
            await desk.update(one, organisation_id=above)
        assert refused.value.path == ("organisationId",)


async def test_organisations_stand_only_so_deep() -> None:
    desk = Desk()
    above = await desk.somebody(0, kind=CustomerKind.ORGANISATION)
    for number in range(1, ORGANISATIONS_DEPTH_MAX):
        above = await desk.somebody(number, kind=CustomerKind.ORGANISATION, organisation_id=above)
    with pytest.raises(Refusal, match="stand above each other"):
        await desk.somebody(9, organisation_id=above)


async def test_two_placings_that_would_make_a_circle_collide() -> None:
    desk = Desk()
    one = await desk.somebody(1, kind=CustomerKind.ORGANISATION)
    two = await desk.somebody(2, kind=CustomerKind.ORGANISATION)
    below, above = await desk.customer(one), await desk.customer(two)
    assert describe(below, Wish(organisation_id=two), above=[above], ground=None, at=desk.at)
    assert [type(fact) for fact in above.pending_events] == [OrganisationPlaced]
    await desk.update(two, organisation_id=one)

    async def decide() -> Work:
        return Work(streams=(below, above))

    with pytest.raises(VersionConflict):
        await desk.record.transact(desk.by(), decide)


@pytest.mark.parametrize(
    ("wish", "path"),
    [
        ({"name": " "}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"attributes": {"text": "x" * ATTRIBUTES_BYTES_MAX}}, "attributes"),
        ({"attributes": {"a": {"b": {"c": {"d": {"e": 1}}}}}}, "attributes"),
        ({"attributes": {"a": [[[["d"]]]]}}, "attributes"),
        ({"attributes": {"a": "\ud83d"}}, "attributes"),
        ({"attributes": {"\x00": 1}}, "attributes"),
        ({"attributes": {"a": 2**53}}, "attributes"),
    ],
)
async def test_bad_input_is_refused_by_its_field_and_nothing_is_lost(wish: dict[str, Any], path: str) -> None:
    desk = Desk()
    sam = await desk.somebody(name="Sam", attributes={"tier": 1})
    with pytest.raises(Refusal) as refused:
        await desk.update(sam, **wish)
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, (path,))
    assert (await desk.customer(sam)).attributes == {"tier": 1}


async def test_who_may_not_is_refused_and_who_saw_another_version_too() -> None:
    desk = Desk()
    sam = await desk.somebody()
    with pytest.raises(Refusal) as refused:
        await desk.update(sam, actor=AUDITOR, name="Sam")
    assert refused.value.code is RefusalCode.FORBIDDEN
    command = UpdateCustomer(sam, Wish(name="Sam"))
    with pytest.raises(Refusal) as refused:
        await update_customer(command, desk.by(expected_version=99), record=desk.record, directory=desk.directory)
    assert refused.value.code is RefusalCode.VERSION_CONFLICT


async def test_s025_a_note_about_a_customer_stands_on_the_customers_record() -> None:
    desk = Desk()
    sam = await desk.somebody()
    command = AddCustomerNote(sam, desk.new_id(), " Rings twice. ", pinned=True)
    done = await add_customer_note(command, desk.by(), record=desk.record)
    (note,) = desk.facts(CustomerNoteAdded)
    assert (note.originator_id, note.text, note.pinned) == (sam, "Rings twice.", True)
    assert done.outcome == {"customer_id": str(sam), "note_id": str(command.note_id)}
    with pytest.raises(Refusal, match="must not be empty"):
        await add_customer_note(AddCustomerNote(sam, desk.new_id(), " "), desk.by(), record=desk.record)


async def test_a_handle_that_is_taken_off_is_free_and_comes_back_with_its_id() -> None:
    desk = Desk()
    case = await desk.open_case("mine", number=OTHER)
    (handle_id,) = (await desk.customer(case.customer_id)).handles
    await desk.remove(handle_id)
    assert (await desk.customer(case.customer_id)).handles == {}
    with pytest.raises(Refusal, match="no such handle"):
        await desk.remove(handle_id)
    stranger = await desk.open_case("not mine", number=OTHER)
    assert stranger.customer_id != case.customer_id
    assert stranger.id != case.id
    (theirs,) = (await desk.customer(stranger.customer_id)).handles
    await desk.remove(theirs)
    again = AddHandle(case.customer_id, HandleKind.WHATSAPP, OTHER)
    done = await add_handle(again, desk.by(), record=desk.record, directory=desk.directory, policy=desk.policy)
    assert done.outcome["handle_id"] == str(handle_id)
    assert (await desk.open_case("mine again", number=OTHER)).id == case.id


async def test_nothing_is_answered_to_an_address_that_was_taken_off() -> None:
    desk = Desk()
    case = await desk.open_case("hello", number=OTHER)
    (handle_id,) = (await desk.customer(case.customer_id)).handles
    await desk.remove(handle_id)
    contact_id = next(iter(case.contacts))
    for wish, code in (
        ({}, RefusalCode.CHANNEL_CANNOT_REPLY),
        ({"handle_id": handle_id}, RefusalCode.NO_HANDLE_FOR_CHANNEL),
        ({"channel": Channel.WHATSAPP}, RefusalCode.NO_HANDLE_FOR_CHANNEL),
        ({"in_reply_to": contact_id}, RefusalCode.NO_HANDLE_FOR_CHANNEL),
    ):
        reply = RequestReply(case.id, desk.new_id(), "Your parcel is here.", **wish)
        with pytest.raises(Refusal) as refused:
            await request_reply(reply, desk.by(), record=desk.record, policy=desk.policy)
        assert refused.value.code is code, wish


async def test_a_refused_handle_is_on_record_once_as_a_reason_to_look_at_both() -> None:
    desk = Desk()
    one, two = await desk.somebody(1), await desk.somebody(2)
    for _ in range(2):
        asked = AddHandle(one, HandleKind.WHATSAPP, "+31600000102")
        with pytest.raises(Refusal, match="mergeProposals") as refused:
            await add_handle(asked, desk.by(), record=desk.record, directory=desk.directory, policy=desk.policy)
        assert refused.value.code is RefusalCode.HANDLE_TAKEN
    (claim,) = desk.facts(HandleClaimed)
    assert (claim.originator_id, claim.value) == (one, "+31600000102")
    assert len((await desk.customer(two)).handles) == 1


async def test_ids_of_other_systems_are_learnt_once_and_not_without_end() -> None:
    desk = Desk()
    sam = await desk.customer(await desk.somebody())
    learn(sam, [ExternalIdContent("Shop ", "k-1"), ExternalIdContent("shop", "k-1")], at=desk.at)
    learn(
        sam,
        [ExternalIdContent("no system", "1"), ExternalIdContent("shop", " "), ExternalIdContent("shop", "\x00")],
        at=desk.at,
    )
    assert len(sam.external_ids) == 1
    learn(sam, [ExternalIdContent("shop", "k-1", "https://shop.example/k-1")], at=desk.at)
    assert list(sam.external_ids.values()) == ["https://shop.example/k-1"]
    learn(sam, [ExternalIdContent("shop", f"more-{number}") for number in range(99)], at=desk.at)
    assert len(sam.external_ids) == EXTERNAL_IDS_OF_CUSTOMER_MAX


def test_a_removed_handle_says_no_address_in_the_clear() -> None:
    assert set(HandleRemoved.__annotations__) == {"handle_id", "kind", "reason"}
