"""Who may ask and do what: every role against every operation of the clients' documents."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from tests.integration.graphql_stand import Desk, euros, own_desk
from tests.support.documents import operation_text

READERS = {"AGENT", "LEAD", "AUDITOR"}
OVERSEERS = {"LEAD", "AUDITOR"}
ACTORS = {"AGENT", "LEAD"}
PRIVACY = {"PRIVACY"}
ROLES = ("AGENT", "LEAD", "AUDITOR", "PRIVACY", "ADMIN", "INTEGRATION")
SUBJECTS = {"AGENT": "anna"}

QUERIES: dict[str, set[str]] = {
    "Me": set(ROLES),
    "AgentInbox": READERS,
    "FindCustomer": READERS,
    "CustomerScreen": READERS,
    "CaseScreen": READERS,
    "CaseHistory": READERS,
    "Cases": READERS,
    "Team": OVERSEERS,  # it asks for everybody's budgets
    "Approvals": OVERSEERS | PRIVACY,
    "AccessLog": {"AUDITOR", "PRIVACY"},
}
MUTATIONS: dict[str, set[str]] = {
    "CaseReply": ACTORS,
    "CaseNoteAdd": ACTORS,
    "CaseResolve": ACTORS,
    "CaseTransfer": ACTORS,
    "CommitmentMake": ACTORS,
    "ContactRecord": ACTORS,
    "GestureGive": ACTORS,
    "HandleAdd": ACTORS,
    "Merge": ACTORS,
    "Unmerge": ACTORS,
    "PresenceSet": ACTORS,
    "GestureApprove": {"LEAD"},
    "GestureDecline": {"LEAD"},
    "AgentUpsert": {"LEAD"},
    "CustomerErasureRequest": PRIVACY,
    "CustomerErasureApprove": PRIVACY,
}


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, mutation_wait_ms_max=200) as running:
        yield running


def token_of(role: str) -> str:
    return f"{role}:{SUBJECTS.get(role, f'somebody-{role.lower()}')}"


def variables_of(operation: str, case: dict[str, Any]) -> dict[str, Any]:
    asked: dict[str, dict[str, Any]] = {
        "FindCustomer": {"kind": "PHONE", "value": "0612345678"},
        "CustomerScreen": {"id": case["customer"]["id"]},
        "CaseScreen": {"id": case["id"]},
        "CaseHistory": {"id": case["id"]},
        "AccessLog": {"where": {"customerId": case["customer"]["id"]}},
    }
    return asked.get(operation, {})


def fields_of(operation: str, case: dict[str, Any]) -> dict[str, Any]:
    fields: dict[str, dict[str, Any]] = {
        "CaseReply": {"caseId": case["id"], "text": "Hello"},
        "CaseNoteAdd": {"caseId": case["id"], "text": "Note"},
        "CaseResolve": {"caseId": case["id"]},
        "CaseTransfer": {"caseId": case["id"], "agentId": case["id"], "reason": "An id of nobody"},
        "CommitmentMake": {"caseId": case["id"], "text": "A call", "dueAt": "2100-01-01T00:00:00Z"},
        "ContactRecord": {
            "customer": {"id": case["customer"]["id"]},
            "channel": "VISIT",
            "direction": "INBOUND",
            "text": "Came by",
        },
        "GestureGive": {"caseId": case["id"], "kind": "GIFT", "reason": "goodwill", "amount": euros("1.00")},
        "HandleAdd": {"customerId": case["customer"]["id"], "kind": "EMAIL", "value": "x@shop.example"},
        "Merge": {"sourceId": case["customer"]["id"], "targetId": case["id"], "reason": "An id of nobody"},
        "Unmerge": {"mergeId": case["id"], "reason": "An id of nothing"},
        "PresenceSet": {"presence": "ONLINE"},
        # An id of nothing: who may decide is told that it does not exist, who may not is told only that.
        "GestureApprove": {"gestureId": case["id"]},
        "GestureDecline": {"gestureId": case["id"], "reason": "No"},
        "AgentUpsert": {"ref": "new", "displayName": "New"},
        "CustomerErasureRequest": {"customerId": case["customer"]["id"], "ground": "NO_LONGER_NEEDED"},
        "CustomerErasureApprove": {"requestId": case["id"]},
    }
    return fields[operation]


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_asks_what_it_may_and_is_forbidden_the_rest(desk: Desk, role: str) -> None:
    case = await desk.opened()
    for operation, allowed in QUERIES.items():
        answer = await desk.graphql(operation_text(operation), variables_of(operation, case), token_of(role))
        codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
        if role in allowed:
            assert codes == [], (operation, answer)
        else:
            assert set(codes) == {"FORBIDDEN"}, (operation, answer)
            assert not any((answer["data"] or {}).values())


@pytest.mark.parametrize("role", ROLES)
async def test_a_role_does_what_it_may_and_is_forbidden_the_rest(desk: Desk, role: str) -> None:
    case = await desk.opened()
    before = await desk.pool.fetchval("SELECT count(*) FROM es.events")
    for operation, allowed in MUTATIONS.items():
        payload = await desk.do(operation, token_of(role), **fields_of(operation, case))
        codes = [error["code"] for error in payload["errors"]]
        assert ("FORBIDDEN" in codes) == (role not in allowed), (operation, payload)
    if role not in ACTORS | PRIVACY:
        assert await desk.pool.fetchval("SELECT count(*) FROM es.events") == before


async def test_whoever_may_not_read_finds_nothing_by_id(desk: Desk) -> None:
    case = await desk.opened()
    document = "query($id: ID!) { node(id: $id) { id } }"
    for role, found in (("AGENT", True), ("PRIVACY", False), ("ADMIN", False), ("INTEGRATION", False)):
        answer = await desk.graphql(document, {"id": case["id"]}, token_of(role))
        assert (answer["data"]["node"] is not None) is found, role


async def test_an_agent_sees_colleagues_but_not_their_money(desk: Desk) -> None:
    plain = await desk.graphql("{ agents { nodes { ref presence openCases } } }")
    assert [agent["ref"] for agent in plain["data"]["agents"]["nodes"]][:2] == ["anna", "bram"]
    answer = await desk.graphql("{ agents { nodes { ref budgets { id } } } }")
    assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
    team = await desk.ask("Team", token="LEAD:lena")
    foreign = next(agent for agent in team["nodes"] if agent["ref"] == "bram")["budgets"][0]["id"]
    own = next(agent for agent in team["nodes"] if agent["ref"] == "anna")["budgets"][0]["id"]
    answer = await desk.graphql("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [foreign, own]})
    assert answer["data"]["nodes"] == [None, {"id": own}]


async def test_an_agent_sees_the_chosen_candidate_and_the_own_row(desk: Desk) -> None:
    case = await desk.opened(ref="bram")
    document = "query($id: ID!) { case(by: {id: $id}) { assignments { candidates { agent { ref } rejected } } } }"

    await desk.assign(ids.uuid_of(IdType.CASE, case["id"]), "bram", others=("anna",))
    for token, seen in (
        ("LEAD:lena", ["bram", "anna"]),
        ("AUDITOR:olga", ["bram", "anna"]),
        ("AGENT:anna", ["bram", "anna"]),
        ("AGENT:carla", ["bram"]),
    ):
        answer = await desk.graphql(document, {"id": case["id"]}, token)
        latest = answer["data"]["case"]["assignments"][-1]
        assert [candidate["agent"]["ref"] for candidate in latest["candidates"]] == seen, token


SEALED = """
query($id: ID!) {
  case(by: {id: $id}) {
    subject preview
    customer { displayName name handles { value masked } }
    contacts(first: 5) { nodes { text textState subject } }
    gestures { note reference { value } }
  }
}
"""


async def test_an_auditor_reads_sealed_text_only_for_a_configured_purpose(desk: Desk) -> None:
    case = await desk.opened("Only for the agent")
    await desk.do(
        "GestureGive",
        caseId=case["id"],
        kind="GIFT",
        reason="goodwill",
        amount=euros("1.00"),
        note="Between us",
        reference={"kind": "ORDER", "value": "4711"},
    )
    for headers in ({}, {"Eender-Purpose": "curiosity"}, {"Eender-Purpose": ""}):
        answer = await desk.graphql(SEALED, {"id": case["id"]}, "AUDITOR:olga", **headers)
        found = answer["data"]["case"]
        assert (found["subject"], found["preview"], found["customer"]["name"]) == (None, None, None)
        assert found["customer"]["displayName"].startswith("Klant ")
        assert all(handle["value"] is None and "•" in handle["masked"] for handle in found["customer"]["handles"])
        assert found["contacts"]["nodes"] == [{"text": None, "textState": "NOT_PERMITTED", "subject": None}]
        assert found["gestures"] == [{"note": None, "reference": None}]
        assert "Only for the agent" not in str(answer)
        assert "Sam" not in str(answer)
    opened = await desk.graphql(SEALED, {"id": case["id"]}, "AUDITOR:olga", **{"Eender-Purpose": "audit; ref=T-1"})
    found = opened["data"]["case"]
    assert (found["subject"], found["customer"]["displayName"]) == ("Only for the agent", "Sam Bakker")
    assert found["contacts"]["nodes"][0]["textState"] == "PRESENT"
    assert found["gestures"] == [{"note": "Between us", "reference": {"value": "4711"}}]


async def test_the_history_names_what_it_withholds(desk: Desk) -> None:
    case = await desk.opened("For the record")
    await desk.do("CaseNoteAdd", caseId=case["id"], text="For colleagues")
    closed = (await desk.ask("CaseHistory", {"id": case["id"]}, "AUDITOR:olga"))["history"]["nodes"]
    opened = await desk.ask("CaseHistory", {"id": case["id"]}, "AUDITOR:olga", **{"Eender-Purpose": "audit"})
    steps = opened["history"]["nodes"]
    assert [step["version"] for step in steps] == [1, 2, 3, 4]
    assert [step["previousHash"] for step in steps[1:]] == [step["hash"] for step in steps[:-1]]
    assert all(step["position"].isdigit() for step in steps)
    assert [step["type"] for step in steps][1::2] == ["case.contact-attached.v1", "case.note-added.v1"]
    assert (closed[1]["withheld"], closed[3]["withheld"]) == (["content"], ["text"])
    assert "For the record" not in str(closed)
    assert (steps[1]["withheld"], steps[1]["data"]["content"]["text"]) == ([], "For the record")
    assert (steps[3]["data"]["text"], steps[3]["actor"]["displayName"]) == ("For colleagues", "Anna")


async def test_the_history_comes_in_pages(desk: Desk) -> None:
    case = await desk.opened()
    first = (await desk.ask("CaseHistory", {"id": case["id"], "first": 2}))["history"]
    assert (len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (2, True)
    after = first["pageInfo"]["endCursor"]
    rest = (await desk.ask("CaseHistory", {"id": case["id"], "first": 2, "after": after}))["history"]
    assert ([step["version"] for step in rest["nodes"]], rest["pageInfo"]["hasNextPage"]) == ([3], False)


async def test_a_machine_may_what_its_scopes_name_and_facts_say_so(desk: Desk) -> None:
    till = "INTEGRATION:till+ADD_NOTE+READ+openid"
    case = await desk.opened()
    me = await desk.graphql("{ viewer { kind permissions agent { id } } }", {}, till)
    assert me["data"]["viewer"] == {"kind": "SERVICE", "permissions": ["ADD_NOTE", "READ"], "agent": None}
    seen = await desk.graphql(operation_text("CaseScreen"), {"id": case["id"]}, till)
    assert seen["data"]["case"]["id"] == case["id"]
    assert (await desk.do("CaseNoteAdd", till, caseId=case["id"], text="Scanned at the till"))["errors"] == []
    for operation, fields in (("CaseReply", {"text": "x"}), ("CaseResolve", {})):
        refused = await desk.do(operation, till, caseId=case["id"], **fields)
        assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"], operation
    history = await desk.graphql(operation_text("CaseHistory"), {"id": case["id"]}, "AUDITOR:olga")
    actor = history["data"]["case"]["history"]["nodes"][-1]["actor"]
    assert (actor["__typename"], actor["displayName"]) == ("Integration", "till")
    stored = await desk.pool.fetchval("SELECT meta FROM es.events WHERE topic = 'case.note-added.v1' ORDER BY pos DESC")
    assert b'"scopes":["ADD_NOTE","READ"]' in stored
