"""Our side of a channel: an account by which contacts come in and replies leave."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.stored import Stream
from contracts.vocabulary import AccountMode, id_of
from services.channels.domain.account_facts import (
    AccountEntry,
    Applied,
    Changed,
    Closed,
    FirstApplied,
    Opened,
    SendingSet,
)
from services.channels.domain.raw import account_id_of

CONFIGURATION_ID = id_of("configuration", "channels")


class Account(Stream):
    """One channel account, in or out of force."""

    TOPIC = "channels.account"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.account.created.never"

    def __init__(self, entry: AccountEntry) -> None:
        self.entry = entry
        self.active = True

    @classmethod
    def open(cls, entry: AccountEntry, *, at: datetime) -> Account:
        """Name an account for the first time."""
        return cls._create(Opened, id=account_id_of(entry.channel, entry.account), timestamp=at, entry=entry)

    def change(self, entry: AccountEntry, *, at: datetime) -> None:
        """Set it as the file says; nothing where it is so already."""
        if not self.active or self.entry != entry:
            self.trigger_event(Changed, timestamp=at, entry=entry)

    def set_sending(
        self, *, mode: AccountMode | None, paused: bool | None, request_id: UUID, requested_by: str, at: datetime
    ) -> None:
        """Set what may leave by it, as somebody asked; what is None stays."""
        self.trigger_event(
            SendingSet,
            timestamp=at,
            entry=msgspec.structs.replace(
                self.entry,
                mode=self.entry.mode if mode is None else mode,
                paused=self.entry.paused if paused is None else paused,
            ),
            active=self.active,
            request_id=request_id,
            requested_by=requested_by,
        )

    def close(self, *, at: datetime) -> None:
        """Take it out of force, once."""
        if self.active:
            self.trigger_event(Closed, timestamp=at, entry=self.entry)


class AppliedConfiguration(Stream):
    """What the configuration file said when it was last applied: only its changes are set again."""

    TOPIC = "channels.configuration"

    class Created(Stream.Created):
        """Never raised: the library wants a topic here."""

        TOPIC = "channels.configuration.created.never"

    def __init__(self, digest: str, entries: tuple[AccountEntry, ...]) -> None:
        self.digest = digest
        self.entries = entries

    @classmethod
    def begin(cls, digest: str, entries: tuple[AccountEntry, ...], *, at: datetime) -> AppliedConfiguration:
        """Record the first application."""
        return cls._create(FirstApplied, id=CONFIGURATION_ID, timestamp=at, digest=digest, entries=entries)

    def renew(self, digest: str, entries: tuple[AccountEntry, ...], *, at: datetime) -> None:
        """Record an application, where anything changed."""
        if (digest, entries) != (self.digest, self.entries):
            self.trigger_event(Applied, timestamp=at, digest=digest, entries=entries)
