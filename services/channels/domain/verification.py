"""Whether a payload comes from whom it says. Constant time, over the raw bytes, and closed when in doubt."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence

from services.channels.domain.channel_spec import HmacSignature, HubChallenge, NoVerification, Verification

_ALGORITHMS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512}

Secrets = Mapping[str, Sequence[str]]
"""The secrets of an account: several values of one name may be valid at a time."""


def is_genuine(rule: Verification, headers: Mapping[str, str], body: bytes, secrets: Secrets) -> bool:
    """Whether the payload passes its channel's rule. `headers`: names in lower case."""
    match rule:
        case NoVerification():
            return True
        case HmacSignature():
            return _signed(rule, headers, body, secrets)


def sign(rule: HmacSignature, body: bytes, secret: str) -> str:
    """The header value a genuine sender would put: for tests and for playing a customer."""
    mac = hmac.new(secret.encode(), body, _ALGORITHMS[rule.algorithm]).digest()
    encoded = mac.hex() if rule.encoding == "hex" else base64.b64encode(mac).decode("ascii")
    return rule.prefix + encoded


def answer_challenge(rule: HubChallenge, query: Mapping[str, str], secrets: Secrets) -> str | None:
    """The challenge to echo, or None where the caller does not know the token."""
    if query.get("hub.mode") != "subscribe" or "hub.challenge" not in query:
        return None
    token = query.get("hub.verify_token", "").encode("utf-8", "surrogatepass")
    known = [secret.encode() for secret in secrets.get(rule.token, ()) if secret]
    fits = [hmac.compare_digest(token, secret) for secret in known]
    return query["hub.challenge"] if any(fits) else None


def _signed(rule: HmacSignature, headers: Mapping[str, str], body: bytes, secrets: Secrets) -> bool:
    shown = headers.get(rule.header.lower(), "").strip().encode("utf-8", "surrogatepass")
    if rule.encoding == "hex":
        shown = shown.lower()
    known = [secret for name in rule.secrets for secret in secrets.get(name, ()) if secret]
    fits = [hmac.compare_digest(shown, sign(rule, body, secret).encode("ascii")) for secret in known]
    return any(fits)
