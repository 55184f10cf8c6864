"""A mailbox on a real IMAP server: what came is kept once, in order, and nothing in it is touched."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import pytest

from contracts.addresses import mail_server
from contracts.vocabulary import Channel
from services.channels.commands.begin_forgetting import BeginForgetting, begin_forgetting
from services.channels.domain.raw import RawInbound, account_id_of, contact_id_of
from services.channels.ports import KeptBefore, StoreUnavailable
from services.channels.settings import AccountSettings
from services.channels.workers import mailboxes
from services.channels.workers.forgetter import Forgetter
from services.channels.workers.imap_reader import MAILBOX_TROUBLE, ImapReader
from services.channels.workers.mailboxes import Mailbox
from tests.integration.channels_stand import ChannelsStand, channels_stand, one
from tests.integration.whatsapp_talk import until as until_within
from tests.support.mail_stand import AUTHSERV_ID, PASSWORD, REPLY_SECRET, Dovecot, dovecot, mail

until = partial(until_within, wait_s_max=mailboxes.LOOK_EVERY_SECONDS)
"""A machine may be slow; a server that told of a mail only at the next look would not be in time."""

SUPPORT = "support@shop.example"
ACCOUNT_ID = account_id_of(Channel.EMAIL, SUPPORT)


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def user(server: Dovecot, request: pytest.FixtureRequest) -> str:
    """A mailbox that no other test looks into."""
    return f"user-{abs(hash(request.node.name))}"


@pytest.fixture
async def stand(database: str, keys_database: str) -> AsyncIterator[ChannelsStand]:
    async with channels_stand(database, keys_database, "http://127.0.0.1:9") as opened:
        yield opened


class FlakyStore:
    """A store that is full for a while, as ports.RawStore allows."""

    def __init__(self, stand: ChannelsStand) -> None:
        self.stand = stand
        self.is_full = True
        self.asked = 0

    async def keep(self, raw: RawInbound, *, refused: str | None = None) -> KeptBefore:
        self.asked += 1
        if self.is_full:
            raise StoreUnavailable
        return await self.stand.keeper.keep(raw, refused=refused)


def account_of(server: Dovecot, user: str, *, password: str = PASSWORD) -> AccountSettings:
    return AccountSettings(
        channel=Channel.EMAIL,
        account=SUPPORT,
        name="Support",
        secrets={"password": (password,), "reply_secret": (REPLY_SECRET,)},
        mailbox=f"imap://{user}@127.0.0.1:{server.port}/INBOX",
        authserv_id=AUTHSERV_ID,
    )


@asynccontextmanager
async def reading(
    stand: ChannelsStand, account: AccountSettings, store: FlakyStore | None = None
) -> AsyncIterator[None]:
    mailbox = Mailbox(
        account=account, pool=stand.pool, store=store or stand.keeper, clock=stand.clock, ids=stand.parts.ids
    )
    task = asyncio.create_task(mailbox.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def kept(stand: ChannelsStand) -> int:
    count: int = await stand.pool.fetchval("SELECT count(*) FROM raws WHERE account_id = $1", ACCOUNT_ID)
    return count


async def contacts(stand: ChannelsStand) -> int:
    await stand.read_all()
    return (await stand.facts()).count("channels.contact.received.v1")


async def test_what_lies_there_and_what_comes_is_kept_once_and_stays_unread(
    stand: ChannelsStand, server: Dovecot, user: str
) -> None:
    server.deliver(user, mail("One\n", message_id="<1@x>"), mail("Two\n", message_id="<2@x>"))
    async with reading(stand, account_of(server, user)):
        await until(lambda: has(stand, 2))
        server.deliver(user, mail("Three\n", message_id="<3@x>"))
        await until(lambda: has(stand, 3))
    assert await contacts(stand) == 3
    assert all(b"\\Seen" not in flags for flags in server.flags(user))
    row = await one(stand.pool, "SELECT last_uid, trouble, looked_at, last_mail_at FROM mailboxes")
    assert (row["last_uid"], row["trouble"]) == (3, None)
    assert row["looked_at"] is not None
    assert row["last_mail_at"] is not None


async def has(stand: ChannelsStand, count: int) -> bool:
    return await kept(stand) == count


async def test_after_a_pause_only_what_came_meanwhile_is_fetched(
    stand: ChannelsStand, server: Dovecot, user: str
) -> None:
    server.deliver(user, *(mail(f"{number}\n", message_id=f"<{number}@x>") for number in range(120)))
    store = FlakyStore(stand)
    store.is_full = False
    async with reading(stand, account_of(server, user), store):
        await until(lambda: has(stand, 120))
    assert store.asked == 120
    server.deliver(user, mail("Later\n", message_id="<later@x>"))
    async with reading(stand, account_of(server, user), store):
        await until(lambda: has(stand, 121))
    assert store.asked == 121
    assert await contacts(stand) == 121


async def test_when_the_server_counts_anew_everything_is_looked_at_and_nothing_comes_twice(
    stand: ChannelsStand, server: Dovecot, user: str
) -> None:
    server.deliver(user, mail("One\n", message_id="<1@x>"), mail("Without an id\n"))
    async with reading(stand, account_of(server, user)):
        await until(lambda: has(stand, 2))
    server.count_anew(user)
    server.deliver(user, mail("Two\n", message_id="<2@x>"))
    async with reading(stand, account_of(server, user)):
        await until(lambda: has(stand, 3))
    assert await contacts(stand) == 3


async def test_two_copies_of_one_mail_are_one_contact(stand: ChannelsStand, server: Dovecot, user: str) -> None:
    copies = (mail("One\n", message_id="<1@x>", Received=f"by mx{number}.shop.example") for number in range(2))
    server.deliver(user, *copies)
    async with reading(stand, account_of(server, user)):
        await until(lambda: has(stand, 2))
    assert await contacts(stand) == 1


async def test_while_nothing_can_be_stored_the_place_in_the_mailbox_stays(
    stand: ChannelsStand, server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "PAUSE_MS_BASE", 50)
    monkeypatch.setattr(mailboxes, "PAUSE_MS_MAX", 100)
    server.deliver(user, mail("One\n", message_id="<1@x>"))
    store = FlakyStore(stand)
    async with reading(stand, account_of(server, user), store):
        await until(lambda: asked_twice(store))
        row = await one(stand.pool, "SELECT last_uid, trouble FROM mailboxes")
        assert tuple(row) == (0, "StoreUnavailable")
        store.is_full = False
        await until(lambda: has(stand, 1))
    assert await contacts(stand) == 1


async def asked_twice(store: FlakyStore) -> bool:
    return store.asked >= 2


async def test_a_machine_that_never_stops_is_kept_and_not_read(
    stand: ChannelsStand, server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailboxes, "AUTOMATIC_MAX", 3)
    told = (mail(f"{number}\n", message_id=f"<{number}@x>", Auto_Submitted="auto-replied") for number in range(6))
    bounces = (
        mail(
            "No such user\n",
            sender="MAILER-DAEMON@x.example",
            message_id=f"<b{number}@x>",
            Auto_Submitted="auto-replied",
        )
        for number in range(4)
    )
    server.deliver(user, *told, *bounces)
    async with reading(stand, account_of(server, user)):
        await until(lambda: has(stand, 10))
    assert await contacts(stand) == 3
    refused = await stand.pool.fetchval(
        "SELECT count(*) FROM raws WHERE state = 'REFUSED' AND reason = 'automatic-flood'"
    )
    assert refused == 3


async def test_a_wrong_password_is_shown_and_ends_nothing(stand: ChannelsStand, server: Dovecot, user: str) -> None:
    async with reading(stand, account_of(server, user, password="wrong")):
        await until(lambda: in_trouble(stand))


async def in_trouble(stand: ChannelsStand) -> bool:
    trouble: str | None = await stand.pool.fetchval("SELECT trouble FROM mailboxes")
    return trouble == "MailboxLoginError"


def test_of_a_mail_that_is_too_large_the_beginning_is_fetched(server: Dovecot, user: str) -> None:
    server.deliver(user, mail("x" * 50 + "\n" + "long line\n" * 5_000), mail("Short\n"))
    reader = ImapReader(
        mail_server(f"imap://{user}@127.0.0.1:{server.port}"), user="", password=PASSWORD, bytes_max=2_000
    )
    reader.open()
    uids = reader.uids_after(0)
    large, small = reader.fetch(next(reader.batches(uids)))
    assert (len(large.data), large.size_bytes > 50_000) == (2_000, True)
    assert small.size_bytes == len(small.data)
    assert large.arrived_at is not None
    assert reader.uids_after(uids[-1]) == []
    reader.abort()
    with pytest.raises(MAILBOX_TROUBLE):
        reader.uids_after(0)


def test_a_mail_that_comes_during_or_after_a_search_does_not_wait_for_the_next_look(
    server: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.deliver(user, mail("One\n"))
    reader = ImapReader(mail_server(f"imap://{user}@127.0.0.1:{server.port}"), user="", password=PASSWORD, bytes_max=99)
    reader.open()
    client = reader._open_mailbox().client
    search = client.uid

    def told_at_the_end(*command: str) -> tuple[str, list[bytes]]:
        found = search(*command)
        monkeypatch.undo()
        server.deliver(user, mail("Two\n"))
        client.noop()
        return found

    monkeypatch.setattr(client, "uid", told_at_the_end)
    assert len(reader.uids_after(0)) == 2
    server.deliver(user, mail("Three\n"))
    began = time.monotonic()
    reader.wait(mailboxes.LOOK_EVERY_SECONDS)
    assert time.monotonic() - began < mailboxes.LOOK_EVERY_SECONDS / 3
    assert len(reader.uids_after(0)) == 3
    reader.abort()


async def test_a_mail_of_many_bytes_comes_through_whole(stand: ChannelsStand, server: Dovecot, user: str) -> None:
    big = mail("Look at this\n", message_id="<big@x>", X_Padding="p").replace(
        b"X-Padding: p", b"X-Padding: " + b"p" * 900
    )
    server.deliver(user, big + b"y" * 70 + (b"\r\n" + b"z" * 70) * 100_000)
    async with reading(stand, account_of(server, user)):
        await until(lambda: has(stand, 1))
    assert await contacts(stand) == 1


async def test_who_is_forgotten_leaves_no_mail_and_no_thread(stand: ChannelsStand, server: Dovecot, user: str) -> None:
    theirs = mail("One\n", message_id="<1@x>", references="<0@x> <00@x>")
    other = mail("Two\n", sender="ann@customer.example", message_id="<2@x>", references="<9@x>")
    server.deliver(user, theirs, other)
    async with reading(stand, account_of(server, user)):
        await until(lambda: has(stand, 2))
    assert await contacts(stand) == 2
    command = BeginForgetting(
        request_id=stand.parts.ids.new(), part=1, contact_ids=(contact_id_of(Channel.EMAIL, SUPPORT, "<1@x>"),)
    )
    await begin_forgetting(command, stand.context(), record=stand.record)
    await Forgetter(
        pool=stand.pool, keys=stand.keys, files=stand.files, record=stand.record, clock=stand.clock, ids=stand.parts.ids
    ).round()
    rows = await stand.pool.fetch("SELECT contact_id FROM threads")
    assert [row["contact_id"] for row in rows] == [contact_id_of(Channel.EMAIL, SUPPORT, "<2@x>")]
    states = await stand.pool.fetch("SELECT state, sealed FROM raws ORDER BY seq")
    assert [(row["state"], row["sealed"] == b"") for row in states] == [("ERASED", True), ("READ", False)]
    before = await numbering(stand)
    server.count_anew(user)

    async def looked_again() -> bool:
        return await numbering(stand) != before

    async with reading(stand, account_of(server, user)):
        await until(looked_again)
    assert await contacts(stand) == 2


async def numbering(stand: ChannelsStand) -> int:
    """Under which UIDVALIDITY the mailbox was read to its end."""
    found: int = await stand.pool.fetchval("SELECT uid_validity FROM mailboxes WHERE last_uid = 2")
    return found
