"""Who saw what: every way of seeing a customer or a case leaves an entry, and auditors read them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from contracts.vocabulary import id_of, system_actor
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.note_agent import note_agent
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.case.queries.access_log import verify_access_log
from tests.integration.graphql_clients import connected, events
from tests.integration.graphql_stand import Desk, own_desk
from tests.integration.routing_stand_in import an_agent
from tests.support.documents import operation_text

AUDITOR, PRIVACY = "AUDITOR:olga", "PRIVACY:pim"
ENTRIES = """query Log($where: AccessLogWhere!, $first: Int = 50, $after: String) {
  accessLog(where: $where, first: $first, after: $after) {
    pageInfo { hasNextPage hasPreviousPage endCursor }
    nodes { id occurredAt actor { __typename id displayName } role onBehalfOf { id } action purpose relation
      customer { id } case { id } operation client fields } }
}"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def entries(desk: Desk, token: str = AUDITOR, **where: Any) -> list[dict[str, Any]]:
    answer = await desk.graphql(ENTRIES, {"where": where, "first": 100}, token)
    assert "errors" not in answer, answer
    found: list[dict[str, Any]] = answer["data"]["accessLog"]["nodes"]
    return found


async def noted(desk: Desk, operation: str | None, *, least: int = 1, **where: Any) -> list[dict[str, Any]]:
    """The entries of one operation, as soon as they are there."""
    async with asyncio.timeout(20):
        while True:
            found = [each for each in await entries(desk, **where) if each["operation"] == operation]
            if len(found) >= least:
                return found
            await asyncio.sleep(0.02)


def uuid_of(opaque: str) -> UUID:
    return UUID(ids.decode(opaque)[1])


async def test_reading_a_case_leaves_one_entry_with_everything_about_it(desk: Desk) -> None:
    case = await desk.opened()
    headers = {"Eender-Purpose": "audit; ref=T-7", "Eender-Client": "workbench/2.1"}
    await desk.ask("CaseHistory", {"id": case["id"]}, AUDITOR, **headers)
    (entry,) = await noted(desk, "CaseHistory", customerId=case["customer"]["id"])
    assert entry["case"] == {"id": case["id"]}
    assert entry["customer"] == {"id": case["customer"]["id"]}
    assert (entry["actor"]["__typename"], entry["role"], entry["onBehalfOf"]) == ("StaffMember", "AUDITOR", None)
    assert (entry["action"], entry["purpose"], entry["relation"]) == ("READ", "audit; ref=T-7", "NONE")
    assert entry["client"] == "workbench/2.1"
    assert {"Case.number", "CaseEvent.data", "Actor.displayName"} <= set(entry["fields"])
    assert not any("Connection" in name or "PageInfo" in name or "__" in name for name in entry["fields"])


async def test_the_auditors_own_document_shows_it_verbatim(desk: Desk) -> None:
    case = await desk.opened()
    await desk.ask("CaseScreen", {"id": case["id"]})
    await noted(desk, "CaseScreen", customerId=case["customer"]["id"])
    found = await desk.ask("AccessLog", {"where": {"customerId": case["customer"]["id"]}}, AUDITOR)
    assert {"AgentInbox", "CaseScreen"} <= {node["operation"] for node in found["nodes"]}
    assert {node["actor"]["displayName"] for node in found["nodes"]} >= {"Anna"}


async def test_a_proof_and_a_look_into_the_past_name_their_case(desk: Desk) -> None:
    case = await desk.opened()
    await desk.graphql(operation_text("EventProof"), {"caseId": case["id"], "version": 1}, AUDITOR)
    await desk.graphql(operation_text("CaseAsOf"), {"id": case["id"], "asOf": {"version": 1}}, AUDITOR)
    (proof,) = await noted(desk, "EventProof", customerId=case["customer"]["id"])
    past = await noted(desk, "CaseAsOf", customerId=case["customer"]["id"])
    assert (proof["action"], proof["case"]) == ("PROOF", {"id": case["id"]})
    assert (past[0]["action"], past[0]["case"]) == ("READ", {"id": case["id"]})


async def test_one_request_is_one_entry_per_subject_however_many_fields_show_it(desk: Desk) -> None:
    case = await desk.opened()
    twice = "query Twice($id: ID!) { a: case(by: { id: $id }) { number } b: case(by: { id: $id }) { subject } }"
    await desk.graphql(twice, {"id": case["id"]})
    (entry,) = await noted(desk, "Twice", customerId=case["customer"]["id"])
    assert entry["fields"] == ["Case.number", "Case.subject"]


async def test_lists_name_each_case_that_was_shown_and_an_empty_one_is_noted_too(desk: Desk) -> None:
    await desk.opened()
    await desk.opened()
    inbox = "query Pair { inbox(first: 2) { nodes { id } } }"
    shown = {node["id"] for node in (await desk.graphql(inbox))["data"]["inbox"]["nodes"]}
    listed = await noted(desk, "Pair", least=2, action="LIST")
    assert {entry["case"]["id"] for entry in listed} == shown
    assert len(listed) == len(shown) == 2
    await desk.graphql(inbox.replace("Pair", "Nothing"), token="AGENT:nobody-yet")
    await desk.graphql("query Colleagues { agents { nodes { displayName } } }")
    (colleagues,) = await noted(desk, "Colleagues")
    assert (colleagues["action"], colleagues["case"], colleagues["fields"]) == ("LIST", None, ["Agent.displayName"])
    (empty,) = await noted(desk, "Nothing")
    assert (empty["action"], empty["case"], empty["customer"]) == ("LIST", None, None)


async def test_finding_by_an_address_is_a_search_whether_or_not_anybody_is_found(desk: Desk) -> None:
    case = await desk.opened()
    await desk.ask("FindCustomer", {"kind": "PHONE", "value": f"+316{desk.customers:08}"})
    (found,) = await noted(desk, "FindCustomer", action="SEARCH")
    assert found["customer"] == {"id": case["customer"]["id"]}
    assert (found["case"], found["relation"]) == (None, "ASSIGNEE")
    await desk.ask("FindCustomer", {"kind": "PHONE", "value": "+31699999999"})
    missed, _ = await noted(desk, "FindCustomer", least=2, action="SEARCH")
    assert missed["customer"] is None


async def test_a_mutation_notes_the_case_it_shows(desk: Desk) -> None:
    case = await desk.opened()
    await desk.do("CaseNoteAdd", caseId=case["id"], text="Carrier called.")
    (entry,) = await noted(desk, "CaseNoteAdd", customerId=case["customer"]["id"])
    assert (entry["action"], entry["case"], entry["relation"]) == ("READ", {"id": case["id"]}, "ASSIGNEE")


async def test_an_attempt_without_the_right_is_noted_with_the_subject_it_was_after(desk: Desk) -> None:
    case = await desk.opened()
    await desk.graphql(operation_text("CaseScreen"), {"id": case["id"]}, "ADMIN:ada")
    (query,) = await noted(desk, "CaseScreen", action="DENIED")
    asked = {"input": {"caseId": case["id"], "text": "x", "idempotencyKey": "1"}}
    await desk.graphql(operation_text("CaseNoteAdd"), asked, AUDITOR)
    (mutation,) = await noted(desk, "CaseNoteAdd", action="DENIED")
    await desk.graphql(f'query Peek {{ node(id: "{case["id"]}") {{ id }} }}', token="ADMIN:ada")
    (node,) = await noted(desk, "Peek", action="DENIED")
    for entry, role in ((query, "ADMIN"), (mutation, "AUDITOR"), (node, "ADMIN")):
        assert (entry["case"], entry["customer"]) == ({"id": case["id"]}, {"id": case["customer"]["id"]})
        assert (entry["role"], entry["relation"]) == (role, "NONE")


async def test_a_refused_token_is_noted_and_nothing_it_claims_is_believed(desk: Desk) -> None:
    for token in ("KING:anna", None):
        assert (await desk.post({"query": "{ viewer { id } }"}, token, **{"user-agent": "curl/8.5"})).status_code == 401
    async with connected(desk, None) as client:
        await client.say(type="connection_init", payload={"authorization": "Bearer KING:anna"})
    found = await noted(desk, None, least=3, action="DENIED")
    assert {(entry["actor"]["__typename"], entry["role"]) for entry in found} == {("System", "INTEGRATION")}
    assert {entry["client"] for entry in found[-2:]} == {"curl"}


async def test_opening_a_stream_is_noted_at_once_and_each_case_it_shows_once(desk: Desk) -> None:
    case = await desk.opened()
    document = "subscription Watch($id: ID!) { caseEvents(caseId: $id) { __typename } }"
    async with connected(desk, **{"eender-client": "desk"}) as client:
        await client.subscribe(document, id=case["id"])
        (opened,) = await noted(desk, "Watch", customerId=case["customer"]["id"])
        assert (opened["action"], opened["case"], opened["client"]) == ("SUBSCRIBE", {"id": case["id"]}, "desk")
    inbox = "subscription Inbox { inboxEvents { __typename ... on CaseChanged { case { subject } } } }"
    async with connected(desk) as client:
        await client.subscribe(inbox)
        (opened,) = await noted(desk, "Inbox", action="SUBSCRIBE")
        assert (opened["case"], opened["customer"]) == (None, None)
        for text in ("One.", "Two."):
            await desk.do("CaseNoteAdd", caseId=case["id"], text=text)
            assert (await client.change())["__typename"] == "CaseChanged"
        (shown,) = await noted(desk, "Inbox", customerId=case["customer"]["id"])
        assert (shown["action"], shown["case"]) == ("SUBSCRIBE", {"id": case["id"]})


async def test_server_sent_events_are_noted_like_sockets_and_a_denied_stream_too(desk: Desk) -> None:
    case = await desk.opened()
    body = {
        "query": "subscription Sse($id: ID!) { customerEvents(customerId: $id) { __typename cursor: __typename } }",
        "variables": {"id": case["customer"]["id"]},
    }
    await desk.post(body, "ADMIN:ada", accept="text/event-stream")
    (denied,) = await noted(desk, "Sse", action="DENIED")
    assert denied["customer"] == {"id": case["customer"]["id"]}
    listening = events(desk, body)
    reading = asyncio.create_task(anext(listening))
    (opened,) = await noted(desk, "Sse", action="SUBSCRIBE")
    assert opened["customer"] == {"id": case["customer"]["id"]}
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    await listening.aclose()


async def test_the_relation_is_that_of_the_actor_to_the_case(desk: Desk) -> None:
    carl = an_agent("carl")
    carl = msgspec.structs.replace(carl, card=msgspec.structs.replace(carl.card, team_ref="other"))
    await note_agent(carl, desk.context(system_actor("routing")), record=desk.record)
    case = await desk.opened(ref="carl")
    await desk.assign(uuid_of(case["id"]))
    for ref in ("anna", "bram", "carl", "dora"):
        await desk.ask("CaseScreen", {"id": case["id"]}, f"AGENT:{ref}")
    found = await noted(desk, "CaseScreen", least=8, customerId=case["customer"]["id"])
    relations = {entry["actor"]["displayName"]: entry["relation"] for entry in found if entry["case"]}
    assert relations == {"Anna": "ASSIGNEE", "Bram": "TEAM", "Carl": "OFFERED", "dora": "NONE"}
    await desk.pool.execute(
        "UPDATE customers SET partner_id = (SELECT agent_id FROM agents WHERE ref = 'bram') WHERE customer_id = $1",
        uuid_of(case["customer"]["id"]),
    )
    await desk.graphql(f'query Duo {{ case(by: {{ id: "{case["id"]}" }}) {{ number }} }}', token="AGENT:bram")
    (entry,) = await noted(desk, "Duo")
    assert entry["relation"] == "DUO"
    assert [each["operation"] for each in await entries(desk, relation="DUO")] == ["Duo"]


async def test_entries_are_shown_per_employee_in_every_role_and_within_a_period(desk: Desk) -> None:
    before = datetime.now(UTC)  # noqa: TID251  (the test's own clock)
    case = await desk.opened()
    for token in ("AGENT:bram", "LEAD:bram"):
        await desk.graphql(f'query Mine {{ case(by: {{ id: "{case["id"]}" }}) {{ number }} }}', token=token)
    await noted(desk, "Mine", least=2)
    bram = ids.encode(IdType.AGENT, id_of("agent", "bram"))
    for actor_id in (bram, ids.encode(IdType.STAFF, "bram")):
        found = await entries(desk, actorId=actor_id, **{"from": before.isoformat()})
        assert {entry["role"] for entry in found if entry["operation"] == "Mine"} == {"AGENT", "LEAD"}
    assert await entries(desk, actorId=bram, to=(before - timedelta(days=1)).isoformat()) == []
    assert await entries(desk, actorId="bm90aGluZw", action="READ") == []
    assert await entries(desk, customerId=bram) == []


async def test_a_machine_that_acts_as_an_agent_is_named_and_found_by_either(desk: Desk) -> None:
    case = await desk.opened()
    await desk.assign(uuid_of(case["id"]), "bram")
    await desk.graphql(f'query Till {{ case(by: {{ id: "{case["id"]}" }}) {{ id }} }}', token="INTEGRATION:svc-bram")
    (entry,) = await noted(desk, "Till")
    bram = ids.encode(IdType.AGENT, id_of("agent", "bram"))
    assert (entry["actor"]["displayName"], entry["role"], entry["relation"]) == ("svc-bram", "INTEGRATION", "ASSIGNEE")
    assert entry["onBehalfOf"] == {"id": bram}
    assert all([entry in await entries(desk, actorId=each) for each in (bram, entry["actor"]["id"])])


async def test_pages_run_from_the_newest_to_the_oldest_without_a_gap(desk: Desk) -> None:
    case = await desk.opened()
    for _ in range(7):
        await desk.graphql(f'query Paged {{ case(by: {{ id: "{case["id"]}" }}) {{ number }} }}', token="AGENT:pages")
    await noted(desk, "Paged", least=7)
    where, seen, after = {"actorId": ids.encode(IdType.STAFF, "pages")}, [], None
    while True:
        answer = await desk.graphql(ENTRIES, {"where": where, "first": 3, "after": after}, AUDITOR)
        page = answer["data"]["accessLog"]
        seen += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len({entry["id"] for entry in seen}) == len(seen) == 7
    assert [entry["occurredAt"] for entry in seen] == sorted((entry["occurredAt"] for entry in seen), reverse=True)
    wrong = await desk.graphql(ENTRIES, {"where": {}, "after": "bm8"}, AUDITOR)
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_reading_the_log_is_itself_on_record(desk: Desk) -> None:
    case = await desk.opened()
    await desk.ask("AccessLog", {"where": {"customerId": case["customer"]["id"]}}, PRIVACY)
    (entry,) = await noted(desk, "AccessLog", customerId=case["customer"]["id"])
    assert (entry["role"], entry["action"], entry["customer"]) == ("PRIVACY", "LIST", {"id": case["customer"]["id"]})
    assert "AccessEntry.operation" in entry["fields"]


@pytest.mark.parametrize("role", ["AGENT", "LEAD", "ADMIN", "INTEGRATION"])
async def test_others_do_not_read_the_log(desk: Desk, role: str) -> None:
    answer = await desk.graphql(ENTRIES, {"where": {}}, f"{role}:somebody")
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_requests_are_answered_while_the_log_cannot_be_written(desk: Desk) -> None:
    case = await desk.opened()
    query = f'query Blocked {{ case(by: {{ id: "{case["id"]}" }}) {{ number }} }}'
    async with desk.pool.acquire() as connection, connection.transaction():
        await connection.execute("LOCK TABLE access.entries IN ACCESS EXCLUSIVE MODE")
        async with asyncio.timeout(20):
            for _ in range(20):
                assert (await desk.graphql(query))["data"]["case"]["number"] == case["number"]
        assert await desk.pool.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted") >= 1
    assert len(await noted(desk, "Blocked", least=20)) == 20


async def test_the_log_holds_ids_and_no_names(desk: Desk) -> None:
    case = await desk.opened("My name is Zebediah")
    await desk.ask("CustomerScreen", {"id": case["customer"]["id"]}, **{"user-agent": "sam@shop.example/1.0"})
    await desk.ask("CaseScreen", {"id": case["id"]}, **{"Eender-Purpose": "audit; ref=sam@shop.example"})
    await noted(desk, "CaseScreen", customerId=case["customer"]["id"])
    kept = await desk.pool.fetchval("SELECT string_agg(e::text, ' ') FROM access.entries AS e")
    for personal in ("Zebediah", "Sam Bakker", str(desk.customers), "sam@"):
        assert personal not in kept


async def test_the_chain_verifies_over_all_of_it(desk: Desk) -> None:
    assert (await verify_access_log(desk.pool)).entries > 0
