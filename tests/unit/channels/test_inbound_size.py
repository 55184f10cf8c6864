from __future__ import annotations

import base64
import json

import msgspec
import pytest

from contracts.vocabulary import Channel
from infra.embedded.nats import MAX_PAYLOAD_BYTES
from infra.relay import HEADROOM_BYTES
from services.channels.domain.channel_spec import FORM_BODY_BYTES_MAX
from services.channels.domain.door import Door
from services.channels.domain.inbound import ContactArrived, Ignored, Inbound
from services.channels.domain.inbound_size import BODY_BYTES_SAFE, ITEM_BYTES_MAX, TOO_LARGE, bounded, is_too_large
from services.channels.providers import form, webhook
from tests.unit.channels.in_memory import raw_of
from tests.unit.channels.webhook_payloads import contact, event

CONTROL = b'{"message":"' + b"\x01" * (FORM_BODY_BYTES_MAX - 14) + b'"}'
"""A form within its limit, whose text is six times as long once it is written again."""


def read(body: bytes, door: Door = form) -> tuple[Inbound, ...]:
    raw = msgspec.structs.replace(raw_of(body), headers={"content-type": "application/cloudevents-batch+json"})
    return door.parse(raw, region="NL").items


def test_an_item_of_the_greatest_size_fits_into_a_message() -> None:
    sealed = base64.b64encode(b"\x00" * ITEM_BYTES_MAX)
    assert len(sealed) < MAX_PAYLOAD_BYTES - HEADROOM_BYTES - 1024 * 1024


def test_text_that_grows_beyond_what_can_be_told_is_ignored_and_costs_the_others_nothing() -> None:
    good, other = event(), event(data={"id": "w-2", "text": "\x01" * 1024 * 1024})
    items = read(json.dumps([good, other]).encode(), webhook)
    assert isinstance(items[0], ContactArrived)
    assert bounded(items, body_bytes=len(CONTROL)) == (items[0], Ignored(TOO_LARGE))
    assert bounded(read(CONTROL), body_bytes=len(CONTROL)) == (Ignored(TOO_LARGE),)


@pytest.mark.parametrize("character", ["\x01", "\u0344", "\ufb2c", '"', "\U0001d160"])
def test_nothing_in_a_short_body_can_be_too_large(character: str) -> None:
    handles = [{"kind": "WEB", "value": f"visitor-{number}"} for number in range(16)]
    frame = json.dumps(contact(sender={"handles": handles, "name": "@", "verified": True}), ensure_ascii=False)
    room = (BODY_BYTES_SAFE - len(frame)) // len(character.encode())
    body = frame.replace("@", character.replace('"', '\\"') * (room // 2)).encode()
    raw = raw_of(body, channel=Channel.WEBHOOK)
    (item,) = webhook.parse(raw, region="NL").items
    assert len(body) <= BODY_BYTES_SAFE
    assert len(msgspec.json.encode(item)) <= ITEM_BYTES_MAX
    assert not is_too_large(item, body_bytes=len(body))
