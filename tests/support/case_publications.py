"""What the desk of the case record says to everybody: written, agreed with or not, left, and what became of it."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from contracts.stored import Row, Work
from contracts.vocabulary import Channel, DeliveryStatus, id_of
from services.case.commands.approve_publication import ApprovePublication, approve_publication
from services.case.commands.cancel_publication import CancelPublication, cancel_publication
from services.case.commands.decline_publication import DeclinePublication, decline_publication
from services.case.commands.draft_publication import DraftPublication, draft_publication
from services.case.commands.record_publication import RecordPublication, record_publication
from services.case.commands.release_publication import ReleasePublication, release_publication
from tests.support.case_desk import CASE, CHANNELS, LEA, CaseDesk

PUBLICATION_KINDS = ("draft", "agree", "agree", "disagree", "release", "posted")
ACCOUNT_ID = id_of("account", Channel.X, "x-1")
BECAME = (DeliveryStatus.ACCEPTED, DeliveryStatus.UNKNOWN, DeliveryStatus.ACCEPTED, DeliveryStatus.FAILED)


class CasePublications(CaseDesk):
    """Steps of a history, each told by a number that picks what it is about."""

    async def _draft(self, number: int) -> None:
        async def configured() -> Work:
            row = (ACCOUNT_ID, Channel.X.value, "x-1", "x-1", "shop", True, None, False)
            return Work(rows=(Row("upsert_channel_account", row),))

        await self.record.transact(self._by(CHANNELS), configured)
        command = DraftPublication(
            self._new(),
            ACCOUNT_ID,
            f"What about {number}?",
            publish_at=self.at + timedelta(minutes=number) if number % 3 == 1 else None,
            asks_community=number % 2 == 0,
        )
        await draft_publication(command, self._by(), record=self.record, directory=self._directory, policy=self._policy)

    async def _agree(self, number: int) -> None:
        if publication_id := await self._publication(number):
            command = ApprovePublication(publication_id)
            await approve_publication(command, self._by(LEA), record=self.record, policy=self._policy)

    async def _disagree(self, number: int) -> None:
        publication_id = await self._publication(number)
        if publication_id is None:
            return
        if number % 2:
            decline = DeclinePublication(publication_id, f"Not so, {number}")
            await decline_publication(decline, self._by(LEA), record=self.record, policy=self._policy)
        else:
            cancel = CancelPublication(publication_id)
            await cancel_publication(cancel, self._by(), record=self.record, policy=self._policy)

    async def _release(self, number: int) -> None:
        if publication_id := await self._publication(number):
            await release_publication(ReleasePublication(publication_id), self._by(CASE), record=self.record)

    async def _posted(self, number: int) -> None:
        """As channels tells it."""
        if publication_id := await self._publication(number):
            status = BECAME[number % len(BECAME)]
            url = f"https://x.com/i/status/{number}" if number % 2 else None
            command = RecordPublication(publication_id, status, self.at, external_id=str(number), url=url)
            await record_publication(command, self._by(CHANNELS), record=self.record)

    async def _publication(self, number: int) -> UUID | None:
        found: UUID | None = await self.pool.fetchval(
            "SELECT publication_id FROM publications ORDER BY publication_id OFFSET $1 LIMIT 1", number % 3
        )
        return found
