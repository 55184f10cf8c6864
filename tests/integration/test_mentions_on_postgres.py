"""Mentions on a real server: listed, taken up by many at once, gone after their time with evidence that verifies."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest

from contracts.content import ContactContent, HandleContent, ReachContent
from contracts.vocabulary import (
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Visibility,
    id_of,
    system_actor,
)
from infra import metrics
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from infra.event_store import verify_log
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.expire_mention import ExpireMention, expire_mention
from services.case.commands.record_withholding import RecordWithholding, record_withholding
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.domain.mention import mention_scope
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.case.workers.mention_keeper import MentionKeeper
from services.case.workers.rebuilding import case_rebuild
from tests.integration.graphql_stand import Desk, own_desk
from tests.integration.test_case_retention import LaterClock

FIELDS = """id occurredAt channel account { ref channel } authorMasked text textState url outcome outcomeReason
  expiresAt reach { followers views shares likes measuredAt } contact { id text occurredAt case { id } }"""
LIST = f"""query($where: MentionWhere, $first: Int, $after: String) {{
  mentions(where: $where, first: $first, after: $after) {{ totalCount nodes {{ {FIELDS} }}
  edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage endCursor }} }} }}"""
NODE = f"query($id: ID!) {{ node(id: $id) {{ ... on Mention {{ {FIELDS} }} }} }}"
PROMOTE = """mutation($input: MentionPromoteInput!) { mentionPromote(input: $input) { version position
  case { id customer { displayName } contacts(first: 5) { nodes { text } } priority }
  contact { id occurredAt text language } errors { code path } } }"""
RECORDED = "SELECT clear FROM es.events WHERE topic = 'retention.enforced.v1' ORDER BY pos"


@pytest.fixture
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def hear(desk: Desk, text: str, *, channel: Channel = Channel.X, user: str = "471100", **given: Any) -> UUID:
    now, new = SystemClock().now(), SystemIds().new
    command = AttachContact(
        contact_id=id_of("contact", channel, "x-1", str(new())),
        channel=channel,
        account="x-1",
        kind=ContactKind.MENTION,
        direction=Direction.INBOUND,
        visibility=Visibility.PUBLIC,
        assurance=HandleAssurance.PLATFORM,
        occurred_at=now,
        received_at=now,
        new_case_id=new(),
        new_customer_id=new(),
        content=ContactContent(
            handles=(HandleContent(HandleKind.X, user),),
            text=text,
            url="https://x.example/1",
            reach=ReachContent(now, followers=70),
        ),
        **given,
    )
    done = await attach_contact(
        command,
        desk.context(system_actor("channels")),
        record=desk.record,
        directory=desk.directory,
        policy=desk.policy,
    )
    return UUID(done.outcome["mention_id"])


async def listed(desk: Desk, token: str = "AGENT:anna", **variables: Any) -> dict[str, Any]:
    answer = await desk.graphql(LIST, variables, token)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["mentions"]
    return found


async def promote(desk: Desk, mention_id: UUID, token: str = "AGENT:anna", **fields: Any) -> dict[str, Any]:
    fields = {"mentionId": ids.encode(IdType.MENTION, mention_id), "reason": "We thank them", **fields}
    fields.setdefault("idempotencyKey", str(SystemIds().new()))
    answer = await desk.graphql(PROMOTE, {"input": fields}, token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = answer["data"]["mentionPromote"]
    return payload


async def answered(desk: Desk, mention_id: UUID) -> None:
    """As channels would."""
    answer = RecordWithholding(mention_id, 1, 2, ("channels.raws",))
    await record_withholding(answer, desk.context(system_actor("channels")), record=desk.record)


def keeper(desk: Desk) -> MentionKeeper:
    return MentionKeeper(pool=desk.pool, keys=desk.keys, record=desk.record, clock=LaterClock(), ids=SystemIds())


async def holds(desk: Desk, words: str) -> list[str]:
    """The read tables in which the words stand."""
    sql = "SELECT EXISTS (SELECT FROM {} AS t WHERE to_jsonb(t)::text LIKE '%' || $1 || '%')"
    tables = ("mentions", "timeline", "cases", "handles")
    return [table for table in tables if await desk.pool.fetchval(sql.format(table), words)]


async def test_s046_what_is_heard_is_listed_with_its_reason_and_without_its_author(desk: Desk) -> None:
    praise = await hear(desk, "Bedankt @shop, top!")
    await hear(desk, "Bestelling geplaatst bij @shop")
    found = await listed(desk)
    assert found["totalCount"] == 2
    noise, thanks = found["nodes"]
    assert (noise["outcome"], thanks["outcome"]) == ("NOISE", "NO_REPLY")
    assert thanks["id"] == ids.encode(IdType.MENTION, praise)
    assert (thanks["authorMasked"], thanks["text"], thanks["textState"]) == ("47•••", "Bedankt @shop, top!", "PRESENT")
    assert thanks["outcomeReason"] == "praise (bedankt): it asks nothing of us"
    assert (thanks["url"], thanks["reach"]["followers"]) == ("https://x.example/1", 70)
    assert thanks["account"] == {"ref": "x-1", "channel": "X"}
    assert thanks["contact"] is None
    assert await desk.pool.fetchval("SELECT count(*) FROM customers") == 0

    first = await listed(desk, first=1)
    assert (len(first["nodes"]), first["pageInfo"]["hasNextPage"]) == (1, True)
    rest = await listed(desk, first=1, after=first["pageInfo"]["endCursor"])
    assert [node["id"] for node in rest["nodes"]] == [thanks["id"]]
    assert [node["id"] for node in (await listed(desk, where={"outcome": "NOISE"}))["nodes"]] == [noise["id"]]
    assert (await listed(desk, where={"channel": "FEED"}))["nodes"] == []
    later = (SystemClock().now() + timedelta(minutes=1)).isoformat()
    assert (await listed(desk, where={"since": later}))["totalCount"] == 0
    seen_by_auditor = (await listed(desk, "AUDITOR:olga"))["nodes"][1]
    assert (seen_by_auditor["text"], seen_by_auditor["textState"]) == (None, "NOT_PERMITTED")
    refused = await desk.graphql(LIST, {}, "ADMIN:root")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"


async def test_s018_ten_who_take_one_mention_up_at_once_have_one_case(desk: Desk) -> None:
    mention_id = await hear(desk, "Bedankt @shop!")
    payloads = await asyncio.gather(*(promote(desk, mention_id) for _ in range(10)))
    assert [each["errors"] for each in payloads] == [[]] * 10
    assert len({each["case"]["id"] for each in payloads}) == 1
    assert await desk.pool.fetchval("SELECT count(*) FROM cases") == 1
    contact = payloads[0]["contact"]
    node = (await desk.graphql(NODE, {"id": ids.encode(IdType.MENTION, mention_id)}))["data"]["node"]
    assert node["contact"]["id"] == contact["id"]
    assert (node["contact"]["occurredAt"], node["text"]) == (node["occurredAt"], "Bedankt @shop!")
    sealed = "SELECT encode(sealed, 'hex') FROM es.events WHERE stream_id = $1 AND version = 1"
    assert set(await desk.pool.fetchval(sealed, mention_id)) == {"0"}, "its own envelope is gone"
    assert (await verify_log(desk.pool)).sound
    again = await promote(desk, mention_id, idempotencyKey="k")
    assert (await promote(desk, mention_id, idempotencyKey="k"))["case"]["id"] == again["case"]["id"]
    (reused,) = (await promote(desk, mention_id, idempotencyKey="k", reason="else"))["errors"]
    assert reused["code"] == "IDEMPOTENCY_MISMATCH"


async def test_a_mention_is_taken_up_or_gone_never_both(desk: Desk) -> None:
    """Taken up and expired at the same moment, many times over."""
    for _ in range(8):
        mention_id = await hear(desk, "Bedankt @shop!", user=str(SystemIds().new()))
        late = desk.context(system_actor("case"))
        later = type(late)(late.command_id, late.actor, late.at + timedelta(days=200), late.correlation_id)
        payload, _ = await asyncio.gather(
            promote(desk, mention_id), expire_mention(ExpireMention(mention_id), later, record=desk.record)
        )
        row = await desk.pool.fetchrow("SELECT case_id, expired FROM mentions WHERE mention_id = $1", mention_id)
        assert row is not None
        assert (row["case_id"] is None) is row["expired"] is bool(payload["errors"])
        assert [each["code"] for each in payload["errors"]] in ([], ["NOT_FOUND"])


async def test_what_was_kept_long_enough_goes_with_its_key_and_the_evidence_says_so(desk: Desk) -> None:
    gone, kept = await hear(desk, "Bedankt voor alles, geheim"), await hear(desk, "Bedankt, bewaard", user="99")
    taken = await hear(desk, "Bedankt, opgepakt", user="98")
    await promote(desk, taken)
    await desk.pool.execute(
        "UPDATE mentions SET expires_at = now() + interval '10000 days' WHERE mention_id = $1", kept
    )
    key = await desk.keys.content_key(mention_scope(gone))
    await keeper(desk).round()
    assert await desk.keys.keys_by_id([key.key_id]) == {}
    assert await desk.pool.fetch(RECORDED) == [], "channels has its copies still"
    assert await holds(desk, "geheim") == []
    assert (await desk.graphql(NODE, {"id": ids.encode(IdType.MENTION, gone)}))["data"]["node"][
        "textState"
    ] == "EXPIRED"
    assert {node["id"] for node in (await listed(desk))["nodes"]} == {
        ids.encode(IdType.MENTION, each) for each in (kept, taken)
    }
    (refused,) = (await promote(desk, gone))["errors"]
    assert refused == {"code": "NOT_FOUND", "path": ["mentionId"]}
    await answered(desk, gone)
    for _ in range(2):
        await keeper(desk).round()
    (row,) = await desk.pool.fetch(RECORDED)
    said = json.loads(row["clear"])
    assert (said["retention_class"], said["expired"], said["kept"]) == ("MENTIONS", 1, 0)
    assert said["digest"] == sha256(gone.bytes).hexdigest()
    report = await verify_log(desk.pool)
    assert report.sound, report.findings


async def test_who_takes_a_mention_back_takes_the_words_back_and_a_rebuild_says_the_same(desk: Desk) -> None:
    mention_id = await hear(desk, "Bedankt, vergis me")
    await hear(desk, "Bedankt nogmaals")
    command = RemoveContact(mention_id, SystemClock().now())
    await remove_contact(command, desk.context(system_actor("channels")), record=desk.record, directory=desk.directory)
    assert await holds(desk, "vergis") == []
    node = (await desk.graphql(NODE, {"id": ids.encode(IdType.MENTION, mention_id)}))["data"]["node"]
    assert (node["text"], node["textState"], node["url"]) == (None, "REMOVED_BY_SENDER", None)
    assert (await case_rebuild(desk.pool, desk.keys).run(swap=False)).differences == ()
    assert (await verify_log(desk.pool)).sound


async def test_s053_s102_complaints_that_nobody_answers_are_counted_until_somebody_does(desk: Desk) -> None:
    listening = {(Channel.X, "x-1"): "listen"}
    desk.policy = type(desk.policy)(triage=type(desk.policy.triage)(modes=listening))
    mention_id = await hear(desk, "@shop mijn fiets is kapot")
    case = await desk.opened("My bike is broken")
    await desk.do("CaseResolve", caseId=case["id"])
    await keeper(desk).round()
    left = {where: metrics.complaints_unanswered.labels(where)._value.get() for where in ("mentions", "cases")}
    assert left == {"mentions": 0, "cases": 1}, "the mention's time was over on that clock"
    tagged = await desk.graphql('{ cases(where: { tag: "unanswered-complaint" }) { nodes { id } } }')
    assert [node["id"] for node in tagged["data"]["cases"]["nodes"]] == [case["id"]]
    young = await hear(desk, "@shop mijn fiets is kapot", user="5")
    watching = MentionKeeper(pool=desk.pool, keys=desk.keys, record=desk.record, clock=SystemClock(), ids=SystemIds())
    await watching.round()
    assert metrics.complaints_unanswered.labels("mentions")._value.get() == 1
    await promote(desk, young)
    await watching.round()
    assert metrics.complaints_unanswered.labels("mentions")._value.get() == 0
    assert mention_id != young
