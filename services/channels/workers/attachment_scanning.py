"""Has quarantined files looked into. As long as the scanner does not say that one is clean, nobody gets it."""

from __future__ import annotations

from datetime import timedelta

import asyncpg

from infra import metrics
from infra.clock import jittered_delay_ms
from infra.logs import log
from infra.objects import ObjectsUnavailable
from infra.rounds import go_round
from infra.sql import statements
from services.channels.commands.scan_attachment import ScanAttachment, scan_attachment
from services.channels.commands.scan_upload import ScanUpload, scan_upload
from services.channels.workers.attachment_keeper import KeepingParts
from services.channels.workers.scanners import Scanner, ScannerAway

POLL_SECONDS = 1.0
OF_ROUND_MAX = 16
RETRY_DELAY_MS_BASE = 5_000
RETRY_DELAY_MS_MAX = 5 * 60_000

_SQL = statements("services.channels.workers")
logger = log("attachments")


class AttachmentScanning:
    """The loop. It never gives up: what is quarantined stays so until somebody looked."""

    def __init__(self, parts: KeepingParts, scanner: Scanner) -> None:
        self._parts = parts
        self._scanner = scanner

    async def run(self) -> None:
        """Go round for ever. While the database or the object store is away it comes again."""
        await go_round(self.round, every_seconds=POLL_SECONDS, logger=logger, passes=(ObjectsUnavailable,))

    async def round(self) -> None:
        """Have looked into what is due, one file at a time."""
        parts, now = self._parts, self._parts.clock.now()
        for row in await parts.pool.fetch(_SQL["attachments_to_scan"], now, OF_ROUND_MAX):
            clean = await self._looked_into(row, "attachment_postponed")
            if clean is not None:
                command = ScanAttachment(row["attachment_id"], clean)
                await scan_attachment(command, parts.context(row["contact_id"]), record=parts.record)
        for row in await parts.pool.fetch(_SQL["uploads_to_scan"], now, OF_ROUND_MAX):
            clean = await self._looked_into(row, "upload_postponed")
            if clean is not None:
                upload = ScanUpload(row["attachment_id"], clean)
                await scan_upload(upload, parts.context(row["attachment_id"]), record=parts.record)

    async def _looked_into(self, row: asyncpg.Record, postponed: str) -> bool | None:
        """Whether nothing is in it; None: nobody knows yet. `postponed`: the statement by which it waits."""
        data = await self._parts.files.get(row["object_id"])
        if data is None:
            await self._later(row, "no-bytes", postponed)
            return None
        try:
            clean = await self._scanner.is_clean(data)
        except ScannerAway as away:
            logger.warning("a file stays quarantined: the scanner did not say", error_class=str(away))
            await self._later(row, "scanner-away", postponed)
            return None
        metrics.attachments.labels("scanned", "clean" if clean else "infected").inc()
        return clean

    async def _later(self, row: asyncpg.Record, reason: str, postponed: str) -> None:
        metrics.attachments.labels("quarantined", reason).inc()
        attempt = row["attempts"] + 1
        delay_ms = jittered_delay_ms(attempt, delay_ms_base=RETRY_DELAY_MS_BASE, delay_ms_max=RETRY_DELAY_MS_MAX)
        due_at = self._parts.clock.now() + timedelta(milliseconds=delay_ms)
        await self._parts.pool.execute(_SQL[postponed], row["attachment_id"], due_at)
