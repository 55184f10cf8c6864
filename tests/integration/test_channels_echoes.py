"""What a platform tells besides the customer's own words: our answers, and what belongs to another channel."""

from __future__ import annotations

import json
import time

from contracts.vocabulary import Channel
from services.channels.domain.raw import account_id_of
from services.channels.settings import AccountSettings
from tests.integration.channels_stand import channels_stand
from tests.integration.whatsapp_talk import asked, sending, told, until
from tests.support.platform_stand_in import Answered, Sent
from tests.support.whatsapp_stand_in import WhatsAppStandIn
from tests.unit.channels.door_under_test import SECRET
from tests.unit.channels.doors_under_test import MESSENGER_DOOR
from tests.unit.channels.meta_payloads import PAGE, message, page_change, page_payload
from tests.unit.channels.whatsapp_payloads import whatsapp_payload, whatsapp_text


class SlowToAnswer(WhatsAppStandIn):
    """Tells of what it took before it says that it took it."""

    def taken(self, sent: Sent, number: int) -> Answered:
        answered = super().taken(sent, number)
        self.sent.append(sent)
        time.sleep(0.5)
        self.sent.remove(sent)
        return answered


async def test_an_echo_that_overtakes_the_answer_to_our_own_send_is_no_second_message(
    database: str, keys_database: str
) -> None:
    platform = SlowToAnswer()
    async with channels_stand(database, keys_database, platform.url) as stand:
        await told(stand, whatsapp_payload(whatsapp_text(timestamp=str(int(time.time())))))
        await asked(stand)
        async with sending(stand):
            await until(lambda: taken_by(platform))
            await told(
                stand, whatsapp_payload(message_echoes=[{**whatsapp_text(id="wamid.OUT1"), "to": "31612345678"}])
            )
            facts = await stand.facts()
    platform.close()
    assert facts.count("channels.contact.received.v1") == 1
    assert "channels.delivery.accepted.v1" in facts


async def taken_by(platform: WhatsAppStandIn) -> bool:
    return bool(platform.sent)


async def test_what_a_platform_tells_of_two_channels_at_one_address_comes_in_as_what_it_is(
    database: str, keys_database: str
) -> None:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as stand:
        body = json.dumps(page_payload(message(), changes=[page_change()])).encode()
        for _ in range(2):
            answer = await stand.front.post(MESSENGER_DOOR.path, body, MESSENGER_DOOR.signed(body))
            assert answer.status_code == 200
            await stand.read_all()
        rows = await stand.pool.fetch("SELECT clear FROM es.events WHERE topic = 'channels.contact.received.v1'")
        channels = sorted(json.loads(row["clear"])["channel"] for row in rows)
        senders = await stand.pool.fetch("SELECT DISTINCT sender_id FROM account_senders")
    assert channels == ["FACEBOOK", "MESSENGER"]
    assert [row["sender_id"] for row in senders] == [PAGE]


def page(channel: Channel, name: str, page_id: str, *, secret: str = SECRET) -> AccountSettings:
    return AccountSettings(
        channel=channel, account=name, name=name, secrets={"app_secret": (secret,)}, platform_id=page_id
    )


async def test_of_the_pages_of_one_app_each_gets_what_is_its_own_and_nobody_elses(
    database: str, keys_database: str
) -> None:
    ours = [page(channel, "account-1", PAGE) for channel in (Channel.MESSENGER, Channel.FACEBOOK)]
    theirs = [page(channel, "other-brand", "222") for channel in (Channel.MESSENGER, Channel.FACEBOOK)]
    stranger = page(Channel.MESSENGER, "stranger", "333", secret="of another app")
    told_of = (
        page_payload(message(mid="m_1")),
        page_payload(message(mid="m_2"), changes=[page_change()], id="222"),
        page_payload(message(mid="m_3"), id="333"),
        page_payload(message(mid="m_4"), id="444"),
    )
    payload = {"object": "page", "entry": [entry for each in told_of for entry in each["entry"]]}
    async with channels_stand(database, keys_database, "http://127.0.0.1:9", *ours, *theirs, stranger) as stand:
        body = json.dumps(payload).encode()
        answer = await stand.front.post(MESSENGER_DOOR.path, body, MESSENGER_DOOR.signed(body))
        assert answer.status_code == 200
        await stand.read_all()
        rows = await stand.pool.fetch("SELECT clear FROM es.events WHERE topic = 'channels.contact.received.v1'")
        senders = await stand.pool.fetch("SELECT account_id, sender_id FROM account_senders")
    came = [json.loads(row["clear"]) for row in rows]
    assert sorted((each["channel"], each["account"]) for each in came) == [
        ("FACEBOOK", "other-brand"),
        ("MESSENGER", "account-1"),
        ("MESSENGER", "other-brand"),
    ]
    known = {row["account_id"]: row["sender_id"] for row in senders}
    assert known[account_id_of(Channel.MESSENGER, "other-brand")] == "222"
    assert known[account_id_of(Channel.MESSENGER, "account-1")] == PAGE
