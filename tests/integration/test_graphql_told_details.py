"""What texts tell and what is missing, over GraphQL on a real Postgres: who sees it, and what becomes of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from contracts.content import HandleContent, TextSpan
from contracts.vocabulary import Channel, HandleKind, SpanKind, system_actor
from infra.clock import SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.erase_case_content import EraseCaseContent, erase_case_content
from services.case.graphql.ids import IdType, encode
from services.case.workers.rebuilding import case_rebuild
from tests.integration.graphql_stand import Desk, euros
from tests.integration.playbooks_stand import (
    ADVICE,
    GIVE,
    IN_PRIVATE,
    LATE,
    ORDER,
    REDACT,
    advised_desk,
    asked,
    case_of,
    said,
)


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with advised_desk(postgres_server) as running:
        yield running


async def missing(desk: Desk, case_id: str) -> Any:
    return (await case_of(desk, ADVICE, case_id))["missing"]


async def test_s090_what_a_contact_tells_is_recognised_in_text_subject_and_fields(desk: Desk) -> None:
    case_id, _, _ = await said(
        desk,
        "Mail me at Sam@home.example, 1234AB.",
        channel=Channel.FORM,
        subject="About nl-2026-001234",
        fields={"phone": "06 12345678", "gift": True},
    )
    (contact,) = (await case_of(desk, ADVICE, case_id))["contacts"]["nodes"]
    assert contact["recognised"] == [
        ORDER,
        {"kind": "PHONE", "value": "+31612345678"},
        {"kind": "EMAIL", "value": "sam@home.example"},
        {"kind": "POSTCODE", "value": "1234 AB"},
    ]
    assert contact["fields"] == [{"name": "phone", "value": "06 12345678"}, {"name": "gift", "value": "yes"}]


async def test_s090_what_is_needed_is_missing_until_somebody_tells_it(desk: Desk) -> None:
    case_id, author, _ = await said(desk, LATE)
    assert await missing(desk, case_id) == ["ORDER", "EMAIL"]
    await said(desk, "It is NL-2026-001234", by=author)
    assert await missing(desk, case_id) == ["EMAIL"]
    await desk.do("CaseNoteAdd", caseId=case_id, text="She says: sam@home.example")
    assert await missing(desk, case_id) == []


async def test_s090_nobody_asks_for_what_the_form_or_the_customers_addresses_tell(desk: Desk) -> None:
    mail = HandleContent(HandleKind.EMAIL, "sam.by.form@home.example")
    case_id, _, _ = await said(desk, LATE, by=mail, channel=Channel.FORM, fields={"order": "NL-2026-004321"})
    advice = await case_of(desk, ADVICE, case_id)
    assert ([each["situation"] for each in advice["playbooks"]], advice["missing"]) == ([IN_PRIVATE], [])


async def test_s090_our_own_example_that_a_customer_only_quotes_is_no_order_of_theirs(desk: Desk) -> None:
    case_id, author, _ = await said(desk, LATE)
    own, quoted = "Which number do you mean?\n", "> It looks like NL-2026-000000.\n"
    await said(desk, own + quoted, by=author, spans=(TextSpan(SpanKind.QUOTE, len(own), len(own + quoted)),))
    advice = await case_of(desk, ADVICE, case_id)
    assert ([each["recognised"] for each in advice["contacts"]["nodes"]], advice["missing"]) == (
        [[], []],
        ["ORDER", "EMAIL"],
    )


async def test_s090_an_address_of_another_record_of_the_same_person_counts_while_both_are_one(desk: Desk) -> None:
    case_id, _, done = await said(desk, f"{LATE} NL-2026-001234")
    mail = HandleContent(HandleKind.EMAIL, "one.and.the.same@home.example")
    _, _, other = await said(desk, "Hello", by=mail, channel=Channel.EMAIL)
    assert await missing(desk, case_id) == ["EMAIL"]
    ids = [encode(IdType.CUSTOMER, UUID(each.outcome["customer_id"])) for each in (done, other)]
    for source, target in (ids, ids[::-1]):
        merged = await desk.do("Merge", "LEAD:lena", sourceId=source, targetId=target, reason="the same person")
        assert await missing(desk, case_id) == []
        await desk.do("Unmerge", "LEAD:lena", mergeId=merged["merge"]["id"], reason="two after all")
        assert await missing(desk, case_id) == ["EMAIL"]


async def test_s090_an_order_that_a_gesture_names_is_known(desk: Desk) -> None:
    case_id, _, _ = await said(desk, LATE)
    order = {"kind": "ORDER", "value": "by hand"}
    give = {"kind": "REFUND", "reason": "goodwill", "reference": order, "amount": euros("5.00")}
    await asked(desk, GIVE, "AGENT:anna", caseId=case_id, **give)
    assert await missing(desk, case_id) == ["EMAIL"]


async def test_s090_whoever_may_not_open_words_sees_nothing_of_what_they_tell(desk: Desk) -> None:
    case_id, _, _ = await said(desk, f"{LATE} It is NL-2026-001234", fields={"a": "b"})
    closed = await case_of(desk, ADVICE, case_id, "AUDITOR:olga")
    assert closed["missing"] is None
    (contact,) = closed["contacts"]["nodes"]
    assert (contact["recognised"], contact["fields"], contact["text"]) == (None, None, None)
    assert (contact["class"], closed["playbooks"]) == ("COMPLAINT", [{"situation": IN_PRIVATE}])
    opened = await case_of(desk, ADVICE, case_id, "AUDITOR:olga", **{"Eender-Purpose": "audit"})
    assert opened["missing"] == ["EMAIL"]
    assert opened["contacts"]["nodes"][0]["recognised"] == [ORDER]


async def test_s090_what_was_redacted_tells_nothing_and_is_missing_again(desk: Desk) -> None:
    case_id, _, done = await said(desk, f"{LATE} It is NL-2026-001234", fields={"order": "NL-2026-001234"})
    contact_id = encode(IdType.CONTACT, UUID(done.outcome["contact_id"]))
    await asked(desk, REDACT, "PRIVACY:pam", entryId=contact_id, reason="told by mistake")
    advice = await case_of(desk, ADVICE, case_id)
    (contact,) = advice["contacts"]["nodes"]
    assert (contact["recognised"], contact["fields"]) == (None, [])
    assert (contact["class"], advice["missing"]) == ("COMPLAINT", ["ORDER", "EMAIL"])


async def test_s090_fields_go_with_the_words_and_a_rebuild_makes_the_same(desk: Desk) -> None:
    gone, _, done = await said(desk, LATE, fields={"order": "NL-2026-001234"})
    kept, _, _ = await said(desk, LATE, fields={"order": "NL-2026-001234", "pieces": 3.0, "none": None})
    command = EraseCaseContent(UUID(done.outcome["case_id"]), SystemIds().new())
    await erase_case_content(command, desk.context(system_actor("case")), record=desk.record)
    before = await case_of(desk, ADVICE, kept)
    assert before["contacts"]["nodes"][0]["fields"][1] == {"name": "pieces", "value": "3"}
    assert (await case_rebuild(desk.pool, desk.keys).run(swap=True)).differences == ()
    assert await case_of(desk, ADVICE, kept) == before
    (contact,) = (await case_of(desk, ADVICE, gone))["contacts"]["nodes"]
    assert (contact["fields"], contact["recognised"]) == ([], None)


async def test_s090_a_list_looks_up_what_was_told_in_one_statement_for_all(desk: Desk) -> None:
    for _ in range(3):
        await said(desk, LATE)
    before = desk.statements["told_in_cases"], desk.statements["situations_of_cases"]
    answer = await desk.graphql("{ cases(first: 50) { nodes { missing a: missing playbooks { needs } } } }")
    assert len(answer["data"]["cases"]["nodes"]) >= 3
    after = desk.statements["told_in_cases"], desk.statements["situations_of_cases"]
    assert after == (before[0] + 1, before[1] + 1)
