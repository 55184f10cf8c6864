"""How customers say we did, on a real Postgres: by both executors, through merges, forgetting and a rebuild."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count
from typing import Any
from uuid import UUID

import pytest

from contracts.content import ContactContent, HandleContent, RatingContent
from contracts.stored import Committed
from contracts.vocabulary import (
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Visibility,
    system_actor,
)
from infra.clock import SystemClock, SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.erase_case_content import EraseCaseContent, erase_case_content
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.graphql.ids import IdType, encode
from services.case.workers.rebuilding import case_rebuild
from tests.integration.graphql_stand import Desk, own_desk

SATISFACTION = "satisfaction { metric score responses min max latestAt }"
BY_PLAN = f"query($id: ID!) {{ customer(by: {{ id: $id }}) {{ {SATISFACTION} }} }}"
BY_STRAWBERRY = f"query($id: ID!) {{ customer(by: {{ id: $id }}) {{ {SATISFACTION} externalIds {{ system }} }} }}"
"""The second field is not in the type map."""
ANSWERS = """query($id: ID!, $kinds: [TimelineKind!]) { customer(by: { id: $id }) {
  timeline(where: { kinds: $kinds }, first: 20) { nodes { __typename id ... on Contact { channel } } } } }"""
RATINGS = """query($id: ID!, $kinds: [TimelineKind!]) { customer(by: { id: $id }) {
  timeline(where: { kinds: $kinds }, last: 20) { nodes { ... on Contact { rating { value min max } } } } } }"""
REDACT = """mutation($input: TimelineEntryRedactInput!) { timelineEntryRedact(input: $input) { errors { code } } }"""
_numbers = count(1)


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with own_desk(postgres_server) as running:
        yield running


def new_address() -> HandleContent:
    return HandleContent(HandleKind.EMAIL, f"sam{next(_numbers)}@home.example")


async def came(
    desk: Desk, address: HandleContent, *, text: str = "Where is it?", channel: Channel = Channel.EMAIL, **more: Any
) -> Committed:
    """A contact from this address."""
    now, new = SystemClock().now(), SystemIds().new
    command = AttachContact(
        contact_id=new(),
        channel=channel,
        account="care@shop.example",
        kind=ContactKind.REVIEW if channel is Channel.TRUSTPILOT else ContactKind.MESSAGE,
        direction=Direction.INBOUND,
        visibility=Visibility.PUBLIC if channel is Channel.TRUSTPILOT else Visibility.PRIVATE,
        assurance=HandleAssurance.PLATFORM,
        occurred_at=now,
        received_at=now,
        new_case_id=new(),
        new_customer_id=new(),
        content=ContactContent((address,), text=text, **more),
    )
    context = desk.context(system_actor("channels"))
    return await attach_contact(command, context, record=desk.record, directory=desk.directory, policy=desk.policy)


def customer_of(done: Committed) -> str:
    return encode(IdType.CUSTOMER, UUID(done.outcome["customer_id"]))


def contact_of(done: Committed) -> str:
    return encode(IdType.CONTACT, UUID(done.outcome["contact_id"]))


async def data(desk: Desk, document: str, token: str = "AGENT:anna", **variables: Any) -> Any:
    answer = await desk.graphql(document, variables, token)
    assert "errors" not in answer, answer
    return answer["data"]["customer"]


async def satisfaction(
    desk: Desk, customer_id: str, token: str = "AGENT:anna", *, of_several: bool = False
) -> dict[str, Any] | None:
    """As both executors say, which is the same. `of_several`: no plan does, for each of them is put on record."""
    asked = desk.statements["satisfaction_of_customers"] + of_several
    planned = (await data(desk, BY_PLAN, token, id=customer_id))["satisfaction"]
    assert desk.statements["satisfaction_of_customers"] == asked, "a plan answers, unless several are shown as one"
    assert planned == (await data(desk, BY_STRAWBERRY, token, id=customer_id))["satisfaction"]
    found: dict[str, Any] | None = planned
    return found


async def score(desk: Desk, customer_id: str, *, of_several: bool = False) -> tuple[str, float, int] | None:
    found = await satisfaction(desk, customer_id, of_several=of_several)
    return None if found is None else (found["metric"], found["score"], found["responses"])


async def test_s012_a_customers_satisfaction_is_the_mean_of_the_answers_to_the_latest_metric(desk: Desk) -> None:
    address = new_address()
    customer_id = customer_of(await came(desk, address))
    assert await satisfaction(desk, customer_id) is None, "nobody asked yet"
    await came(desk, address, fields={"nps": 9})
    for stars in (5, 4, 4):
        await came(desk, address, rating=RatingContent(stars, 1, 5), channel=Channel.TRUSTPILOT)
    found = await satisfaction(desk, customer_id)
    assert found is not None
    assert found.pop("latestAt").endswith("Z")
    assert found == {"metric": "CSAT_5", "score": 4.33, "responses": 3, "min": 1.0, "max": 5.0}
    await came(desk, address, fields={"nps": "6"})
    assert await score(desk, customer_id) == ("NPS", 7.5, 2)


async def test_s016_whoever_may_not_open_words_sees_no_satisfaction(desk: Desk) -> None:
    customer_id = customer_of(await came(desk, new_address(), rating=RatingContent(2, 1, 5)))
    assert await satisfaction(desk, customer_id, "AUDITOR:olga") is None
    assert await score(desk, customer_id) == ("CSAT_5", 2.0, 1)


async def test_s092_a_timeline_shows_the_answers_alone_whether_asked_for_or_not(desk: Desk) -> None:
    address = new_address()
    customer_id = customer_of(await came(desk, address))
    form = await came(desk, address, channel=Channel.FORM, fields={"rating": "2"})
    review = await came(desk, address, channel=Channel.TRUSTPILOT, rating=RatingContent(4, 1, 5))
    await came(desk, address, rating=RatingContent(3, 1, 7))

    shown = (await data(desk, ANSWERS, id=customer_id, kinds=["SURVEY_ANSWER"]))["timeline"]["nodes"]
    assert shown == [
        {"__typename": "Contact", "id": contact_of(review), "channel": "TRUSTPILOT"},
        {"__typename": "Contact", "id": contact_of(form), "channel": "FORM"},
    ]
    rated = (await data(desk, RATINGS, id=customer_id, kinds=["SURVEY_ANSWER"]))["timeline"]["nodes"]
    assert [each["rating"]["value"] for each in rated] == [2.0, 4.0] or [each["rating"]["value"] for each in rated] == [
        4.0,
        2.0,
    ]
    both = (await data(desk, ANSWERS, id=customer_id, kinds=["SURVEY_ANSWER", "CONTACT"]))["timeline"]["nodes"]
    assert len(both) == 4, "an entry stands there once"
    assert (await data(desk, ANSWERS, id=customer_id, kinds=[]))["timeline"]["nodes"] == []


async def test_answers_are_shown_as_the_whole_customers_while_two_are_merged(desk: Desk) -> None:
    one, two = new_address(), new_address()
    source = customer_of(await came(desk, one, rating=RatingContent(1, 1, 5)))
    target = customer_of(await came(desk, two, rating=RatingContent(4, 1, 5)))
    merged = await desk.do("Merge", "LEAD:lena", sourceId=source, targetId=target, reason="the same person")
    assert merged["errors"] == []
    assert await score(desk, target, of_several=True) == ("CSAT_5", 2.5, 2)
    assert await score(desk, source) == ("CSAT_5", 1.0, 1), "asked for as itself"
    await came(desk, one, rating=RatingContent(5, 1, 5))
    assert await score(desk, target, of_several=True) == ("CSAT_5", 3.33, 3)
    shown = (await data(desk, ANSWERS, id=target, kinds=["SURVEY_ANSWER"]))["timeline"]["nodes"]
    assert len(shown) == 3
    parted = await desk.do("Unmerge", "LEAD:lena", mergeId=merged["merge"]["id"], reason="two after all")
    assert parted["errors"] == []
    assert await score(desk, target) == ("CSAT_5", 4.0, 1)
    assert await score(desk, source) == ("CSAT_5", 3.0, 2)


async def test_an_answer_goes_with_the_words_and_a_rebuild_makes_the_same(desk: Desk) -> None:
    removed, redacted, erased, kept = [
        await came(desk, new_address(), rating=RatingContent(2, 1, 5), channel=Channel.TRUSTPILOT) for _ in range(4)
    ]
    context = desk.context(system_actor("channels"))
    command = RemoveContact(UUID(removed.outcome["contact_id"]), SystemClock().now())
    await remove_contact(command, context, record=desk.record, directory=desk.directory)
    asked = {"entryId": contact_of(redacted), "reason": "a card number", "idempotencyKey": str(SystemIds().new())}
    await desk.graphql(REDACT, {"input": asked}, "PRIVACY:pia")
    case_id = UUID(erased.outcome["case_id"])
    again = desk.context(system_actor("case"))
    await erase_case_content(EraseCaseContent(case_id, SystemIds().new()), again, record=desk.record)
    for done in (removed, redacted, erased):
        assert await satisfaction(desk, customer_of(done)) is None
    before = await satisfaction(desk, customer_of(kept))
    assert before is not None
    assert (await case_rebuild(desk.pool, desk.keys).run(swap=True)).differences == ()
    assert await satisfaction(desk, customer_of(kept)) == before


async def test_praise_in_a_review_counts_although_it_asks_nothing_and_once_where_it_is_taken_up(desk: Desk) -> None:
    address, said = new_address(), "Bedankt, top geregeld!"
    praise = await came(desk, address, text=said, channel=Channel.TRUSTPILOT, rating=RatingContent(5, 1, 5))
    mention_id = praise.outcome.get("mention_id")
    assert mention_id is not None, praise.outcome
    counted = "SELECT count(*), count(customer_id) FROM survey_answers WHERE entry_id = $1"
    assert [tuple(row) for row in await desk.pool.fetch(counted, UUID(mention_id))] == [(1, 0)]
    taken = {
        "mentionId": encode(IdType.MENTION, UUID(mention_id)),
        "reason": "thank them",
        "idempotencyKey": str(SystemIds().new()),
    }
    promote = "mutation($input: MentionPromoteInput!) { mentionPromote(input: $input) { errors { code } } }"
    answer = await desk.graphql(promote, {"input": taken})
    assert answer["data"]["mentionPromote"]["errors"] == []
    assert [tuple(row) for row in await desk.pool.fetch(counted, UUID(mention_id))] == [(1, 1)]
