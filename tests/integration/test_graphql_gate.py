"""What a request passes before it is executed: its document, its cost, its rate; and answers the client has already."""

from __future__ import annotations

import hashlib
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import connect

from contracts.vocabulary import Role
from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql.gate import GateRules
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.documents import operation_text

INBOX = "query Inbox($first: Int) { inbox(first: $first) { nodes { id subject } } }"
ID = "sha256:" + hashlib.sha256(INBOX.encode()).hexdigest()
RESPONSE_JSON = "application/graphql-response+json"
DEEP_LISTS = "{ cases(first: 100) { nodes { customer { timeline(first: 100) { nodes { id case { id } } } } } } }"
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


async def test_a_socket_passes_the_same_gate(desk: Desk) -> None:
    url = desk.url.replace("http", "ws") + "/graphql"
    async with connect(url, subprotocols=["graphql-transport-ws"], proxy=None) as socket:  # type: ignore[list-item]  # a NewType of str
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": "Bearer LEAD:lea"}}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"

        async def told(number: str, payload: dict[str, Any]) -> dict[str, Any]:
            await socket.send(json.dumps({"id": number, "type": "subscribe", "payload": payload}))
            answer: dict[str, Any] = json.loads(await socket.recv())
            return answer

        dear = await told("1", {"query": DEEP_LISTS})
        assert (dear["type"], dear["payload"][0]["extensions"]["code"]) == ("error", "COST_LIMIT_EXCEEDED")
        unknown = await told("2", {"documentId": "sha256:none"})
        assert unknown["payload"][0]["extensions"]["code"] == "PERSISTED_QUERY_NOT_FOUND"
        known = await told("3", {"documentId": ID})
        assert (known["type"], known["payload"]["data"]) == ("next", {"inbox": {"nodes": []}})


async def test_the_documents_of_every_client_cost_less_than_the_limit(desk: Desk) -> None:
    for name in ("CustomerScreen", "CaseScreen", "AgentInbox", "Me"):
        answer = (await desk.post({"query": operation_text(name), "variables": {"id": "none"}})).json()
        assert answer["extensions"]["cost"]["requested"] <= 2_000
