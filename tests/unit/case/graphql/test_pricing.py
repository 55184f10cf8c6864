"""What a document costs is told before it is executed, in time that grows with the document and no faster."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from graphql import build_schema
from hypothesis import given
from hypothesis import strategies as st

from services.case.graphql.allowances import PRINCIPALS_KEPT_MAX, Allowances
from services.case.graphql.pricing import Priced, TooDeepError, priced

SCHEMA = build_schema("""
type Query { viewer: Person  people(first: Int, last: Int): People!
  nodes(ids: [ID!]!): [Person]!  old(first: Int): People! }
type Mutation { change: Changed! }
type Changed { person: Person }
type Person { id: ID! name: String friends: [Person!]! people(first: Int): People! }
type People { nodes: [Person!]! edges: [Edge!]! pageInfo: Page! totalCount: Int }
type Edge { cursor: String! node: Person! }
type Page { hasNextPage: Boolean! }
""")  # fmt: skip
assert SCHEMA.query_type is not None
SCHEMA.query_type.fields["people"].args["first"].default_value = 20  # as a schema made of Python types has it
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def found(document: str, name: str | None = None) -> Priced:
    made = priced(SCHEMA, document, name)
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("document", "cost"),
    [
        ("{ viewer { name } }", 1),
        ("{ people { nodes { name } } }", 1 + 20),
        ("{ people(first: 7) { nodes { name } } }", 1 + 7),
        ("{ people(last: 7) { edges { node { name } } } }", 1 + 7 * 2),
        ("{ people(first: 7) { totalCount pageInfo { hasNextPage } } }", 1 + 5 + 1),
        ("{ old { nodes { name } } }", 1 + 50),
        ("{ nodes(ids: [1, 2, 3]) { name people(first: 2) { nodes { name } } } }", 1 + 3 * (1 + 2)),
        ("{ viewer { friends { name friends { name } } } }", 1 + 1 + 10 * 1),
        ("mutation { change { person { name } } }", 10 + 1),
        ("{ people(first: 3) { nodes { ...P } } } fragment P on Person { people(first: 4) { nodes { id } } }", 19),
        ("{ a: viewer { name } b: viewer { ... on Person { friends { id } } } }", 1 + 1 + 1),
        ("{ nothing { people { nodes } } }", 0),
        ("{ people(first: 999999999999) { nodes { name } } }", 1 + 100),
        ("{ people(first: -4) { nodes { name } } }", 1),
    ],
)  # fmt: skip
def test_every_object_costs_one_and_a_list_as_many_as_it_may_have(document: str, cost: int) -> None:
    assert found(document).cost({}) == cost


@given(first=st.one_of(st.none(), st.booleans(), st.text(), st.integers(), st.lists(st.integers())))
def test_a_size_that_is_a_variable_counts_as_what_it_is_given_and_never_more_than_a_page(first: object) -> None:
    cost = found("query($n: Int) { people(first: $n) { nodes { name } } }").cost({"n": first})
    assert 1 <= cost <= 101
    if isinstance(first, int) and not isinstance(first, bool) and 0 <= first <= 100:
        assert cost == 1 + first


def test_a_size_that_is_left_out_counts_as_its_default() -> None:
    assert found("query($n: Int) { people(first: $n) { nodes { name } } }").cost({}) == 1 + 20


@given(levels=st.integers(1, 30))
def test_fragments_that_spread_each_other_twice_are_looked_through_once_each(levels: int) -> None:
    doubling = " ".join(f"fragment F{n} on Query {{ ...F{n + 1} ...F{n + 1} }}" for n in range(levels))
    document = f"{{ ...F0 }} {doubling} fragment F{levels} on Query {{ viewer {{ id }} }}"
    assert found(document).cost({}) == 2**levels


def test_a_fragment_within_itself_brings_nothing() -> None:
    assert found("{ ...F } fragment F on Query { viewer { id } ...F }").cost({}) == 1


@pytest.mark.parametrize(
    "document",
    [
        "{ viewer " + "{ friends " * 14 + "{ id }" + " }" * 14 + " }",
        "{ ...F0 } "
        + " ".join(f"fragment F{n} on Query {{ ...F{n + 1} }}" for n in range(200))
        + " fragment F200 on Query { viewer { id } }",
    ],
)
def test_what_is_deeper_than_anybody_looks_is_not_looked_through(document: str) -> None:
    with pytest.raises(TooDeepError):
        found(document)


def test_the_operation_must_be_clear() -> None:
    two = "query A { viewer { id } } query B { viewer { id friends { id } } }"
    assert priced(SCHEMA, two, None) is None
    assert priced(SCHEMA, two, "C") is None
    assert found(two, "B").cost({}) == 2


def test_who_asks_for_the_schema_is_known_wherever_the_question_stands() -> None:
    assert found("{ ...F } fragment F on Query { __schema { types { name } } }").introspects
    assert not found("{ viewer { __typename } }").introspects


def test_a_bucket_fills_as_time_passes_and_is_of_one_principal() -> None:
    allowances = Allowances(60)
    assert allowances.take("anna", 60, NOW) == 0
    assert allowances.take("anna", 10, NOW) == 10
    assert allowances.take("bram", 10, NOW) == 0
    assert allowances.take("anna", 10, NOW + timedelta(seconds=9)) == 1
    assert allowances.take("anna", 10, NOW + timedelta(seconds=10)) == 0
    assert allowances.take("anna", 1_000, NOW + timedelta(minutes=5)) == 0


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 20)), max_size=40))
def test_nobody_gets_more_than_a_full_bucket_and_what_flowed_in_since(asked: list[tuple[int, int]]) -> None:
    allowances, now, taken = Allowances(60), NOW, 0
    for points, later_s in asked:
        now += timedelta(seconds=later_s)
        taken += points if allowances.take("anna", points, now) == 0 else 0
        assert taken <= 60 + (now - NOW).total_seconds()


def test_only_so_many_principals_are_remembered() -> None:
    allowances = Allowances(10)
    allowances.take("first", 10, NOW)
    for number in range(PRINCIPALS_KEPT_MAX):
        allowances.take(str(number), 1, NOW)
    assert allowances.take("first", 10, NOW) == 0
