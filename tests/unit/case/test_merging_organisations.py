"""Organisations stay a tree that is not too high, as whomever its members turn out to be."""

from __future__ import annotations

from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from contracts.vocabulary import Refusal, RefusalCode
from services.case.commands.update_customer import UpdateCustomer, update_customer
from services.case.domain.customer_kind import CustomerKind
from services.case.domain.details import ORGANISATIONS_DEPTH_MAX, Wish
from tests.unit.case.test_merging_customers import Desk


class Register(Desk):
    """Customers by number, most of them organisations."""

    async def organisation(self, number: int, **wish: Any) -> UUID:
        return await self.somebody(number, kind=CustomerKind.ORGANISATION, **wish)

    async def somebody(self, number: int, **wish: Any) -> UUID:
        customer_id = (await self.open_case(number=f"+316000002{number:02}")).customer_id
        await self.update(customer_id, **wish)
        return customer_id

    async def update(self, customer_id: UUID, **wish: Any) -> None:
        command = UpdateCustomer(customer_id, Wish(**wish))
        await update_customer(command, self.by(), record=self.record, directory=self.directory)

    async def refused(self, what: Any, path: str, match: str) -> None:
        with pytest.raises(Refusal, match=match) as refused:
            await what
        assert (refused.value.code, refused.value.path) == (RefusalCode.INVALID_INPUT, (path,))


async def test_s028_an_organisation_is_merged_into_an_organisation_alone() -> None:
    desk = Register()
    shop, sam = await desk.organisation(1), await desk.somebody(2, kind=CustomerKind.PERSON)
    await desk.refused(desk.merge(shop, sam), "targetId", "merge the other one into it")
    merge_id = await desk.merge(sam, shop)
    await desk.unmerge(merge_id)
    await desk.merge(shop, await desk.organisation(3))


async def test_s028_nobody_comes_to_belong_to_themselves_by_a_merge() -> None:
    desk = Register()
    top = await desk.organisation(1)
    middle = await desk.organisation(2, organisation_id=top)
    below = await desk.organisation(3, organisation_id=middle)
    for member in (middle, below):
        await desk.refused(desk.merge(top, member), "targetId", "belongs to the other")
    merge_id = await desk.merge(below, top)
    assert (await desk.customer(top)).organisation_id is None
    await desk.unmerge(merge_id)
    assert (await desk.customer(below)).organisation_id == middle


async def test_s028_nobody_is_placed_below_who_turned_out_to_be_them_nor_in_a_circle_once_they_are_parted() -> None:
    desk = Register()
    one, two, three = [await desk.organisation(number) for number in range(3)]
    await desk.update(two, organisation_id=three)
    merge_id = await desk.merge(two, one)
    await desk.refused(desk.update(one, organisation_id=two), "organisationId", "cannot belong to itself")
    await desk.refused(desk.update(three, organisation_id=two), "organisationId", "cannot belong to itself")
    await desk.unmerge(merge_id)
    await desk.update(one, organisation_id=two)


async def test_s028_organisations_stand_only_so_deep_from_whichever_end_they_are_put_together() -> None:
    desk = Register()
    chain = [await desk.organisation(number) for number in range(ORGANISATIONS_DEPTH_MAX + 1)]
    for below, above in pairwise(chain[:-1]):
        await desk.update(below, organisation_id=above)
    await desk.refused(desk.update(chain[-2], organisation_id=chain[-1]), "organisationId", "stand above each other")
    high = await desk.organisation(20, organisation_id=chain[-1])
    await desk.refused(desk.merge(chain[-2], high), "targetId", "stand above each other")
    await desk.merge(chain[-2], chain[-1])
