"""Two records of one person: shown as one, never mixed, and parted again without a trace."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from contracts.stored import Committed
from contracts.vocabulary import Actor, ActorKind, HandleKind, Refusal, RefusalCode, Role
from services.case.commands.add_handle import AddHandle, add_handle
from services.case.commands.finding import check_usable
from services.case.commands.merge_customers import MergeCustomers, merge_customers
from services.case.commands.place_restriction import PlaceRestriction, place_restriction
from services.case.commands.unmerge_customers import UnmergeCustomers, unmerge_customers
from services.case.domain.customer import Customer
from services.case.domain.erasure_words import RestrictionKind
from services.case.domain.merge_facts import CustomerMerged, MergeGivenBack, MergeReceived, MergeUndone
from tests.unit.case.world import AUDITOR, World

PAM = Actor(ActorKind.STAFF, "pam", Role.PRIVACY)


class Desk(World):
    """Three customers who may turn out to be one."""

    async def three(self) -> tuple[UUID, UUID, UUID]:
        ids = [(await self.open_case(number=f"+3160000000{each}")).customer_id for each in range(3)]
        return ids[0], ids[1], ids[2]

    async def merge(self, source: UUID, target: UUID, *, how: Any = None, reason: str = "same person") -> UUID:
        command = MergeCustomers(self.new_id(), source, target, reason)
        await merge_customers(command, how or self.by(), record=self.record, directory=self.directory)
        return command.merge_id

    async def unmerge(self, merge_id: UUID, *, how: Any = None, reason: str = "not so") -> Committed:
        command = UnmergeCustomers(merge_id, reason)
        return await unmerge_customers(command, how or self.by(), record=self.record, directory=self.directory)

    async def customer(self, customer_id: UUID) -> Customer:
        found = await self.record.load(Customer, customer_id)
        assert found is not None
        return found

    def count(self, kind: type[Any]) -> int:
        return sum(isinstance(fact, kind) for fact in self.record.all_facts())


async def test_a_merge_stands_on_both_records_and_moves_nothing() -> None:
    desk = Desk()
    one, two, _ = await desk.three()
    merge_id = await desk.merge(one, two)
    source, target = await desk.customer(one), await desk.customer(two)
    assert source.merged is not None
    assert (source.merged.target_id, target.received) == (two, {merge_id: one})
    assert (len(source.handles), len(target.handles)) == (1, 1)
    await desk.unmerge(merge_id)
    source, target = await desk.customer(one), await desk.customer(two)
    assert (source.merged, target.received) == (None, {})


@pytest.mark.parametrize(
    ("source", "target", "given", "code", "path"),
    [
        (0, 0, {}, "INVALID_INPUT", ("targetId",)),
        (0, 1, {"reason": " "}, "INVALID_INPUT", ("reason",)),
        (1, 2, {}, "ALREADY_MERGED", ("sourceId",)),
        (0, 1, {}, "ALREADY_MERGED", ("targetId",)),
        (2, 1, {}, "ALREADY_MERGED", ("targetId",)),
    ],
)
async def test_a_merge_that_breaks_a_rule_is_refused(
    source: int, target: int, given: dict[str, Any], code: str, path: tuple[str, ...]
) -> None:
    desk = Desk()
    three = await desk.three()
    await desk.merge(three[1], three[2])
    with pytest.raises(Refusal) as refused:
        await desk.merge(three[source], three[target], **given)
    assert (refused.value.code, refused.value.path) == (code, path)
    assert desk.count(CustomerMerged) == 1


async def test_merges_make_a_tree_and_never_a_circle() -> None:
    desk = Desk()
    one, two, three = await desk.three()
    await desk.merge(one, two)
    await desk.merge(two, three)
    with pytest.raises(Refusal) as circle:
        await desk.merge(three, one)
    assert circle.value.code is RefusalCode.ALREADY_MERGED


async def test_whoever_nobody_knows_or_may_not_is_refused() -> None:
    desk = Desk()
    one, two, _ = await desk.three()
    for merge in (desk.merge(one, desk.new_id()), desk.merge(desk.new_id(), two), desk.unmerge(desk.new_id())):
        with pytest.raises(Refusal) as unknown:
            await merge
        assert unknown.value.code is RefusalCode.NOT_FOUND
    for merge in (desk.merge(one, two, how=desk.by(AUDITOR)), desk.unmerge(desk.new_id(), how=desk.by(AUDITOR))):
        with pytest.raises(Refusal) as forbidden:
            await merge
        assert forbidden.value.code is RefusalCode.FORBIDDEN


async def test_a_merge_and_its_undoing_happen_once_per_key_whoever_writes_first() -> None:
    desk = Desk()
    one, two, _ = await desk.three()
    how, back = desk.by(), desk.by()
    desk.record.lose_races(2)
    for _ in range(2):
        await desk.merge(one, two, how=how)
    assert (desk.count(CustomerMerged), desk.count(MergeReceived)) == (1, 1)
    (merge_id,) = (await desk.customer(two)).received
    desk.record.lose_races(2)
    for _ in range(2):
        await desk.unmerge(merge_id, how=back)
    assert (desk.count(MergeUndone), desk.count(MergeGivenBack)) == (1, 1)
    with pytest.raises(Refusal) as undone:
        await desk.unmerge(merge_id)
    assert (undone.value.code, undone.value.path) == (RefusalCode.INVALID_INPUT, ("mergeId",))


async def test_a_later_contact_goes_to_whose_handle_it_came_by() -> None:
    desk = Desk()
    one, two, _ = await desk.three()
    merge_id = await desk.merge(one, two)
    done = await desk.attach(desk.whatsapp("Me again", number="+31600000000"))
    assert UUID(done.outcome["customer_id"]) == one
    await desk.unmerge(merge_id)
    assert {case.customer_id for case in desk.directory.cases() if len(case.contacts) == 2} == {one}


async def test_an_address_of_one_of_them_is_known_already_and_of_a_stranger_is_taken() -> None:
    desk = Desk()
    one, two, three = await desk.three()
    await desk.merge(one, two)

    async def add(customer_id: UUID) -> Committed:
        command = AddHandle(customer_id, HandleKind.WHATSAPP, "+31600000000")
        return await add_handle(command, desk.by(), record=desk.record, directory=desk.directory, policy=desk.policy)

    assert (await add(two)).versions == {}
    with pytest.raises(Refusal) as taken:
        await add(three)
    assert taken.value.code is RefusalCode.HANDLE_TAKEN


async def test_what_keeps_one_of_them_from_being_used_keeps_whoever_is_shown_as_them() -> None:
    desk = Desk()
    one, two, _ = await desk.three()
    await desk.merge(one, two)
    restriction = PlaceRestriction(desk.new_id(), two, RestrictionKind.RESTRICTION, "asked for")
    await place_restriction(restriction, desk.by(PAM), record=desk.record)
    (case,) = [case for case in desk.directory.cases() if case.customer_id == one]
    with pytest.raises(Refusal) as refused:
        await check_usable(desk.record, case, at=desk.at)
    assert refused.value.code is RefusalCode.CUSTOMER_RESTRICTED
    with pytest.raises(Refusal):
        await desk.merge(two, one)


async def test_nobody_is_erased_as_long_as_they_are_one_with_others() -> None:
    desk = Desk()
    one, two, three = await desk.three()
    await desk.merge(one, two)
    assert [(await desk.customer(each)).blocked_by(desk.at) != () for each in (one, two, three)] == [True, True, False]
