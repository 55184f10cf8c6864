"""Who left us, or was not in touch for too long, owns a customer no more: the partner inherits, or whoever answers."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.routing import DuoChanged
from contracts.vocabulary import AssignmentReason
from services.routing.domain.agent import agent_id
from services.routing.domain.duo import Duo, duo_id
from services.routing.domain.policy import Policy
from services.routing.domain.targets import Rules
from tests.unit.routing.test_agents_are_kept_from_customers import exclude
from tests.unit.routing.test_cases_wait_for_whom_they_belong_to import clock, works
from tests.unit.routing.test_merged_customers_have_one_owner import join, owner, part
from tests.unit.routing.the_shop import Shop, filed, filed_agent, named

ANNA, BRAM, CARLA, DIRK = (agent_id(ref) for ref in ("anna", "bram", "carla", "dirk"))
ROSTERS = {"anna": works(9, 14), "bram": works(14, 20), "carla": works(9, 15)}


async def the_shop(*refs: str, ttl_days: int | None = None) -> Shop:
    """The customer is anna's, with bram as the partner where both are here; rosters as above, dirk has none."""
    shop = Shop(Rules(policy=Policy(owner_ttl_days=ttl_days), answer_min=60))
    await staffed(shop, *refs)
    await shop.contact("before", "anna", answer=True)
    return shop


async def staffed(shop: Shop, *refs: str) -> None:
    """Only these are with us from now on."""
    agents = (filed_agent(ref, roster=ROSTERS.get(ref)) for ref in refs)
    await shop.apply(filed(*agents, digest=" ".join(refs)))


async def duo(shop: Shop) -> tuple[UUID | None, UUID | None]:
    found = await shop.record.load(Duo, duo_id(named("customer")))
    assert found is not None
    return found.owner_id, found.partner_id


async def test_s001_who_leaves_us_leaves_the_customer_to_the_partner_who_gets_a_partner() -> None:
    shop = await the_shop("anna", "bram", "carla")
    assert await duo(shop) == (ANNA, BRAM)
    await staffed(shop, "bram", "carla")
    await shop.contact("case", "carla", answer=True)
    assert await duo(shop) == (BRAM, CARLA)
    told = [message for _, message in shop.told(duo_id(named("customer"))) if isinstance(message, DuoChanged)]
    assert [(each.owner_id, each.partner_id) for each in told] == [(ANNA, BRAM), (BRAM, CARLA)]
    shop.clock.at = clock(13, 50)
    await shop.presence("carla")
    case = await shop.open_case("next")
    assert case.held is not None
    assert (case.held[0], shop.decisions("next")[0].reason) == (BRAM, AssignmentReason.HELD_FOR_OWNER)


async def test_a_partner_who_left_us_is_followed_by_another_with_the_next_answer() -> None:
    shop = await the_shop("anna", "bram", "carla")
    await staffed(shop, "anna", "carla")
    await shop.contact("case", "anna")
    assert await duo(shop) == (ANNA, BRAM), "being in touch is no answer"
    await shop.contact("case", "anna", answer=True)
    assert await duo(shop) == (ANNA, CARLA)
    told = [message for _, message in shop.told(duo_id(named("customer"))) if isinstance(message, DuoChanged)]
    await shop.contact("case", "anna", answer=True)
    again = [message for _, message in shop.told(duo_id(named("customer"))) if isinstance(message, DuoChanged)]
    assert [(each.owner_id, each.partner_id) for each in again] == [(ANNA, BRAM), (ANNA, CARLA)]
    assert again == told


async def test_a_partner_whom_the_customer_refuses_is_followed_by_another_with_the_next_answer() -> None:
    shop = await the_shop("anna", "bram", "carla")
    await exclude(shop, "bram")
    await shop.contact("case", "anna", answer=True)
    assert await duo(shop) == (ANNA, CARLA)


async def test_who_owned_customers_before_there_were_rosters_gets_a_partner_once_there_are() -> None:
    shop = Shop(Rules(policy=Policy(), answer_min=60))
    await shop.apply(filed(*(filed_agent(ref) for ref in ("anna", "bram")), digest="without rosters"))
    await shop.contact("before", "anna", answer=True)
    assert await duo(shop) == (ANNA, None)
    await staffed(shop, "anna", "bram")
    await shop.contact("later", "bram", answer=True)
    assert await duo(shop) == (ANNA, BRAM)


async def test_customers_who_are_one_get_another_partner_together() -> None:
    shop = await the_shop("anna", "bram", "carla")
    await shop.contact("other", "anna", customer="other", answer=True)
    await join(shop, "other", "customer")
    await staffed(shop, "anna", "carla")
    await shop.contact("case", "anna", customer="other", answer=True)
    kin = await shop.floor.kin(named("customer"))
    assert kin.owned is not None
    assert (kin.owned.owner_id, kin.owned.partner_id) == (ANNA, CARLA)


async def test_without_a_partner_who_answers_next_owns_the_customer() -> None:
    shop = await the_shop("anna", "dirk")
    assert await duo(shop) == (ANNA, None)
    await staffed(shop, "dirk")
    await shop.contact("case", "dirk")
    assert await duo(shop) == (ANNA, None), "being in touch is no answer"
    await shop.contact("case", "dirk", answer=True)
    assert await duo(shop) == (DIRK, None)


async def test_who_comes_back_before_anybody_answered_has_lost_nothing() -> None:
    shop = await the_shop("anna", "bram")
    await staffed(shop, "bram")
    await staffed(shop, "bram", "anna")
    await shop.contact("case", "bram", answer=True)
    assert await duo(shop) == (ANNA, BRAM)


async def test_s001_whom_the_customer_refuses_leaves_the_customer_to_the_partner_with_the_next_answer() -> None:
    shop = await the_shop("anna", "bram", "carla")
    await exclude(shop, "anna")
    assert await duo(shop) == (ANNA, BRAM), "it may be taken back"
    await shop.contact("case", "carla", answer=True)
    assert await duo(shop) == (BRAM, CARLA), "nor is who is refused anybody's partner"
    await exclude(shop, "anna", excluded=False)
    await shop.contact("later", "anna", answer=True)
    assert await duo(shop) == (BRAM, CARLA)


async def test_where_owner_and_partner_are_refused_who_answers_next_owns_the_customer() -> None:
    shop = await the_shop("anna", "bram", "carla")
    await exclude(shop, "anna")
    await exclude(shop, "bram")
    await shop.contact("case", "carla", answer=True)
    assert await duo(shop) == (CARLA, None)


@pytest.mark.parametrize(("days", "owned_by"), [(30, ANNA), (31, CARLA)])
async def test_after_too_long_the_customer_belongs_to_whoever_answers_next(days: int, owned_by: UUID) -> None:
    shop = await the_shop("anna", "bram", "carla", ttl_days=30)
    shop.clock.pass_by(days=days)
    await shop.contact("case", "carla", answer=True)
    assert (await duo(shop))[0] == owned_by


async def test_who_answers_the_own_customer_after_long_keeps_them() -> None:
    shop = await the_shop("anna", "bram", ttl_days=30)
    shop.clock.pass_by(days=40)
    await shop.contact("case", "anna", answer=True)
    shop.clock.pass_by(days=1)
    await shop.contact("case", "bram", answer=True)
    assert await duo(shop) == (ANNA, BRAM)


async def test_customers_who_are_one_are_inherited_together_and_parted_again_go_on_by_themselves() -> None:
    shop = await the_shop("anna", "bram", "carla")
    await shop.contact("other", "carla", customer="other", answer=True)
    shop.clock.pass_by(days=2)
    await shop.contact("again", "anna", answer=True)
    await join(shop, "other", "customer")
    assert [await owner(shop, each) for each in ("customer", "other")] == [ANNA, ANNA]
    await staffed(shop, "bram", "carla")
    await shop.contact("third", "carla", customer="other", answer=True)
    assert [await owner(shop, each) for each in ("customer", "other")] == [BRAM, BRAM]
    await part(shop, "other", "customer")
    assert await owner(shop, "other") == CARLA
    await shop.contact("fourth", "carla", answer=True)
    assert await owner(shop, "customer") == BRAM
