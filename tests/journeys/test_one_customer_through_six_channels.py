"""A form, a mail, WhatsApp, a public post, a private message, a call: one customer, one case, one agent, and back."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import count
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from services.channels.domain.verification import sign, sign_twilio
from services.channels.providers import x
from tests.support import x_stand_in
from tests.support.mail_stand import (
    AUTHSERV_ID,
    PASSWORD,
    REPLY_SECRET,
    Dovecot,
    Handed,
    SmtpSink,
    dovecot,
    mail,
    smtp_sink,
)
from tests.support.media_stand_in import PNG
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import CONFIGURATION
from tests.support.twilio_stand_in import ACCOUNT_SID, AUTH_TOKEN
from tests.support.whatsapp_stand_in import WhatsAppStandIn
from tests.support.x_stand_in import XStandIn
from tests.unit.channels import twilio_payloads, x_payloads

SUPPORT = "care@shop.example"
PUBLIC_URL = "https://care.shop.example"
CONSUMER_SECRET = "consumer-secret-of-a-test"
PDF = b"%PDF-1.7\n" + bytes(range(256)) * 20
ACCOUNTS = f"""
[[channel_accounts]]
channel = "email"
account = "{SUPPORT}"
brand = "shop"
mailbox = "imap://127.0.0.1:%d/INBOX"
api_base = "%s"
authserv_id = "{AUTHSERV_ID}"
secrets = {{{{ password = "{PASSWORD}", reply_secret = "{REPLY_SECRET}" }}}}

[[channel_accounts]]
channel = "x"
account = "x-1"
brand = "shop"
secrets = {{{{ consumer_secret = "{CONSUMER_SECRET}", access_token = "{x_stand_in.TOKEN}" }}}}
api_base = "%s"

[[channel_accounts]]
channel = "voice"
account = "voice-1"
brand = "shop"
secrets = {{{{ auth_token = "{AUTH_TOKEN}", account_sid = "{ACCOUNT_SID}", public_url = "{PUBLIC_URL}" }}}}
"""
UPLOAD = """mutation($input: AttachmentUploadInput!) { attachmentUpload(input: $input) {
  attachment { id name state mediaType sizeBytes } uploadUrl headers { name value } errors { code message path } } }"""
REPLY = """mutation($input: CaseReplyInput!) { caseReply(input: $input) {
  contact { id channel text html attachments { id name state } } errors { code message path } } }"""
FILE = "query($id: ID!) { node(id: $id) { ... on Attachment { id name state mediaType sizeBytes url } } }"
CONTACTS = """query($id: ID!) { case(by: {id: $id}) { contacts(first: 20) { nodes {
  id channel html attachments { id name state mediaType sizeBytes url } } }
  replyOptions { channel visibilities acceptsHtml attachmentTypes } } }"""
_keys = count(1)


@dataclass
class Street:
    """The shop, and what stands behind its channels."""

    shop: Shop
    server: Dovecot
    sink: SmtpSink
    x: XStandIn

    async def post(self, channel: str, body: bytes, headers: dict[str, str]) -> None:
        url = f"http://127.0.0.1:{self.shop.port + 1}/channels/{channel}/{channel}-1"
        answer = await self.shop.http.post(url, content=body, headers=headers)
        assert answer.status_code == 200, answer.text

    async def by_x(self, payload: dict[str, Any]) -> None:
        body, rule = json.dumps(payload).encode(), x.spec.verification
        await self.post("x", body, {rule.header: sign(rule, body, CONSUMER_SECRET)})  # type: ignore[union-attr, arg-type]  # X's rule is one with a header

    async def by_call(self, number: str) -> None:
        fields = twilio_payloads.call(CallSid=f"CA{number}", From=f"+{number}", Timestamp="")
        named = {name: [value] for name, value in fields.items()}
        signature = sign_twilio(f"{PUBLIC_URL}/channels/voice/voice-1", named, AUTH_TOKEN)
        form = {"content-type": "application/x-www-form-urlencoded", "X-Twilio-Signature": signature}
        await self.post("voice", urlencode(fields).encode(), form)

    async def case(self, token: str, case_id: str, how_many: int) -> dict[str, Any]:
        return await eventually(
            lambda: self.shop.case(token, case_id), lambda seen: len(seen["contacts"]["nodes"]) == how_many
        )

    async def accepted(self, token: str, case_id: str) -> None:
        """The latest contact is a reply that its platform has."""
        await eventually(
            lambda: self.shop.case(token, case_id),
            lambda seen: seen["contacts"]["nodes"][-1]["deliveryStatus"] == "ACCEPTED",
        )

    async def mailed_to(self, address: str) -> Handed:
        async def look() -> list[Handed]:
            return [each for each in self.sink.handed if each.recipients == [address]]

        return (await eventually(look))[-1]

    async def do(self, token: str, document: str, **fields: Any) -> dict[str, Any]:
        fields.setdefault("idempotencyKey", f"street-{next(_keys)}-{time.monotonic_ns()}")
        answer = await self.shop.graphql(token, document, {"input": fields})
        assert "errors" not in answer, answer
        return dict(next(iter(answer["data"].values())))

    async def upload(self, token: str, case_id: str, name: str, media_type: str, data: bytes) -> dict[str, Any]:
        """A file is asked for and brought; gives it once it is ready."""
        digest = hashlib.sha256(data).hexdigest()
        said = {"name": name, "mediaType": media_type, "sizeBytes": len(data), "sha256": digest}
        asked = await self.do(token, UPLOAD, caseId=case_id, **said)
        assert (asked["errors"], asked["attachment"]["state"]) == ([], "PENDING")
        brought = await bring(asked, data)
        assert brought.status_code == 201, brought.text

        async def look() -> dict[str, Any]:
            answer = await self.shop.graphql(token, FILE, {"id": asked["attachment"]["id"]})
            return dict(answer["data"]["node"])

        return await eventually(look, lambda seen: seen["state"] == "READY")

    async def contacts(self, token: str, case_id: str) -> dict[str, Any]:
        return dict((await self.shop.graphql(token, CONTACTS, {"id": case_id}))["data"]["case"])


async def bring(asked: dict[str, Any], data: bytes) -> httpx.Response:
    headers = {each["name"]: each["value"] for each in asked["headers"]}
    async with httpx.AsyncClient(timeout=30) as client:
        return await client.put(asked["uploadUrl"], content=data, headers=headers)


@pytest.fixture(scope="module")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    with ExitStack() as closing:
        whatsapp, x_platform = WhatsAppStandIn(), XStandIn()
        closing.callback(whatsapp.close)
        closing.callback(x_platform.close)
        server = closing.enter_context(dovecot())
        sink, url = closing.enter_context(smtp_sink())
        configuration = CONFIGURATION + ACCOUNTS % (server.port, url, x_platform.url)
        shop = Shop(tmp_path_factory.mktemp("street"), whatsapp, configuration=configuration)
        await asyncio.to_thread(shop.start)
        closing.callback(shop.stop)
        yield Street(shop, server, sink, x_platform)
        await shop.http.aclose()


async def test_s001_s004_s007_s019_s039_s067_one_customer_goes_through_six_channels(street: Street) -> None:
    shop, number = street.shop, "31612345701"
    address = f"sam{number}@customer.example"
    anna = await shop.online("anna")
    for other in ("bram", "carla"):
        await shop.online(other, "OFFLINE")

    # 1. A form: what is typed into it proves nothing.
    question = f"My parcel is late {number}"
    form = {"name": "Sam Visser", "email": address, "phone": f"+{number}", "message": question}
    assert (await shop.form(form)).status_code == 202
    case = await shop.case_with_text(question)
    case_id, customer_id = case["id"], case["customer"]["id"]
    refused = await shop.do(anna, "CaseReply", caseId=case_id, text="It comes.", channel="EMAIL")
    assert refused["errors"][0]["code"] == "NO_HANDLE_FOR_CHANNEL"

    # 2. A mail, and its answer: the agent found the address with the order, so it is no longer only typed.
    await shop.done(anna, "HandleAdd", customerId=customer_id, kind="EMAIL", value=address)
    street.server.deliver(SUPPORT, mail("Did you get my form?\n", sender=f"Sam <{address}>", message_id="<six-1@x.y>"))
    await street.case(anna, case_id, 2)
    await shop.done(anna, "CaseReply", caseId=case_id, text="We did; we ask the carrier.", channel="EMAIL")
    await street.accepted(anna, case_id)
    assert b"We did; we ask the carrier." in (await street.mailed_to(address)).data

    # 3. WhatsApp: the agent asked for the number, so it is known for sure, and both are one.
    await shop.done(anna, "HandleAdd", customerId=customer_id, kind="PHONE", value=f"+{number}")
    await shop.whatsapp(number, "I am on WhatsApp, too")
    await street.case(anna, case_id, 4)
    await shop.done(anna, "CaseReply", caseId=case_id, text="Good, then here: it left the depot.")
    await street.accepted(anna, case_id)
    assert shop.stand_in.texts_to(number) == ["Good, then here: it left the depot."]

    await he_goes_on_in_public(street, anna, case, number)

    # 6. The telephone: a call that was missed, and the one that the agent made.
    await street.by_call(number)
    await street.case(anna, case_id, 10)
    await shop.done(
        anna, "ContactRecord", customer={"id": customer_id}, caseId=case_id, channel="VOICE", direction="OUTBOUND",
        text="Called: it is with the neighbours.",
    )  # fmt: skip
    case = await street.case(anna, case_id, 11)

    assert [each["channel"] for each in case["contacts"]["nodes"]] == [
        *("FORM", "EMAIL", "EMAIL", "WHATSAPP", "WHATSAPP", "X", "X", "X", "X", "VOICE", "VOICE")
    ]
    assert case["assignee"]["ref"] == "anna"
    customer = await shop.customer(anna, customer_id)
    assert customer["openCases"]["totalCount"] == 1
    assert {each["kind"] for each in customer["handles"]} == {"EMAIL", "PHONE", "WHATSAPP", "X"}
    personal_words = (address, number, "Visser")
    posted = [sent.body["text"] for sent in street.x.sent if sent.path == "/2/tweets"]
    assert not [word for word in personal_words for text in posted if word in text]


async def he_goes_on_in_public(street: Street, anna: str, case: dict[str, Any], number: str) -> None:
    """4. A public post: the agent knows by which account of X; nothing personal is said before everybody."""
    shop, case_id, customer_id = street.shop, case["id"], case["customer"]["id"]
    address, author, post_id = f"sam{number}@customer.example", "2222000000000000701", "2222000000000000702"
    await shop.done(anna, "HandleAdd", customerId=customer_id, kind="X", value=author)
    user, now_ms = x_payloads.user(author), str(int(time.time() * 1000))
    post = x_payloads.post("@shop still nothing!", id_str=post_id, user=user, timestamp_ms=now_ms)
    await street.by_x(x_payloads.posts(post))
    await street.case(anna, case_id, 6)
    for personal in (f"We mailed {address}.", f"We call {number} now.", "Sorry mr Visser!"):
        said = await shop.do(anna, "CaseReply", caseId=case_id, text=personal, visibility="PUBLIC", channel="X")
        assert [each["code"] for each in said["errors"]] == ["PUBLIC_PERSONAL_DATA"], personal
    public = "Sorry to read that. Shall we go on in a private message?"
    await shop.done(anna, "CaseReply", caseId=case_id, text=public, visibility="PUBLIC", channel="X")
    await street.accepted(anna, case_id)
    below = street.x.sent[-1]
    assert (below.path, below.body["text"]) == ("/2/tweets", public)
    assert below.body["reply"] == {"in_reply_to_tweet_id": post_id}

    # 5. The private message there.
    message = {**x_payloads.message("Order 7", sender=author), "id": "2222000000000000703", "created_timestamp": now_ms}
    await street.by_x({**x_payloads.messages(message), "users": {author: {**user, "id": author}}})
    await street.case(anna, case_id, 8)
    found = f"Found it, we call {number}."
    await shop.done(anna, "CaseReply", caseId=case_id, text=found, visibility="PRIVATE", channel="X")
    await street.accepted(anna, case_id)
    assert street.x.sent[-1].path == f"/2/dm_conversations/with/{author}/messages"
    assert street.x.sent[-1].body == {"text": found}


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
