"""Talking by WhatsApp to the channels service on a real Postgres: what Meta tells, what the case service asks."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import UUID

import msgspec

from contracts.case import ReplyRequested
from contracts.content import HandleContent, ReplyContent, TemplateContent
from contracts.envelope import Message, SealedPart
from contracts.stored import SealingScope
from contracts.vocabulary import Channel, HandleKind, id_of
from infra.clock import SystemIds
from infra.sealing import seal
from services.channels.reactions.request_delivery_on_reply_requested import request_delivery_on_reply_requested
from tests.integration.channels_stand import ChannelsStand
from tests.unit.channels.doors_under_test import WHATSAPP_DOOR as WHATSAPP

SAM = HandleContent(kind=HandleKind.WHATSAPP, value="+31612345678")


async def told(stand: ChannelsStand, payload: object) -> None:
    body = json.dumps(payload).encode()
    assert (await stand.front.post(WHATSAPP.path, body, WHATSAPP.signed(body))).status_code == 200
    await stand.read_all()


async def asked(
    stand: ChannelsStand, *, text: str = "Here you are.", case: str = "case", template: TemplateContent | None = None
) -> UUID:
    """The case service asks for a reply, as its message says it: sealed under the customer's key."""
    contact_id, case_id, customer_id = SystemIds().new(), id_of("case", case), id_of("customer", "sam")
    key = await stand.keys.content_key(SealingScope(customer_id, case_id))
    plain = msgspec.json.encode({"content": ReplyContent(to=SAM, text=text, template=template)})
    data = ReplyRequested(
        case_id=case_id,
        customer_id=customer_id,
        contact_id=contact_id,
        channel=Channel.WHATSAPP,
        account="account-1",
        handle_kind=HandleKind.WHATSAPP,
        requested_at=stand.clock.now(),
        in_reply_to=id_of("contact", Channel.WHATSAPP, "account-1", "wamid.IN1"),
    )
    message = Message(
        origin="case",
        position=1,
        recorded_at=stand.clock.now(),
        stream_id=contact_id,
        stream_version=3,
        data=msgspec.Raw(msgspec.json.encode(data)),
        sealed=SealedPart(key_id=key.key_id, sealed=seal(key, plain, stream_id=contact_id, version=3)),
    )
    await request_delivery_on_reply_requested(message, stand.context(), record=stand.record, opener=stand.keys)
    return contact_id


@asynccontextmanager
async def sending(stand: ChannelsStand) -> AsyncIterator[None]:
    task = asyncio.create_task(stand.sender.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait((task,))


async def until(ask: Callable[[], Awaitable[bool]], *, wait_s_max: float = 30.0) -> None:
    deadline = time.monotonic() + wait_s_max
    while not await ask():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)
