"""What a contact has beside its text, on a real Postgres: who sees it, and what becomes of it with the text."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.content import ContactContent, EditContent, HandleContent, RatingContent, ReachContent, TextSpan
from contracts.stored import Committed
from contracts.vocabulary import (
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    SpanKind,
    Visibility,
    system_actor,
)
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.edit_contact import EditContact, edit_contact
from services.case.commands.erase_case_content import EraseCaseContent, erase_case_content
from services.case.commands.expire_case_content import ExpireCaseContent, expire_case_content
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.graphql import ids
from services.case.graphql.ids import IdType
from tests.integration.graphql_stand import Desk, own_desk
from tests.support.one_service import until

CONTENT = """query($id: ID!) { node(id: $id) { ... on Contact { text textState html visibleText url
  rating { value min max } reach { followers views shares likes measuredAt } } } }"""
REDACT = """mutation($input: TimelineEntryRedactInput!) { timelineEntryRedact(input: $input) { errors { code } } }"""
TEXT = "Late again!\n> We sent it.\n"
NOTHING = {"html": None, "visibleText": None, "url": None, "rating": None, "reach": None}


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


async def came(desk: Desk, **more: Any) -> Committed:
    """A mail of a new customer."""
    desk.customers += 1
    now, new = SystemClock().now(), SystemIds().new
    command = AttachContact(
        contact_id=new(),
        channel=Channel.EMAIL,
        account="care@shop.example",
        kind=ContactKind.MESSAGE,
        direction=Direction.INBOUND,
        visibility=Visibility.PRIVATE,
        assurance=HandleAssurance.PLATFORM,
        occurred_at=now,
        received_at=now,
        new_case_id=new(),
        new_customer_id=new(),
        content=ContactContent((HandleContent(HandleKind.EMAIL, f"sam{desk.customers}@home.example"),), **more),
    )
    context = desk.context(system_actor("channels"))
    return await attach_contact(command, context, record=desk.record, directory=desk.directory, policy=desk.policy)


async def came_rich(desk: Desk) -> Committed:
    return await came(
        desk,
        text=TEXT,
        html="<p>Late again!</p>",
        spans=(TextSpan(SpanKind.QUOTE, 12, len(TEXT)),),
        url="https://reviews.example/1",
        rating=RatingContent(2, 1, 5),
        reach=ReachContent(SystemClock().now(), followers=97, likes=3),
    )


def id_of(done: Committed) -> str:
    return ids.encode(IdType.CONTACT, UUID(done.outcome["contact_id"]))


async def shown(desk: Desk, done: Committed, token: str = "AGENT:anna", **headers: str) -> dict[str, Any]:
    answer = await desk.graphql(CONTENT, {"id": id_of(done)}, token, **headers)
    assert "errors" not in answer, answer
    found: dict[str, Any] = answer["data"]["node"]
    return found


async def rows(desk: Desk, done: Committed) -> int:
    sql = "SELECT count(*) FROM contact_contents WHERE case_id = $1"
    count: int = await desk.pool.fetchval(sql, UUID(done.outcome["case_id"]))
    return count


async def test_a_contact_is_shown_with_all_it_came_with(desk: Desk) -> None:
    contact = await shown(desk, await came_rich(desk))
    assert (contact["html"], contact["visibleText"]) == ("<p>Late again!</p>", "Late again!")
    assert contact["url"] == "https://reviews.example/1"
    assert contact["rating"] == {"value": 2.0, "min": 1.0, "max": 5.0}
    reach = contact["reach"]
    assert reach.pop("measuredAt").endswith("Z")
    assert reach == {"followers": 97, "views": None, "shares": None, "likes": 3}


async def test_a_contact_of_mere_words_is_visible_whole_and_takes_no_room(desk: Desk) -> None:
    done = await came(desk, text="Where is it?")
    assert await shown(desk, done) == {
        **NOTHING,
        "text": "Where is it?",
        "textState": "PRESENT",
        "visibleText": "Where is it?",
    }
    assert await rows(desk, done) == 0


async def test_an_auditor_sees_nothing_of_it_without_a_purpose(desk: Desk) -> None:
    done = await came_rich(desk)
    assert await shown(desk, done, "AUDITOR:olga") == {**NOTHING, "text": None, "textState": "NOT_PERMITTED"}
    opened = await shown(desk, done, "AUDITOR:olga", **{"Eender-Purpose": "audit"})
    assert (opened["visibleText"], opened["rating"]["value"]) == ("Late again!", 2.0)


async def test_reading_it_is_on_record(desk: Desk) -> None:
    done = await came_rich(desk)
    await shown(desk, done, "AGENT:bram")
    sql = "SELECT count(*) > 0 FROM access.seen WHERE case_id = $1 AND actor_ref = 'bram'"
    await until(lambda: desk.pool.fetchval(sql, UUID(done.outcome["case_id"])))


async def test_an_edit_takes_the_markup_and_the_old_words_along(desk: Desk) -> None:
    done = await came_rich(desk)
    command = EditContact(UUID(done.outcome["contact_id"]), SystemClock().now(), EditContent("Never mind."))
    await edit_contact(command, desk.context(system_actor("channels")), record=desk.record, directory=desk.directory)
    contact = await shown(desk, done)
    assert (contact["html"], contact["visibleText"], contact["rating"]["value"]) == (None, "Never mind.", 2.0)


async def test_what_is_taken_back_redacted_expired_or_erased_is_gone_whole(desk: Desk) -> None:
    context, now = desk.context(system_actor("case")), SystemClock().now()
    removed, redacted, expired, erased = [await came_rich(desk) for _ in range(4)]
    await remove_contact(
        RemoveContact(UUID(removed.outcome["contact_id"]), now), context, record=desk.record, directory=desk.directory
    )
    asked = {"entryId": id_of(redacted), "reason": "a card number", "idempotencyKey": str(SystemIds().new())}
    await desk.graphql(REDACT, {"input": asked}, "PRIVACY:pia")
    case_id = UUID(erased.outcome["case_id"])
    again = desk.context(system_actor("case"))
    await erase_case_content(EraseCaseContent(case_id, SystemIds().new()), again, record=desk.record)
    case_id = UUID(expired.outcome["case_id"])
    await desk.do("CaseResolve", caseId=ids.encode(IdType.CASE, case_id), outcome="SOLVED")
    command = ExpireCaseContent(case_id, SystemClock().now() + timedelta(days=1))
    await expire_case_content(command, desk.context(system_actor("case")), record=desk.record)
    gone = {"REMOVED_BY_SENDER": removed, "REDACTED": redacted, "ERASED": erased, "EXPIRED": expired}
    for state, done in gone.items():
        assert await shown(desk, done) == {**NOTHING, "text": None, "textState": state}
        assert await rows(desk, done) == 0
