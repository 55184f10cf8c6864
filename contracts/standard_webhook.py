"""The signature of Standard Webhooks: of what comes in by one, and of what we ask another system by one."""

from __future__ import annotations

import base64
import hashlib
import hmac

SECRET_PREFIX = "whsec_"  # noqa: S105  (the mark of a secret, not the secret)


def sign_standard(webhook_id: str, timestamp: str, body: bytes, secret: str) -> str:
    """One signature, as a genuine sender would put it. A secret without `whsec_` is the key itself.

    Raises:
        ValueError: what follows `whsec_` is no base64.
    """
    key = secret.encode()
    if secret.startswith(SECRET_PREFIX):
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    signed = f"{webhook_id}.{timestamp}.".encode("utf-8", "surrogatepass") + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode("ascii")
