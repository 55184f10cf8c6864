"""Puts the lines of a file in front of the intake as kept payloads, a piece at a time: from there on they are contacts.

Nothing is taken in here that a webhook could not bring: a piece is sealed and kept like a payload, each piece once, and
whoever reads payloads reads it. So an import that ended early goes on where it was, and a file imported twice changes
nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import islice
from typing import BinaryIO

import msgspec

from contracts.vocabulary import Channel
from infra.postgres import Pool
from infra.sql import statements
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.raw import RawInbound
from services.channels.ports import Clock, Ids, RawStore
from services.channels.providers.neutral_lines import HEADERS, read_line

PIECE_LINES = 64
WAITING_PIECES_MAX = 24
"""So many pieces wait to be read at most: what customers send meanwhile queues up behind no more than those."""
LINE_BYTES_MAX = 256 * 1024
LOOK_SECONDS = 0.02
STILL_SECONDS_MAX = 60.0

_SQL = statements("services.channels.workers")


class Refused(msgspec.Struct, frozen=True):
    """A line that was not taken in. `line`: its number, from 1; `text`: the line itself, as far as it is text."""

    line: int
    code: str
    reason: str
    field: str | None
    text: str


class Imported(msgspec.Struct):
    """How many lines there were: taken in now, known from before, refused."""

    taken: int = 0
    known: int = 0
    refused: int = 0


class NobodyReads(Exception):  # noqa: N818  (said to who imports)
    """Pieces wait to be read and their number does not change: the channels service is not up."""


class Importer:
    """Imports for one channel account. `refuse`: told of each line that is not taken in."""

    def __init__(
        self,
        *,
        pool: Pool,
        store: RawStore,
        clock: Clock,
        ids: Ids,
        channel: Channel,
        account: str,
        region: str,
        refuse: Callable[[Refused], None],
    ) -> None:
        self._pool = pool
        self._store = store
        self._clock = clock
        self._ids = ids
        self._channel = channel
        self._account = account
        self._region = region
        self._refuse = refuse

    async def run(self, file: BinaryIO, progress: Callable[[int], None]) -> Imported:
        """Import every line; returns once all of them were read. `progress`: told how many bytes of the file are done.

        Raises:
            NobodyReads: see there.
            StoreUnavailable: a piece is not on disk, or nobody knows; the same import again goes on from there.
        """
        done, number, waiting = Imported(), 1, list[RawInbound]()
        while lines := list(islice(_lines(file), PIECE_LINES)):
            piece = self._piece(lines, number, done)
            number += len(lines)
            if piece is not None:
                waiting.append(piece)
            if len(waiting) == WAITING_PIECES_MAX // 2:
                await self._hand_over(waiting, done)
                waiting = []
                progress(file.tell())
        await self._hand_over(waiting, done)
        await self._until_read(0)
        progress(file.tell())
        return done

    def _piece(self, lines: list[bytes], number: int, done: Imported) -> RawInbound | None:
        """The readable ones among the lines as one payload; None where there are none."""
        raw = self._raw(b"")
        good = [line for place, line in enumerate(lines, number) if line and self._reads(line, place, raw, done)]
        return self._raw(b"\n".join(good)) if good else None

    def _reads(self, line: bytes, place: int, raw: RawInbound, done: Imported) -> bool:
        try:
            if len(line) > LINE_BYTES_MAX:
                raise NotUnderstood("too-large", f"at most {LINE_BYTES_MAX} bytes are taken")  # noqa: TRY301  (as bad)
            read_line(line, raw, region=self._region)
        except NotUnderstood as problem:
            done.refused += 1
            text = line[:LINE_BYTES_MAX].decode("utf-8", "replace")
            self._refuse(Refused(place, problem.code, problem.detail, problem.field, text))
            return False
        return True

    def _raw(self, body: bytes) -> RawInbound:
        return RawInbound(
            raw_id=self._ids.new(),
            channel=self._channel,
            account=self._account,
            body=body,
            received_at=self._clock.now(),
            dedupe_key="import:" + sha256(body).hexdigest(),
            headers=HEADERS,
        )

    async def _hand_over(self, pieces: list[RawInbound], done: Imported) -> None:
        """Keep them, once there is room among those that wait to be read."""
        await self._until_read(WAITING_PIECES_MAX - len(pieces))
        for raw, kept in zip(pieces, await asyncio.gather(*map(self._store.keep, pieces)), strict=True):
            lines = raw.body.count(b"\n") + 1
            done.taken += lines if kept.new else 0
            done.known += 0 if kept.new else lines

    async def _until_read(self, left_max: int) -> None:
        """Wait until no more than so many payloads of this account wait to be read.

        Raises:
            NobodyReads: see there.
        """
        before, still_s = -1, 0.0
        raw = self._raw(b"")
        while (left := await self._pool.fetchval(_SQL["raws_of_account_to_read"], raw.account_id)) > left_max:
            still_s = still_s + LOOK_SECONDS if left == before else 0.0
            if still_s > STILL_SECONDS_MAX:
                raise NobodyReads
            before = left
            await asyncio.sleep(LOOK_SECONDS)


def _lines(file: BinaryIO) -> Iterator[bytes]:
    """The lines without their ends; of one that is too long only so much that it shows, the rest is passed over."""
    while line := file.readline(LINE_BYTES_MAX + 1):
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = file.readline(LINE_BYTES_MAX)
        yield line if len(line) > LINE_BYTES_MAX else line.strip()
