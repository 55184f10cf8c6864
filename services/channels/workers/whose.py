"""For which of our accounts what a payload tells is: one address may be told of several pages, numbers and channels."""

from __future__ import annotations

from collections.abc import Container, Iterable

import msgspec

from contracts.vocabulary import Channel
from services.channels.domain.raw import RawInbound
from services.channels.settings import ChannelsSettings


def parts_of(
    raw: RawInbound, companions: Iterable[Channel], *, doors: Container[str], settings: ChannelsSettings
) -> list[RawInbound]:
    """The payload, and once more for each channel that is told of in it and has an account it may be for."""
    named = {channel for channel, _ in settings.by_platform_id}
    others = [msgspec.structs.replace(raw, channel=channel) for channel in companions if channel in doors]
    return [raw, *(each for each in others if each.account_id in settings.accounts or each.channel in named)]


def whose(part: RawInbound, raw: RawInbound, side: str | None, settings: ChannelsSettings) -> RawInbound | None:
    """The payload as that of the account an item is for; None: of none of those that share the app it came by.

    `side`: by which the platform knows whom it told of. `part`: of `raw`, as `parts_of` gave it.
    """
    if side is None or not settings.by_platform_id or raw.account_id not in settings.accounts:
        return part
    owner = settings.owner_of(raw.account_id, part.channel, side)
    return None if owner is None else msgspec.structs.replace(part, account=owner.account)
