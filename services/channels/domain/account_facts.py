"""What can be recorded of a channel account and of the configuration that names it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from contracts.stored import Fact, FirstFact
from contracts.vocabulary import AccountMode, Channel

if TYPE_CHECKING:
    from services.channels.domain.account import Account, AppliedConfiguration


class AccountEntry(msgspec.Struct, frozen=True):
    """A channel account: no secret is in it.

    `mode`: what may leave by it; None: nobody said. `paused`: nothing leaves for the time being.
    """

    channel: Channel
    account: str
    name: str
    brand: str | None = None
    brand_name: str | None = None
    mode: AccountMode | None = None
    paused: bool = False


class Opened(FirstFact):
    """An account was named for the first time: contacts can come in by it."""

    TOPIC = "channels.account.opened.v1"
    entry: AccountEntry


class Changed(Fact):
    """The file says something else of the account, or it is back after it had left."""

    TOPIC = "channels.account.changed.v1"
    entry: AccountEntry

    def apply(self, aggregate: Account) -> None:
        """It is as said."""
        aggregate.entry = self.entry
        aggregate.active = True


class SendingSet(Fact):
    """Somebody said what may leave by the account. Recorded even where it was so already: it answers the request.

    `active` False: the account had left the configuration by then, and stays away.
    """

    TOPIC = "channels.account.sending-set.v1"
    entry: AccountEntry
    active: bool
    request_id: UUID
    requested_by: str

    def apply(self, aggregate: Account) -> None:
        """It is as said."""
        aggregate.entry = self.entry


class Closed(Fact):
    """The account left the configuration: nothing comes in or goes out by it any more."""

    TOPIC = "channels.account.closed.v1"
    entry: AccountEntry

    def apply(self, aggregate: Account) -> None:
        """Its past stays."""
        aggregate.active = False


class FirstApplied(FirstFact):
    """The first configuration is in force."""

    TOPIC = "channels.configuration.first-applied.v1"
    digest: str
    entries: tuple[AccountEntry, ...]


class Applied(Fact):
    """Another configuration is in force."""

    TOPIC = "channels.configuration.applied.v1"
    digest: str
    entries: tuple[AccountEntry, ...]

    def apply(self, aggregate: AppliedConfiguration) -> None:
        """What the next one is compared with."""
        aggregate.digest = self.digest
        aggregate.entries = self.entries
