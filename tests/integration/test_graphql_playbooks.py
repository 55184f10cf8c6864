"""What the house wants in a case, what its texts tell and what is missing, over GraphQL on a real Postgres."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from contracts.configuration import parse_configuration
from contracts.content import ContactContent, HandleContent
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
from services.case.domain.policy import CasePolicy
from services.case.graphql.ids import IdType, encode
from services.case.workers.rebuilding import case_rebuild
from tests.integration.graphql_stand import Desk, euros, own_desk

CONFIGURATION = """
[[brands]]
ref = "shop"
name = "The Shop"
[guards]
order_numbers = ["NL-####-######"]
[[playbooks]]
situation = "Everybody reads a complaint"
found = ["complaint"]
visibility = "public"
answer = "Thank them, and ask for a message."
tone = "Calm, no jokes."
[[playbooks]]
situation = "A complaint in private"
brand = "shop"
channels = ["instagram", "form"]
found = ["complaint"]
visibility = "private"
answer = "What happened, and by when it is right."
action = "Look the order up."
needs = ["order", "email"]
[[playbooks]]
situation = "A regular"
tags = ["vip"]
tone = "By their first name."
[[playbooks]]
situation = "It is urgent"
priorities = ["urgent"]
action = "Call."
needs = ["phone"]
[[playbooks]]
situation = "Many have it"
incident = true
causes = ["carrier-late"]
answer = "As was approved."
"""
BOOK = "situation answer tone action template needs"
BY_PLAN = f"query($id: ID!) {{ case(by: {{ id: $id }}) {{ playbooks {{ {BOOK} }} }} }}"
BY_STRAWBERRY = f"query($id: ID!) {{ case(by: {{ id: $id }}) {{ playbooks {{ {BOOK} }} missing }} }}"
ADVICE = """query($id: ID!) { case(by: { id: $id }) { playbooks { situation } missing
  contacts(first: 20) { nodes { id text class fields { name value } recognised { kind value } } } } }"""
REDACT = "mutation($input: TimelineEntryRedactInput!) { timelineEntryRedact(input: $input) { errors { code } } }"
OPEN = "mutation($input: IncidentOpenInput!) { incidentOpen(input: $input) { incident { id } errors { code } } }"
LINK = "mutation($input: IncidentLinkInput!) { incidentLink(input: $input) { errors { code } } }"
CLOSE = "mutation($input: IncidentCloseInput!) { incidentClose(input: $input) { errors { code } } }"
LATE = "My parcel is late again, so disappointed!"
GIVE = "mutation($input: GestureGiveInput!) { gestureGive(input: $input) { errors { code } } }"
TAG = "mutation($input: CaseTagsSetInput!) { caseTagsSet(input: $input) { errors { code } } }"
HASTEN = "mutation($input: CasePrioritySetInput!) { casePrioritySet(input: $input) { errors { code } } }"
ORDER = {"kind": "ORDER", "value": "NL-2026-001234"}
IN_PUBLIC, IN_PRIVATE = "Everybody reads a complaint", "A complaint in private"


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    policy = CasePolicy.of(parse_configuration(CONFIGURATION, {}, lambda path: path))
    async with own_desk(postgres_server, policy=policy) as running:
        yield running


async def said(
    desk: Desk,
    text: str | None,
    *,
    by: HandleContent | None = None,
    channel: Channel = Channel.INSTAGRAM,
    visibility: Visibility = Visibility.PRIVATE,
    **more: Any,
) -> tuple[str, HandleContent, Committed]:
    """Something that somebody says to us: the case it is in, and who it was."""
    desk.customers += 1
    by = by or HandleContent(HandleKind.INSTAGRAM, str(desk.customers))
    now, new = SystemClock().now(), SystemIds().new
    command = AttachContact(
        contact_id=new(),
        channel=channel,
        account="shop-1",
        kind=ContactKind.COMMENT if visibility is Visibility.PUBLIC else ContactKind.MESSAGE,
        direction=Direction.INBOUND,
        visibility=visibility,
        assurance=HandleAssurance.PLATFORM,
        occurred_at=now,
        received_at=now,
        new_case_id=new(),
        new_customer_id=new(),
        brand="shop",
        content=ContactContent((by,), text=text, **more),
    )
    how = desk.context(system_actor("channels"))
    done = await attach_contact(command, how, record=desk.record, directory=desk.directory, policy=desk.policy)
    return encode(IdType.CASE, UUID(done.outcome["case_id"])), by, done


async def asked(desk: Desk, document: str, token: str, **fields: Any) -> dict[str, Any]:
    fields.setdefault("idempotencyKey", str(SystemIds().new()))
    answer = await desk.graphql(document, {"input": fields}, token)
    assert "errors" not in answer, answer
    payload: dict[str, Any] = next(iter(answer["data"].values()))
    assert payload["errors"] == []
    return payload


async def case_of(desk: Desk, document: str, case_id: str, token: str = "AGENT:anna", **headers: str) -> Any:
    answer = await desk.graphql(document, {"id": case_id}, token, **headers)
    assert "errors" not in answer, answer
    return answer["data"]["case"]


async def playbooks(desk: Desk, case_id: str, token: str = "AGENT:anna") -> list[dict[str, Any]]:
    """As both executors say, which is the same; a plan needs no statement of its own for them."""
    asked = desk.statements["situations_of_cases"]
    before = desk.statements.total()
    planned = (await case_of(desk, BY_PLAN, case_id, token))["playbooks"]
    assert (desk.statements["situations_of_cases"], desk.statements.total()) == (asked, before + 1), "one statement"
    assert planned == (await case_of(desk, BY_STRAWBERRY, case_id, token))["playbooks"]
    assert desk.statements["situations_of_cases"] == asked + 1
    found: list[dict[str, Any]] = planned
    return found


async def situations(desk: Desk, case_id: str) -> list[str]:
    return [each["situation"] for each in await playbooks(desk, case_id)]


async def missing(desk: Desk, case_id: str) -> Any:
    return (await case_of(desk, ADVICE, case_id))["missing"]


async def test_s080_a_playbook_says_how_a_situation_is_answered_in_which_tone_and_what_is_done(desk: Desk) -> None:
    case_id, _, _ = await said(desk, LATE)
    assert await playbooks(desk, case_id) == [
        {
            "situation": IN_PRIVATE,
            "answer": "What happened, and by when it is right.",
            "tone": None,
            "action": "Look the order up.",
            "template": None,
            "needs": ["ORDER", "EMAIL"],
        }
    ]
    question, _, _ = await said(desk, "When do you open?")
    assert await playbooks(desk, question) == []


async def test_s080_what_fits_follows_the_case_as_it_goes(desk: Desk) -> None:
    case_id, author, _ = await said(desk, LATE, visibility=Visibility.PUBLIC)
    assert await situations(desk, case_id) == [IN_PUBLIC]
    again, _, _ = await said(desk, "I sent you a message.", by=author)
    assert again == case_id
    assert await situations(desk, case_id) == [IN_PRIVATE], "it goes on in private, and is a complaint still"
    await asked(desk, TAG, "AGENT:anna", caseId=case_id, add=["vip"])
    await asked(desk, HASTEN, "AGENT:anna", caseId=case_id, priority="URGENT", reason="stranded")
    assert await situations(desk, case_id) == [IN_PRIVATE, "A regular", "It is urgent"]


async def test_s080_cases_of_an_open_incident_have_its_playbook_until_it_is_over(desk: Desk) -> None:
    case_id, _, _ = await said(desk, "Where is it?")
    opened = await asked(desk, OPEN, "LEAD:lena", title="Strike", cause="carrier-late")
    incident_id = opened["incident"]["id"]
    await asked(desk, LINK, "LEAD:lena", incidentId=incident_id, caseIds=[case_id])
    assert await situations(desk, case_id) == ["Many have it"]
    await asked(desk, CLOSE, "LEAD:lena", incidentId=incident_id)
    assert await situations(desk, case_id) == []


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


@pytest.mark.parametrize("token", ["PRIVACY:pam", "ADMIN:ada", "INTEGRATION:shop"])
async def test_s080_who_works_on_no_cases_sees_no_playbooks(desk: Desk, token: str) -> None:
    case_id, _, _ = await said(desk, LATE)
    answer = await desk.graphql(ADVICE, {"id": case_id}, token)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


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
