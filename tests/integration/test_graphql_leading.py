"""What leads look after, through the API: rosters, incidents, who is kept from a customer, too much work, warnings."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.installation import Incidents
from contracts.targets import ServiceLevels, Target
from contracts.vocabulary import id_of, system_actor
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.note_capacity import NoteCapacity, note_capacity
from services.case.domain.known_capacity import CapacityStanding
from services.case.graphql.ids import IdType, encode, uuid_of
from services.case.workers.clock_watch import ClockWatch
from services.case.workers.volume_watch import VolumeWatch
from tests.integration.graphql_clients import connected
from tests.integration.graphql_stand import Desk, own_desk

ANNA, BRAM, LEAD = "AGENT:anna", "AGENT:bram", "LEAD:lena"
BRAM_ID = encode(IdType.AGENT, id_of("agent", "bram"))
VIEWER = """subscription { viewerEvents { __typename ... on ViewerChanged { type case { id priority }
  incident { state title } capacity { short offeredLoad } } } }"""
INCIDENT = """id state title answer cause priority counted usual caseCount occurredAt
  team { ref } brand { ref } begunBy { __typename }"""


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, heartbeat_s=0.5) as running:
        yield running


async def done(desk: Desk, name: str, gives: str, token: str = LEAD, **fields: Any) -> Any:
    if name != "incidentAnswer":
        fields.setdefault("idempotencyKey", str(SystemIds().new()))
    kind = f"{name[0].upper()}{name[1:]}Input"
    document = f"mutation($input: {kind}!) {{ {name}(input: $input) {{ {gives} errors {{ code path }} }} }}"
    answer = await desk.graphql(document, {"input": fields}, token)
    assert "errors" not in answer, answer
    return answer["data"][name]


async def asked(desk: Desk, document: str, token: str = LEAD, **variables: Any) -> Any:
    answer = await desk.graphql(document, variables, token)
    assert "errors" not in answer, answer
    return answer["data"]


async def a_case(desk: Desk, text: str) -> str:
    desk.customers += 1
    committed = await desk.whatsapp(f"+316{desk.customers:08}", text)
    return encode(IdType.CASE, UUID(committed.outcome["case_id"]))


async def the_next(client: Any) -> Any:
    while (item := await client.item())["__typename"] == "Heartbeat":
        pass
    return item


async def test_s057_an_incident_links_cases_of_one_cause_with_one_approved_answer(desk: Desk) -> None:
    cases = [await a_case(desk, f"Where is my parcel {number}?") for number in range(3)]
    terms = {
        "title": "Strike",
        "answer": "Parcels are late.",
        "priority": "HIGH",
        "occurredAt": "2026-03-02T06:00:00.000Z",
    }
    opened = await done(desk, "incidentOpen", f"incident {{ {INCIDENT} }} version", **terms)
    incident = opened["incident"]
    assert (opened["errors"], incident["state"], incident["begunBy"]["__typename"]) == ([], "OPEN", "StaffMember")
    assert incident["occurredAt"] == terms["occurredAt"]
    linked = await done(
        desk, "incidentLink", "incident { caseCount } position", ANNA, incidentId=incident["id"], caseIds=cases[:2]
    )
    assert (linked["errors"], linked["incident"]["caseCount"]) == ([], 2)
    document = "query($id: ID!) { case(by: {id: $id}) { priority incident { title answer } } }"
    seen = (await asked(desk, document, ANNA, id=cases[0]))["case"]
    assert seen == {"priority": "HIGH", "incident": {"title": "Strike", "answer": "Parcels are late."}}
    other = (await asked(desk, document, ANNA, id=cases[2]))["case"]
    assert other == {"priority": "NORMAL", "incident": None}
    listed = await asked(
        desk, "query($id: ID!) { cases(where: {incidentId: $id}) { nodes { id } } }", ANNA, id=incident["id"]
    )
    assert sorted(each["id"] for each in listed["cases"]["nodes"]) == sorted(cases[:2])
    revised = await done(
        desk,
        "incidentOpen",
        f"incident {{ {INCIDENT} }}",
        incidentId=incident["id"],
        title="Strike",
        answer="It is over.",
    )
    assert revised["incident"]["answer"] == "It is over."
    await done(desk, "incidentLink", "position", ANNA, incidentId=incident["id"], caseIds=cases[1:2], linked=False)
    closed = await done(desk, "incidentClose", "incident { state closedAt caseCount }", incidentId=incident["id"])
    assert (closed["incident"]["state"], closed["incident"]["caseCount"]) == ("CLOSED", 1)
    late = await done(desk, "incidentLink", "position", ANNA, incidentId=incident["id"], caseIds=cases[2:])
    assert late["errors"] == [{"code": "INVALID_INPUT", "path": ["incidentId"]}]
    page = await asked(desk, "{ incidents(states: [CLOSED]) { nodes { id title } } }", ANNA)
    assert {"id": incident["id"], "title": "Strike"} in page["incidents"]["nodes"]


ANSWERED = (
    "incident { caseCount } answered { caseId case { status } contact { id text deliveryStatus } errors { code } }"
)


async def test_s057_one_approved_answer_goes_to_all_cases_of_an_incident_each_by_itself_and_once(desk: Desk) -> None:
    cases = [await a_case(desk, f"No light at number {number}") for number in range(4)]
    opened = await done(desk, "incidentOpen", "incident { id }", title="Outage", answer="It is back at noon.")
    incident_id = opened["incident"]["id"]
    await done(desk, "incidentLink", "position", incidentId=incident_id, caseIds=cases[:3])
    await desk.do("CaseResolve", caseId=cases[2])
    named = [*cases, "nonsense"]
    first = (await done(desk, "incidentAnswer", ANSWERED, incidentId=incident_id, caseIds=named))["answered"]
    assert [each["caseId"] for each in first] == named
    assert [each["contact"] and each["contact"]["text"] for each in first] == ["It is back at noon."] * 2 + [None] * 3
    assert {each["case"]["status"] for each in first[:2]} == {"WAITING"}
    codes = [[error["code"] for error in each["errors"]] for each in first]
    assert codes == [[], [], ["CASE_RESOLVED"], ["NOT_FOUND"], ["NOT_FOUND"]]
    again = await done(desk, "incidentAnswer", ANSWERED, incidentId=incident_id, caseIds=named)
    assert again["answered"] == first, "each case gets a wording once"
    sent = "SELECT count(*) FROM timeline WHERE direction = 'OUTBOUND' AND text = 'It is back at noon.'"
    assert await desk.pool.fetchval(sent) == 2
    await done(desk, "incidentOpen", "version", incidentId=incident_id, title="Outage", answer="At two, sorry.")
    later = await done(desk, "incidentAnswer", ANSWERED, incidentId=incident_id, caseIds=cases[:1])
    assert later["answered"][0]["contact"]["text"] == "At two, sorry.", "another wording is another answer"


async def test_incidents_are_the_leads_and_bad_ones_name_the_field(desk: Desk) -> None:
    refused = await done(desk, "incidentOpen", "version", ANNA, title="Mine")
    assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]
    empty = await done(desk, "incidentOpen", "version", title=" ")
    assert empty["errors"] == [{"code": "INVALID_INPUT", "path": ["title"]}]
    ahead = await done(desk, "incidentOpen", "version", title="A feeling", occurredAt="2999-01-01T00:00:00Z")
    assert ahead["errors"] == [{"code": "INVALID_INPUT", "path": ["occurredAt"]}]
    opened = await done(desk, "incidentOpen", "incident { id }", title="Nothing in it")
    none = await done(desk, "incidentLink", "position", ANNA, incidentId=opened["incident"]["id"], caseIds=[])
    assert none["errors"] == [{"code": "INVALID_INPUT", "path": ["caseIds"]}]
    missing = await done(
        desk, "incidentLink", "position", ANNA, incidentId=opened["incident"]["id"], caseIds=["Y2FzZTpub3RoaW5n"]
    )
    assert missing["errors"] == [{"code": "NOT_FOUND", "path": ["caseIds", "0"]}]
    given = {"incidentId": opened["incident"]["id"], "caseIds": [await a_case(desk, "Hello?")]}
    for token, wrong, error in (
        (ANNA, {}, {"code": "FORBIDDEN", "path": []}),
        (LEAD, {}, {"code": "INVALID_INPUT", "path": ["incidentId"]}),
        (LEAD, {"incidentId": given["caseIds"][0]}, {"code": "NOT_FOUND", "path": ["incidentId"]}),
        (LEAD, {"caseIds": []}, {"code": "INVALID_INPUT", "path": ["caseIds"]}),
    ):
        assert (await done(desk, "incidentAnswer", "__typename", token, **{**given, **wrong}))["errors"] == [error]


async def test_s057_a_jump_of_cases_is_suspected_once_and_leads_are_told(desk: Desk) -> None:
    cases = [await a_case(desk, "The app is down") for _ in range(6)]
    await desk.pool.execute(
        "UPDATE cases SET opened_at = opened_at - interval '10 days' WHERE case_id = $1", uuid_of(IdType.CASE, cases[0])
    )
    watch = VolumeWatch(
        pool=desk.pool, record=desk.record, clock=SystemClock(), ids=SystemIds(), rules=Incidents(jump_count_min=5)
    )
    async with connected(desk, LEAD) as client:
        await client.subscribe(VIEWER)
        await client.item()
        for _ in range(2):
            await watch.round()
        told = await the_next(client)
        assert (told["type"], told["incident"]["state"]) == ("incident.suspected", "SUSPECTED")
    page = await asked(desk, f"{{ incidents(states: [SUSPECTED]) {{ nodes {{ {INCIDENT} }} }} }}")
    (incident,) = page["incidents"]["nodes"]
    assert incident["counted"] >= 5
    assert incident["begunBy"]["__typename"] == "System"
    taken = await done(desk, "incidentOpen", "incident { state }", incidentId=incident["id"], title="App down")
    assert taken["incident"]["state"] == "OPEN"


SHIFT = {"days": ["MON", "TUE"], "from": "09:00", "until": "17:30", "breaks": [{"from": "12:30", "until": "13:00"}]}
ROSTER = "agent { roster { timeZone holidays shifts { days from until breaks { from until } } leave { first last } } }"


async def test_a_lead_sets_a_roster_which_the_agent_sees_and_colleagues_do_not(desk: Desk) -> None:
    leave = [{"first": "2026-12-24", "last": "2027-01-02"}]
    answer = await done(desk, "agentRosterSet", ROSTER, agentId=BRAM_ID, shifts=[SHIFT], leave=leave, holidays="NL")
    roster = answer["agent"]["roster"]
    assert (answer["errors"], roster["shifts"], roster["leave"], roster["holidays"]) == ([], [SHIFT], leave, "NL")
    document = "query($id: ID!) { node(id: $id) { ... on Agent { roster { holidays } } } }"
    seen = {token: (await asked(desk, document, token, id=BRAM_ID))["node"]["roster"] for token in (ANNA, BRAM)}
    assert seen == {ANNA: None, BRAM: {"holidays": "NL"}}
    assert (await done(desk, "agentRosterSet", ROSTER, agentId=BRAM_ID, shifts=[]))["agent"]["roster"] is None


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"shifts": [{**SHIFT, "from": "9"}]}, ["shifts", "0"]),
        ({"shifts": [{**SHIFT, "until": "09:00"}]}, ["shifts", "0", "until"]),
        ({"shifts": [{**SHIFT, "breaks": [{"from": "18:00", "until": "18:30"}]}]}, ["shifts", "0", "breaks", "0"]),
        ({"shifts": [SHIFT], "leave": [{"first": "2026-12-24", "last": "2026-12-23"}]}, ["leave", "0", "last"]),
        ({"shifts": [SHIFT], "leave": [{"first": "soon", "last": "2026-12-23"}]}, ["leave", "0"]),
        ({"shifts": [], "leave": [{"first": "2026-12-24", "last": "2026-12-24"}]}, ["leave"]),
        ({"shifts": [SHIFT], "holidays": "XX"}, ["holidays"]),
        ({"shifts": [SHIFT] * 51}, ["shifts"]),
    ],
)
async def test_a_roster_that_cannot_be_names_the_field(desk: Desk, wrong: dict[str, Any], path: list[str]) -> None:
    answer = await done(desk, "agentRosterSet", "position", agentId=BRAM_ID, **wrong)
    assert answer["errors"] == [{"code": "INVALID_INPUT", "path": path}]


async def test_rosters_are_set_by_leads_only(desk: Desk) -> None:
    refused = await done(desk, "agentRosterSet", "position", BRAM, agentId=BRAM_ID, shifts=[SHIFT])
    assert [error["code"] for error in refused["errors"]] == ["FORBIDDEN"]


async def test_s063_leads_are_told_when_more_comes_in_than_those_on_duty_can_do(desk: Desk) -> None:
    routing = system_actor("routing")
    async with connected(desk, LEAD) as client:
        await client.subscribe(VIEWER)
        await client.item()
        for short, load in ((True, 0.95), (True, 0.95), (False, 0.75)):
            standing = CapacityStanding(short, load, 19, 7200.0)
            await note_capacity(NoteCapacity(standing), desk.context(routing), record=desk.record)
        news = [await the_next(client) for _ in range(2)]
    assert [each["type"] for each in news] == ["capacity.short", "capacity.restored"], "the same again is no news"
    assert news[-1]["capacity"]["short"] is False
    seen = (await asked(desk, "{ capacity { short since offeredLoad cases rosteredHours } }"))["capacity"]
    assert seen == {"short": False, "since": None, "offeredLoad": 0.75, "cases": 19, "rosteredHours": 2}
    answer = await desk.graphql("{ capacity { short } }", {}, ANNA)
    assert answer["errors"][0]["extensions"]["code"] == "FORBIDDEN"


class _Ahead(SystemClock):
    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> Any:
        return super().now() + self.ahead


async def test_s063_a_warning_reaches_lead_and_assignee_and_makes_the_case_as_soon_as_agreed(desk: Desk) -> None:
    case = await desk.opened("Nobody answers me")
    levels = ServiceLevels(targets=(Target(first_answer_min=180, warned_priority_word="high"),))
    clock = _Ahead(timedelta(minutes=140))
    watch = ClockWatch(pool=desk.pool, record=desk.record, clock=clock, ids=SystemIds(), levels=levels)
    async with connected(desk, ANNA) as anna, connected(desk, LEAD) as lead:
        for client in (anna, lead):
            await client.subscribe(VIEWER)
            await client.item()
        await watch.round()
        for client in (anna, lead):
            while (news := await the_next(client))["type"] != "clock.warned" or news["case"]["id"] != case["id"]:
                pass
            assert news["case"]["priority"] == "HIGH"
    again = await asked(desk, "query($id: ID!) { case(by: {id: $id}) { priority } }", ANNA, id=case["id"])
    assert again["case"]["priority"] == "HIGH"
