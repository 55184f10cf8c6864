"""A reply as a door sees it: what to say and to whom, the call that says it, and what came of the call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID

import msgspec

from contracts.content import HandleContent


class Reply(msgspec.Struct, frozen=True):
    """What is to be said. `in_reply_to`: the external id of the message it answers, where one is known."""

    contact_id: UUID
    to: HandleContent
    text: str
    in_reply_to: str | None = None


class SendTarget(msgspec.Struct, frozen=True):
    """Where a reply leaves. `sender_id`: by which the platform knows our side; `access_token` None: nothing to show."""

    api_base: str
    sender_id: str
    api_version: str | None = None
    access_token: str | None = None


class HttpCall(msgspec.Struct, frozen=True):
    """One request to a platform: a POST of JSON."""

    url: str
    body: dict[str, Any]
    headers: dict[str, str] = {}


class CallResult(msgspec.Struct, frozen=True):
    """The platform's answer. `retry_after_s`: how long it asks us to wait."""

    status: int
    body: bytes
    retry_after_s: float | None = None


class TakenOver(msgspec.Struct, frozen=True):
    """The platform has it, under its own id."""

    external_id: str


class TryLater(msgspec.Struct, frozen=True):
    """It took nothing and may later. `wait`: its own wish."""

    code: str
    reason: str
    wait: timedelta | None = None


class SendRefused(msgspec.Struct, frozen=True):
    """It will not take this. `retryable`: a person may try again and have better luck."""

    code: str
    reason: str
    retryable: bool = False


class OutcomeLost(msgspec.Struct, frozen=True):
    """We cannot know whether it took it."""

    reason: str


SendOutcome: TypeAlias = TakenOver | TryLater | SendRefused | OutcomeLost
