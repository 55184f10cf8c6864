"""An agent finds a customer by what there is: a name, an address however it is written, the number of a case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.embedded.postgres import EmbeddedPostgres
from tests.integration.graphql_stand import Desk, own_desk

SEARCH = """query($for: String!, $first: Int, $after: String) { customers(search: $for, first: $first, after: $after) {
  totalCount nodes { id displayName } edges { cursor node { id } } pageInfo { hasNextPage endCursor } } }"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def found(desk: Desk, text: str, token: str = "AGENT:anna", **more: Any) -> list[str]:
    answer = await desk.graphql(SEARCH, {"for": text, **more}, token)
    assert "errors" not in answer, answer
    return [node["id"] for node in answer["data"]["customers"]["nodes"]]


@pytest.fixture(scope="module")
async def sam(desk: Desk) -> dict[str, Any]:
    """A case of a customer called Sam Bakker, who writes from +31612300001."""
    await desk.whatsapp("+31612300001", "Where is parcel X?")
    cases = await desk.graphql("{ cases(first: 1) { nodes { id number customer { id displayName } } } }")
    case: dict[str, Any] = cases["data"]["cases"]["nodes"][0]
    return case


@pytest.mark.parametrize(
    "text", ["Sam Bakker", "bakker", "BAK sa", "sam", "+31612300001", "06 123 00 001", "0031612300001", "  bakker  "]
)
async def test_a_customer_is_found_by_words_begun_and_by_an_address_however_it_is_written(
    desk: Desk, sam: dict[str, Any], text: str
) -> None:
    assert await found(desk, text) == [sam["customer"]["id"]]


async def test_a_customer_is_found_by_the_number_of_a_case(desk: Desk, sam: dict[str, Any]) -> None:
    assert await found(desk, sam["number"]) == [sam["customer"]["id"]]
    assert await found(desk, f"#{sam['number']}") == [sam["customer"]["id"]]
    assert await found(desk, "999999999") == []


@pytest.mark.parametrize("text", ["Jansen", "akker", "+31612300002", "sam@example.org", "Sam Jansen"])
async def test_nobody_is_found_by_what_is_not_theirs(desk: Desk, sam: dict[str, Any], text: str) -> None:
    assert await found(desk, text) == []


@pytest.mark.parametrize(
    "text", ["' | '", "a' & !b:*", "::*", "\\\\", "__", "%%", "\x00\x00", "\ud83d\ude00!", "(((", "x" * 320, "🙂🙂"]
)
async def test_whatever_is_typed_finds_or_does_not_and_nothing_breaks(desk: Desk, text: str) -> None:
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    assert await found(desk, text) == []


@pytest.mark.parametrize("text", ["", " ", "a", "x" * 321])
async def test_what_is_too_short_or_too_long_to_look_for_is_refused(desk: Desk, text: str) -> None:
    (error,) = (await desk.graphql(SEARCH, {"for": text}))["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"


async def test_pages_have_everybody_once_the_latest_contact_first(desk: Desk) -> None:
    for number in range(5):
        await desk.whatsapp(f"+3161230010{number}", "Hello")
    pages: list[str] = []
    after: str | None = None
    while True:
        answer = await desk.graphql(SEARCH, {"for": "bakker", "first": 2, "after": after})
        page = answer["data"]["customers"]
        pages += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert page["totalCount"] == len(pages) == len(set(pages))
    assert pages == await found(desk, "bakker", first=100)
    latest = await found(desk, "+31612300104")
    assert pages[0] == latest[0]


async def test_who_was_merged_is_found_as_whom_they_are_shown(desk: Desk) -> None:
    for number in ("+31612300201", "+31612300202"):
        await desk.whatsapp(number, "Hello")
    (source,), (target,) = await found(desk, "+31612300201"), await found(desk, "+31612300202")
    merged = await desk.do("Merge", sourceId=source, targetId=target, reason="the same person")
    assert merged["errors"] == []
    assert await found(desk, "+31612300201") == await found(desk, "+31612300202") == [target]


async def test_an_auditor_without_a_purpose_finds_by_number_only(desk: Desk, sam: dict[str, Any]) -> None:
    assert await found(desk, "bakker", "AUDITOR:olga") == []
    assert await found(desk, "+31612300001", "AUDITOR:olga") == []
    assert await found(desk, sam["number"], "AUDITOR:olga") == [sam["customer"]["id"]]


async def test_who_may_not_read_may_not_search(desk: Desk) -> None:
    (error,) = (await desk.graphql(SEARCH, {"for": "bakker"}, "PRIVACY:pia"))["errors"]
    assert error["extensions"]["code"] == "FORBIDDEN"
