"""Every door with a payload of its own, and one that exists only here: a new door is one small module."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from contracts.content import ContactContent, HandleContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Visibility
from services.channels.domain.channel_spec import ChannelSpec, HmacSignature
from services.channels.domain.door import Door
from services.channels.domain.inbound import ContactArrived, Parsed
from services.channels.domain.normal_form import read_json
from services.channels.domain.raw import RawInbound
from services.channels.domain.verification import sign
from services.channels.providers import DOORS, form, whatsapp
from services.channels.providers.json_values import derived_id, text
from services.channels.settings import AccountSettings, ChannelsSettings

SECRET, OTHER_SECRET = "secret-of-a-test", "next-secret-of-a-test"


class ToyReviews:
    """A whole door: what a review site signs and tells."""

    spec = ChannelSpec(
        channel=Channel.TRUSTPILOT,
        verification=HmacSignature(header="X-Toy", secrets=("app_secret",), algorithm="sha512", encoding="base64"),
        answer_status=200,
    )

    def parse(self, raw: RawInbound, *, region: str) -> Parsed:
        del region
        review = read_json(raw.body)
        author = HandleContent(kind=HandleKind.TRUSTPILOT, value=text(review, "author") or "anonymous")
        arrived = ContactArrived(
            external_id=text(review, "id") or derived_id(review),
            kind=ContactKind.REVIEW,
            occurred_at=raw.received_at,
            assurance=HandleAssurance.PLATFORM,
            visibility=Visibility.PUBLIC,
            content=ContactContent(handles=(author,), text=text(review, "text")),
        )
        return Parsed(items=(arrived,))


def whatsapp_payload(*messages: dict[str, Any], **more: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "31201234567", "phone_number_id": "106540352242922"}
    contacts = [{"profile": {"name": "Sam"}, "wa_id": "31612345678"}]
    value = {"messaging_product": "whatsapp", "metadata": metadata, "contacts": contacts, "messages": [*messages]}
    change = {"field": "messages", "value": {**value, **more}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def whatsapp_text(body: str = "Hello", **more: Any) -> dict[str, Any]:
    message = {"from": "31612345678", "id": "wamid.IN1", "timestamp": "1795000000", "type": "text"}
    return {**message, "text": {"body": body}, **more}


@dataclass
class DoorUnderTest:
    door: Door
    payload: dict[str, Any]
    text_path: tuple[str | int, ...]
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def channel(self) -> Channel:
        return self.door.spec.channel

    @property
    def path(self) -> str:
        return f"/channels/{self.channel.path}/account-1"

    def body(self, said: str = "Hello") -> bytes:
        payload = json.loads(json.dumps(self.payload))
        place: Any = payload
        for step in self.text_path[:-1]:
            place = place[step]
        place[self.text_path[-1]] = said
        return json.dumps(payload).encode()

    def signed(self, body: bytes, secret: str = SECRET) -> dict[str, str]:
        rule = self.door.spec.verification
        signature = {rule.header: sign(rule, body, secret)} if isinstance(rule, HmacSignature) else {}
        return {**self.headers, **signature}


UNDER_TEST = (
    DoorUnderTest(form, {"message": "Hello"}, ("message",), {"Idempotency-Key": "key-1"}),
    DoorUnderTest(
        whatsapp,
        whatsapp_payload(whatsapp_text()),
        ("entry", 0, "changes", 0, "value", "messages", 0, "text", "body"),
    ),
    DoorUnderTest(ToyReviews(), {"id": "r1", "author": "sam", "text": "Hello"}, ("text",)),
)
SIGNED = tuple(each for each in UNDER_TEST if isinstance(each.door.spec.verification, HmacSignature))

DOORS_AND_TOY: dict[str, Door] = {**DOORS, Channel.TRUSTPILOT: ToyReviews()}


def settings_under_test(*secrets: str) -> ChannelsSettings:
    """Two accounts per door; the second one's secret is another."""
    accounts = [
        AccountSettings(
            channel=each.channel,
            account=name,
            name=name,
            secrets={"app_secret": own, "verify_token": ("please", "pretty please")},
        )
        for each in UNDER_TEST
        for name, own in (("account-1", secrets or (SECRET,)), ("account-2", ("secret of the other",)))
    ]
    return ChannelsSettings.of(tuple(accounts), region="NL", digest="d")
