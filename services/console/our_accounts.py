"""Saying which channel accounts there are, where somebody named one that is not."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.installation import ChannelAccount
from services.console.failure import CommandFailed

NAMED_COUNT_MAX = 20


def no_such_account(wanted: str, ours: Sequence[ChannelAccount]) -> CommandFailed:
    """What to raise: names what was wanted, and up to NAMED_COUNT_MAX of those there are."""
    there = sorted(f"{each.channel.path}/{each.account}" for each in ours)
    shown = ", ".join(there[:NAMED_COUNT_MAX]) + (", …" if len(there) > NAMED_COUNT_MAX else "")
    if there:
        known = f"expected one of {shown}, or add it to [[channel_accounts]]"
    else:
        known = "there is none yet: name it in [[channel_accounts]] of a file for `eender up --config FILE`"
    return CommandFailed(f"no account {wanted} is configured: {known}")
