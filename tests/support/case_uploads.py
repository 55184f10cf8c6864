"""The part of a case's history about files that agents bring to go along with answers."""

from __future__ import annotations

from datetime import timedelta

from contracts.vocabulary import AttachmentState, Channel
from services.case.commands.expire_upload import ExpireUpload, expire_upload
from services.case.commands.note_upload import NoteUpload, note_upload
from services.case.commands.request_reply import RequestReply, request_reply
from services.case.commands.request_upload import RequestUpload, request_upload
from services.case.domain.policy import CasePolicy
from services.case.domain.upload import UploadNews
from tests.support.case_desk import CHANNELS
from tests.support.case_mentions import CaseMentions

UPLOAD_KINDS = ("upload", "upload", "brought", "brought", "along", "lapse")
STATES = (AttachmentState.READY, AttachmentState.QUARANTINED, AttachmentState.READY, AttachmentState.REFUSED)


class CaseUploads(CaseMentions):
    """Asked for, brought, taken along or not."""

    async def _upload(self, number: int) -> None:
        if case_id := await self._case(number):
            command = RequestUpload(self._new(), case_id, f"invoice {number}.png", "image/png", 7 + number, "0" * 64)
            await request_upload(
                command, self._by(), record=self.record, directory=self._directory, policy=self._policy
            )

    async def _brought(self, number: int) -> None:
        upload_id = await self.pool.fetchval(
            "SELECT attachment_id FROM attachments WHERE expires_at IS NOT NULL ORDER BY 1 OFFSET $1 LIMIT 1",
            number % 4,
        )
        if upload_id is not None:
            state = STATES[number % len(STATES)]
            news = UploadNews(state, "image/png" if number % 5 else None, number if number % 5 else None)
            await note_upload(NoteUpload(upload_id, news), self._by(CHANNELS), record=self.record)

    async def _along(self, number: int) -> None:
        row = await self.pool.fetchrow(
            "SELECT attachment_id, case_id FROM attachments WHERE contact_id IS NULL AND state = 'READY' "
            "ORDER BY attachment_id LIMIT 1"
        )
        if row is not None:
            command = RequestReply(
                row["case_id"],
                self._new(),
                f"With a file, {number}.",
                channel=Channel.WHATSAPP if number % 2 else None,
                attachment_ids=(row["attachment_id"],),
            )
            await request_reply(command, self._by(), record=self.record, policy=CasePolicy())

    async def _lapse(self, number: int) -> None:
        """A day goes by."""
        self.at += timedelta(hours=25)
        for row in await self.pool.fetch(
            "SELECT attachment_id FROM attachments WHERE expires_at <= $1 AND contact_id IS NULL LIMIT $2",
            self.at,
            1 + number % 2,
        ):
            await expire_upload(ExpireUpload(row["attachment_id"]), self._by(), record=self.record)
