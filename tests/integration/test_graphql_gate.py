"""What a request passes before it is executed: its document, its cost, its rate; and answers the client has already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from contracts.vocabulary import Role
from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql import endpoint, operations
from services.case.graphql.gate import GateRules
from services.case.graphql.requests import BODY_BYTES_MAX
from tests.integration.graphql_clients import closed_with, connected
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.documents import operation_text

INBOX = "query Inbox($first: Int) { inbox(first: $first) { nodes { id subject } } }"
ID = "sha256:" + hashlib.sha256(INBOX.encode()).hexdigest()
RESPONSE_JSON = "application/graphql-response+json"
DEEP_LISTS = "{ cases(first: 100) { nodes { customer { timeline(first: 100) { nodes { id case { id } } } } } } }"
SLOW = (
    "{ cases { nodes { id } } }",
    "{ cases { nodes { history { nodes { version } } } } }",
    '{ node(id: "Y2FzZTowMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA") { id } }',
)
"""By a plan, by Strawberry, and by one of its loaders."""
NO_LEADS = frozenset(Role) - {Role.LEAD}


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    rules = GateRules(points_per_minute_max=60_000, introspection=NO_LEADS, trusted={ID: INBOX})
    async with own_desk(postgres_server, gate=rules) as running:
        yield running


@pytest.fixture(scope="module")
async def strict(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, gate=GateRules(trusted={ID: INBOX}, trusted_only=True)) as running:
        yield running


def code_of(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    assert "data" not in answer.json()
    code: str = error["extensions"]["code"]
    return code


async def get(desk: Desk, token: str = "AGENT:anna", tag: str | None = None, **parameters: Any) -> httpx.Response:
    headers = {"authorization": f"Bearer {token}", **({} if tag is None else {"if-none-match": tag})}
    written = {name: value if isinstance(value, str) else json.dumps(value) for name, value in parameters.items()}
    return await desk.http.get(f"{desk.url}/graphql", params=written, headers=headers)


async def test_an_answer_says_what_it_cost(desk: Desk) -> None:
    answer = await desk.post({"query": INBOX, "variables": {"first": 7}})
    assert answer.json()["extensions"] == {"cost": {"requested": 8, "maximum": 10_000}}


async def test_what_could_bring_too_much_is_refused_before_anything_is_read(desk: Desk) -> None:
    before = desk.statements.total()
    plain = await desk.post({"query": DEEP_LISTS})
    strictly = await desk.post({"query": DEEP_LISTS}, accept=RESPONSE_JSON)
    assert (plain.status_code, strictly.status_code) == (200, 400)
    assert code_of(plain) == code_of(strictly) == "COST_LIMIT_EXCEEDED"
    assert desk.statements.total() == before


async def test_who_asks_for_too_much_in_a_minute_is_told_when_to_come_back_and_others_are_not_held_up(
    desk: Desk,
) -> None:
    body = {"query": "{ cases(first: 100) { nodes { contacts(first: 80) { nodes { id } } } } }"}
    answers = [await desk.post(body, "AGENT:greedy") for _ in range(8)]
    refused = answers[-1]
    assert (refused.status_code, code_of(refused)) == (429, "RATE_LIMITED")
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert (await desk.post(body, "AGENT:modest")).status_code == 200


@pytest.mark.parametrize(
    "named",
    [
        {"documentId": ID},
        {"documentId": ID.removeprefix("sha256:")},
        {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": ID.removeprefix("sha256:")}}},
        {"documentId": ID, "query": INBOX},
    ],
)
async def test_a_trusted_document_is_executed_by_its_id(desk: Desk, named: dict[str, Any]) -> None:
    answer = await desk.post({**named, "variables": {"first": 1}})
    assert answer.json()["data"] == {"inbox": {"nodes": []}}
    assert (await get(desk, **named)).json()["data"] == {"inbox": {"nodes": []}}


async def test_an_id_nobody_knows_or_another_document_under_a_known_one_is_refused(desk: Desk) -> None:
    assert code_of(await desk.post({"documentId": "sha256:" + "0" * 64})) == "PERSISTED_QUERY_NOT_FOUND"
    assert code_of(await desk.post({"documentId": ID, "query": "{ viewer { id } }"})) == "PERSISTED_QUERY_NOT_FOUND"
    answer = await desk.post({"documentId": 7})
    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")


async def test_where_only_trusted_documents_are_taken_no_other_is_executed(strict: Desk) -> None:
    assert code_of(await strict.post({"query": "{ viewer { id } }"})) == "TRUSTED_DOCUMENTS_ONLY"
    assert "data" in (await strict.post({"query": INBOX})).json()
    assert "data" in (await strict.post({"documentId": ID})).json()


async def test_the_schema_is_shown_and_names_are_suggested_only_to_roles_that_may_ask_for_it(desk: Desk) -> None:
    asked, misspelt = {"query": "{ __schema { queryType { name } } }"}, {"query": "{ viewr { id } }"}
    assert "data" in (await desk.post(asked)).json()
    assert code_of(await desk.post(asked, "LEAD:lea")) == "FORBIDDEN"
    assert "Did you mean" in (await desk.post(misspelt)).json()["errors"][0]["message"]
    told = (await desk.post(misspelt, "LEAD:lea")).json()["errors"][0]["message"]
    assert told == "Cannot query field 'viewr' on type 'Query'."


async def test_what_the_client_has_already_is_not_read_again_until_something_is_recorded(desk: Desk) -> None:
    await desk.opened()
    first = await get(desk, query=INBOX, variables={"first": 5})
    assert first.status_code == 200
    assert first.headers["cache-control"] == "private, no-cache"
    before = dict(desk.statements)
    again = await get(desk, query=INBOX, variables={"first": 5}, tag=f'"other", {first.headers["etag"]}')
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert {name: count - before.get(name, 0) for name, count in desk.statements.items() if count != before.get(name)}\
        == {"last_position": 1}  # fmt: skip
    await desk.opened()
    changed = await get(desk, query=INBOX, variables={"first": 5}, tag=first.headers["etag"])
    assert (changed.status_code, len(changed.json()["data"]["inbox"]["nodes"])) == (200, 2)


@pytest.mark.parametrize("other", [{"token": "LEAD:anna"}, {"token": "AGENT:bram"}, {"variables": {"first": 6}}])
async def test_a_tag_is_of_one_viewer_and_one_request(desk: Desk, other: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"query": INBOX, "variables": {"first": 5}}
    tag = (await get(desk, **asked)).headers["etag"]
    assert (await get(desk, **{**asked, **other}, tag=tag)).status_code == 200


async def test_what_changes_without_a_fact_and_what_went_wrong_have_no_tag(desk: Desk) -> None:
    case = await desk.opened()
    viewing = "query($id: ID!) { case(by: {id: $id}) { viewing { id } } }"
    assert "etag" not in (await get(desk, query=viewing, variables={"id": case["id"]})).headers
    assert "etag" not in (await get(desk, query="{ inbox(first: 500) { totalCount } }")).headers
    assert "etag" not in (await desk.post({"query": INBOX})).headers


async def over_a_socket(desk: Desk, payload: dict[str, Any], token: str = "AGENT:anna") -> dict[str, Any]:
    """The one message with which an operation is answered."""
    async with connected(desk, token) as client:
        await client.say(id="1", type="subscribe", payload=payload)
        told = await client.hear()
        if told["type"] == "next":
            assert (await client.hear())["type"] == "complete"
        return told


async def as_events(desk: Desk, payload: dict[str, Any], token: str = "AGENT:anna") -> httpx.Response:
    return await desk.post(payload, token, accept="text/event-stream")


async def test_a_socket_passes_the_same_gate(desk: Desk) -> None:
    dear = await over_a_socket(desk, {"query": DEEP_LISTS})
    assert (dear["type"], dear["payload"][0]["extensions"]["code"]) == ("error", "COST_LIMIT_EXCEEDED")
    unknown = await over_a_socket(desk, {"documentId": "sha256:none"})
    assert unknown["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
    known = await over_a_socket(desk, {"documentId": ID}, "AGENT:nobody")
    assert known["payload"] == {
        "data": {"inbox": {"nodes": []}},
        "extensions": {"cost": {"requested": 26, "maximum": 10_000}},
    }
    body = {"query": "{ cases(first: 100) { nodes { contacts(first: 80) { nodes { id } } } } }"}
    told = [await over_a_socket(desk, body, "AGENT:insatiable") for _ in range(8)]
    assert (told[0]["type"], told[-1]["payload"][0]["extensions"]["code"]) == ("next", "RATE_LIMITED")


async def test_what_is_asked_as_events_passes_the_same_gate_and_is_answered_by_one(desk: Desk) -> None:
    assert code_of(await as_events(desk, {"query": DEEP_LISTS})) == "COST_LIMIT_EXCEEDED"
    answer = await as_events(desk, {"documentId": ID}, "AGENT:nobody")
    told, complete, _ = answer.text.split("\n\n")
    assert (answer.status_code, complete) == (200, "event: complete\ndata: ")
    assert json.loads(told.removeprefix("event: next\ndata: "))["data"] == {"inbox": {"nodes": []}}


async def test_so_many_streams_are_open_at_once_and_one_more_is_told_to_come_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "STREAMS_MAX", 0)
    answer = await as_events(desk, {"query": operation_text("InboxEvents")})
    assert (answer.status_code, code_of(answer), answer.headers["retry-after"]) == (503, "UNAVAILABLE", "1")


@pytest.mark.parametrize("query", SLOW)
async def test_what_takes_too_long_is_given_up_whichever_way_it_came(
    desk: Desk, query: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operations, "OPERATION_S_MAX", 0.2)
    async with desk.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE cases")
        plain, events = await desk.post({"query": query}), await as_events(desk, {"query": query})
        told = await over_a_socket(desk, {"query": query})
    assert (plain.status_code, code_of(plain), plain.headers["retry-after"]) == (503, "UNAVAILABLE", "1")
    assert (events.status_code, code_of(events)) == (503, "UNAVAILABLE")
    assert (told["type"], told["payload"][0]["extensions"]["code"]) == ("error", "UNAVAILABLE")


async def test_a_message_that_is_too_large_ends_its_socket(desk: Desk) -> None:
    async with connected(desk) as client:
        await client.subscribe(INBOX, first="é" * (BODY_BYTES_MAX // 2))
        assert await closed_with(client.socket) == 1009


async def test_the_documents_of_every_client_cost_less_than_the_limit(desk: Desk) -> None:
    for name in ("CustomerScreen", "CaseScreen", "AgentInbox", "Me"):
        answer = (await desk.post({"query": operation_text(name), "variables": {"id": "none"}})).json()
        assert answer["extensions"]["cost"]["requested"] <= 2_000
