"""A shop on a form, a mailbox, WhatsApp, X and a telephone, with what stands behind them, and an agent's files."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx

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
    smtp_sink,
)
from tests.support.shop import Shop, eventually
from tests.support.shop_configuration import CONFIGURATION
from tests.support.twilio_stand_in import ACCOUNT_SID, AUTH_TOKEN
from tests.support.whatsapp_stand_in import WhatsAppStandIn
from tests.support.x_stand_in import XStandIn
from tests.unit.channels import twilio_payloads

SUPPORT = "care@shop.example"
PUBLIC_URL = "https://care.shop.example"
CONSUMER_SECRET = "consumer-secret-of-a-test"
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


@asynccontextmanager
async def open_street(folder: Path, more: str = "") -> AsyncIterator[Street]:
    """The stack, running, with its platforms. `more`: of its configuration."""
    with ExitStack() as closing:
        whatsapp, x_platform = WhatsAppStandIn(), XStandIn()
        closing.callback(whatsapp.close)
        closing.callback(x_platform.close)
        server = closing.enter_context(dovecot())
        sink, url = closing.enter_context(smtp_sink())
        configuration = CONFIGURATION + ACCOUNTS % (server.port, url, x_platform.url) + more
        shop = Shop(folder, whatsapp, configuration=configuration)
        await asyncio.to_thread(shop.start)
        closing.callback(shop.stop)
        yield Street(shop, server, sink, x_platform)
        await shop.http.aclose()
