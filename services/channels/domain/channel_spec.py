"""A door's declaration: how it proves who is calling, what it answers, and what it can carry. Data, no code."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from contracts.vocabulary import Channel, ReplyCapability

FORM_BODY_BYTES_MAX = 1024 * 1024
WEBHOOK_BODY_BYTES_MAX = 4 * 1024 * 1024


class HmacSignature(msgspec.Struct, frozen=True):
    """The header holds `prefix` and the HMAC of the raw body.

    `secrets`: names of account secrets; any may fit, so that a secret can be changed without losing a message. Where
    none is configured everything is refused.
    """

    header: str
    secrets: tuple[str, ...]
    algorithm: str = "sha256"
    prefix: str = ""
    encoding: str = "hex"


class NoVerification(msgspec.Struct, frozen=True):
    """Anybody may post: what is said is the sender's own word."""


Verification: TypeAlias = HmacSignature | NoVerification


class HubChallenge(msgspec.Struct, frozen=True):
    """The GET handshake of Meta and WebSub: the challenge is echoed to whoever knows the token in secret `token`."""

    token: str = "verify_token"  # noqa: S105  (the name of the secret, not the secret)


class ChannelSpec(msgspec.Struct, frozen=True):
    """What one channel is.

    `answer_status`: the 2xx its platform insists on. `idempotency_header`: where a client names its own key; None: the
    same bytes are the same payload. `reply` None: nothing can be sent back.
    """

    channel: Channel
    verification: Verification
    answer_status: int
    body_bytes_max: int = WEBHOOK_BODY_BYTES_MAX
    handshake: HubChallenge | None = None
    idempotency_header: str | None = None
    reply: ReplyCapability | None = None
