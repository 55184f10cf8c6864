"""Customers who were merged and merged again, through the API on a real Postgres: by both executors, and parted."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest

from contracts.content import ExternalIdContent, HandleContent
from contracts.vocabulary import HandleKind
from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql.ids import IdType, uuid_of
from services.case.workers.rebuilding import case_rebuild
from tests.integration.graphql_stand import Desk, own_desk
from tests.integration.test_access_log import noted
from tests.integration.test_graphql_customers import done, told

HEAD = "id lastContactAt restrictions { kind }"
BY_PLAN = f"query($id: ID!) {{ customer(by: {{ id: $id }}) {{ {HEAD} }} }}"
BY_STRAWBERRY = f"query($id: ID!) {{ customer(by: {{ id: $id }}) {{ {HEAD} externalIds {{ system }} }} }}"
"""The last field is not in the type map."""
CASES = "query($id: ID!) { customer(by: { id: $id }) { cases { nodes { lastContactAt } } } }"
OPTIONS = "query($id: ID!) { case(by: { id: $id }) { replyOptions { allowed refusedBecause } } }"
PROPOSED = "query($id: ID!) { customer(by: { id: $id }) { mergeProposals { reasons customer { id } } } }"
SEARCH = """query($for: String!, $first: Int, $after: String) { customers(search: $for, first: $first, after: $after) {
  nodes { id } pageInfo { endCursor } } }"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def asked(desk: Desk, document: str, customer_id: str) -> dict[str, Any]:
    answer = await desk.graphql(document, {"id": customer_id}, "AGENT:anna")
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["customer"]
    return found


async def three(desk: Desk, name: str) -> list[str]:
    """Three customers whom another system calls the same, in this order."""
    ids = (ExternalIdContent("erp", name),)
    told_as = [HandleContent(HandleKind.WEB, f"{name}-{each}") for each in "abc"]
    return [await told(desk, handle, text=f"about {name}", external_ids=ids) for handle in told_as]


async def merge(desk: Desk, source: str, target: str) -> str:
    payload = await done(desk, "customerMerge", "merge { id }", sourceId=source, targetId=target, reason="one")
    assert payload["errors"] == []
    merge_id: str = payload["merge"]["id"]
    return merge_id


async def part(desk: Desk, merge_id: str) -> None:
    assert (await done(desk, "customerUnmerge", "version", mergeId=merge_id, reason="two"))["errors"] == []


async def test_the_latest_contact_and_what_restricts_count_for_all_who_are_one_by_both_executors(desk: Desk) -> None:
    one, two, three_ = await three(desk, "latest")
    merges = [await merge(desk, one, two), await merge(desk, two, three_)]
    await told(desk, HandleContent(HandleKind.WEB, "latest-a"), text="once more")
    latest = max(case["lastContactAt"] for case in (await asked(desk, CASES, three_))["cases"]["nodes"])
    restriction = {"customerId": one, "kind": "RESTRICTION", "reason": "asked for"}
    assert (await done(desk, "restrictionPlace", "position", "PRIVACY:pim", **restriction))["errors"] == []
    for document in (BY_PLAN, BY_STRAWBERRY):
        shown = await asked(desk, document, three_)
        assert (shown["lastContactAt"], shown["restrictions"]) == (latest, [{"kind": "RESTRICTION"}])
    for merge_id in merges:
        await part(desk, merge_id)
    for document in (BY_PLAN, BY_STRAWBERRY):
        shown = await asked(desk, document, three_)
        assert shown["lastContactAt"] < latest
        assert shown["restrictions"] == []


async def test_nobody_is_answered_while_one_of_those_who_are_one_is_restricted(desk: Desk) -> None:
    case = await desk.opened()
    source = (await three(desk, "restricted"))[0]
    await merge(desk, source, case["customer"]["id"])
    assert await options(desk, case["id"]) == [{"allowed": True, "refusedBecause": None}]
    restriction = {"customerId": source, "kind": "RESTRICTION", "reason": "asked for"}
    assert (await done(desk, "restrictionPlace", "position", "PRIVACY:pim", **restriction))["errors"] == []
    assert await options(desk, case["id"]) == [{"allowed": False, "refusedBecause": "CUSTOMER_RESTRICTED"}]
    refused = await desk.do("CaseReply", caseId=case["id"], text="hello")
    assert [error["code"] for error in refused["errors"]] == ["CUSTOMER_RESTRICTED"]


async def options(desk: Desk, case_id: str) -> list[dict[str, Any]]:
    answer = await desk.graphql(OPTIONS, {"id": case_id}, "AGENT:anna")
    found: list[dict[str, Any]] = answer["data"]["case"]["replyOptions"]
    return found


async def test_those_who_are_found_stand_by_the_latest_contact_of_all_who_are_one(desk: Desk) -> None:
    one, two, three_ = await three(desk, "gondola")
    await merge(desk, one, two)
    assert await pages(desk, "gondola") == [three_, two]
    await told(desk, HandleContent(HandleKind.WEB, "gondola-a"), text="once more")
    assert await pages(desk, "gondola") == [two, three_]


async def pages(desk: Desk, text: str) -> list[str]:
    """Who is found, one a page."""
    found, after = [], None
    for _ in range(5):
        answer = await desk.graphql(SEARCH, {"for": text, "first": 1, "after": after}, "AGENT:anna")
        page = answer["data"]["customers"]
        found += [node["id"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["nodes"] or after is None:
            break
    return found


async def test_cases_are_listed_by_whom_they_show_as_their_customer(desk: Desk) -> None:
    one, two, three_ = await three(desk, "listed")
    merges = [await merge(desk, one, two), await merge(desk, two, three_)]
    assert [len(await listed(desk, each)) for each in (one, two, three_)] == [1, 2, 3]
    assert {case["customer"]["id"] for case in await listed(desk, three_)} == {three_}
    await part(desk, merges[0])
    assert [len(await listed(desk, each)) for each in (one, two, three_)] == [1, 1, 2]


async def listed(desk: Desk, customer_id: str) -> list[dict[str, Any]]:
    document = "query($id: ID!) { cases(where: { customerId: $id }) { totalCount nodes { id customer { id } } } }"
    found: dict[str, Any] = (await desk.graphql(document, {"id": customer_id}, "AGENT:anna"))["data"]["cases"]
    assert found["totalCount"] == len(found["nodes"])
    nodes: list[dict[str, Any]] = found["nodes"]
    return nodes


async def test_who_was_parted_is_proposed_by_neither_also_where_one_of_them_was_merged_on(desk: Desk) -> None:
    one, two, three_ = await three(desk, "parted")
    first, second = await merge(desk, one, two), await merge(desk, two, three_)
    await part(desk, first)
    assert await proposed(desk, one) == await proposed(desk, three_) == {}
    await part(desk, second)
    assert (await proposed(desk, one)).keys() == {three_}
    assert (await proposed(desk, three_)).keys() == {one}
    assert await proposed(desk, two) == {}


async def test_a_number_that_is_another_ones_by_the_other_kind_is_a_reason_to_look_at_both(desk: Desk) -> None:
    number = "+31612377777"
    holder = await told(desk, HandleContent(HandleKind.WHATSAPP, number))
    other = await told(desk, HandleContent(HandleKind.WEB, "other-kind"))
    taken = await done(desk, "customerHandleAdd", "version", customerId=other, kind="PHONE", value="06 1237 7777")
    assert [(error["code"], error["path"]) for error in taken["errors"]] == [("HANDLE_TAKEN", ["value"])]
    assert await proposed(desk, holder) == {other: ["HANDLE_TAKEN"]}
    assert await proposed(desk, other) == {holder: ["HANDLE_TAKEN"]}


async def proposed(desk: Desk, customer_id: str) -> dict[str, list[str]]:
    found = (await asked(desk, PROPOSED, customer_id))["mergeProposals"]
    return {each["customer"]["id"]: each["reasons"] for each in found}


async def test_levels_below_are_counted_as_whomever_organisations_are_shown(desk: Desk) -> None:
    low, high, sam = await three(desk, "levels")
    for each in (low, high):
        await done(desk, "customerUpdate", "version", customerId=each, kind="ORGANISATION")
    await done(desk, "customerUpdate", "version", customerId=low, organisationId=high)
    assert await below(desk, high) == 1
    await done(desk, "customerUpdate", "version", customerId=sam, organisationId=low)
    assert [await below(desk, each) for each in (high, low, sam)] == [2, 1, 0]
    twin = (await three(desk, "twin"))[0]
    await done(desk, "customerUpdate", "version", customerId=twin, kind="ORGANISATION")
    refused = await done(desk, "customerMerge", "version", sourceId=high, targetId=low, reason="one")
    assert [(error["code"], error["path"]) for error in refused["errors"]] == [("INVALID_INPUT", ["targetId"])]
    await merge(desk, low, twin)
    assert await below(desk, twin) == 1
    changed = await done(desk, "customerUpdate", "version", customerId=twin, kind="PERSON")
    assert [(error["code"], error["path"]) for error in changed["errors"]] == [("INVALID_INPUT", ["kind"])]


async def below(desk: Desk, customer_id: str) -> int:
    customer: UUID = uuid_of(IdType.CUSTOMER, customer_id)
    return await desk.directory.levels_below(customer)


@pytest.mark.parametrize(
    "shown",
    [
        "handles { value }",
        "notes { text }",
        "externalIds { value }",
        "timeline { nodes { summary } }",
        "lastContactAt",
        "satisfaction { score }",
        "excludedAgents { ref }",
        "mergeProposals { score }",
    ],
)
async def test_what_is_shown_of_who_was_merged_is_on_record_for_them_however_often_they_were(
    desk: Desk, shown: str
) -> None:
    operation = "Seen" + shown.partition(" ")[0]
    people = await three(desk, operation)
    for source, target in pairwise(people):
        await merge(desk, source, target)
    await asked(desk, f"query {operation}($id: ID!) {{ customer(by: {{ id: $id }}) {{ {shown} }} }}", people[2])
    for each in people:
        assert [entry["customer"]["id"] for entry in await noted(desk, operation, customerId=each)] == [each]


async def test_how_many_cases_there_are_tells_of_all_who_are_one_whomever_the_page_shows(desk: Desk) -> None:
    people = await three(desk, "SeenCounted")
    for source, target in pairwise(people):
        await merge(desk, source, target)
    counting = "query SeenCounted($id: ID!) { customer(by: { id: $id }) { cases(first: 1) { totalCount } } }"
    assert (await asked(desk, counting, people[2]))["cases"]["totalCount"] == 3
    for each in people:
        assert {entry["customer"]["id"] for entry in await noted(desk, "SeenCounted", customerId=each)} == {each}


async def test_an_address_of_several_who_are_one_is_listed_once_as_what_is_surest(desk: Desk) -> None:
    typed = HandleContent(HandleKind.EMAIL, "Twice@example.org")
    guessed = await told(desk, HandleContent(HandleKind.WEB, "twice-a"), typed, assured=False)
    sure = await told(desk, HandleContent(HandleKind.EMAIL, "twice@example.org"))
    merge_id = await merge(desk, sure, guessed)
    document = "query($id: ID!) { customer(by: { id: $id }) { handles { kind verified } } }"
    whole = (await asked(desk, document, guessed))["handles"]
    assert sorted((each["kind"], each["verified"]) for each in whole) == [("EMAIL", True), ("WEB", False)]
    await part(desk, merge_id)
    for each, kinds in ((guessed, {"EMAIL": False, "WEB": False}), (sure, {"EMAIL": True})):
        own = (await asked(desk, document, each))["handles"]
        assert {handle["kind"]: handle["verified"] for handle in own} == kinds


async def test_what_another_system_calls_several_who_are_one_is_listed_once(desk: Desk) -> None:
    people = await three(desk, "called")
    for source, target in pairwise(people):
        await merge(desk, source, target)
    document = "query($id: ID!) { customer(by: { id: $id }) { externalIds { system value } } }"
    assert (await asked(desk, document, people[2]))["externalIds"] == [{"system": "erp", "value": "called"}]


async def test_read_tables_of_all_that_are_made_anew_as_they_are(desk: Desk) -> None:
    one, two, three_ = await three(desk, "anew")
    first = await merge(desk, one, two)
    await merge(desk, two, three_)
    await part(desk, first)
    assert (await case_rebuild(desk.pool, desk.keys).run(swap=False)).differences == ()
