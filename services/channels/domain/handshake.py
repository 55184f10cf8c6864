"""What a platform asks before it sends anything, and the answer that shows it is us."""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping

import msgspec

from services.channels.domain.channel_spec import (
    CrcChallenge,
    Handshake,
    HmacSignature,
    HubChallenge,
    OriginConsent,
)
from services.channels.domain.verification import Secrets, sign

RATE_PER_MINUTE = "6000"
"""What we grant a sender of CloudEvents, in requests a minute."""

_CRC = HmacSignature(header="", secrets=(), prefix="sha256=", encoding="base64")
_CRC_TOKEN = re.compile(r"[A-Za-z0-9+/=_-]{16,128}")
_ORIGIN_LENGTH_MAX = 255


class HandshakeAnswer(msgspec.Struct, frozen=True):
    """What to answer with a 200."""

    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    headers: Mapping[str, str] = {}


def method_of(rule: Handshake | None) -> str | None:
    """By which HTTP method it is asked; None: there is no handshake."""
    if rule is None:
        return None
    return "OPTIONS" if isinstance(rule, OriginConsent) else "GET"


def answer_handshake(
    rule: Handshake, query: Mapping[str, str], headers: Mapping[str, str], secrets: Secrets
) -> HandshakeAnswer | None:
    """The answer, or None where the caller is not who should be asking. `headers`: names in lower case."""
    match rule:
        case HubChallenge():
            return _echo(rule, query, secrets)
        case CrcChallenge():
            return _crc(rule, query, secrets)
        case OriginConsent():
            return _consent(headers)


def _echo(rule: HubChallenge, query: Mapping[str, str], secrets: Secrets) -> HandshakeAnswer | None:
    is_denial = rule.leases and query.get("hub.mode") == "denied"
    if not is_denial and (query.get("hub.mode") != "subscribe" or "hub.challenge" not in query):
        return None
    token = query.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
    known = [secret.encode() for secret in secrets.get(rule.token, ()) if secret]
    fits = [hmac.compare_digest(token, secret) for secret in known]
    return HandshakeAnswer(query.get("hub.challenge", "").encode("utf-8", "replace")) if any(fits) else None


def _crc(rule: CrcChallenge, query: Mapping[str, str], secrets: Secrets) -> HandshakeAnswer | None:
    token = query.get("crc_token", "")
    secret = next((secret for secret in secrets.get(rule.secret, ()) if secret), None)
    if secret is None or not _CRC_TOKEN.fullmatch(token):
        return None
    said = {"response_token": sign(_CRC, token.encode("ascii"), secret)}
    return HandshakeAnswer(msgspec.json.encode(said), content_type="application/json")


def _consent(headers: Mapping[str, str]) -> HandshakeAnswer | None:
    origin = headers.get("webhook-request-origin", "").strip()
    if not origin or len(origin) > _ORIGIN_LENGTH_MAX:
        return None
    return HandshakeAnswer(headers={"WebHook-Allowed-Origin": origin, "WebHook-Allowed-Rate": RATE_PER_MINUTE})
