"""A mention: something that was said and asks nothing of us. No customer, no case; kept for a while, and found again.

Its id is that of the contact it is, or would be. Its words are sealed under a key of their own, which ends with it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.content import ContactContent, EditContent
from contracts.stored import SealingScope, Stream
from contracts.vocabulary import (
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    Refusal,
    RefusalCode,
    Visibility,
    id_of,
)
from services.case.domain import mention_facts as facts
from services.case.domain.case_contact import ContactToAttach
from services.case.domain.triage import Triage
from services.case.domain.utterance import NOT_SUMMONED


class Mention(Stream):
    """The state that decisions need, folded from the facts. `versions`: of the facts whose words still stand."""

    TOPIC = "mention"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "mention.created.never"

    def __init__(
        self,
        *,
        channel: Channel,
        account: str,
        kind: ContactKind,
        visibility: Visibility,
        assurance: HandleAssurance,
        occurred_at: datetime,
        expires_at: datetime,
        brand: str | None,
        in_reply_to: UUID | None,
        language: str | None,
        flags: tuple[str, ...],
        content_key_id: UUID | None,
        triage: Triage,
        content: ContactContent | None,
    ) -> None:
        self.channel = channel
        self.account = account
        self.kind = kind
        self.visibility = visibility
        self.assurance = assurance
        self.occurred_at = occurred_at
        self.expires_at = expires_at
        self.brand = brand
        self.in_reply_to = in_reply_to
        self.language = language
        self.flags = flags
        self.content_key_id = content_key_id
        self.triage = triage
        self.content = content
        self.versions: tuple[int, ...] = (self.INITIAL_VERSION,)
        self.case_id: UUID | None = None
        self.removed = False
        self.expired = False
        self.answered = False

    @classmethod
    def note(cls, *, mention_id: UUID, days: int, at: datetime, occurred_at: datetime, **said: Any) -> Mention:
        """Keep it for so many days from when it was said, and one day at least. `said`: the other fields of `Noted`."""
        expires_at = max(occurred_at + timedelta(days=days), at + timedelta(days=1))
        return cls._create(
            facts.Noted, id=mention_id, timestamp=at, occurred_at=occurred_at, expires_at=expires_at, **said
        )

    def sealing(self) -> SealingScope:
        """Its author is nobody we know: the contact is its own subject, as in channels."""
        return mention_scope(self.id)

    @property
    def is_open(self) -> bool:
        """Whether it may still become a contact of a case."""
        return self.case_id is None and not self.removed and not self.expired and self.content is not None

    def check_open(self, path: str) -> None:
        """Let pass while there is something to take up.

        Raises:
            Refusal: NOT_FOUND at `path`.
        """
        if not self.is_open:
            raise Refusal(RefusalCode.NOT_FOUND, "the mention was taken back or kept long enough", path)

    def edit(self, *, edited_at: datetime, triage: Triage, content: EditContent | None, at: datetime) -> None:
        """Take over its author's new words."""
        if self.is_open:
            self.trigger_event(facts.Edited, timestamp=at, edited_at=edited_at, triage=triage, content=content)

    def remove(self, *, removed_at: datetime, at: datetime) -> tuple[int, ...]:
        """Forget the words, for its author took them back; gives the versions whose envelopes are to go."""
        withheld = self.versions
        if self.case_id is None and not self.removed and not self.expired:
            self.trigger_event(facts.Removed, timestamp=at, removed_at=removed_at, withheld=withheld)
        return withheld

    def promote(self, *, case_id: UUID, customer_id: UUID, at: datetime) -> tuple[int, ...]:
        """Be a contact of that case from now on; gives the versions whose envelopes are to go."""
        withheld = self.versions
        self.trigger_event(facts.Promoted, timestamp=at, case_id=case_id, customer_id=customer_id, withheld=withheld)
        return withheld

    def expire(self, *, at: datetime) -> None:
        """Go, once its time has come; one that is a contact goes with its case."""
        if self.case_id is None and not self.expired and self.expires_at <= at:
            self.trigger_event(facts.Expired, timestamp=at)

    def note_withheld(self, *, events: int, keys_destroyed: int, stores: tuple[str, ...], at: datetime) -> None:
        """Channels answered; a second answer is no news."""
        if self.expired and not self.answered:
            self.trigger_event(
                facts.CopiesWithheld, timestamp=at, events=events, keys_destroyed=keys_destroyed, stores=stores
            )

    def as_contact(
        self, *, customer_id: UUID, handle_id: UUID | None, triage: Triage, due_from: datetime
    ) -> ContactToAttach:
        """The contact it becomes: said when it was said, but ours to move from now on."""
        return ContactToAttach(
            contact_id=self.id,
            customer_id=customer_id,
            channel=self.channel,
            kind=self.kind,
            direction=Direction.INBOUND,
            visibility=self.visibility,
            assurance=self.assurance,
            occurred_at=self.occurred_at,
            account=self.account,
            handle_id=handle_id,
            in_reply_to=self.in_reply_to,
            brand=self.brand,
            language=self.language,
            content_key_id=self.content_key_id,
            content=self.content,
            triage=triage,
            due_from=due_from,
            summoned=NOT_SUMMONED not in self.flags,
        )


def mention_scope(mention_id: UUID) -> SealingScope:
    """The key of its words: one of the contact's, for here alone."""
    return SealingScope(subject_id=mention_id, scope_id=id_of("mention", str(mention_id)))
