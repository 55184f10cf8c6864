"""Has gestures paid out by the system the configuration names: asks it, again and later, and believes only its word.

A payout is posted under its hold's id, so that a payer who keeps such ids pays once however often it is asked. It is
posted a bounded number of times and only for hours: later a payer may have forgotten the id. From then on the payer is
asked what became of it (`GET {url}/{hold id}`), which pays nothing; until it says so the money stays held.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import msgspec

from contracts.gesture_rules import Payouts
from contracts.standard_webhooks import sign_standard
from contracts.stored import Record
from contracts.vocabulary import Refusal
from infra.logs import log
from infra.postgres import Pool
from infra.rounds import go_round
from infra.sql import statements
from infra.turn import Turn
from services.case.commands.own_initiative import own_context
from services.case.commands.record_payout_attempt import RecordPayoutAttempt, record_payout_attempt
from services.case.commands.settle_payout import SettlePayout, settle_payout
from services.case.domain.payer_word import Order, PayerWord, body_of, word_in
from services.case.domain.payout import Unsettled
from services.case.domain.policy import CasePolicy
from services.case.ports import Clock, Ids

ROUND_EVERY_SECONDS = 1.0
PAYOUTS_AT_ONCE_MAX = 8
ANSWER_SECONDS_MAX = 10.0
ANSWER_BYTES_MAX = 64 * 1024
ATTEMPTS_MAX = 8
RETRY_SECONDS = (1, 5, 30, 120, 600, 1800, 3600)
"""After the first attempt, the second, and so on."""
POST_WITHIN_SECONDS_MAX = 12 * 3600
"""Payers keep the ids of what they paid for a day or so: long after it began, nothing is posted again."""
ASK_EVERY_SECONDS = 3600.0
SETTLING = ("paid", "refused")
HTTP_OK, HTTP_ACCEPTED, HTTP_REDIRECT, HTTP_CLIENT_ERROR, HTTP_SERVER_ERROR = 200, 202, 300, 400, 500

_SQL = statements("services.case.workers")
logger = log("payer")


class Payer:
    """The loop. `wake()` when a payout has begun."""

    def __init__(
        self,
        payouts: Payouts,
        *,
        pool: Pool,
        record: Record,
        policy: CasePolicy,
        clock: Clock,
        ids: Ids,
        client: httpx.AsyncClient,
        turn: Turn,
    ) -> None:
        self._payouts = payouts
        self._policy = policy
        self._pool = pool
        self._record = record
        self._clock = clock
        self._ids = ids
        self._client = client
        self._turn = turn
        self._due = asyncio.Event()
        self._under_way: dict[UUID, asyncio.Task[None]] = {}
        self._asked: dict[UUID, float] = {}

    def wake(self) -> None:
        """Look now."""
        self._due.set()

    async def run(self) -> None:
        """Go round for ever. While the database is away, it comes again."""
        try:
            await go_round(self.round, every_seconds=ROUND_EVERY_SECONDS, logger=logger, asked=self._due)
        finally:
            for task in self._under_way.values():
                task.cancel()
            self._turn.let_go()

    async def round(self) -> None:
        """Begin what is due, a few at a time; payouts that take long keep nothing else from being begun.

        One process of several does so: two that posted at once would use up the tries twice as fast.
        """
        if not await self._turn.is_ours():
            return
        for order in await self._orders("payouts_due", list(self._under_way)):
            self._begin(order, self._pay(order))
        now = asyncio.get_running_loop().time()
        self._asked = {key: at for key, at in self._asked.items() if now - at < ASK_EVERY_SECONDS}
        for order in await self._orders("payouts_unknown", [*self._under_way, *self._asked]):
            self._asked[order.gesture_id] = now
            self._begin(order, self._inquire(order))

    async def _orders(self, which: str, but: list[UUID]) -> list[Order]:
        free = PAYOUTS_AT_ONCE_MAX - len(self._under_way)
        if free <= 0:
            return []
        text = f"{_SQL['payout_columns']} {_SQL[which]}"
        rows = await self._pool.fetch(text, self._clock.now(), but, free)
        return [msgspec.convert(dict(row), Order) for row in rows]

    def _begin(self, order: Order, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._under_way[order.gesture_id] = task
        task.add_done_callback(lambda done: self._done(order.gesture_id, done))

    def _done(self, gesture_id: UUID, task: asyncio.Task[None]) -> None:
        del self._under_way[gesture_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.warning("a payout comes again", stream_id=str(gesture_id), error_class=type(error).__name__)
        else:
            self._due.set()

    async def _pay(self, order: Order) -> None:
        if order.age_s > POST_WITHIN_SECONDS_MAX or order.attempts >= ATTEMPTS_MAX:
            await self._unsettled(order, Unsettled.GIVEN_UP, None)
            return
        word, outcome = await self._said(order, "POST", self._payouts.url, body_of(order))
        if word is not None and word.status in SETTLING:
            await self._settle(order, word)
            return
        last = order.attempts + 1 >= ATTEMPTS_MAX or word is not None
        after = RETRY_SECONDS[min(order.attempts, len(RETRY_SECONDS) - 1)]
        await self._unsettled(order, outcome, None if last else timedelta(seconds=after))

    async def _inquire(self, order: Order) -> None:
        """Ask what became of it. No answer changes nothing."""
        word, _ = await self._said(order, "GET", f"{self._payouts.url.rstrip('/')}/{order.hold_id}", b"")
        if word is not None and word.status in SETTLING:
            await self._settle(order, word)
        else:
            logger.warning("what became of a payout is not known", stream_id=str(order.case_id))

    async def _settle(self, order: Order, word: PayerWord) -> None:
        command = SettlePayout(order.case_id, order.gesture_id, word)
        with suppress(Refusal):  # it contradicts what was said meanwhile: that stands
            context = own_context(self._clock, self._ids)
            await settle_payout(command, context, record=self._record, policy=self._policy)

    async def _unsettled(self, order: Order, outcome: Unsettled, after: timedelta | None) -> None:
        context = own_context(self._clock, self._ids)
        again_at = None if after is None else context.at + after
        command = RecordPayoutAttempt(order.case_id, order.gesture_id, outcome, again_at)
        await record_payout_attempt(command, context, record=self._record)

    async def _said(self, order: Order, method: str, url: str, body: bytes) -> tuple[PayerWord | None, Unsettled]:
        """The payer's word; None: there was none that settles anything or promises to, and why."""
        timestamp = str(int(self._clock.now().timestamp()))
        name = str(order.hold_id)
        headers = {
            "webhook-id": name,
            "webhook-timestamp": timestamp,
            "webhook-signature": sign_standard(name, timestamp, body, self._payouts.secret),
            "idempotency-key": name,
            "content-type": "application/json",
        }
        try:
            async with (
                asyncio.timeout(ANSWER_SECONDS_MAX),
                self._client.stream(method, url, content=body, headers=headers) as answer,
            ):
                said = await _body(answer)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError):
            return None, Unsettled.UNANSWERED
        word = _believed(answer.status_code, word_in(said), order.hold_id)
        return word, Unsettled.UNCLEAR if word is None else Unsettled.PENDING


def _believed(status_code: int, word: PayerWord | None, hold_id: UUID) -> PayerWord | None:
    """What an answer says of the payout of that hold; None: nothing, or of another one, or by a server in trouble."""
    if word is None:
        return PayerWord(status="pending") if status_code == HTTP_ACCEPTED else None
    if word.hold_id not in {None, hold_id}:
        return None
    taken = HTTP_OK <= status_code < HTTP_REDIRECT
    turned_down = word.status == "refused" and HTTP_CLIENT_ERROR <= status_code < HTTP_SERVER_ERROR
    return word if taken or turned_down else None


async def _body(answer: httpx.Response) -> bytes:
    """As much of an answer as is read; one that is longer is not understood."""
    body = bytearray()
    async for part in answer.aiter_bytes():
        body += part
        if len(body) > ANSWER_BYTES_MAX:
            return b""
    return bytes(body)
