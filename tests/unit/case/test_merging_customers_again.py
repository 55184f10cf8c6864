"""Who was merged may be merged again: one person all the way, by whichever of the records somebody asks."""

from __future__ import annotations

from uuid import UUID

import msgspec
import pytest

from contracts.content import HandleContent
from contracts.vocabulary import Channel, Direction, HandleAssurance, HandleKind, Refusal, RefusalCode
from services.case.commands.add_customer_note import AddCustomerNote, add_customer_note
from services.case.commands.add_handle import AddHandle, add_handle
from services.case.commands.consenting import check_wanted
from services.case.commands.finding import check_usable, find_shown_as_one
from services.case.commands.place_restriction import PlaceRestriction, place_restriction
from services.case.commands.record_contact import RecordContact, record_contact
from services.case.domain.case import Case
from services.case.domain.contact_basis import ContactBasis
from services.case.domain.customer import Customer
from services.case.domain.erasure_words import RestrictionKind
from services.case.domain.merging import RECEIVED_COUNT_MAX
from services.case.domain.policy import CasePolicy
from tests.unit.case.test_beginning_cases import Front
from tests.unit.case.test_merging_customers import PAM, Desk

TAKEN = RefusalCode.HANDLE_TAKEN


class Counter(Front, Desk):
    """Where we write first to those who may turn out to be one."""

    customer_id: UUID

    @classmethod
    async def known(cls, policy: CasePolicy | None = None) -> Counter:
        front = await super().known(policy)
        assert isinstance(front, Counter)
        return front


async def chained(desk: Desk) -> tuple[UUID, UUID, UUID]:
    """Three records; the first was merged into the second, and the second into the third."""
    one, two, three = await desk.three()
    await desk.merge(one, two)
    await desk.merge(two, three)
    return one, two, three


def case_of(desk: Desk, customer_id: UUID) -> Case:
    (case,) = [case for case in desk.directory.cases() if case.customer_id == customer_id]
    return case


async def restrict(desk: Desk, customer_id: UUID, kind: RestrictionKind = RestrictionKind.RESTRICTION) -> None:
    command = PlaceRestriction(desk.new_id(), customer_id, kind, "asked for")
    await place_restriction(command, desk.by(PAM), record=desk.record)


async def test_whoever_is_asked_for_all_are_found_and_the_one_who_is_shown_first() -> None:
    desk = Desk()
    ids = await chained(desk)
    for each in ids:
        found = [one.id for one in await find_shown_as_one(desk.record, await desk.customer(each))]
        assert (found[0], set(found)) == (ids[2], set(ids))


@pytest.mark.parametrize("restricted", [0, 1, 2])
async def test_what_keeps_any_of_them_from_being_used_keeps_them_all(restricted: int) -> None:
    desk = Desk()
    ids = await chained(desk)
    await restrict(desk, ids[restricted])
    for each in ids:
        with pytest.raises(Refusal) as refused:
            await check_usable(desk.record, case_of(desk, each), at=desk.at)
        assert (refused.value.code, refused.value.path) == (RefusalCode.CUSTOMER_RESTRICTED, ("caseId",))
        note = AddCustomerNote(each, desk.new_id(), "Rings twice")
        with pytest.raises(Refusal):
            await add_customer_note(note, desk.by(), record=desk.record)


async def test_a_restriction_of_who_was_merged_keeps_the_whole_from_being_merged_on() -> None:
    desk = Desk()
    one, two, three = await desk.three()
    await desk.merge(one, two)
    await restrict(desk, one)
    with pytest.raises(Refusal) as refused:
        await desk.merge(two, three)
    assert (refused.value.code, refused.value.path) == (RefusalCode.CUSTOMER_RESTRICTED, ("sourceId",))


async def test_an_objection_that_was_made_before_a_merge_holds_after_it() -> None:
    front = await Counter.known()
    one, two, _ = await front.three()
    await front.restricted(RestrictionKind.OBJECTION)
    await front.merge(front.customer_id, one)
    await front.merge(one, two)
    for named in (front.customer_id, one, two):
        for basis in (ContactBasis.LEGITIMATE_INTEREST, ContactBasis.CONSENT):
            refused = await front.refusal(customer_id=named, basis=basis)
            assert refused == (RefusalCode.CUSTOMER_RESTRICTED, ("basis",))
    begun = await front.begun(customer_id=two)
    assert begun.customer_id == front.customer_id, "it is written to by the address of the first, so it is its case"


async def test_who_asked_for_no_more_messages_gets_none_as_whomever_they_are_shown() -> None:
    desk = Desk()
    one, _, three = await chained(desk)
    handle_id = next(iter((await desk.customer(one)).handles))
    number = (HandleContent(HandleKind.WHATSAPP, "+31600000000"),)
    stop = desk.contact(Channel.WHATSAPP, "waba-1", number, HandleAssurance.PLATFORM, "STOP")
    await desk.attach(msgspec.structs.replace(stop, flags=("opt-out",)))
    with pytest.raises(Refusal) as refused:
        await check_wanted(desk.record, case_of(desk, three), handle_id, "handleId")
    assert refused.value.code is RefusalCode.RECIPIENT_OPTED_OUT


async def test_a_contact_of_whom_a_case_shows_is_put_down_in_the_case_by_that_id() -> None:
    desk = Desk()
    ids = await chained(desk)
    for each in ids:
        case = case_of(desk, ids[0])
        command = RecordContact(
            contact_id=desk.new_id(),
            channel=Channel.VOICE,
            direction=Direction.INBOUND,
            text="They called.",
            new_case_id=desk.new_id(),
            new_customer_id=desk.new_id(),
            customer_id=each,
            case_id=case.id,
        )
        done = await record_contact(
            command, desk.by(), record=desk.record, directory=desk.directory, policy=desk.policy
        )
        assert (done.outcome["case_id"], done.outcome["customer_id"]) == (str(case.id), str(ids[0]))
    stranger = (await desk.open_case(number="+31600000009")).customer_id
    command = RecordContact(
        contact_id=desk.new_id(),
        channel=Channel.VOICE,
        direction=Direction.INBOUND,
        text="They called.",
        new_case_id=desk.new_id(),
        new_customer_id=desk.new_id(),
        customer_id=stranger,
        case_id=case_of(desk, ids[0]).id,
    )
    with pytest.raises(Refusal) as refused:
        await record_contact(command, desk.by(), record=desk.record, directory=desk.directory, policy=desk.policy)
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, ("caseId",))


async def test_no_more_are_shown_as_one_than_may_be_by_however_many_merges() -> None:
    desk = Desk()
    ids = [(await desk.open_case(number=f"+316000001{each:02}")).customer_id for each in range(RECEIVED_COUNT_MAX + 2)]
    half = RECEIVED_COUNT_MAX // 2
    for target, sources in ((ids[0], ids[2 : 2 + half]), (ids[1], ids[2 + half : -1])):
        for source in sources:
            await desk.merge(source, target)
    await desk.merge(ids[-1], ids[0])
    with pytest.raises(Refusal, match=f"at most {RECEIVED_COUNT_MAX}") as refused:
        await desk.merge(ids[0], ids[1])
    assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, ("targetId",))
    assert (await desk.customer(ids[0])).merged is None


@pytest.mark.parametrize(
    ("held", "added"), [(HandleKind.WHATSAPP, HandleKind.PHONE), (HandleKind.PHONE, HandleKind.WHATSAPP)]
)
async def test_a_number_that_another_holds_for_sure_is_taken_by_telephone_and_by_whatsapp(
    held: HandleKind, added: HandleKind
) -> None:
    desk = Desk()
    one, two, three = await desk.three()
    number = "+31600000055"

    async def add(customer_id: UUID, kind: HandleKind) -> Customer:
        command = AddHandle(customer_id, kind, number)
        await add_handle(command, desk.by(), record=desk.record, directory=desk.directory, policy=desk.policy)
        return await desk.customer(customer_id)

    await add(one, held)
    with pytest.raises(Refusal) as refused:
        await add(two, added)
    assert (refused.value.code, refused.value.path) == (TAKEN, ("value",))
    assert len((await desk.customer(two)).claimed) == 1, "it is a reason to look at both"
    assert len((await add(one, added)).handles) == 3, "its holder is known by both"
    await desk.merge(three, one)
    assert len((await add(three, added)).handles) == 1, "it is known already"
