"""On which channels an account of ours can say something that answers nobody, and how long that may be."""

from __future__ import annotations

from contracts.reply_capabilities import LengthUnit, TextLimit
from contracts.vocabulary import Channel

PUBLISHING: dict[Channel, TextLimit] = {
    Channel.FACEBOOK: TextLimit(63_206),
    Channel.X: TextLimit(280, LengthUnit.X_WEIGHTED),
}
"""A post on a page and a post on X, as their platforms count them; `docs/channels/` says which way they leave."""
