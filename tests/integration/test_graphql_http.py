"""GraphQL over HTTP: every answer is JSON in GraphQL's shape, and errors say what was wrong with what."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from infra.embedded.postgres import EmbeddedPostgres
from tests.integration.graphql_stand import Desk, euros, own_desk
from tests.support.documents import operation_text

VIEWER = {"query": "{ viewer { kind } }"}
RESPONSE_JSON = "application/graphql-response+json"
MISSING = {"id": "Y2FzZTowMDAwMDAwMC0wMDAwLTAwMDAtMDAwMC0wMDAwMDAwMDAwMDA"}


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, mutation_wait_ms_max=300) as running:
        yield running


def code_of(answer: httpx.Response) -> str:
    (error,) = answer.json()["errors"]
    code: str = error["extensions"]["code"]
    return code


@pytest.mark.parametrize("authorization", [None, "Bearer", "Basic abc", "Bearer nonsense", "bearer AGENT:"])
async def test_without_a_good_token_the_answer_is_401_in_graphqls_shape(desk: Desk, authorization: str | None) -> None:
    headers = {} if authorization is None else {"authorization": authorization}
    answer = await desk.post(VIEWER, None, **headers)
    assert (answer.status_code, code_of(answer)) == (401, "UNAUTHENTICATED")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert "data" not in answer.json()


async def test_queries_come_by_get_and_mutations_only_by_post(desk: Desk) -> None:
    headers = {"authorization": "Bearer AGENT:anna"}
    query = {"query": "query($first: Int) { inbox(first: $first) { totalCount } }", "variables": '{"first": 2}'}
    answer = await desk.http.get(f"{desk.url}/graphql", params=query, headers=headers)
    assert (answer.status_code, answer.json()["data"]) == (200, {"inbox": {"totalCount": 0}})
    mutation = "mutation { agentPresenceSet(input: {presence: AWAY}) { errors { code } } }"
    answer = await desk.http.get(f"{desk.url}/graphql", params={"query": mutation}, headers=headers)
    assert (answer.status_code, answer.headers["allow"], code_of(answer)) == (405, "POST", "METHOD_NOT_ALLOWED")
    for method in ("PUT", "DELETE", "PATCH"):
        answer = await desk.http.request(method, f"{desk.url}/graphql", headers=headers)
        assert (answer.status_code, code_of(answer)) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json", 400, "BAD_REQUEST"),
        (b"[]", 400, "BAD_REQUEST"),
        (b"{}", 400, "BAD_REQUEST"),
        (b'{"query": 7}', 400, "BAD_REQUEST"),
        (b'{"query": "{ viewer { kind } }", "variables": []}', 400, "BAD_REQUEST"),
        (b'{"query": "{ viewer { kind } }", "operationName": 1}', 400, "BAD_REQUEST"),
        (b'{"query": "{ viewer { kind } }", "operationName": "Nope"}', 400, "OPERATION_RESOLUTION_FAILURE"),
        (b'{"query": "' + b"x" * 300_000 + b'"}', 413, "PAYLOAD_TOO_LARGE"),
    ],
)
async def test_what_is_no_request_is_told_so_in_json(desk: Desk, body: bytes, status: int, code: str) -> None:
    headers = {"authorization": "Bearer AGENT:anna", "content-type": "application/json"}
    answer = await desk.http.post(f"{desk.url}/graphql", content=body, headers=headers)
    assert (answer.status_code, code_of(answer)) == (status, code)


async def test_other_media_types_are_refused(desk: Desk) -> None:
    headers = {"authorization": "Bearer AGENT:anna", "content-type": "text/plain"}
    answer = await desk.http.post(f"{desk.url}/graphql", content=json.dumps(VIEWER), headers=headers)
    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")
    answer = await desk.post(VIEWER, accept="text/html")
    assert (answer.status_code, code_of(answer)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ viewer { ", "GRAPHQL_PARSE_FAILED"),
        ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ " + " ".join(f"a{n}: viewer {{ kind }}" for n in range(80)) + " }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ " + "node(id: 1) { id } " * 500 + " }", "GRAPHQL_PARSE_FAILED"),
        ("{ cases { nodes " + "{ customer { cases { nodes " * 6 + "{ id }" + " } } }" * 6 + " } }", None),
    ],
)
async def test_a_document_that_is_wrong_or_too_large_is_a_request_error(
    desk: Desk, query: str, code: str | None
) -> None:
    plain = await desk.post({"query": query})
    assert (plain.status_code, "data" in plain.json()) == (200, False)
    strict = await desk.post({"query": query}, accept=RESPONSE_JSON)
    assert (strict.status_code, "data" in strict.json()) == (400, False)
    assert strict.headers["content-type"].startswith(RESPONSE_JSON)
    assert strict.json()["errors"][0]["extensions"]["code"] == (code or "GRAPHQL_VALIDATION_FAILED")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e3", "", " 5", "+5", "0x1", 12.5, True, None])
async def test_an_amount_that_is_no_number_is_a_request_error_with_the_variables_path(desk: Desk, amount: Any) -> None:
    money = {"amount": amount, "currencyCode": "EUR"}
    given = {
        "caseId": "x",
        "kind": "REFUND",
        "reference": {"kind": "ORDER", "value": "7"},
        "reason": "goodwill",
        "idempotencyKey": "k",
        "amount": money,
    }
    answer = await desk.graphql(operation_text("GestureGive"), {"input": given})
    (error,) = answer["errors"]
    assert "data" not in answer
    assert error["extensions"] == {"code": "BAD_USER_INPUT", "path": ["input", "amount", "amount"]}


@pytest.mark.parametrize(
    ("amount", "currency", "code", "path"),
    [
        ("-1", "EUR", "INVALID_INPUT", ["amount", "amount"]),
        ("0", "EUR", "INVALID_INPUT", ["amount", "amount"]),
        ("0.00", "EUR", "INVALID_INPUT", ["amount", "amount"]),
        ("1.234", "EUR", "INVALID_INPUT", ["amount", "amount"]),
        ("9" * 30, "EUR", "INVALID_INPUT", ["amount", "amount"]),
        ("5.00", "USD", "CURRENCY_MISMATCH", ["amount", "currencyCode"]),
        ("5.00", "XYZ", "CURRENCY_MISMATCH", ["amount", "currencyCode"]),
    ],
)
async def test_an_amount_that_breaks_a_rule_is_errors_data(
    desk: Desk, amount: str, currency: str, code: str, path: list[str]
) -> None:
    case = await desk.opened()
    money = {"amount": amount, "currencyCode": currency}
    payload = await desk.do(
        "GestureGive",
        caseId=case["id"],
        kind="REFUND",
        reference={"kind": "ORDER", "value": "7"},
        reason="goodwill",
        amount=money,
    )
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [(code, path)]
    assert payload["gesture"] is None


async def test_a_moment_without_an_offset_is_refused(desk: Desk) -> None:
    answer = await desk.graphql(operation_text("Cases"), {"where": {"openedAfter": "2026-11-21T10:00:00"}}, "LEAD:lena")
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT", "path": ["where", "openedAfter"]}


@pytest.mark.parametrize("key", ["", "   ", "k" * 201])
async def test_a_key_that_is_none_is_refused(desk: Desk, key: str) -> None:
    case = await desk.opened()
    payload = await desk.do("CaseNoteAdd", caseId=case["id"], text="Note", idempotencyKey=key)
    assert [(e["code"], e["path"]) for e in payload["errors"]] == [("INVALID_INPUT", ["idempotencyKey"])]


@pytest.mark.parametrize(
    ("operation", "given", "path"),
    [
        ("AgentUpsert", {"ref": "cas", "displayName": "Cas\0"}, ["displayName"]),
        ("AgentUpsert", {"ref": "cas", "displayName": "Cas", "skills": ["billing", "\0"]}, ["skills", "1"]),
    ],
)
async def test_a_text_that_cannot_be_stored_is_refused_wherever_it_stands(
    desk: Desk, operation: str, given: dict[str, Any], path: list[str]
) -> None:
    payload = await desk.do(operation, "LEAD:lena", **given)
    assert [(error["code"], error["path"]) for error in payload["errors"]] == [("INVALID_INPUT", path)]


async def test_a_repeated_mutation_gets_the_first_answer_and_another_one_a_mismatch(desk: Desk) -> None:
    case = await desk.opened()
    first = await desk.do("CaseNoteAdd", caseId=case["id"], text="Once", idempotencyKey="note-1")
    again = await desk.do("CaseNoteAdd", caseId=case["id"], text="Once", idempotencyKey="note-1")
    assert again == first
    other = await desk.do("CaseNoteAdd", caseId=case["id"], text="Twice", idempotencyKey="note-1")
    assert [(e["__typename"], e["path"]) for e in other["errors"]] == [("IdempotencyMismatch", ["idempotencyKey"])]
    somebody_else = await desk.do("CaseNoteAdd", "AGENT:bram", caseId=case["id"], text="Twice", idempotencyKey="note-1")
    assert somebody_else["errors"] == []


async def test_a_gesture_that_is_repeated_is_given_once(desk: Desk) -> None:
    case = await desk.opened()
    fields = {
        "caseId": case["id"],
        "kind": "REFUND",
        "reference": {"kind": "ORDER", "value": "7"},
        "reason": "damaged",
        "amount": euros("7.00"),
    }
    first = await desk.do("GestureGive", idempotencyKey="gift-1", **fields)
    again = await desk.do("GestureGive", idempotencyKey="gift-1", **fields)
    assert first["gesture"]["id"] == again["gesture"]["id"]
    assert first["budget"]["spent"] == again["budget"]["spent"]


async def test_a_stale_version_is_told_the_current_one(desk: Desk) -> None:
    case = await desk.opened()
    await desk.do("CaseNoteAdd", caseId=case["id"], text="Meanwhile")
    payload = await desk.do("CaseResolve", caseId=case["id"], expectedVersion=case["version"])
    (error,) = payload["errors"]
    assert (error["__typename"], error["currentVersion"]) == ("VersionConflict", case["version"] + 1)
    done = await desk.do("CaseResolve", caseId=case["id"], expectedVersion=error["currentVersion"])
    assert done["errors"] == []


async def test_what_does_not_exist_is_null_to_ask_for_and_not_found_to_act_on(desk: Desk) -> None:
    for wrong in ("nonsense", "", MISSING["id"], "é"):
        assert await desk.ask("CaseScreen", {"id": wrong}) is None
        payload = await desk.do("CaseNoteAdd", caseId=wrong, text="Note")
        assert [(e["code"], e["path"]) for e in payload["errors"]] == [("NOT_FOUND", ["caseId"])]
    answer = await desk.graphql('{ node(id: "nonsense") { id } nodes(ids: ["x"]) { id } }')
    assert answer["data"] == {"node": None, "nodes": [None]}


async def test_a_node_is_found_by_its_id(desk: Desk) -> None:
    case = await desk.opened()
    ids = [case["id"], case["customer"]["id"], case["assignee"]["id"]]
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }"
    answer = await desk.graphql(document, {"ids": ids})
    assert [node["__typename"] for node in answer["data"]["nodes"]] == ["Case", "Customer", "Agent"]
    assert [node["id"] for node in answer["data"]["nodes"]] == ids


async def test_a_read_waits_for_the_position_of_a_write_and_says_when_it_gave_up(desk: Desk) -> None:
    case = await desk.opened()
    position = (await desk.do("CaseReply", caseId=case["id"], text="Tomorrow."))["position"]
    document = "query($id: ID!, $p: String) { case(by: {id: $id}, minPosition: $p) { status } }"
    answer = await desk.graphql(document, {"id": case["id"], "p": position})
    assert (answer["data"], "warnings" in answer["extensions"]) == ({"case": {"status": "WAITING"}}, False)
    answer = await desk.graphql(document, {"id": case["id"], "p": str(10**9)})
    assert answer["extensions"]["warnings"] == [{"code": "STALE"}]
    answer = await desk.graphql(document, {"id": case["id"], "p": "soon"})
    assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_a_page_beyond_the_limit_or_behind_a_foreign_cursor_is_refused(desk: Desk) -> None:
    for variables in ({"first": 101}, {"first": -1}, {"after": "nonsense"}, {"after": "bG9nOjE"}):
        answer = await desk.graphql(operation_text("AgentInbox"), variables)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT", variables


@pytest.mark.parametrize(
    "field",
    [
        "case(by: {number: $s}) { id }",
        "customer(by: {externalId: {system: $s, value: $s}}) { id }",
        "cases(where: {tag: $s}) { totalCount }",
    ],
)
async def test_a_character_that_no_text_has_is_bad_input_of_its_field_alone(desk: Desk, field: str) -> None:
    answer = await desk.graphql(f"query($s: String!) {{ {field} inbox {{ nodes {{ id }} }} }}", {"s": "a\0b"})
    found = [(error["path"], error["extensions"]["code"]) for error in answer["errors"]]
    assert found == [([field.partition("(")[0]], "BAD_USER_INPUT")]


async def test_without_an_answer_of_routing_the_gesture_is_requested(desk: Desk) -> None:
    case = await desk.opened()
    desk.routing.answers_gestures = False
    try:
        payload = await desk.do("GestureGive", caseId=case["id"], kind="GIFT", reason="goodwill", amount=euros("1.00"))
    finally:
        desk.routing.answers_gestures = True
    assert (payload["gesture"]["status"], payload["errors"]) == ("REQUESTED", [])


async def test_pages_of_configured_origins_may_use_the_api(desk: Desk) -> None:
    asks = {"access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    preflight = await desk.http.options(f"{desk.url}/graphql", headers={"origin": "https://desk.shop.example", **asks})
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == "https://desk.shop.example"
    assert "authorization" in preflight.headers["access-control-allow-headers"]
    answer = await desk.post(VIEWER, None, origin="https://desk.shop.example")
    assert answer.headers["access-control-allow-origin"] == "https://desk.shop.example"
    foreign = await desk.post(VIEWER, origin="https://evil.example")
    assert "access-control-allow-origin" not in foreign.headers


async def test_what_goes_wrong_inside_is_masked(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_handles: object) -> None:
        raise RuntimeError("+31612345678 is a secret")

    monkeypatch.setattr(desk.directory, "holders", fail)
    answer = await desk.graphql(operation_text("FindCustomer"), {"kind": "PHONE", "value": "0612345678"})
    (error,) = answer["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("internal error", "INTERNAL_SERVER_ERROR")
    assert error["extensions"]["errorId"]
    assert "secret" not in json.dumps(answer)


async def test_a_subscription_by_plain_post_is_told_how_to_come(desk: Desk) -> None:
    answer = await desk.post({"query": operation_text("InboxEvents")})
    assert (answer.status_code, code_of(answer)) == (400, "BAD_REQUEST")
    assert "text/event-stream" in answer.json()["errors"][0]["message"]
