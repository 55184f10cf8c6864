"""One mailbox that several processes read, on a real IMAP server: the slower of them takes nothing back."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress

import pytest

from contracts.vocabulary import Channel
from services.channels.domain.raw import RawInbound
from services.channels.ports import KeptBefore, RawStore
from services.channels.settings import AccountSettings
from services.channels.workers.mailboxes import LOOK_EVERY_SECONDS, Mailbox
from tests.integration.channels_stand import ChannelsStand, channels_stand
from tests.integration.whatsapp_talk import until
from tests.support.mail_stand import AUTHSERV_ID, PASSWORD, Dovecot, dovecot, mail

USER = "two-processes"


@pytest.fixture
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


class SlowStore:
    """A store that takes a mail in only when it `may`, as one of a process that is held up."""

    def __init__(self, store: RawStore) -> None:
        self.may = asyncio.Event()
        self.asked = 0
        self._store = store

    async def keep(self, raw: RawInbound, *, refused: str | None = None) -> KeptBefore:
        self.asked += 1
        await self.may.wait()
        return await self._store.keep(raw, refused=refused)


@asynccontextmanager
async def reading(stand: ChannelsStand, server: Dovecot, store: RawStore) -> AsyncIterator[None]:
    account = AccountSettings(
        channel=Channel.EMAIL,
        account="support@shop.example",
        name="Support",
        secrets={"password": (PASSWORD,)},
        mailbox=f"imap://{USER}@127.0.0.1:{server.port}/INBOX",
        authserv_id=AUTHSERV_ID,
    )
    mailbox = Mailbox(account=account, pool=stand.pool, store=store, clock=stand.clock, ids=stand.parts.ids)
    task = asyncio.create_task(mailbox.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def read_up_to(stand: ChannelsStand, uid: int) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return bool(await stand.pool.fetchval("SELECT last_uid = $1 FROM mailboxes", uid))

    return ask


async def test_the_place_does_not_go_back_when_a_slower_process_comes_last(
    stand: ChannelsStand, server: Dovecot
) -> None:
    slow = SlowStore(stand.keeper)

    async def slow_has_one() -> bool:
        return slow.asked == 1

    server.deliver(USER, mail("One\n", message_id="<1@x>"))
    async with reading(stand, server, slow):
        await until(slow_has_one)
        async with reading(stand, server, stand.keeper):
            server.deliver(USER, mail("Two\n", message_id="<2@x>"), mail("Three\n", message_id="<3@x>"))
            await until(read_up_to(stand, 3), wait_s_max=LOOK_EVERY_SECONDS)
        slow.may.set()
        server.deliver(USER, mail("Four\n", message_id="<4@x>"))
        await until(read_up_to(stand, 4), wait_s_max=LOOK_EVERY_SECONDS)
    assert slow.asked == 2
    await stand.read_all()
    assert (await stand.facts()).count("channels.contact.received.v1") == 4
