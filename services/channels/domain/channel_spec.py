"""A door's declaration: how it proves who is calling, what it answers, and what it can carry. Data, no code."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from contracts.reply_capabilities import ReplyCapability
from contracts.vocabulary import Channel

FORM_BODY_BYTES_MAX = 1024 * 1024
WEBHOOK_BODY_BYTES_MAX = 4 * 1024 * 1024


class HmacSignature(msgspec.Struct, frozen=True):
    """The header holds `prefix` and the HMAC of the raw body.

    `secrets`: names of account secrets; any may fit, so that a secret can be changed without losing a message. Where
    none is configured everything is refused. So it is with every rule below.
    """

    header: str
    secrets: tuple[str, ...]
    algorithm: str = "sha256"
    prefix: str = ""
    encoding: str = "hex"


class StandardWebhook(msgspec.Struct, frozen=True):
    """Standard Webhooks: `webhook-signature` holds the HMAC of id, timestamp and body, once per secret of the sender.

    Secrets are base64 behind `whsec_`, or the bytes themselves. A timestamp further than `tolerance_s` from now is a
    replay.
    """

    secrets: tuple[str, ...] = ("signing_secret",)
    tolerance_s: int = 300


class SecretToken(msgspec.Struct, frozen=True):
    """The header holds the secret itself, as Telegram does it."""

    header: str
    secrets: tuple[str, ...]


LOGIN = SecretToken(header="Authorization", secrets=("authorization",))
"""The login in the URL that a sender was given, which it shows as a header: for those that sign nothing."""


class TwilioSignature(msgspec.Struct, frozen=True):
    """`X-Twilio-Signature`: HMAC-SHA1 over the URL that Twilio calls and the sorted fields of a form.

    A body that is no form is covered by its hash, `bodySHA256` in the query. `public_url`: name of the account secret
    that holds what stands before `/channels/…` in that URL: behind a proxy no request knows it.
    """

    secrets: tuple[str, ...] = ("auth_token",)
    public_url: str = "public_url"


class NoVerification(msgspec.Struct, frozen=True):
    """Anybody may post: what is said is the sender's own word."""


class AnyOf(msgspec.Struct, frozen=True):
    """One of these is enough: a channel that several kinds of sender post to."""

    rules: tuple[HmacSignature | StandardWebhook | SecretToken | TwilioSignature, ...]


class FetchedOnly(msgspec.Struct, frozen=True):
    """Nobody may post: we fetch it ourselves, from where we log in."""


class BySocket(msgspec.Struct, frozen=True):
    """Nobody may post: it is said over a socket, after a hello that was looked at."""


Verification: TypeAlias = (
    HmacSignature | StandardWebhook | SecretToken | TwilioSignature | AnyOf | NoVerification | FetchedOnly | BySocket
)


class HubChallenge(msgspec.Struct, frozen=True):
    """The GET handshake of Meta and WebSub: the challenge is echoed to whoever knows the token in secret `token`.

    `leases`: it is WebSub's. Where we subscribe ourselves, only what we asked for is confirmed, and a denial is heard.
    """

    token: str = "verify_token"  # noqa: S105  (the name of the secret, not the secret)
    leases: bool = False


class CrcChallenge(msgspec.Struct, frozen=True):
    """The GET handshake of X: the HMAC of `crc_token` under `secret`.

    Payloads are signed with the same key, so whoever may choose the token may have a payload signed: only what looks
    like a token of X, and like no JSON, is.
    """

    secret: str


class OriginConsent(msgspec.Struct, frozen=True):
    """The OPTIONS handshake of CloudEvents: whoever asks may send; the signature decides what is taken."""


Handshake: TypeAlias = HubChallenge | CrcChallenge | OriginConsent


class ChannelSpec(msgspec.Struct, frozen=True):
    """What one channel is.

    `answer_status`, `answer_body`, `answer_type`: the 2xx its platform insists on. `idempotency_header`: where a client
    names its own key; None: the same bytes are the same payload. `kept_headers`: what `parse` needs of the headers, in
    lower case; `ce-*` is all that begin so. `companions`: channels that its platform tells of at the same address; an
    account of theirs with the same name gets its part. `reply` None: nothing can be sent back.
    """

    channel: Channel
    verification: Verification
    answer_status: int
    answer_body: str = '{"status":"accepted"}'
    answer_type: str = "application/json"
    body_bytes_max: int = WEBHOOK_BODY_BYTES_MAX
    handshake: Handshake | None = None
    idempotency_header: str | None = None
    kept_headers: tuple[str, ...] = ()
    companions: tuple[Channel, ...] = ()
    reply: ReplyCapability | None = None


def is_posted(spec: ChannelSpec) -> bool:
    """Whether its payloads are posted to us; else we fetch them, or they are said over a socket."""
    return not isinstance(spec.verification, FetchedOnly | BySocket)
