"""A publication: something that we say to everybody, in answer to nobody. Decisions here, facts beside it.

Nobody publishes alone: whoever wrote it, another person agrees before it leaves.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.content import PublicationContent
from contracts.stored import SealingScope, Stream
from contracts.vocabulary import Channel, DeliveryStatus, Refusal, RefusalCode, id_of
from services.case.domain import publication_facts as facts
from services.case.domain.publication_facts import PublicationState

PATH = "publicationId"
NOT_LEFT = frozenset({PublicationState.AWAITING_APPROVAL, PublicationState.SCHEDULED})
"""As long as it stands here it can be taken back."""

_BECOMES = {
    DeliveryStatus.FAILED: PublicationState.FAILED,
    DeliveryStatus.UNKNOWN: PublicationState.UNKNOWN,
}
_FROM = {
    PublicationState.UNKNOWN: frozenset({PublicationState.LEAVING}),
    PublicationState.FAILED: frozenset({PublicationState.LEAVING}),
    PublicationState.PUBLISHED: frozenset(
        {PublicationState.LEAVING, PublicationState.UNKNOWN, PublicationState.FAILED}
    ),
}
"""What is told late, or twice, takes nothing back: what stands there stands there."""


class PublicationAbove(msgspec.Struct, frozen=True):
    """What is answered stands beneath a publication, or is that itself (`itself`). `asks`: it is a question to all."""

    itself: bool
    asks: bool


class Publication(Stream):
    """The state that decisions need."""

    TOPIC = "publication"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "publication.created.never"

    def __init__(
        self,
        *,
        channel: Channel,
        account: str,
        brand: str | None,
        author_ref: str,
        publish_at: datetime | None,
        asks_community: bool,
        content: PublicationContent | None,
        **_drafted: Any,
    ) -> None:
        self.channel = channel
        self.account = account
        self.brand = brand
        self.author_ref = author_ref
        self.publish_at = publish_at
        self.asks_community = asks_community
        self.content = content
        self.state = PublicationState.AWAITING_APPROVAL

    @classmethod
    def draft(cls, *, publication_id: UUID, at: datetime, **said: Any) -> Publication:
        """Write it down for another person to read. `said`: the other fields of `PublicationDrafted`."""
        return cls._create(facts.PublicationDrafted, id=publication_id, timestamp=at, **said)

    def sealing(self) -> SealingScope:
        """Under a key of its own: nobody's data, and until it leaves nobody else's to read."""
        return SealingScope(subject_id=self.id, scope_id=self.id)

    def check_awaits(self) -> None:
        """Let pass while somebody is to decide about it.

        Raises:
            Refusal: NOT_AWAITING_APPROVAL.
        """
        if self.state is not PublicationState.AWAITING_APPROVAL:
            raise Refusal(RefusalCode.NOT_AWAITING_APPROVAL, "nobody is to decide about it any more", PATH)

    def approve(self, *, approver_ref: str, at: datetime) -> None:
        """Agree with it: it leaves now, or at its time.

        Raises:
            Refusal: NOT_AWAITING_APPROVAL, SELF_APPROVAL.
        """
        self.check_awaits()
        if approver_ref == self.author_ref:
            raise Refusal(RefusalCode.SELF_APPROVAL, "another person has to read it", PATH)
        self.trigger_event(facts.PublicationApproved, timestamp=at, approver_ref=approver_ref)
        self.release(at=at)

    def release(self, *, at: datetime) -> None:
        """Let it leave, once its time has come; before, or again: no news."""
        if self.state is PublicationState.SCHEDULED and (self.publish_at is None or self.publish_at <= at):
            self.trigger_event(
                facts.PublicationRequested,
                timestamp=at,
                channel=self.channel,
                account=self.account,
                content=self.content,
            )

    def decline(self, *, decider_ref: str, reason: str, at: datetime) -> None:
        """Disagree with it: it never leaves.

        Raises:
            Refusal: NOT_AWAITING_APPROVAL.
        """
        self.check_awaits()
        self.trigger_event(facts.PublicationDeclined, timestamp=at, decider_ref=decider_ref, reason=reason)

    def cancel(self, *, canceller_ref: str, at: datetime) -> None:
        """Take it back before it leaves; again: no news.

        Raises:
            Refusal: INVALID_INPUT, it has left, or was declined.
        """
        if self.state is PublicationState.CANCELLED:
            return
        if self.state not in NOT_LEFT:
            message = f"it is {self.state.value}: only what has not left yet can be taken back"
            raise Refusal(RefusalCode.INVALID_INPUT, message, PATH)
        self.trigger_event(facts.PublicationCancelled, timestamp=at, canceller_ref=canceller_ref)

    def update(self, status: DeliveryStatus, *, external_id: str | None, at: datetime, **told: Any) -> None:
        """Take over what channels says of it, where that is news. `told`: the other fields of `PublicationUpdated`."""
        state = _BECOMES.get(status, PublicationState.PUBLISHED)
        if self.state not in _FROM[state]:
            return
        named_id = None if external_id is None else id_of("contact", self.channel, self.account, external_id)
        news = {"state": state, "external_id": external_id, "named_id": named_id, **told}
        self.trigger_event(facts.PublicationUpdated, timestamp=at, **news)
