"""Channels forgets the contacts of an erased customer, and nobody else's, on a real Postgres."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.content import HandleContent, ReplyContent
from contracts.vocabulary import Channel, DeliveryStatus, HandleKind, id_of
from infra.clock import SystemIds
from services.channels.commands.begin_forgetting import BeginForgetting, begin_forgetting
from services.channels.commands.record_outcome import RecordOutcome, record_outcome
from services.channels.commands.request_delivery import RequestDelivery, request_delivery
from services.channels.domain.delivery import Delivery
from services.channels.domain.outbound import TakenOver
from services.channels.domain.raw import account_id_of, contact_id_of
from services.channels.workers.forgetter import Forgetter, StillReading
from tests.integration.channels_stand import ChannelsStand, channels_stand, one
from tests.unit.channels.doors_under_test import WHATSAPP_DOOR
from tests.unit.channels.whatsapp_payloads import whatsapp_payload, whatsapp_text

WHATSAPP = WHATSAPP_DOOR
ACCOUNT_ID = account_id_of(Channel.WHATSAPP, "account-1")
SAM, ANN = "31612345678", "31687654321"


class CrashError(Exception):
    """The process is gone."""


class CrashingKeys:
    """Destroys the first key, then dies; works when it is started again."""

    def __init__(self, stand: ChannelsStand) -> None:
        self._keys = stand.keys
        self.crashed = False

    async def destroy_subject(self, subject_id: UUID, at: datetime) -> tuple[UUID, ...]:
        done = await self._keys.destroy_subject(subject_id, at)
        if not self.crashed:
            self.crashed = True
            raise CrashError
        return done

    async def destroyed_of(self, subject_ids: Any) -> int:
        return await self._keys.destroyed_of(subject_ids)


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


def forgetter(stand: ChannelsStand, keys: Any = None) -> Forgetter:
    return Forgetter(
        pool=stand.pool,
        keys=keys or stand.keys,
        files=stand.files,
        record=stand.record,
        clock=stand.clock,
        ids=SystemIds(),
    )


async def told(stand: ChannelsStand, payload: object, *, read: bool = True) -> None:
    body = json.dumps(payload).encode()
    assert (await stand.front.post(WHATSAPP.path, body, WHATSAPP.signed(body))).status_code == 200
    if read:
        await stand.read_all()


def message(number: str, external_id: str) -> object:
    """From that number, with that id."""
    given = whatsapp_text(id=external_id, timestamp=str(int(time.time())))
    return whatsapp_payload({**given, "from": number})


async def replied(stand: ChannelsStand) -> UUID:
    """A reply to Sam that the platform took over."""
    contact_id = SystemIds().new()
    command = RequestDelivery(
        contact_id=contact_id,
        case_id=id_of("case", "1"),
        customer_id=id_of("customer", "sam"),
        channel=Channel.WHATSAPP,
        account="account-1",
        handle_kind=HandleKind.WHATSAPP,
        requested_at=stand.clock.now(),
        in_reply_to=None,
        content=ReplyContent(to=HandleContent(HandleKind.WHATSAPP, f"+{SAM}"), text="Here"),
    )
    await request_delivery(command, stand.context(), record=stand.record)
    outcome = RecordOutcome(contact_id, ACCOUNT_ID, TakenOver(external_id="wamid.OUT1"))
    await record_outcome(outcome, stand.context(), record=stand.record, directory=stand.directory)
    return contact_id


async def begun(stand: ChannelsStand, *contact_ids: UUID) -> None:
    for _ in range(2):
        command = BeginForgetting(id_of("request", "1"), 0, contact_ids)
        await begin_forgetting(command, stand.context(), record=stand.record)


async def test_contacts_are_forgotten_with_their_payloads_and_others_are_not(stand: ChannelsStand) -> None:
    await told(stand, message(SAM, "wamid.SAM"))
    await told(stand, message(ANN, "wamid.ANN"))
    reply_id = await replied(stand)
    await told(stand, whatsapp_payload(statuses=[{"id": "wamid.OUT1", "status": "sent", "timestamp": "1795000000"}]))
    contact_id = contact_id_of(Channel.WHATSAPP, "account-1", "wamid.SAM")
    recorded_by_hand = SystemIds().new()
    await begun(stand, contact_id, reply_id, recorded_by_hand)
    with pytest.raises(CrashError):
        await forgetter(stand, CrashingKeys(stand)).round()
    await forgetter(stand).round()
    await forgetter(stand).round()

    windows = await stand.pool.fetch("SELECT value FROM windows")
    assert [row["value"].lstrip("+") for row in windows] == [ANN]
    assert await stand.pool.fetchval("SELECT count(*) FROM external_ids") == 0
    states = await stand.pool.fetch("SELECT state, length(sealed) = 0 AS empty FROM raws ORDER BY seq")
    assert [tuple(row) for row in states] == [("ERASED", True), ("READ", False), ("ERASED", True)]
    done = await one(stand.pool, "SELECT clear FROM es.events WHERE topic = 'channels.subject.forgotten.v1'")
    counted = json.loads(done["clear"])
    assert counted["events"] >= 2
    assert counted["keys_destroyed"] == 2 * 3, "of the contact and of two payloads, with their content keys"
    facts = await stand.facts()
    assert facts.count("channels.contact.forgotten.v1") == 1
    assert facts.count("channels.delivery.forgotten.v1") == 1
    assert facts.count("channels.subject.forgotten.v1") == 1


async def test_what_comes_of_a_forgotten_contact_later_brings_nothing_back(stand: ChannelsStand) -> None:
    await told(stand, message(SAM, "wamid.SAM"))
    reply_id = await replied(stand)
    await begun(stand, contact_id_of(Channel.WHATSAPP, "account-1", "wamid.SAM"), reply_id)
    await forgetter(stand).round()
    await stand.keys.destroy_subject(id_of("customer", "sam"), stand.clock.now())
    before = len(await stand.facts())

    await told(stand, message(SAM, "wamid.SAM"))
    assert len(await stand.facts()) == before
    late = RecordOutcome(reply_id, ACCOUNT_ID, TakenOver(external_id="wamid.OUT1"))
    await record_outcome(late, stand.context(), record=stand.record, directory=stand.directory)
    report = {
        "id": "wamid.OUT1",
        "status": "read",
        "timestamp": "1795000000",
        "biz_opaque_callback_data": str(reply_id),
    }
    await told(stand, whatsapp_payload(statuses=[report]))
    delivery = await stand.record.load(Delivery, reply_id)
    assert delivery is not None
    assert delivery.status in {DeliveryStatus.ACCEPTED, DeliveryStatus.READ}
    assert await stand.pool.fetchval("SELECT count(*) FROM raws WHERE state = 'STUCK'") == 0


async def test_a_payload_that_is_still_being_read_is_waited_for(stand: ChannelsStand) -> None:
    await told(stand, message(SAM, "wamid.SAM"))
    await stand.pool.execute("UPDATE raws SET state = 'KEPT'")
    await begun(stand, contact_id_of(Channel.WHATSAPP, "account-1", "wamid.SAM"))
    with pytest.raises(StillReading):
        await forgetter(stand).round()
    await stand.read_all()
    await forgetter(stand).round()
    assert await stand.pool.fetchval("SELECT state FROM raws") == "ERASED"
