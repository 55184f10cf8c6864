"""An agent's files: brought by a signed link, looked at, and sent along by mail and WhatsApp."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.mail_stand import mail
from tests.support.media_stand_in import PNG
from tests.support.street import REPLY, SUPPORT, UPLOAD, Street, bring, open_street

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20


@pytest.fixture(scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    async with open_street(tmp_path_factory.mktemp("street")) as opened:
        yield opened


async def test_files_are_brought_and_go_along_by_mail_and_whatsapp(street: Street) -> None:
    shop, number = street.shop, "31612345702"
    address = f"kim{number}@customer.example"
    anna = await shop.online("anna")
    asked = f"Where is my invoice {number}?"
    street.server.deliver(SUPPORT, mail(asked + "\n", sender=f"Kim <{address}>", message_id="<files-1@x.y>"))
    case_id = (await shop.case_with_text(asked))["id"]
    invoice = await street.upload(anna, case_id, "../Invoice é.pdf", "application/pdf", PDF)
    assert (invoice["name"], invoice["mediaType"], invoice["sizeBytes"]) == (
        "Invoice é.pdf",
        "application/pdf",
        len(PDF),
    )
    drawing = await street.upload(anna, case_id, "map.png", "image/png", PNG)

    html = "<p>Here it is, <b>Kim</b>.<script>alert(1)</script></p><img src=https://t.example/p.gif>"
    sent = await street.do(anna, REPLY, caseId=case_id, html=html, attachmentIds=[invoice["id"], drawing["id"]])
    assert sent["errors"] == []
    assert sent["contact"]["text"] == "Here it is, Kim."
    assert sent["contact"]["html"] == "<p>Here it is, <b>Kim</b>.</p>"
    assert [each["name"] for each in sent["contact"]["attachments"]] == ["Invoice é.pdf", "map.png"]
    left = (await street.mailed_to(address)).message
    parts = {part.get_content_type(): part for part in left.walk()}
    assert parts["text/plain"].get_payload(decode=True).strip() == b"Here it is, Kim."  # type: ignore[union-attr]  # decoded
    assert b"<b>Kim</b>" in parts["text/html"].get_payload(decode=True)
    assert b"script" not in parts["text/html"].get_payload(decode=True)
    assert (parts["application/pdf"].get_payload(decode=True), parts["image/png"].get_payload(decode=True)) == (
        PDF,
        PNG,
    )
    assert parts["application/pdf"].get_filename() == "Invoice é.pdf"

    # Each goes along once; one of another case never does.
    again = await street.do(anna, REPLY, caseId=case_id, text="Once more.", attachmentIds=[invoice["id"]])
    assert [(each["code"], each["path"]) for each in again["errors"]] == [
        ("ATTACHMENT_NOT_READY", ["attachmentIds", "0"])
    ]
    await shop.whatsapp(number, f"And here {number}?")
    other_id = (await shop.case_with_text(f"And here {number}?"))["id"]
    foreign = await street.upload(anna, case_id, "x.png", "image/png", PNG + b"1")
    refused = await street.do(anna, REPLY, caseId=other_id, text="See.", attachmentIds=[foreign["id"]])
    assert [each["code"] for each in refused["errors"]] == ["ATTACHMENT_NOT_READY"]
    assert (await street.do(anna, REPLY, caseId=other_id, text="x", html="<p>x</p>"))["errors"][0]["path"] == ["html"]

    picture = await street.upload(anna, other_id, "map.png", "image/png", PNG + b"2")
    done = await street.do(anna, REPLY, caseId=other_id, text="See the map.", attachmentIds=[picture["id"]])
    assert done["errors"] == []
    await street.accepted(anna, other_id)
    media, message = shop.stand_in.sent[-2:]
    assert (media.path.rpartition("/")[2], media.body["type"], media.body["file"]) == ("media", "image/png", PNG + b"2")
    assert message.body["image"] == {"id": media.message_id, "caption": "See the map."}

    shown = await street.contacts(anna, other_id)
    (file,) = shown["contacts"]["nodes"][-1]["attachments"]
    assert (file["name"], file["state"]) == ("map.png", "READY")
    fetched = await shop.http.get(file["url"])
    assert (fetched.status_code, fetched.content) == (200, PNG + b"2")
    (option,) = shown["replyOptions"]
    assert (option["acceptsHtml"], "image/png" in option["attachmentTypes"]) == (False, True)
    (by_mail, *_) = (await street.contacts(anna, case_id))["replyOptions"]
    assert (by_mail["acceptsHtml"], by_mail["attachmentTypes"]) == (True, ["*/*"])


async def test_a_file_that_is_not_what_was_said_does_not_go_along(street: Street) -> None:
    shop, number = street.shop, "31612345703"
    anna = await shop.online("anna")
    await shop.whatsapp(number, f"Hello {number}")
    case_id = (await shop.case_with_text(f"Hello {number}"))["id"]

    def said(data: bytes, **more: Any) -> dict[str, Any]:
        digest = hashlib.sha256(data).hexdigest()
        return {
            "caseId": case_id,
            "name": "a.png",
            "mediaType": "image/png",
            "sizeBytes": len(data),
            "sha256": digest,
        } | more

    for field, wrong in (("name", " / "), ("mediaType", "picture"), ("sizeBytes", 0), ("sha256", "abc")):
        refused = await street.do(anna, UPLOAD, **said(PNG, **{field: wrong}))
        assert [(each["code"], each["path"]) for each in refused["errors"]] == [("INVALID_INPUT", [field])]

    asked = await street.do(anna, UPLOAD, **said(PNG))
    early = await street.do(anna, REPLY, caseId=case_id, text="x", attachmentIds=[asked["attachment"]["id"]])
    assert early["errors"][0]["code"] == "ATTACHMENT_NOT_READY"
    assert (await bring(asked, PNG + b"more")).status_code == 413
    assert (await bring(asked, PNG[:-1] + b"?")).json() == {"wrong": "sha256"}
    assert (await bring(asked, PNG[:-1])).json() == {"wrong": "sizeBytes"}
    forged = {**asked, "uploadUrl": asked["uploadUrl"].replace("size=", "size=1")}
    assert (await bring(forged, PNG)).status_code == 403
    assert (await bring(asked, PNG)).status_code == 201
    assert (await bring(asked, PNG)).status_code == 201

    program = b"MZ\x90\x00" + bytes(60)
    asked = await street.do(anna, UPLOAD, **said(program))
    answer = await bring(asked, program)
    assert (answer.status_code, answer.json()["reason"]) == (422, "type-not-allowed")
    asked = await street.do(anna, UPLOAD, **said(PDF))
    answer = await bring(asked, PDF)
    assert (answer.status_code, answer.json()["reason"]) == (422, "not-as-said")
