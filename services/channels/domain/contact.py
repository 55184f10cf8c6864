"""A contact as the front door knows it: whether it was changed or taken back. Its text is on record, not in here."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.content import ContactContent, EditContent
from contracts.stored import SealingScope, Stream
from contracts.vocabulary import Channel, Direction, HandleAssurance, HandleKind, Visibility, id_of
from services.channels.domain import contact_facts as facts
from services.channels.domain.contact_facts import (
    Aliased,
    Edited,
    Forgotten,
    Measured,
    Reacted,
    Received,
    Redacted,
    Removed,
)
from services.channels.domain.entry_likeness import EntryLikeness
from services.channels.domain.inbound import (
    LANGUAGE_LENGTH_MAX,
    ContactArrived,
    ContactEdited,
    ContactRemoved,
    HandleAliased,
    ReachMeasured,
    ReactionChanged,
)
from services.channels.domain.mail_likeness import likeness_of
from services.channels.domain.raw import RawInbound, contact_id_of


class Contact(Stream):
    """One touch that came in. Its own data subject until somebody knows whose it is."""

    TOPIC = "channels.contact"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.contact.created.never"

    def __init__(
        self,
        *,
        channel: Channel,
        account: str,
        content: ContactContent | None,
        flags: tuple[str, ...],
        direction: Direction,
        visibility: Visibility,
        assurance: HandleAssurance,
        occurred_at: datetime,
        raw_id: UUID,
        **_received: Any,
    ) -> None:
        self.raw_id = raw_id
        self.assurance = assurance
        self.channel = channel
        self.account = account
        self.flags = flags
        self.direction = direction
        self.visibility = visibility
        self.occurred_at = occurred_at
        self.reach(content)
        self.likeness = None if content is None else _likeness_of(channel, content, flags)
        self.worded = [self.INITIAL_VERSION]
        self.newest_edit: tuple[datetime, UUID] | None = None
        reach = None if content is None else content.reach
        self.measured = None if reach is None else Measured(reach.measured_at, reach.views, reach.shares, reach.likes)
        self.removed = False
        self.redacted = False
        self.forgotten = False

    def reach(self, content: ContactContent | None) -> None:
        """Apply how its sender is reached and which thread it is of; for facts only."""
        known = content or ContactContent()
        self.external_id, self.handles = known.external_id, known.handles
        self.subject, self.references = known.subject, known.references
        self.attachments = known.attachments

    @property
    def closed(self) -> bool:
        """Whether nothing more of it is kept: its sender took it back, or it is redacted or forgotten."""
        return self.removed or self.redacted or self.forgotten

    @classmethod
    def receive(
        cls, item: ContactArrived, raw: RawInbound, *, brand: str | None, in_reply_to: UUID | None, at: datetime
    ) -> Contact:
        """Begin the stream of a contact; its id follows from the channel's own, so that it begins once."""
        return cls._create(
            Received,
            id=contact_id_of(raw.channel, raw.account, item.external_id),
            timestamp=at,
            channel=raw.channel,
            account=raw.account,
            kind=item.kind,
            direction=item.direction,
            visibility=item.visibility,
            assurance=item.assurance,
            occurred_at=item.occurred_at,
            received_at=raw.received_at,
            raw_id=raw.raw_id,
            brand=brand,
            in_reply_to=in_reply_to,
            language=item.language if len(item.language or "") <= LANGUAGE_LENGTH_MAX else None,
            flags=item.flags,
            content=msgspec.structs.replace(item.content, external_id=item.external_id),
        )

    def is_told_by(self, item: ContactArrived, raw: RawInbound) -> bool:
        """Whether an item of its external id tells of it, and of no other mail; what was forgotten stays so.

        A mail whose sender is sure is not lost to a copy whose sender is not: that one could not be answered.
        """
        if item.otherwise is None or raw.raw_id == self.raw_id or self.likeness is None:
            return True
        if item.assurance is HandleAssurance.PLATFORM is not self.assurance:
            return False
        same: bool = self.likeness.is_of(_likeness_of(self.channel, item.content, item.flags))
        return same

    def edit(self, item: ContactEdited, *, at: datetime) -> None:
        """Take over a newer text; an older or known edit, or one of a closed contact, changes nothing."""
        edit_id = id_of("edit", item.edit_id)
        newest = (item.occurred_at, edit_id)
        if self.closed or (self.newest_edit is not None and newest <= self.newest_edit):
            return
        self.trigger_event(
            Edited,
            timestamp=at,
            channel=self.channel,
            account=self.account,
            edit_id=edit_id,
            occurred_at=item.occurred_at,
            content=EditContent(text=item.text),
        )

    def measure(self, item: ReachMeasured, *, at: datetime) -> None:
        """Take note of how often it was met, where that is newer than what is known, and other."""
        known = self.measured
        told = Measured(item.measured_at, item.views, item.shares, item.likes)
        is_old = known is not None and told.at <= known.at
        is_same = known is not None and msgspec.structs.replace(known, at=told.at) == told
        if not (self.closed or is_old or is_same) and told != Measured(told.at):
            self.trigger_event(
                facts.ReachMeasured, timestamp=at, channel=self.channel, account=self.account, measured=told
            )

    def remove(self, item: ContactRemoved, *, at: datetime) -> None:
        """Take note that its sender took it back, once."""
        if not self.removed:
            self.trigger_event(
                Removed, timestamp=at, channel=self.channel, account=self.account, occurred_at=item.occurred_at
            )

    def redact(self, *, at: datetime) -> tuple[int, ...]:
        """Withhold what it says, once; gives the versions whose envelopes are to go."""
        withheld = () if self.redacted or self.forgotten else tuple(self.worded)
        if withheld:
            self.trigger_event(
                Redacted,
                timestamp=at,
                channel=self.channel,
                account=self.account,
                direction=self.direction,
                visibility=self.visibility,
                occurred_at=self.occurred_at,
                withheld=withheld,
                kept=ContactContent(handles=self.handles, external_id=self.external_id, references=self.references),
            )
        return withheld

    def forget(self, *, at: datetime) -> None:
        """Its customer is erased, or its case was kept long enough."""
        self.trigger_event(Forgotten, timestamp=at)

    def sealing(self) -> SealingScope:
        """The contact is its own subject: who the customer is, only the case service knows."""
        return SealingScope(self.id, self.id)


def _likeness_of(channel: Channel, content: ContactContent, flags: tuple[str, ...]) -> Any:
    """By what it is known again where ids are not to be trusted; None: they are."""
    match channel:
        case Channel.EMAIL:
            return likeness_of(content, flags)
        case Channel.FEED:
            return EntryLikeness.of(content)
        case _:
            return None


class Reaction(Stream):
    """One change of one emoji; whoever shows it orders them by time."""

    TOPIC = "channels.reaction"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.reaction.created.never"

    def __init__(self, contact_id: UUID, **_changed: Any) -> None:
        self.contact_id = contact_id

    @classmethod
    def change(
        cls, item: ReactionChanged, *, channel: Channel, account: str, contact_id: UUID, at: datetime
    ) -> Reaction:
        """Record one change on the contact or reply it was put on."""
        return cls._create(
            Reacted,
            id=reaction_id_of(channel, account, item),
            timestamp=at,
            contact_id=contact_id,
            channel=channel,
            account=account,
            occurred_at=item.occurred_at,
            emoji=item.emoji,
        )


class Alias(Stream):
    """One statement of a platform that two addresses are one person's."""

    TOPIC = "channels.alias"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.alias.created.never"

    def __init__(self, kind: HandleKind, **_aliased: Any) -> None:
        self.kind = kind

    @classmethod
    def report(cls, item: HandleAliased, *, channel: Channel, account: str, at: datetime) -> Alias:
        """Record the statement."""
        return cls._create(
            Aliased,
            id=alias_id_of(channel, account, item),
            timestamp=at,
            channel=channel,
            account=account,
            occurred_at=item.occurred_at,
            kind=item.content.new.kind,
            content=item.content,
        )

    def sealing(self) -> SealingScope:
        """Its own subject, as a contact is."""
        return SealingScope(self.id, self.id)


def reaction_id_of(channel: Channel, account: str, item: ReactionChanged) -> UUID:
    """The stream of one change of an emoji."""
    return id_of("reaction", channel, account, item.reaction_id)


def alias_id_of(channel: Channel, account: str, item: HandleAliased) -> UUID:
    """The stream of one statement about two addresses."""
    return id_of("alias", channel, account, item.external_id)
