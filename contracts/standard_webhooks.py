"""Signatures of Standard Webhooks, made and checked: over the message's id, its time and its very bytes."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime

SECRET_PREFIX = "whsec_"  # noqa: S105  (says how the secret after it is written)
TOLERANCE_S = 300
"""How far a message's time may lie from now."""
TIMESTAMP_DIGITS_MAX = 12
SIGNATURES_MAX = 10


def sign_standard(webhook_id: str, timestamp: str, body: bytes, secret: str) -> str:
    """One signature of Standard Webhooks. `timestamp`: Unix seconds. A secret without `whsec_` is the key itself.

    Raises:
        ValueError: what follows `whsec_` is no base64.
    """
    key = secret.encode()
    if secret.startswith(SECRET_PREFIX):
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    signed = f"{webhook_id}.{timestamp}.".encode("utf-8", "surrogatepass") + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")


def is_signed(headers: Mapping[str, str], body: bytes, secret: str, now: datetime) -> bool:
    """Whether a message (headers by lower-case name) is of somebody who knows the secret, and of about now."""
    webhook_id, timestamp = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not webhook_id or not (timestamp.isascii() and timestamp.isdecimal()) or len(timestamp) > TIMESTAMP_DIGITS_MAX:
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_S:
        return False
    try:
        expected = sign_standard(webhook_id, timestamp, body, secret).encode()
    except (binascii.Error, ValueError):
        return False
    shown = headers.get("webhook-signature", "").split()[:SIGNATURES_MAX]
    fits = [hmac.compare_digest(each.encode("utf-8", "surrogatepass"), expected) for each in shown]
    return any(fits)
