"""Subscriptions that are alike: executed once for each fact, and never shared by those who may see different things."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

import orjson
import pytest

from infra.embedded.postgres import EmbeddedPostgres
from services.case.graphql import cursors, follower
from services.case.graphql.access import Principal
from services.case.graphql.moments import Frame
from services.case.graphql.requests import Asked
from services.case.graphql.responses import shaped
from services.case.graphql.streams import Streams
from services.case.graphql.subscription import LOG
from services.case.queries.rows import ChangeRow
from tests.integration.graphql_clients import connected
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.documents import operation_text

OPEN = """subscription Open($id: ID!, $after: String) { caseEvents(caseId: $id, after: $after) {
  __typename ... on CaseChanged { cursor type version entry { __typename summary } case { subject status
    customer { displayName } } } ... on Heartbeat { cursor } ... on Lagged { resumeFrom } } }"""
PERSONAL = """subscription Own($id: ID!) { caseEvents(caseId: $id) {
  __typename ... on CaseChanged { cursor case { subject assignee { displayName budgets { id } } } } } }"""
ASKING = (
    ("AGENT:anna", None),
    ("AGENT:bram", None),
    ("LEAD:lea", None),
    ("AUDITOR:olga", None),
    ("AUDITOR:olga", "audit"),
    ("AUDITOR:otto", "audit; ref=T-1"),
)


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server, heartbeat_s=30.0) as running:
        yield running


@pytest.fixture
def executed(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each fact was executed, by its topic; what executes it stays as it is."""
    counted: Counter[str] = Counter()
    real = Streams._made

    async def counting(self: Streams, followed: Any, asking: Any, item: Any, loaders: Any) -> Frame:
        if isinstance(item, ChangeRow):
            counted[item.topic] += 1
        return await real(self, followed, asking, item, loaders)

    monkeypatch.setattr(Streams, "_made", counting)
    return counted


async def _opened(desk: Desk, text: str | None = None) -> dict[str, Any]:
    """A case all of whose facts have been told by now, so that who follows it hears of what comes only."""
    case = await desk.opened(text)
    following = await desk.api.streams.begun(
        Asked(OPEN, {"id": case["id"], "after": cursors.encode_number(LOG, 0)}),
        desk.api.context(await _who(desk, "AGENT:anna")),
    )
    assert following is not None
    while orjson.loads((await _change(following)).text)["data"]["caseEvents"]["version"] < case["version"]:
        pass
    await following.aclose()
    return case


async def _who(desk: Desk, token: str, purpose: str | None = None) -> Principal:
    return await desk.api.authenticate(f"Bearer {token}", purpose)


async def _following(desk: Desk, who: Principal, query: str, case_id: str, **more: str) -> AsyncGenerator[Frame, None]:
    found = await desk.api.streams.begun(Asked(query, {"id": case_id, **more}), desk.api.context(who))
    assert found is not None
    return found


async def _by_strawberry(desk: Desk, who: Principal, query: str, case_id: str) -> AsyncGenerator[Any, None]:
    context = desk.api.context(who)
    return await desk.api.schema.stream(query, variable_values={"id": case_id}, context_value=context)


async def _change(frames: AsyncGenerator[Frame, None]) -> Frame:
    async with asyncio.timeout(30):
        while True:
            frame = await anext(frames)
            if '"CaseChanged"' in frame.text:
                return frame


async def test_equal_subscriptions_of_one_kind_of_viewer_are_executed_once(desk: Desk, executed: Counter[str]) -> None:
    case = await _opened(desk)
    people = [await _who(desk, f"AGENT:{ref}") for ref in ("anna", "bram") for _ in range(10)]
    listening = [await _following(desk, who, OPEN, case["id"]) for who in people]
    for each in listening:
        await anext(each)
    executed.clear()
    await desk.do("CaseResolve", caseId=case["id"])
    frames = await asyncio.gather(*(_change(each) for each in listening))
    assert len({frame.text for frame in frames}) == 1
    assert orjson.loads(frames[0].text)["data"]["caseEvents"]["case"]["status"] == "RESOLVED"
    assert executed == {"case.resolved.v1": 1}
    for each in listening:
        await each.aclose()


@pytest.mark.parametrize("query", [OPEN, PERSONAL])
async def test_whoever_follows_gets_what_they_would_get_alone(desk: Desk, query: str) -> None:
    case = await _opened(desk, "A sealed subject")
    people = [await _who(desk, *asking) for asking in ASKING]
    together = [await _following(desk, who, query, case["id"]) for who in (*people, *people)]
    alone = [await _by_strawberry(desk, who, query, case["id"]) for who in (*people, *people)]
    for each in (*together, *alone):
        await anext(each)
    await desk.do("CaseNoteAdd", caseId=case["id"], text="A note.")
    shared = await asyncio.gather(*(_change(each) for each in together))
    expected = [orjson.dumps(shaped(await anext(each))[0]).decode() for each in alone]
    assert [frame.text for frame in shared] == expected
    assert len(set(expected)) == (2 if query is OPEN else 3)  # sealed or not; and who may see whose budgets
    for each in (*together, *alone):
        await each.aclose()


async def test_an_answer_that_looks_at_the_viewer_is_shared_by_nobody_else(desk: Desk, executed: Counter[str]) -> None:
    case = await _opened(desk)
    anna, bram = await _who(desk, "AGENT:anna"), await _who(desk, "AGENT:bram")
    listening = [await _following(desk, who, PERSONAL, case["id"]) for who in (anna, bram, anna, bram)]
    for each in listening:
        await anext(each)
    executed.clear()
    await desk.do("CaseResolve", caseId=case["id"])
    texts = [frame.text for frame in await asyncio.gather(*(_change(each) for each in listening))]
    assert ["FORBIDDEN" in text for text in texts] == [False, True, False, True]
    assert executed == {"case.resolved.v1": 2}
    for each in listening:
        await each.aclose()


async def test_everybody_who_is_shown_a_shared_answer_is_on_record(desk: Desk) -> None:
    case = await _opened(desk)
    people = [await _who(desk, f"AGENT:{ref}") for ref in ("anna", "bram")]
    listening = [await _following(desk, who, OPEN, case["id"]) for who in people]
    for each in listening:
        await anext(each)
    await desk.do("CaseNoteAdd", caseId=case["id"], text="A note.")
    await asyncio.gather(*(_change(each) for each in listening))
    log = """query($where: AccessLogWhere!) { accessLog(where: $where, first: 50) {
      nodes { actor { displayName } operation action case { id } } } }"""
    async with asyncio.timeout(20):
        while True:
            where = {"where": {"customerId": case["customer"]["id"]}}
            answer = await desk.graphql(log, where, "AUDITOR:olga")
            nodes = answer["data"]["accessLog"]["nodes"]
            told = [each for each in nodes if each["operation"] == "Open" and each["case"] == {"id": case["id"]}]
            if {each["actor"]["displayName"] for each in told} == {"Anna", "Bram"}:
                break
            await asyncio.sleep(0.02)
    assert {each["action"] for each in told} == {"SUBSCRIBE"}
    for each in listening:
        await each.aclose()


async def test_who_is_too_slow_is_told_where_to_go_on_and_holds_up_nobody(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(follower, "QUEUE_MAX", 3)
    case = await _opened(desk)
    anna = await _who(desk, "AGENT:anna")
    slow = await _following(desk, anna, OPEN, case["id"])
    quick = await _following(desk, anna, OPEN, case["id"])
    await anext(slow)
    await anext(quick)
    versions = []
    for _ in range(6):
        await desk.do("CaseNoteAdd", caseId=case["id"], text="A note.")
        versions.append(orjson.loads((await _change(quick)).text)["data"]["caseEvents"]["version"])
    assert versions == list(range(case["version"] + 1, case["version"] + 7))
    told = [orjson.loads(frame.text)["data"]["caseEvents"] async for frame in slow]
    assert [item["__typename"] for item in told] == ["CaseChanged"] * 3 + ["Lagged"]
    again = await _following(desk, anna, OPEN, case["id"], after=told[-1]["resumeFrom"])
    more = [orjson.loads((await _change(again)).text)["data"]["caseEvents"]["version"] for _ in range(3)]
    assert [item["version"] for item in told[:3]] + more == versions
    for each in (quick, again):
        await each.aclose()


async def test_who_resumes_joins_those_who_are_there_without_gap_or_double(desk: Desk) -> None:
    case = await _opened(desk)
    anna = await _who(desk, "AGENT:anna")
    there = await _following(desk, anna, OPEN, case["id"])
    cursor = orjson.loads((await anext(there)).text)["data"]["caseEvents"]["cursor"]
    for _ in range(3):
        await desk.do("CaseNoteAdd", caseId=case["id"], text="Before.")
    again = await _following(desk, anna, OPEN, case["id"], after=cursor)

    async def noted() -> None:
        for _ in range(5):
            await desk.do("CaseNoteAdd", caseId=case["id"], text="Meanwhile.")

    writing = asyncio.create_task(noted())
    heard = [
        [orjson.loads((await _change(frames)).text)["data"]["caseEvents"]["version"] for _ in range(8)]
        for frames in (again, there)
    ]
    await writing
    assert heard == [list(range(case["version"] + 1, case["version"] + 9))] * 2
    for each in (again, there):
        await each.aclose()


async def test_one_who_leaves_while_an_item_is_made_takes_it_from_nobody(desk: Desk) -> None:
    case = await _opened(desk)
    anna = await _who(desk, "AGENT:anna")
    leaving, staying = [await _following(desk, anna, OPEN, case["id"]) for _ in range(2)]
    for each in (leaving, staying):
        await anext(each)
    first = asyncio.create_task(_change(leaving))
    await asyncio.sleep(0)  # it waits before the other does, so the item is made for it
    second = asyncio.create_task(_change(staying))
    making = asyncio.create_task(desk.do("CaseNoteAdd", caseId=case["id"], text="A note."))
    kept = desk.api.follower.moments._kept
    async with asyncio.timeout(30):
        while all(each._task.done() for moment in kept.values() for each in moment.frames.values()):  # noqa: ASYNC110  (nothing tells)
            await asyncio.sleep(0)
    first.cancel()
    assert '"case.note-added.v1"' in (await second).text
    await making
    await asyncio.gather(first, return_exceptions=True)
    await staying.aclose()


async def test_messages_of_a_socket_carry_their_own_ids(desk: Desk) -> None:
    case = await _opened(desk)
    payload = {"query": operation_text("CaseEvents"), "variables": {"caseId": case["id"]}}
    async with connected(desk) as client:
        for name in ("one", 'a "quoted" one'):
            await client.say(id=name, type="subscribe", payload=payload)
            assert (await client.hear())["id"] == name
        await desk.do("CaseResolve", caseId=case["id"])
        heard = [await client.hear() for _ in range(2)]
    assert {message["id"] for message in heard} == {"one", 'a "quoted" one'}
    assert heard[0]["payload"] == heard[1]["payload"]
