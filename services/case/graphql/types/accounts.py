"""How our accounts on the channels do."""

from __future__ import annotations

from enum import StrEnum

import strawberry
from strawberry import field

from services.case.graphql.scalars import Instant, LanguageTag


@strawberry.enum(description="Whether a channel account is used.")
class AccountState(StrEnum):
    """Whether a channel account is used."""

    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CLOSED = "CLOSED"


@strawberry.type
class AccountHealth:
    """How a channel account did when that was last told; at once where something is wrong, else every few minutes."""

    measured_at: Instant = field(description="When that was so.")
    last_received_at: Instant | None = field(description="When something last came in.")
    last_sent_at: Instant | None = field(description="When a reply last left.")
    silent_since: Instant | None = field(
        description="Since when nothing comes in, where that is longer than configured; null: no alarm."
    )
    trouble: str | None = field(
        description="Why nothing can be fetched or sent by the account, in a word; null: it can."
    )
    unread: int = field(description="How many payloads are kept and not read yet.")
    unsent: int = field(description="How many replies are to leave.")


@strawberry.type
class MessageTemplate:
    """A text that is ready to be sent, with places to fill in. On WhatsApp it leaves after the window, too."""

    name: str = field(description="Send it as `template.name`.")
    language: LanguageTag = field(description="Send it as `template.language`.")
    body: str = field(description="The text; `{{1}}` is where the first of `template.parameters` will stand.")
    category: str = field(description="UTILITY, MARKETING or AUTHENTICATION, as its platform approved it.")
    parameters: int = field(description="How many values it asks for.")
