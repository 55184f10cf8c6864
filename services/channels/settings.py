"""What channels is told by the configuration: its accounts with their secrets, held in memory and never stored."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

import msgspec

from contracts.configuration import Configuration, configuration_digest
from contracts.installation import ChannelAccount
from contracts.object_store import Objects
from contracts.opening_hours import opening_zone
from contracts.retention import Retention
from contracts.rosters import Shift
from contracts.vocabulary import AccountMode, Channel
from services.channels.domain.account_facts import AccountEntry
from services.channels.domain.raw import account_id_of
from services.channels.domain.send_pace import SENDS_PER_MINUTE, SendPaces

REGION_DEFAULT = "NL"
SIGNED_WITH = ("app_secret", "consumer_secret", "auth_token")
"""Secrets of an app, which several accounts may share."""


class AccountSettings(msgspec.Struct, frozen=True):
    """One channel account. `secrets`: by name; several values of one are valid at a time.

    `opening_hours`: of its channel, in the zone of `timezone`; without any it is open always.

    `platform_id`: by which its platform knows it, where one address is told of several of ours.

    `mode`, `paused`: as the file says; what is in force is on record, for it can be changed through the API.
    """

    channel: Channel
    account: str
    name: str
    secrets: Mapping[str, tuple[str, ...]] = {}
    api_base: str | None = None
    api_version: str | None = None
    brand: str | None = None
    brand_name: str | None = None
    mailbox: str | None = None
    authserv_id: str | None = None
    feed_url: str | None = None
    feed_may_be_local: bool = False
    mode: AccountMode | None = None
    paused: bool = False
    silence_alarm_minutes: int | None = None
    opening_hours: tuple[Shift, ...] = ()
    timezone: str = "UTC"
    allowed_origins: tuple[str, ...] = ()
    sends_per_minute: int | None = None
    platform_id: str | None = None

    @property
    def pace(self) -> int | None:
        """How many replies may leave in a minute; None: as many as do."""
        return self.sends_per_minute or SENDS_PER_MINUTE.get(self.channel)

    @property
    def sends_to(self) -> str | None:
        """Where replies go; None: nothing can be sent. A chat's are stored here, so that it needs no address."""
        return "" if self.channel is Channel.CHAT else self.api_base

    def entry(self) -> AccountEntry:
        """What may be recorded of it: everything but its secrets."""
        return AccountEntry(
            channel=self.channel,
            account=self.account,
            name=self.name,
            brand=self.brand,
            brand_name=self.brand_name,
            mode=self.mode,
            paused=self.paused,
        )

    def secret(self, name: str) -> str | None:
        """The value to show outside where several are valid: the first."""
        return next((value for value in self.secrets.get(name, ()) if value), None)

    def __repr__(self) -> str:
        return f"AccountSettings({self.channel.path}/{self.account})"


class ChannelsSettings(msgspec.Struct, frozen=True):
    """The accounts by id, the region of phone numbers without a country code, and how long payloads are kept.

    `objects`: where files lie that come along, and how large they may be.
    `allowed_origins`: of pages that may bring some.
    """

    accounts: Mapping[UUID, AccountSettings] = {}
    region: str = REGION_DEFAULT
    digest: str = ""
    raw_days: int = Retention().raw_days
    objects: Objects = Objects()
    allowed_origins: tuple[str, ...] = ()
    by_platform_id: Mapping[tuple[Channel, str], AccountSettings] = {}

    def owner_of(self, told_at: UUID, channel: Channel, side: str) -> AccountSettings | None:
        """Whom something is for that was told of `side`; None: of none that shares the app of the account it came to.

        `told_at`: that account. What is signed with the secret of one app says nothing of another's.
        """
        host = self.accounts.get(told_at)
        found = self.by_platform_id.get((channel, side))
        if host is not None and found is not None and _share_app(host, found):
            return found
        own = None if host is None else self.accounts.get(account_id_of(channel, host.account))
        return own if own is not None and own.platform_id is None else None

    def beside(self, account_id: UUID) -> tuple[str, ...]:
        """The other mailboxes of the same brand: a mail to two of them is one."""
        own = self.accounts.get(account_id)
        if own is None or own.channel is not Channel.EMAIL:
            return ()
        return tuple(
            each.account
            for each in self.accounts.values()
            if each.channel is Channel.EMAIL and each.brand == own.brand and each.account != own.account
        )

    def paces(self) -> SendPaces:
        """Fresh buckets for all accounts."""
        return SendPaces(lambda account_id: None if (known := self.accounts.get(account_id)) is None else known.pace)

    @classmethod
    def of(
        cls,
        accounts: tuple[AccountSettings, ...],
        *,
        region: str,
        digest: str,
        raw_days: int = Retention().raw_days,
        objects: Objects | None = None,
        allowed_origins: tuple[str, ...] = (),
    ) -> ChannelsSettings:
        """Settings of these accounts. `digest`: of the configuration they come from."""
        by_id = {account_id_of(each.channel, each.account): each for each in accounts}
        return cls(
            accounts=by_id,
            region=region,
            digest=digest,
            raw_days=raw_days,
            objects=objects or Objects(),
            allowed_origins=allowed_origins,
            by_platform_id={(each.channel, each.platform_id): each for each in accounts if each.platform_id},
        )


def _share_app(one: AccountSettings, other: AccountSettings) -> bool:
    """Whether one of the secrets that payloads are signed with is good for both."""
    return any(set(one.secrets.get(name, ())) & set(other.secrets.get(name, ())) for name in SIGNED_WITH)


def _secrets_of(account: ChannelAccount) -> dict[str, tuple[str, ...]]:
    """The values of each that are good, the one to show outside first."""
    former = account.former_secrets
    return {name: (value, *((former[name],) if name in former else ())) for name, value in account.secrets.items()}


def settings_of(configuration: Configuration) -> ChannelsSettings:
    """What the configuration says to channels."""
    brands = {brand.ref: brand.name for brand in configuration.brands}
    found = tuple(
        AccountSettings(
            channel=account.channel,
            account=account.account,
            name=account.name or account.account,
            secrets=_secrets_of(account),
            api_base=account.api_base,
            api_version=account.api_version,
            brand=account.brand,
            brand_name=brands.get(account.brand) if account.brand else None,
            mailbox=account.mailbox,
            authserv_id=account.authserv_id,
            feed_url=account.feed_url,
            feed_may_be_local=account.feed_may_be_local,
            mode=None if account.mode_word is None else account.mode,
            paused=account.paused,
            silence_alarm_minutes=account.silence_alarm_minutes,
            opening_hours=tuple(
                hours.shift for hours in configuration.opening_hours if hours.channel is account.channel
            ),
            timezone=opening_zone(configuration, account.channel),
            allowed_origins=account.allowed_origins,
            sends_per_minute=account.sends_per_minute,
            platform_id=account.platform_id,
        )
        for account in configuration.channel_accounts
    )
    return ChannelsSettings.of(
        found,
        region=configuration.region,
        digest=configuration_digest(configuration),
        raw_days=configuration.retention.raw_days,
        objects=configuration.objects,
        allowed_origins=tuple(configuration.http.allowed_origins),
    )
