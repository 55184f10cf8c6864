"""Guard rails through the API on a real Postgres: what is warned of, held for somebody else, or never said."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from msgspec.structs import replace

from contracts.vocabulary import Visibility, system_actor
from infra.clock import SystemIds
from infra.embedded.postgres import EmbeddedPostgres
from services.case.commands.expire_reply import ExpireReply, expire_reply
from tests.integration.graphql_stand import Desk
from tests.integration.guards_stand import (
    APPROVALS,
    DECIDE,
    LINE,
    REPLY,
    SETTLE,
    approvals,
    asked,
    complaint,
    guarded_desk,
    history,
    said,
)


@pytest.fixture(scope="module")
async def desk(postgres_server: EmbeddedPostgres) -> AsyncIterator[Desk]:
    async with guarded_desk(postgres_server) as running:
        yield running


async def test_s067_personal_data_in_public_is_blocked_and_that_is_on_record_without_the_words(desk: Desk) -> None:
    case_id, _ = await complaint(desk)
    text = "We call you at 06-12345678, Visser"
    refused = await asked(desk, REPLY, "AGENT:bram", caseId=case_id, text=text, visibility="PUBLIC")
    (error,) = refused["errors"]
    assert (error["__typename"], error["code"], error["path"]) == ("GuardRefusal", "PUBLIC_PERSONAL_DATA", ["text"])
    assert (error["rule"], error["verdict"], error["confirmToken"]) == ("public-personal-data", "BLOCK", None)
    assert refused["contact"] is None
    (fact,) = [each for each in await history(desk, case_id) if each["type"] == "case.reply-guarded.v1"]
    assert [each["rule"] for each in fact["data"]["findings"]] == ["public-personal-data"]
    assert "12345678" not in str(fact)
    assert "Visser" not in str(fact)


async def test_a_warning_is_answered_by_its_token_and_the_same_expected_version(desk: Desk) -> None:
    case_id, _ = await complaint(desk)
    version = len(await history(desk, case_id))
    said_so = {"caseId": case_id, "text": "That is your own fault.", "visibility": "PUBLIC", "expectedVersion": version}
    key = str(SystemIds().new())
    warned = await asked(desk, REPLY, "AGENT:bram", **said_so, idempotencyKey=key)
    (error,) = warned["errors"]
    assert (error["code"], error["rule"], error["verdict"]) == ("GUARD_WARNING", "tone-blame", "WARN")
    forged = await asked(desk, REPLY, "AGENT:bram", **said_so, confirmToken="A" * 54)
    assert [each["code"] for each in forged["errors"]] == ["GUARD_WARNING"]
    other = {**said_so, "text": "That is your own fault!"}
    moved = await asked(desk, REPLY, "AGENT:bram", **other, confirmToken=error["confirmToken"])
    assert [each["code"] for each in moved["errors"]] == ["GUARD_WARNING"]
    done = await asked(desk, REPLY, "AGENT:bram", **said_so, idempotencyKey=key, confirmToken=error["confirmToken"])
    assert (done["errors"], done["contact"]["deliveryStatus"]) == ([], "REQUESTED")
    (fact,) = [each for each in await history(desk, case_id) if each["type"] == "case.warnings-confirmed.v1"]
    assert fact["data"]["rules"] == ["tone-blame"]


async def test_s081_s075_who_may_not_speak_in_public_is_read_by_somebody_who_may(desk: Desk) -> None:
    case_id, _ = await complaint(desk)
    held = await asked(desk, REPLY, caseId=case_id, text="Sorry! We look into it.", visibility="PUBLIC")
    (error,) = held["errors"]
    assert (error["code"], error["rule"], error["verdict"]) == ("GUARD_SECOND_PERSON", "public-skill", "SECOND_PERSON")
    contact = held["contact"]
    assert (contact["deliveryStatus"], contact["visibility"]) == ("HELD", "PUBLIC")
    waiting = next(each for each in await approvals(desk, "AGENT:bram") if each["id"] == contact["id"])
    assert (waiting["__typename"], waiting["text"], waiting["deliveryStatus"]) == (
        "Contact",
        "Sorry! We look into it.",
        "HELD",
    )
    assert any(each["id"] == contact["id"] for each in await approvals(desk, "LEAD:lea"))
    refused = await desk.graphql(APPROVALS, {}, "AGENT:anna")
    assert refused["errors"][0]["extensions"]["code"] == "FORBIDDEN"

    own = await asked(desk, DECIDE["Approve"], "LEAD:anna", contactId=contact["id"])
    assert [each["code"] for each in own["errors"]] == ["SELF_APPROVAL"]
    unskilled = await asked(desk, DECIDE["Approve"], "AGENT:anna", contactId=contact["id"])
    assert [each["code"] for each in unskilled["errors"]] == ["FORBIDDEN"]
    key = str(SystemIds().new())
    for _ in range(2):
        done = await asked(desk, DECIDE["Approve"], "AGENT:bram", contactId=contact["id"], idempotencyKey=key)
        assert done["errors"] == []
        assert (done["contact"]["deliveryStatus"], done["contact"]["requestedBy"]["displayName"]) == (
            "REQUESTED",
            "Anna",
        )
        assert (done["case"]["status"], done["case"]["waitingFor"]) == ("WAITING", "CUSTOMER")
    late = await asked(desk, DECIDE["Decline"], "AGENT:bram", contactId=contact["id"], reason="too late")
    assert [each["code"] for each in late["errors"]] == ["NOT_AWAITING_APPROVAL"]
    assert all(each["id"] != contact["id"] for each in await approvals(desk, "LEAD:lea"))


async def test_a_declined_answer_is_cancelled_with_the_reason_and_the_case_is_ours(desk: Desk) -> None:
    case_id, _ = await complaint(desk)
    held = await asked(desk, REPLY, caseId=case_id, text="Sorry! We look into it.", visibility="PUBLIC")
    done = await asked(desk, DECIDE["Decline"], "LEAD:lea", contactId=held["contact"]["id"], reason="Say what happens")
    assert (done["case"]["status"], done["case"]["waitingFor"]) == ("OPEN", None)
    contact = done["contact"]
    assert (contact["deliveryStatus"], contact["deliveryFailure"]) == (
        "CANCELLED",
        {"code": "APPROVAL_DECLINED", "message": "Say what happens"},
    )


async def test_nobody_decides_in_time(desk: Desk) -> None:
    case_id, _ = await complaint(desk)
    held = await asked(desk, REPLY, caseId=case_id, text="Sorry! We look into it.", visibility="PUBLIC")
    entry = await desk.pool.fetchrow(
        "SELECT entry_id, case_id, expires_at FROM timeline WHERE delivery_status = 'HELD'"
    )
    assert entry is not None
    over = replace(desk.context(system_actor("case")), at=entry["expires_at"])
    await expire_reply(ExpireReply(entry["case_id"], entry["entry_id"]), over, record=desk.record)
    answer = await desk.graphql(
        "query($id: ID!) { node(id: $id) { ... on Contact { deliveryStatus deliveryFailure { code } } } }",
        {"id": held["contact"]["id"]},
    )
    assert answer["data"]["node"] == {"deliveryStatus": "CANCELLED", "deliveryFailure": {"code": "APPROVAL_EXPIRED"}}
    late = await asked(desk, DECIDE["Approve"], "LEAD:lea", contactId=held["contact"]["id"])
    assert [each["code"] for each in late["errors"]] == ["NOT_AWAITING_APPROVAL"]


async def test_a_settlement_is_held_whole_and_resolves_when_it_leaves(desk: Desk) -> None:
    case_id, _ = await complaint(desk)
    reply = {"text": "Sorry! It is on its way.", "visibility": "PUBLIC"}
    held = await asked(desk, SETTLE, caseId=case_id, reply=reply)
    assert (held["contact"]["deliveryStatus"], held["case"]["status"]) == ("HELD", "WAITING")
    assert [(each["code"], each["path"]) for each in held["errors"]] == [("GUARD_SECOND_PERSON", ["reply", "text"])]
    done = await asked(desk, DECIDE["Approve"], "AGENT:bram", contactId=held["contact"]["id"])
    assert (done["errors"], done["contact"]["deliveryStatus"]) == ([], "REQUESTED")
    assert done["case"]["status"] == "RESOLVED"


async def test_a_settlement_with_money_waits_for_the_money_and_then_for_a_reader(desk: Desk) -> None:
    case_id, _ = await complaint(desk)
    gesture = {
        "kind": "REFUND",
        "amount": {"amount": "5.00", "currencyCode": "EUR"},
        "reason": "goodwill",
        "reference": {"kind": "ORDER", "value": "7712-9"},
    }
    reply = {"text": "Sorry! You get it back.", "visibility": "PUBLIC"}
    held = await asked(desk, SETTLE, caseId=case_id, reply=reply, gesture=gesture)
    assert (held["gesture"]["status"], held["contact"]["deliveryStatus"]) == ("GIVEN", "HELD")
    done = await asked(desk, DECIDE["Approve"], "LEAD:lea", contactId=held["contact"]["id"])
    assert (done["errors"], done["case"]["status"]) == ([], "RESOLVED")


async def test_what_came_to_be_known_meanwhile_stops_an_approved_answer(desk: Desk) -> None:
    case_id, person = await complaint(desk)
    held = await asked(desk, REPLY, caseId=case_id, text="Order 88-4521-7 is found.", visibility="PUBLIC")
    assert held["contact"]["deliveryStatus"] == "HELD"
    await said(desk, "my order is 88-4521-7", person=person, visibility=Visibility.PRIVATE)
    stopped = await asked(desk, DECIDE["Approve"], "AGENT:bram", contactId=held["contact"]["id"])
    assert [(each["code"], each["verdict"]) for each in stopped["errors"]] == [("PUBLIC_PERSONAL_DATA", "BLOCK")]


async def test_s009_s079_the_press_desk_says_it_once_and_everybody_may_say_the_same(desk: Desk) -> None:
    case_id, person = await complaint(desk)
    line = "We stopped the sale and look into what happened."
    refused = await asked(desk, LINE, "AGENT:anna", caseId=case_id, text=line)
    assert [each["code"] for each in refused["errors"]] == ["FORBIDDEN"]
    personal = await asked(desk, LINE, "AGENT:petra", caseId=case_id, text="Call 06-12345678")
    assert [each["code"] for each in personal["errors"]] == ["PUBLIC_PERSONAL_DATA"]
    done = await asked(desk, LINE, "AGENT:petra", caseId=case_id, text=line)
    assert (done["errors"], done["note"]["text"], done["note"]["actor"]["displayName"]) == ([], line, "Petra")
    same = await asked(
        desk, REPLY, caseId=case_id, text=f"@cat{person} we stopped the sale, and look into what happened!",
        visibility="PUBLIC",
    )  # fmt: skip
    assert (same["errors"], same["contact"]["deliveryStatus"]) == ([], "REQUESTED")


async def test_a_colleague_who_writes_an_answer_now_is_seen(desk: Desk) -> None:
    case = await desk.opened()
    looking = "mutation($i: CaseViewingSetInput!) { caseViewingSet(input: $i) { errors { code } } }"
    await desk.graphql(looking, {"i": {"caseId": case["id"], "typing": True}}, "AGENT:bram")
    warned = await asked(desk, REPLY, caseId=case["id"], text="Tomorrow.")
    assert [(each["code"], each["rule"]) for each in warned["errors"]] == [("GUARD_WARNING", "double-reply")]
    done = await asked(
        desk, REPLY, caseId=case["id"], text="Tomorrow.", confirmToken=warned["errors"][0]["confirmToken"]
    )
    assert done["errors"] == []
