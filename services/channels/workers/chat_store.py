"""Sessions of the chat, and the answers that wait for each visitor, on Postgres.

An answer's text stays in its stream, sealed: here stands only for whom it is, and its number. So what is redacted or
erased is never said again.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import asyncpg
import msgspec

from contracts.stored import Record
from contracts.vocabulary import DeliveryStatus, Refusal
from infra.logs import log
from infra.postgres import Pool, is_transient
from infra.sql import statements
from services.channels.domain.delivery import Delivery
from services.channels.domain.outbound import CallResult, ChatCall
from services.channels.ports import Clock, NothingSent, ReplyFiles, StoredReply
from services.channels.providers.chat_replies import BACKLOG_FULL
from services.channels.workers.chat_lines import ChatSwitchboard

REPLIES_AT_ONCE_MAX = 200
BACKLOG_MAX = 200
"""Answers that may wait for a visitor who is away."""

_STORED = 201
_SQL = statements("services.channels.workers")
logger = log("chat_store")


class PostgresChatStore:
    """Implements `ports.ChatStore`."""

    def __init__(self, pool: Pool, record: Record, files: ReplyFiles) -> None:
        self._pool = pool
        self._record = record
        self._files = files

    async def has_session(self, visitor_id: UUID, digest: bytes) -> bool:
        """Whether we gave this visitor a token of this digest."""
        known: bytes | None = await self._pool.fetchval(_SQL["chat_token_digest"], visitor_id)
        return known is not None and hmac.compare_digest(known, digest)

    async def remember(self, account_id: UUID, visitor_id: UUID, digest: bytes | None, at: datetime) -> None:
        """The visitor was here. `digest`: of the token of a session; None: the site vouches."""
        await self._pool.execute(_SQL["remember_chat_visitor"], visitor_id, account_id, digest, at)

    async def replies_after(self, visitor_id: UUID, seq: int) -> Sequence[StoredReply]:
        """The answers that come after this number, the latest only where there are too many."""
        rows = await self._pool.fetch(_SQL["chat_replies_after"], visitor_id, seq, REPLIES_AT_ONCE_MAX)
        return [await self._reply(row) for row in reversed(rows)]

    async def _reply(self, row: asyncpg.Record) -> StoredReply:
        delivery = await self._record.load(Delivery, row["contact_id"])
        stored = StoredReply(seq=row["seq"], contact_id=row["contact_id"], stored_at=row["stored_at"], text=None)
        if delivery is None or delivery.redacted or delivery.forgotten or delivery.content is None:
            return stored
        try:
            files = await self._files.of(delivery)
        except Refusal:
            files = ()
        return msgspec.structs.replace(stored, text=delivery.content.text, files=files)

    async def not_told(self, visitor_id: UUID, status: DeliveryStatus, seq: int) -> Sequence[UUID]:
        """The answers up to this number of which nobody said yet that they came so far."""
        is_read = status is DeliveryStatus.READ
        rows = await self._pool.fetch(
            _SQL["chat_replies_not_told"], visitor_id, seq, is_read, REPLIES_AT_ONCE_MAX + BACKLOG_MAX
        )
        return [row["contact_id"] for row in rows]

    async def told(self, visitor_id: UUID, status: DeliveryStatus, seq: int) -> None:
        """It is on disk that all up to this number came so far."""
        await self._pool.execute(_SQL["chat_told"], visitor_id, seq, status is DeliveryStatus.READ)


class ChatPoster:
    """The part of `ports.Poster` that knows our own chat. An answer is stored once, however often it is tried."""

    def __init__(self, pool: Pool, switchboard: ChatSwitchboard, clock: Clock) -> None:
        self._pool = pool
        self._switchboard = switchboard
        self._clock = clock

    async def post(self, call: ChatCall) -> CallResult:
        """201, or that the visitor has too many answers waiting.

        Raises:
            NothingSent: the database was away; it can be made again.
        """
        try:
            status = await self._store(call)
        except Exception as error:
            if not is_transient(error):
                raise
            logger.warning("an answer could not be stored for its visitor", error_class=type(error).__name__)
            raise NothingSent from None
        self._switchboard.wake((call.visitor_id,))
        return CallResult(status=status, body=b"", known_as=call.known_as)

    async def _store(self, call: ChatCall) -> int:
        now = self._clock.now()
        async with self._pool.acquire() as connection, connection.transaction():
            # A visitor's answers are numbered one after the other: whoever numbers one holds the visitor's row.
            await connection.execute(_SQL["remember_chat_visitor"], call.visitor_id, call.account_id, None, now)
            if await connection.fetchval(_SQL["chat_reply_is_stored"], call.contact_id):
                return _STORED
            if await connection.fetchval(_SQL["chat_backlog"], call.visitor_id) >= BACKLOG_MAX:
                return BACKLOG_FULL
            await connection.execute(_SQL["store_chat_reply"], call.visitor_id, call.contact_id, now)
            return _STORED
