"""A mail in HTML with a file waits for another person: it leaves as it was written, or its file is free again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.mail_stand import mail
from tests.support.media_stand_in import PNG
from tests.support.street import FILE, SUPPORT, Street, open_street

GUARDS = """
[guards]
rules = {{ tone-blame = "second-person" }}

[[personas]]
channels = ["email"]
signature = "Greetings, {{first_name}}"
"""
ERRORS = "errors { code path ... on GuardRefusal { rule verdict } }"
CONTACT = "contact { id text html deliveryStatus attachments { id name state } }"
REPLY = f"mutation($input: CaseReplyInput!) {{ caseReply(input: $input) {{ {CONTACT} {ERRORS} }} }}"
APPROVE = f"mutation($input: ContactApproveInput!) {{ contactApprove(input: $input) {{ {CONTACT} {ERRORS} }} }}"
DECLINE = f"mutation($input: ContactDeclineInput!) {{ contactDecline(input: $input) {{ {CONTACT} {ERRORS} }} }}"
HTML = "<p>That is your own fault, <b>Kim</b>.</p>"


@pytest.fixture(scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    async with open_street(tmp_path_factory.mktemp("held"), GUARDS) as opened:
        yield opened


async def held(street: Street, anna: str, number: str) -> tuple[str, str, dict[str, Any], dict[str, Any]]:
    """A case, its customer's address, the file, and the answer that waits with it."""
    address, asked = f"kim{number}@customer.example", f"Where is my map {number}?"
    street.server.deliver(SUPPORT, mail(asked + "\n", sender=f"Kim <{address}>", message_id=f"<held-{number}@x.y>"))
    case_id = (await street.shop.case_with_text(asked))["id"]
    drawing = await street.upload(anna, case_id, "map.png", "image/png", PNG + number.encode())
    done = await street.do(anna, REPLY, caseId=case_id, html=HTML, attachmentIds=[drawing["id"]])
    assert [(each["code"], each["rule"]) for each in done["errors"]] == [("GUARD_SECOND_PERSON", "tone-blame")]
    assert done["contact"]["deliveryStatus"] == "HELD"
    return case_id, address, drawing, done["contact"]


async def test_what_is_approved_leaves_by_mail_in_html_with_its_file(street: Street) -> None:
    anna, lea = await street.shop.online("anna"), await street.shop.token("lead", "lea")
    _, address, drawing, contact = await held(street, anna, "31612345801")
    done = await street.do(lea, APPROVE, contactId=contact["id"])
    assert done["errors"] == []
    assert [each["id"] for each in done["contact"]["attachments"]] == [drawing["id"]]
    left = (await street.mailed_to(address)).message
    parts: dict[str, Any] = {part.get_content_type(): part.get_payload(decode=True) for part in left.walk()}
    assert parts["text/plain"].decode().split() == ["That", "is", "your", "own", "fault,", "Kim.", "Greetings,", "Anna"]
    assert "".join(parts["text/html"].decode().split()) == "".join(f"{HTML}<p>Greetings, Anna</p>".split())
    assert parts["image/png"] == PNG + b"31612345801"


async def test_the_file_of_what_is_declined_goes_along_with_the_next_answer(street: Street) -> None:
    anna, lea = await street.shop.online("anna"), await street.shop.token("lead", "lea")
    case_id, address, drawing, contact = await held(street, anna, "31612345802")
    wish = {"caseId": case_id, "text": "Here is the map.", "attachmentIds": [drawing["id"]]}
    early = await street.do(anna, REPLY, **wish)
    assert [each["code"] for each in early["errors"]] == ["ATTACHMENT_NOT_READY"]
    done = await street.do(lea, DECLINE, contactId=contact["id"], reason="Say it kindly")
    assert (done["errors"], done["contact"]["attachments"]) == ([], [])
    shown = (await street.shop.graphql(anna, FILE, {"id": drawing["id"]}))["data"]["node"]
    assert (shown["state"], shown["name"]) == ("READY", "map.png")
    again = await street.do(anna, REPLY, **wish)
    assert again["errors"] == []
    left = (await street.mailed_to(address)).message
    files = [part.get_payload(decode=True) for part in left.walk() if part.get_content_type() == "image/png"]
    assert files == [PNG + b"31612345802"]
