"""What we say to everybody, on a real server: who decides, when it leaves, and what people say beneath it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from contracts.vocabulary import AccountMode, Channel, ContentState, DeliveryStatus, Visibility, system_actor
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.expire_mention import ExpireMention, expire_mention
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.domain.report_rules import ReportKind, ReportRules
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from services.case.queries.database import Database
from services.case.queries.reports import report_rows
from services.case.workers.due_dates import DueDates
from services.case.workers.rebuilding import case_rebuild
from tests.integration.graphql_clients import connected
from tests.integration.graphql_stand import Desk
from tests.integration.publications_stand import (
    LIST,
    MUTATIONS,
    account,
    answers,
    asked,
    became,
    commented,
    configured,
    drafted,
    publishing_desk,
    standing,
)
from tests.integration.test_case_retention import LaterClock

APPROVALS = """query($first: Int, $after: String) { approvals(first: $first, after: $after) { totalCount
  nodes { __typename id requestedBy { displayName } case { id } ... on Publication { text } }
  pageInfo { endCursor } } }"""
NOBODY_ALONE = [("FORBIDDEN", "AGENT:anna"), ("FORBIDDEN", "AGENT:dirk"), ("FORBIDDEN", "AUDITOR:olga")]


@pytest.fixture
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with publishing_desk(postgres_server) as running:
        yield running


async def left(desk: Desk) -> int:
    """How many of ours channels was asked to send."""
    return int(await desk.pool.fetchval("SELECT count(*) FROM es.events WHERE topic = 'publication.requested.v1'"))


async def test_s089_whoever_may_speak_for_the_house_agrees_and_never_the_author(desk: Desk) -> None:
    publication = await drafted(desk, "We are open on Sundays.")
    assert publication["rules"] == ["public-skill"]
    for code, token in NOBODY_ALONE:
        refused = await asked(desk, "Approve", token, publicationId=publication["id"])
        assert [error["code"] for error in refused["errors"]] == [code], token
    assert await left(desk) == 0
    approved = await asked(desk, "Approve", "AGENT:bram", publicationId=publication["id"])
    assert (approved["errors"], approved["publication"]["state"], approved["version"]) == ([], "LEAVING", 3)
    assert await left(desk) == 1

    own = await drafted(desk, "We are closed on Mondays.", "AGENT:bram")
    assert own["rules"] == []
    for token in ("AGENT:bram", "LEAD:bram"):
        refused = await asked(desk, "Approve", token, publicationId=own["id"])
        assert [error["code"] for error in refused["errors"]] == ["SELF_APPROVAL"], token
    assert await left(desk) == 1


async def test_s089_two_who_decide_at_once_decide_once_and_a_repeated_key_changes_nothing(desk: Desk) -> None:
    key = str(SystemIds().new())
    first, second = [await drafted(desk, "Open today.", idempotencyKey=key) for _ in range(2)]
    assert first["id"] == second["id"]
    reused = await asked(desk, "Draft", accountId=account(), text="Closed today.", idempotencyKey=key)
    assert [error["code"] for error in reused["errors"]] == ["IDEMPOTENCY_MISMATCH"]
    stale = await asked(desk, "Approve", "LEAD:lena", publicationId=first["id"], expectedVersion=2)
    assert [error["code"] for error in stale["errors"]] == ["VERSION_CONFLICT"]
    ends = await asyncio.gather(
        *(asked(desk, "Approve", f"LEAD:lead-{number}", publicationId=first["id"]) for number in range(4)),
        *(asked(desk, "Cancel", publicationId=first["id"]) for _ in range(2)),
    )
    assert await left(desk) <= 1
    states = {end["publication"]["state"] for end in ends if not end["errors"]}
    assert states in ({"LEAVING"}, {"CANCELLED"})
    late = await asked(desk, "Approve", "LEAD:lena", publicationId=first["id"])
    assert [error["code"] for error in late["errors"]] == ["NOT_AWAITING_APPROVAL"]


async def test_s089_accounts_that_only_listen_or_are_held_say_nothing_to_anybody(desk: Desk) -> None:
    quiet = await asked(desk, "Draft", accountId=account("quiet"), text="Hello")
    assert [(error["code"], error["path"]) for error in quiet["errors"]] == [("CHANNEL_CANNOT_REPLY", ["accountId"])]
    telegram = await asked(desk, "Draft", accountId=account("bot-1", Channel.TELEGRAM), text="Hello")
    (error,) = telegram["errors"]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", ["accountId"])
    assert "these do: facebook, x" in error["message"]
    unknown = await asked(desk, "Draft", accountId=account("nowhere"), text="Hello")
    assert [(error["code"], error["path"]) for error in unknown["errors"]] == [("NOT_FOUND", ["accountId"])]

    waiting = await drafted(desk, "Hello")
    await configured(desk, mode=AccountMode.LISTEN.value)
    refused = await asked(desk, "Approve", "LEAD:lena", publicationId=waiting["id"])
    assert [(each["code"], each["path"]) for each in refused["errors"]] == [("CHANNEL_CANNOT_REPLY", ["publicationId"])]


async def test_s089_what_is_scheduled_leaves_once_at_its_time_unless_it_is_taken_back(desk: Desk) -> None:
    at = (SystemClock().now() + timedelta(minutes=5)).isoformat()
    kept = await drafted(desk, "Tomorrow we are open.", publishAt=at)
    taken_back = await drafted(desk, "Tomorrow we are closed.", publishAt=at)
    for publication in (kept, taken_back):
        approved = await asked(desk, "Approve", "LEAD:lena", publicationId=publication["id"])
        assert approved["publication"]["state"] == "SCHEDULED"
    others = await asked(desk, "Cancel", "AGENT:dirk", publicationId=taken_back["id"])
    assert [error["code"] for error in others["errors"]] == ["FORBIDDEN"]
    cancelled = await asked(desk, "Cancel", publicationId=taken_back["id"])
    assert cancelled["publication"]["state"] == "CANCELLED"

    parts: dict[str, Any] = {
        "pool": desk.pool, "record": desk.record, "directory": desk.directory, "ids": SystemIds(),
    }  # fmt: skip
    await DueDates(**parts, clock=SystemClock()).round()
    assert await left(desk) == 0
    watches = [DueDates(**parts, clock=LaterClock()) for _ in range(3)]
    await asyncio.gather(*(watch.round() for watch in watches))
    assert await left(desk) == 1
    past = await asked(desk, "Draft", accountId=account(), text="Hello", publishAt=(SystemClock().now()).isoformat())
    assert [(error["code"], error["path"]) for error in past["errors"]] == [("INVALID_INPUT", ["publishAt"])]


async def test_s089_what_its_platform_tells_late_takes_nothing_back(desk: Desk) -> None:
    publication = await drafted(desk, "Open.")
    await became(desk, publication["id"], DeliveryStatus.ACCEPTED, external_id="1_2")
    assert (await answers(desk, publication["id"]))["state"] == "AWAITING_APPROVAL"
    await asked(desk, "Approve", "LEAD:lena", publicationId=publication["id"])
    await became(desk, publication["id"], DeliveryStatus.UNKNOWN, reason="no answer came back")
    assert (await answers(desk, publication["id"]))["state"] == "UNKNOWN"
    await became(
        desk, publication["id"], DeliveryStatus.ACCEPTED, external_id="1_2", url="https://www.facebook.com/1_2"
    )
    await became(desk, publication["id"], DeliveryStatus.FAILED, code="368", reason="blocked")
    (found,) = (await desk.graphql(LIST))["data"]["publications"]["nodes"]
    assert (found["state"], found["url"], found["failure"]) == ("PUBLISHED", "https://www.facebook.com/1_2", None)


async def test_s089_answers_are_found_however_deep_and_also_where_they_overtook_the_platforms_word(desk: Desk) -> None:
    publication_id = await standing(desk, "We are open on Sundays.")
    question = await commented(desk, publication_id, "On all Sundays?")
    deeper = await commented(desk, question, "And at Easter?")
    named = await desk.pool.fetchval("SELECT named_id FROM publications")
    early = await commented(desk, named, "Great, thanks, love it!")
    private = await commented(desk, publication_id, "Where is my parcel?", visibility=Visibility.PRIVATE)
    elsewhere = await commented(desk, await standing(desk, "Elsewhere."), "What is this?")

    found = await answers(desk, publication_id)
    said = [(node["__typename"], node["id"]) for node in found["answers"]["nodes"]]
    assert said == [
        ("Contact", ids.encode(IdType.CONTACT, question)),
        ("Contact", ids.encode(IdType.CONTACT, deeper)),
        ("Mention", ids.encode(IdType.MENTION, early)),
    ]
    assert not {ids.encode(IdType.CONTACT, each) for each in (private, elsewhere)} & {each for _, each in said}
    page = await answers(desk, publication_id, first=2)
    assert page["answers"]["pageInfo"]["hasNextPage"]
    rest = await answers(desk, publication_id, first=2, after=page["answers"]["pageInfo"]["endCursor"])
    assert [node["id"] for node in rest["answers"]["nodes"]] == [said[2][1]]
    assert not rest["answers"]["pageInfo"]["hasNextPage"]


async def test_s094_what_the_community_thinks_is_counted_and_stays_counted_when_its_words_go(desk: Desk) -> None:
    publication_id = await standing(desk, "What should we sell?", asksCommunity=True)
    idea = await commented(desk, publication_id, "Paarse sokken")
    await commented(desk, idea, "Groene ook")
    await commented(desk, publication_id, "Slecht, ik wacht al weken op mijn pakket, schandalig!")
    summary = (await answers(desk, publication_id))["answerSummary"]
    assert (summary["answers"], summary["mentions"], summary["negative"]) == (3, 2, 1)
    assert {each["class"]: each["answers"] for each in summary["byClass"]} == {"OTHER": 2, "COMPLAINT": 1}

    later = LaterClock().now()
    context = msgspec.structs.replace(desk.context(system_actor("case")), at=later)
    await expire_mention(ExpireMention(idea), context, record=desk.record)
    found = await answers(desk, publication_id)
    assert ids.encode(IdType.MENTION, idea) not in [node["id"] for node in found["answers"]["nodes"]]
    assert len(found["answers"]["nodes"]) == 2
    assert found["answerSummary"]["answers"] == 3
    assert (await case_rebuild(desk.pool, desk.keys).run(swap=False)).differences == ()


async def test_s094_who_takes_an_answer_back_takes_the_words_back(desk: Desk) -> None:
    publication_id = await standing(desk, "What should we sell?", asksCommunity=True)
    idea = await commented(desk, publication_id, "Rode sokken")
    gone = RemoveContact(idea, SystemClock().now())
    await remove_contact(gone, desk.context(system_actor("case")), record=desk.record, directory=desk.directory)
    (node,) = (await answers(desk, publication_id))["answers"]["nodes"]
    assert (node["text"], node["textState"]) == (None, ContentState.REMOVED_BY_SENDER.value)


async def test_an_auditor_reads_what_we_said_and_not_what_others_did_without_a_purpose(desk: Desk) -> None:
    publication_id = await standing(desk, "What should we sell?", asksCommunity=True)
    await commented(desk, publication_id, "Paarse sokken")
    found = await answers(desk, publication_id, "AUDITOR:olga")
    assert [node["text"] for node in found["answers"]["nodes"]] == [None]
    (listed,) = (await desk.graphql(LIST, {}, "AUDITOR:olga"))["data"]["publications"]["nodes"]
    assert listed["text"] == "What should we sell?"
    refused = await desk.graphql(LIST, {}, "ADMIN:ada")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    hidden = await desk.graphql("query($id: ID!) { node(id: $id) { id } }", {"id": publication_id}, "ADMIN:ada")
    assert hidden["data"] == {"node": None}


async def test_s089_publications_are_listed_by_state_channel_and_what_they_ask_the_latest_first(desk: Desk) -> None:
    first = await drafted(desk, "One")
    second = await drafted(desk, "Two?", asksCommunity=True)
    third = await drafted(desk, "Three", accountId=account("shop", Channel.X))
    await asked(desk, "Decline", "LEAD:lena", publicationId=first["id"], reason="Not now")

    async def listed(**variables: object) -> list[str]:
        answer = await desk.graphql(LIST, variables)
        assert "errors" not in answer, answer
        return [node["id"] for node in answer["data"]["publications"]["nodes"]]

    assert await listed() == [third["id"], second["id"], first["id"]]
    assert await listed(where={"states": ["DECLINED"]}) == [first["id"]]
    assert await listed(where={"channel": "X"}) == [third["id"]]
    assert await listed(where={"asksCommunity": True}) == [second["id"]]
    assert await listed(where={"asksCommunity": False}) == [third["id"], first["id"]]
    assert await listed(where={"brandId": ids.encode(IdType.BRAND, "elsewhere")}) == []
    assert await listed(where={"brandId": "of nothing"}) == []
    answer = (await desk.graphql(LIST, {"first": 1}))["data"]["publications"]
    assert answer["pageInfo"]["hasNextPage"]
    assert await listed(after=answer["pageInfo"]["endCursor"]) == [second["id"], first["id"]]
    assert (await desk.graphql(LIST, {"after": "of nothing"}))["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    again = await desk.graphql(MUTATIONS["Decline"], {"input": {
        "publicationId": first["id"], "reason": "Never", "idempotencyKey": "again"}}, "LEAD:lena")  # fmt: skip
    assert [error["code"] for error in again["data"]["publicationDecline"]["errors"]] == ["NOT_AWAITING_APPROVAL"]


async def test_s089_s094_a_report_tells_what_was_said_beneath_what_we_said(desk: Desk) -> None:
    asking = await standing(desk, "What should we sell?", asksCommunity=True)
    for text in ("Paarse sokken", "You should add socks", "Slecht, ik wacht al weken op mijn pakket, schandalig!"):
        await commented(desk, asking, text)
    for author in ("AGENT:anna", "AGENT:dirk"):
        text = f"Open, says {author}."
        found = await drafted(desk, text, author)
        await asked(desk, "Approve", "LEAD:lena", publicationId=found["id"])
        await became(desk, found["id"], DeliveryStatus.ACCEPTED, external_id=text)
    now = SystemClock().now()
    rules = ReportRules(group_size_min=2)
    span = {"since": now - timedelta(hours=1), "until": now + timedelta(hours=1)}
    told, question = await report_rows(Database(desk.pool), ReportKind.PUBLICATIONS, rules, **span)
    assert (question["brand"], question["asks_community"], question["suppressed"]) == ("shop", True, True)
    assert question["answers"] is None, "one person wrote them all"
    assert (told["publications"], told["answered"], told["answers"], told["suppressed"]) == (2, 0, 0, False)
    assert told["first_answer_median_s"] is None
    (_, question) = await report_rows(Database(desk.pool), ReportKind.PUBLICATIONS, ReportRules(1), **span)
    counted = ("publications", "answered", "answers", "mentions", "complaints", "product_tips", "negative")
    assert [question[name] for name in counted] == [1, 1, 3, 2, 1, 1, 1]
    assert question["first_answer_median_s"] == 0
    span = {"since": now - timedelta(hours=2), "until": now - timedelta(hours=1)}
    assert await report_rows(Database(desk.pool), ReportKind.PUBLICATIONS, rules, **span) == []


async def test_s089_what_waits_for_another_person_is_among_their_approvals(desk: Desk) -> None:
    first, second = await drafted(desk, "One"), await drafted(desk, "Two")
    for token in ("LEAD:lena", "AGENT:bram", "AUDITOR:olga"):
        found = (await desk.graphql(APPROVALS, {"first": 1}, token))["data"]["approvals"]
        assert found["totalCount"] == 2
        assert [node["id"] for node in found["nodes"]] == [first["id"]]
        assert found["nodes"][0]["requestedBy"]["displayName"] == "Anna"
        assert (found["nodes"][0]["text"], found["nodes"][0]["case"]) == ("One", None)
        rest = await desk.graphql(APPROVALS, {"first": 1, "after": found["pageInfo"]["endCursor"]}, token)
        assert [node["id"] for node in rest["data"]["approvals"]["nodes"]] == [second["id"]]
    assert (await desk.graphql(APPROVALS, {}, "AGENT:anna"))["errors"][0]["extensions"]["code"] == "FORBIDDEN"
    await asked(desk, "Decline", "AGENT:bram", publicationId=first["id"], reason="Not now")
    assert (await desk.graphql(APPROVALS, {}, "LEAD:lena"))["data"]["approvals"]["totalCount"] == 1


async def test_s089_whoever_leads_hears_of_what_waits_and_that_it_does_not_any_more(desk: Desk) -> None:
    document = "subscription { viewerEvents { __typename ... on ViewerChanged { type approval { id __typename } } } }"
    async with connected(desk, "LEAD:lena") as lena, connected(desk, "LEAD:bram") as bram:
        for client in (lena, bram):
            await client.subscribe(document)
            await client.item()
        for name, more in (("Approve", {}), ("Decline", {"reason": "Not now"}), ("Cancel", {})):
            own = await drafted(desk, f"By Bram, then {name}", "AGENT:bram")
            token = "AGENT:bram" if name == "Cancel" else "LEAD:lena"
            assert (await asked(desk, name, token, publicationId=own["id"], **more))["errors"] == []
            about = {"id": own["id"], "__typename": "Publication"}
            for news in ("approval.asked", "approval.decided"):
                changed = await lena.change()
                assert (changed["type"], changed["approval"]) == (news, about)
        anna = await drafted(desk, "By Anna")
        assert (await bram.change())["approval"]["id"] == anna["id"], "nobody is asked about their own"
