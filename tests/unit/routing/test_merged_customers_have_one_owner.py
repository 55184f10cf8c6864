"""Customers who turn out to be one belong to whoever was in touch last; parted again, each to whom it belonged."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.routing import DuoChanged
from services.routing.commands.join_customers import JoinCustomers, join_customers
from services.routing.commands.part_customers import PartCustomers, part_customers
from services.routing.domain.agent import agent_id
from services.routing.domain.duo import duo_id
from tests.unit.routing.the_shop import Shop, a_shop, filed_agent, named

ANNA, BRAM, CARLA = agent_id("anna"), agent_id("bram"), agent_id("carla")


async def three() -> Shop:
    shop = await a_shop(filed_agent("anna"), filed_agent("bram"), filed_agent("carla"))
    for ref in ("anna", "bram", "carla"):
        await shop.presence(ref)
    return shop


async def join(shop: Shop, source: str, target: str) -> None:
    command = JoinCustomers(named(f"{source} {target}"), named(source), named(target))
    await join_customers(command, shop.context(), record=shop.record, floor=shop.floor)


async def part(shop: Shop, source: str, target: str) -> None:
    command = PartCustomers(named(f"{source} {target}"), named(source), named(target))
    await part_customers(command, shop.context(), record=shop.record, floor=shop.floor)


async def owner(shop: Shop, customer: str) -> UUID | None:
    owned = (await shop.floor.kin(named(customer))).owned
    return None if owned is None else owned.owner_id


def told(shop: Shop, customer: str) -> Any:
    """What the case service heard last of whose this customer is."""
    heard = [message for _, message in shop.told(duo_id(named(customer))) if isinstance(message, DuoChanged)]
    return heard[-1].owner_id if heard else None


async def two_owned_customers() -> Shop:
    """`old` is anna's, `new` bram's, who was in touch later."""
    shop = await three()
    await shop.contact("a", "anna", customer="old", answer=True)
    shop.clock.pass_by(days=2)
    await shop.contact("b", "bram", customer="new", answer=True)
    return shop


async def test_s001_who_answered_last_owns_both_and_new_cases_of_either_go_there() -> None:
    shop = await two_owned_customers()
    await join(shop, "new", "old")
    assert [await owner(shop, customer) for customer in ("old", "new")] == [BRAM, BRAM]
    assert told(shop, "old") == BRAM
    assert (await shop.open_case("case", customer="old")).agent_id == BRAM
    assert (await shop.open_case("another", customer="new")).agent_id == BRAM


async def test_parted_again_each_is_whose_it_was() -> None:
    shop = await two_owned_customers()
    await join(shop, "new", "old")
    await part(shop, "new", "old")
    assert [await owner(shop, customer) for customer in ("old", "new")] == [ANNA, BRAM]
    assert [told(shop, customer) for customer in ("old", "new")] == [ANNA, BRAM]
    assert (await shop.open_case("case", customer="old")).agent_id == ANNA
    await part(shop, "new", "old")
    assert await owner(shop, "old") == ANNA, "a merge that is undone is undone once"


async def test_who_answers_one_of_several_does_not_take_them_from_their_owner() -> None:
    shop = await two_owned_customers()
    await join(shop, "new", "old")
    shop.clock.pass_by(days=2)
    await shop.contact("c", "carla", customer="old", answer=True)
    assert [await owner(shop, customer) for customer in ("old", "new")] == [BRAM, BRAM]


async def test_the_first_who_answers_either_owns_both() -> None:
    shop = await three()
    await join(shop, "new", "old")
    assert await owner(shop, "new") is None
    await shop.contact("a", "carla", customer="new", answer=True)
    assert [await owner(shop, customer) for customer in ("old", "new")] == [CARLA, CARLA]
    assert told(shop, "old") == CARLA
    await part(shop, "new", "old")
    assert [await owner(shop, customer) for customer in ("old", "new")] == [None, CARLA]
    assert told(shop, "old") is None


async def test_a_chain_of_merges_is_one_customer_and_comes_apart_link_by_link() -> None:
    shop = await two_owned_customers()
    shop.clock.pass_by(days=2)
    await shop.contact("c", "carla", customer="oldest", answer=True)
    await join(shop, "new", "old")
    await join(shop, "old", "oldest")
    assert [await owner(shop, customer) for customer in ("new", "old", "oldest")] == [CARLA] * 3
    await part(shop, "old", "oldest")
    assert [await owner(shop, customer) for customer in ("new", "old", "oldest")] == [BRAM, BRAM, CARLA]
    await part(shop, "new", "old")
    assert [await owner(shop, customer) for customer in ("new", "old", "oldest")] == [BRAM, ANNA, CARLA]


async def test_an_open_case_of_the_one_draws_the_other_s_where_nobody_owns_them() -> None:
    shop = await three()
    first = await shop.open_case("case", customer="old")
    await join(shop, "new", "old")
    assert (await shop.open_case("another", customer="new")).agent_id == first.agent_id
