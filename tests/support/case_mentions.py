"""What is heard at the desk of the case record and asks nothing: noted, changed, taken back, taken up, kept or gone."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from contracts.content import ContactContent, EditContent, HandleContent, RatingContent, ReachContent
from contracts.vocabulary import (
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    HandleKind,
    Visibility,
    id_of,
    system_actor,
)
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.edit_contact import EditContact
from services.case.commands.edit_mention import edit_mention
from services.case.commands.expire_mention import ExpireMention, expire_mention
from services.case.commands.placing import Newcomers
from services.case.commands.promote_mention import PromoteMention, promote_mention
from services.case.commands.record_withholding import RecordWithholding, record_withholding
from services.case.commands.remove_contact import RemoveContact, remove_contact
from services.case.domain.mention import mention_scope
from tests.support.case_day import CaseDay
from tests.support.case_desk import CHANNELS
from tests.support.case_publications import PUBLICATION_KINDS, CasePublications

MENTION_KINDS = (
    *("hear", "hear", "edit_mention", "remove_mention", "promote", "expire_mention"),
    *PUBLICATION_KINDS,
)


class CaseMentions(CaseDay, CasePublications):
    """Steps of a history, each told by a number that picks what it is about."""

    async def _hear(self, number: int) -> None:
        """Praise, mostly; some of it goes on what somebody, or we, said before, and some of it asks."""
        serial = next(self._numbers)
        before = await self._mention(number) if number % 4 == 0 else None
        before = await self._publication(number) if number % 4 == 1 else before
        text = f"Bedankt winkel, {serial}" if number % 3 else f"Mijn fiets {serial} is kapot"
        command = AttachContact(
            contact_id=id_of("contact", Channel.X, "x-1", f"x{serial}"),
            channel=Channel.X,
            account="x-1",
            kind=ContactKind.MENTION,
            direction=Direction.INBOUND,
            visibility=Visibility.PUBLIC,
            assurance=HandleAssurance.PLATFORM,
            occurred_at=self.at,
            received_at=self.at,
            new_case_id=self._new(),
            new_customer_id=self._new(),
            in_reply_to=before,
            content=ContactContent(
                (HandleContent(HandleKind.X, f"9000{number % 5}"),),
                "Sam",
                None,
                text,
                url=f"https://x.example/{serial}",
                reach=ReachContent(self.at, followers=1000 * number),
                rating=RatingContent(number % 11, 0, 10) if number % 2 else None,
            ),
        )
        await attach_contact(
            command, self._by(CHANNELS), record=self.record, directory=self._directory, policy=self._policy
        )

    async def _edit_mention(self, number: int) -> None:
        if mention_id := await self._mention(number):
            text = "Wanneer komt het?" if number % 5 == 0 else f"Bedankt iedereen, {number}"
            command = EditContact(mention_id, self.at, EditContent(text))
            newcomers = Newcomers(customer_id=self._new(), case_id=self._new())
            await edit_mention(
                command,
                newcomers,
                self._by(CHANNELS),
                record=self.record,
                directory=self._directory,
                policy=self._policy,
            )

    async def _remove_mention(self, number: int) -> None:
        if mention_id := await self._mention(number):
            command = RemoveContact(mention_id, self.at)
            await remove_contact(command, self._by(CHANNELS), record=self.record, directory=self._directory)

    async def _promote(self, number: int) -> None:
        if mention_id := await self._mention(number):
            command = PromoteMention(mention_id, f"to be thanked, {number}", self._new(), self._new(), self._new())
            await promote_mention(
                command, self._by(), record=self.record, directory=self._directory, policy=self._policy
            )

    async def _expire_mention(self, number: int) -> None:
        """Its time is over: it is closed, its key goes, and channels answers."""
        mention_id = await self._mention(number)
        if mention_id is None:
            return
        later = self.at + timedelta(days=200)
        now, self.at = self.at, later
        await expire_mention(ExpireMention(mention_id), self._by(system_actor("case")), record=self.record)
        self.at = now
        if await self.pool.fetchval("SELECT expired FROM mentions WHERE mention_id = $1", mention_id):
            await self.keys.destroy_scope(mention_scope(mention_id), later)
            answer = RecordWithholding(mention_id, 1, 2, ("channels.raws",))
            await record_withholding(answer, self._by(CHANNELS), record=self.record)

    async def _mention(self, number: int) -> UUID | None:
        found: UUID | None = await self._one_of("SELECT mention_id FROM mentions ORDER BY 1", number)
        return found
