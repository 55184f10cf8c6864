"""Linking never guesses: what was merely typed joins nothing that is better assured."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import HandleAssurance, HandleKind
from services.case.domain.identity import Claim, Holding, across, is_assured, keys_to_look_up, link
from tests.unit.case.world import START

KINDS = st.sampled_from([HandleKind.WHATSAPP, HandleKind.PHONE, HandleKind.EMAIL])
VALUES = st.sampled_from(["+31600000001", "+31600000002", "NL.1234", "sam@shop.example"])
CLAIMS = st.lists(st.builds(lambda kind, value: Claim(kind, value, value), KINDS, VALUES), max_size=3)
ASSURANCES = st.sampled_from(HandleAssurance)


@st.composite
def holdings(draw: st.DrawFn) -> tuple[Holding, ...]:
    """Handles of four customers, in the order they were added; none held for sure by two."""
    held: dict[tuple[int, HandleKind, str], Holding] = {}
    sure: set[tuple[HandleKind, str]] = set()
    for place in range(draw(st.integers(0, 8))):
        customer, kind, value, assurance = draw(st.integers(1, 4)), draw(KINDS), draw(VALUES), draw(ASSURANCES)
        if (customer, kind, value) in held or (is_assured(assurance) and (kind, value) in sure):
            continue
        if is_assured(assurance):
            sure.add((kind, value))
        added_at = START + timedelta(minutes=place)
        held[customer, kind, value] = Holding(
            UUID(int=customer), UUID(int=100 + place), kind, value, assurance, added_at
        )
    return tuple(held.values())


def holders(held: tuple[Holding, ...], key: tuple[HandleKind, str], *, sure: bool) -> list[UUID]:
    return [
        each.customer_id for each in held if (each.kind, each.value) == key and (is_assured(each.assurance) or not sure)
    ]


@given(CLAIMS, ASSURANCES, holdings())
def test_an_assured_contact_joins_only_who_holds_its_handle_for_sure(
    claims: list[Claim], assurance: HandleAssurance, held: tuple[Holding, ...]
) -> None:
    decision = link(claims, assurance, held)
    if decision.customer_id is None or assurance in {HandleAssurance.SELF_ASSERTED, HandleAssurance.AGENT_RECORDED}:
        return
    keys = [claim.key for claim in claims] + [across(claim.key) for claim in claims]
    assert decision.customer_id in [who for key in keys if key for who in holders(held, key, sure=True)]


@given(CLAIMS, holdings())
def test_a_form_adds_nothing_to_a_customer_who_exists_and_crosses_no_kinds(
    claims: list[Claim], held: tuple[Holding, ...]
) -> None:
    decision = link(claims, HandleAssurance.SELF_ASSERTED, held)
    assert decision.raised == ()
    if decision.customer_id is None:
        assert {claim.key for claim in decision.add} == {claim.key for claim in claims}
        return
    assert decision.add == ()
    same_kind = holders(held, claims[0].key, sure=False)
    assert decision.customer_id in same_kind
    for_sure = holders(held, claims[0].key, sure=True)
    assert decision.customer_id == (for_sure or same_kind)[0]


@given(CLAIMS, holdings())
def test_what_an_agent_records_raises_a_typed_handle_only_where_nobody_holds_it_for_sure(
    claims: list[Claim], held: tuple[Holding, ...]
) -> None:
    decision = link(claims, HandleAssurance.AGENT_RECORDED, held)
    by_id = {each.handle_id: each for each in held}
    for handle_id in decision.raised:
        raised = by_id[handle_id]
        assert raised.customer_id == decision.customer_id
        assert raised.assurance is HandleAssurance.SELF_ASSERTED
        assert holders(held, (raised.kind, raised.value), sure=True) == []


@given(CLAIMS, ASSURANCES, holdings())
def test_no_handle_is_ever_held_for_sure_by_two(
    claims: list[Claim], assurance: HandleAssurance, held: tuple[Holding, ...]
) -> None:
    decision = link(claims, assurance, held)
    if is_assured(assurance):
        for claim in decision.add:
            assert holders(held, claim.key, sure=True) == []
    own = [each for each in held if each.customer_id == decision.customer_id]
    assert not {(each.kind, each.value) for each in own} & {claim.key for claim in decision.add}


@given(CLAIMS, ASSURANCES, holdings())
def test_only_the_looked_up_holders_matter(
    claims: list[Claim], assurance: HandleAssurance, held: tuple[Holding, ...]
) -> None:
    keys = keys_to_look_up(claims)
    relevant = tuple(each for each in held if (each.kind, each.value) in keys)
    assert link(claims, assurance, relevant) == link(claims, assurance, held)


def test_numbers_cross_between_phone_and_whatsapp_and_nothing_else_does() -> None:
    assert across((HandleKind.WHATSAPP, "+31600000001")) == (HandleKind.PHONE, "+31600000001")
    assert across((HandleKind.PHONE, "+31600000001")) == (HandleKind.WHATSAPP, "+31600000001")
    assert across((HandleKind.WHATSAPP, "NL.1234")) is None
    assert across((HandleKind.EMAIL, "+1@shop.example")) is None
