"""Following a case, an inbox and a customer: nothing missed or doubled, over websockets and server-sent events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from contracts.vocabulary import system_actor
from infra.clock import SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.erase_case_content import EraseCaseContent, erase_case_content
from services.case.graphql import follower, ids
from services.case.graphql.cursors import encode_number
from services.case.graphql.ids import IdType
from services.case.graphql.subscription import LOG
from services.case.queries.changes import Topic, Whose
from services.case.queries.rows import ChangeRow
from tests.integration.graphql_clients import connected, events
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.documents import operation_text

CUSTOMER_EVENTS = """
subscription($id: ID!) {
  customerEvents(customerId: $id) {
    __typename
    ... on CustomerChanged { cursor version entry { __typename summary } customer { displayName } }
  }
}
"""

OWN = "subscription($after: String) { viewerEvents(after: $after) { __typename } }"
"""What is shared with nobody."""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, heartbeat_s=0.5) as running:
        yield running


async def test_a_case_is_followed_from_now_on(desk: Desk) -> None:
    case = await desk.opened()
    async with connected(desk) as client:
        await client.subscribe(operation_text("CaseEvents"), caseId=case["id"])
        assert (await client.item())["__typename"] == "Heartbeat"
        await desk.do("CaseResolve", caseId=case["id"])
        changed = await client.change()
    assert (changed["__typename"], changed["type"]) == ("CaseChanged", "case.resolved.v1")
    assert (changed["version"], changed["case"]["status"]) == (case["version"] + 1, "RESOLVED")


async def test_a_client_that_comes_back_misses_nothing_and_gets_nothing_twice(desk: Desk) -> None:
    case = await desk.opened()
    document, note = operation_text("CaseEvents"), {"caseId": case["id"], "text": "Note"}
    async with connected(desk) as client:
        await client.subscribe(document, caseId=case["id"])
        cursor = (await client.item())["cursor"]
    for _ in range(3):
        await desk.do("CaseNoteAdd", **note)
    async with connected(desk) as client:
        await client.subscribe(document, caseId=case["id"], after=cursor)
        writing = asyncio.create_task(_many_notes(desk, note, 5))
        versions = [(await client.change())["version"] for _ in range(8)]
        await writing
    assert versions == list(range(case["version"] + 1, case["version"] + 9))


async def test_a_cursor_is_never_too_old_and_one_of_another_list_is_refused(desk: Desk) -> None:
    case = await desk.opened()
    await desk.do("CaseNoteAdd", caseId=case["id"], text="Note")
    document = operation_text("CaseEvents")
    async with connected(desk) as client:
        await client.subscribe(document, caseId=case["id"], after=encode_number(LOG, 0))
        versions = [(await client.change())["version"] for _ in range(case["version"] + 1)]
    assert versions == list(range(1, case["version"] + 2)), "the log keeps what the transport has long forgotten"
    for wrong in ("nonsense", encode_number("history", 1)):
        async with connected(desk) as client:
            await client.subscribe(document, caseId=case["id"], after=wrong)
            with pytest.raises(AssertionError, match="BAD_USER_INPUT"):
                await client.item()


@pytest.mark.parametrize("document", [operation_text("CaseEvents"), OWN], ids=["shared", "own"])
async def test_a_cursor_that_the_log_has_not_come_to_is_refused_instead_of_heard_in_silence(
    desk: Desk, document: str
) -> None:
    case = await desk.opened()
    last = await desk.pool.fetchval("SELECT max(position) FROM es.log")
    async with connected(desk) as client:
        await client.subscribe(document, caseId=case["id"], after=encode_number(LOG, last + 1000))
        with pytest.raises(AssertionError, match="BAD_USER_INPUT"):
            await client.item()
    async with connected(desk) as client:
        await client.subscribe(document, caseId=case["id"], after=encode_number(LOG, last))
        assert (await client.item())["__typename"] == "Heartbeat"


async def _many_notes(desk: Desk, note: dict[str, Any], count: int) -> None:
    for _ in range(count):
        await desk.do("CaseNoteAdd", **note)


async def test_the_cursor_of_a_heartbeat_resumes_too(desk: Desk) -> None:
    case = await desk.opened()
    document = operation_text("CaseEvents")
    async with connected(desk) as client:
        await client.subscribe(document, caseId=case["id"])
        await client.item()
        await desk.opened()  # moves the log, not this case
        while True:
            beat = await client.item()
            assert beat["__typename"] == "Heartbeat"
            if beat["cursor"] != case["id"]:
                break
    await desk.do("CaseNoteAdd", caseId=case["id"], text="Note")
    async with connected(desk) as client:
        await client.subscribe(document, caseId=case["id"], after=beat["cursor"])
        assert (await client.change())["version"] == case["version"] + 1


async def test_an_inbox_hears_of_new_cases_and_of_those_that_leave_it(desk: Desk) -> None:
    async with connected(desk, "AGENT:bram") as client:
        await client.subscribe(operation_text("InboxEvents"))
        cursor = (await client.item())["cursor"]
        case = await desk.opened("For Bram", "bram")
        heard = [await client.change()]
        assert (heard[0]["__typename"], heard[0]["case"]["subject"]) == ("CaseChanged", "For Bram")
        await desk.do("CaseNoteAdd", caseId=case["id"], text="Still his")
        heard.append(await client.change())
        await desk.assign(ids.uuid_of(IdType.CASE, case["id"]), "anna")
        heard.append(await client.change())
        await desk.do("CaseNoteAdd", caseId=case["id"], text="No longer his")
        resolved = await desk.opened("Soon done", "bram")
        heard.append(await client.change())
        await desk.do("CaseResolve", "AGENT:bram", caseId=resolved["id"])
        heard.append(await client.change())
    kinds = [item["__typename"] for item in heard]
    assert kinds == ["CaseChanged", "CaseChanged", "CaseGone", "CaseChanged", "CaseGone"]
    async with connected(desk, "AGENT:bram") as client:
        document = """subscription($after: String) { inboxEvents(after: $after) {
          __typename ... on CaseChanged { cursor case { id } } ... on CaseGone { cursor caseId reason } } }"""
        await client.subscribe(document, after=cursor)
        again = [await client.change() for _ in range(5)]
    assert [item["__typename"] for item in again] == kinds
    gone = [(item["caseId"], item["reason"]) for item in again if item["__typename"] == "CaseGone"]
    assert gone == [(case["id"], "TRANSFERRED"), (resolved["id"], "RESOLVED")]


async def test_who_follows_a_case_is_told_that_it_was_erased_and_told_so_again_on_coming_back(desk: Desk) -> None:
    case = await desk.opened()
    document = """subscription($id: ID!, $after: String) { caseEvents(caseId: $id, after: $after) {
      __typename ... on CaseChanged { cursor type } ... on CaseGone { cursor caseId reason } } }"""
    command = EraseCaseContent(ids.uuid_of(IdType.CASE, case["id"]), SystemIds().new())
    async with connected(desk) as client:
        await client.subscribe(document, id=case["id"])
        await client.item()
        await erase_case_content(command, desk.context(system_actor("case")), record=desk.record)
        gone = await client.change()
        await desk.do("CaseResolve", caseId=case["id"])
        after = await client.change()
    assert (gone["caseId"], gone["reason"]) == (case["id"], "ERASED")
    async with connected(desk) as client:
        await client.subscribe(document, id=case["id"], after=encode_number(LOG, 0))
        told = [await client.change() for _ in range(case["version"] + 2)]
    assert told[-2:] == [gone, after]
    async with connected(desk) as client:
        await client.subscribe(document, id=case["id"], after=gone["cursor"])
        assert await client.change() == after


async def test_a_customer_is_followed_over_all_cases(desk: Desk) -> None:
    case = await desk.opened()
    async with connected(desk) as client:
        await client.subscribe(CUSTOMER_EVENTS, id=case["customer"]["id"])
        await client.item()
        await desk.do("CaseNoteAdd", caseId=case["id"], text="Note")
        changed = await client.change()
    assert (changed["entry"]["__typename"], changed["customer"]["displayName"]) == ("Note", "Sam Bakker")


async def test_many_subscribers_all_hear_everything_in_order(desk: Desk) -> None:
    case = await desk.opened()

    async def listen() -> list[int]:
        async with connected(desk) as client:
            await client.subscribe(operation_text("CaseEvents"), caseId=case["id"])
            await client.item()
            ready.release()
            return [(await client.change())["version"] for _ in range(10)]

    ready = asyncio.Semaphore(0)
    listeners = [asyncio.create_task(listen()) for _ in range(10)]
    for _ in listeners:
        await ready.acquire()
    await asyncio.gather(*(desk.do("CaseNoteAdd", caseId=case["id"], text=f"{n}") for n in range(10)))
    heard = await asyncio.gather(*listeners)
    assert heard == [list(range(case["version"] + 1, case["version"] + 11))] * 10


async def test_who_is_too_slow_is_told_where_to_go_on(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "QUEUE_MAX", 2)
    case = await desk.opened()
    topic = Topic(Whose.CASE, ids.uuid_of(IdType.CASE, case["id"]))
    stream = desk.api.follower.subscribe(topic, None, heartbeat_s=20.0)
    begun = await anext(stream)
    for _ in range(5):
        await desk.do("CaseNoteAdd", caseId=case["id"], text="Note")
    await asyncio.sleep(0.5)
    told = [item async for item in stream]
    assert isinstance(begun, follower.Silence)
    assert [type(item).__name__ for item in told] == ["ChangeRow", "ChangeRow", "TooSlow"]
    rest = desk.api.follower.subscribe(topic, told[-1].position, heartbeat_s=20.0)
    more = [await anext(rest) for _ in range(3)]
    # What was told before may begin with a fact that was numbered only after the subscription.
    versions = [item.version for item in (*told, *more) if isinstance(item, ChangeRow)]
    assert versions == list(range(versions[0], versions[0] + 5))
    assert case["version"] <= versions[0] <= case["version"] + 1
    await rest.aclose()


async def test_server_sent_events_carry_the_same_and_resume_by_the_last_event_id(desk: Desk) -> None:
    case = await desk.opened()
    body = {"query": operation_text("CaseEvents"), "variables": {"caseId": case["id"]}}
    heard = events(desk, body)
    first = await anext(heard)
    await desk.do("CaseNoteAdd", caseId=case["id"], text="one")
    second = await anext(heard)
    while second["data"]["__typename"] == "Heartbeat":  # the note took longer than half a second
        second = await anext(heard)
    await heard.aclose()
    assert (first["data"]["__typename"], second["data"]["__typename"]) == ("Heartbeat", "CaseChanged")
    assert second["id"] == second["data"]["cursor"]
    await desk.do("CaseNoteAdd", caseId=case["id"], text="two")
    again = events(desk, body, **{"last-event-id": second["id"]})
    resumed = await anext(again)
    await again.aclose()
    assert resumed["data"]["version"] == second["data"]["version"] + 1


async def test_a_mistake_in_a_stream_request_is_plain_json(desk: Desk) -> None:
    answer = await desk.post({"query": "subscription { nothing }"}, accept="text/event-stream")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json; charset=utf-8")
    assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_what_there_is_not_cannot_be_followed(desk: Desk) -> None:
    case, nobody = await desk.opened(), SystemIds().new()
    refused = [
        (operation_text("CaseEvents"), {"caseId": ids.encode(IdType.CASE, nobody)}),
        (CUSTOMER_EVENTS, {"id": ids.encode(IdType.CUSTOMER, nobody)}),
        (operation_text("CaseEvents"), {"caseId": case["customer"]["id"]}),
        (CUSTOMER_EVENTS, {"id": case["id"]}),
    ]
    for document, variables in refused:
        async with connected(desk) as client:
            await client.subscribe(document, **variables)
            with pytest.raises(AssertionError, match="NOT_FOUND"):
                await client.item()


async def test_who_follows_a_customer_is_told_that_they_were_merged_into_another(desk: Desk) -> None:
    source, target = [(await desk.opened())["customer"]["id"] for _ in range(2)]
    document = """subscription($id: ID!, $after: String) { customerEvents(customerId: $id, after: $after) { __typename
      ... on Heartbeat { cursor } ... on CustomerChanged { customer { id state mergedInto { id } } } } }"""
    merge = """mutation($input: CustomerMergeInput!) { customerMerge(input: $input) { errors { code } } }"""
    async with connected(desk) as client:
        await client.subscribe(document, id=source)
        cursor = (await client.item())["cursor"]
        asked = {"sourceId": source, "targetId": target, "reason": "the same", "idempotencyKey": "merge"}
        assert (await desk.graphql(merge, {"input": asked}))["data"] == {"customerMerge": {"errors": []}}
        live = await client.change()
    async with connected(desk) as client:
        await client.subscribe(document, id=source, after=cursor)
        assert await client.change() == live
    assert live["customer"] == {"id": source, "state": "MERGED", "mergedInto": {"id": target}}


async def test_who_follows_a_customer_gets_what_is_noted_of_them_as_it_stands_on_the_timeline(desk: Desk) -> None:
    customer_id = (await desk.opened())["customer"]["id"]
    document = """subscription($id: ID!) { customerEvents(customerId: $id) { __typename
      ... on CustomerChanged { entry { __typename id ... on Note { text case { id } } } } } }"""
    note = """mutation($input: CustomerNoteAddInput!) { customerNoteAdd(input: $input) { note { id } } }"""
    update = """mutation($input: CustomerUpdateInput!) { customerUpdate(input: $input) { errors { code } } }"""
    asked = {"customerId": customer_id, "idempotencyKey": "what is noted"}
    async with connected(desk) as client:
        await client.subscribe(document, id=customer_id)
        assert (await client.item())["__typename"] == "Heartbeat"
        noted = await desk.graphql(note, {"input": {**asked, "text": "Deaf: never call"}})
        told = (await client.change())["entry"]
        await desk.graphql(update, {"input": {**asked, "name": "Sam"}})
        assert (await client.change())["entry"] is None, "who they are stands on no timeline"
    note_id = noted["data"]["customerNoteAdd"]["note"]["id"]
    assert told == {"__typename": "Note", "id": note_id, "text": "Deaf: never call", "case": None}
