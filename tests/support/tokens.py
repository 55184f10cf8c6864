"""Keys, clocks and tokens for tests of who may come in: good ones, and every bad one somebody might try."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class SetClock:
    """Shows the time it was set to."""

    def __init__(self, now: datetime = NOW) -> None:
        self.time = now

    def now(self) -> datetime:
        return self.time

    def pass_by(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class KeySource:
    """An issuer's published keys, and how often they were asked for."""

    def __init__(self, *keys: Key) -> None:
        self.keys = [public_jwk(key) for key in keys]
        self.asked = 0
        self.failing = False

    async def fetch(self) -> Sequence[Mapping[str, Any]]:
        self.asked += 1
        if self.failing:
            raise OSError("the issuer is away")
        return list(self.keys)


def new_key() -> OKPKey:
    return OKPKey.generate_key("Ed25519", auto_kid=True)


def new_rsa_key() -> RSAKey:
    return RSAKey.generate_key(2048, auto_kid=True)


def new_ec_key() -> ECKey:
    return ECKey.generate_key("P-256", auto_kid=True)


def public_jwk(key: Key) -> dict[str, Any]:
    return dict(key.as_dict(private=False))


def good_claims(**changes: Any) -> dict[str, Any]:
    """What a token of the embedded issuer says; a change to None leaves a claim out."""
    claims = {
        "iss": "eender",
        "aud": "eender",
        "sub": "anna",
        "role": "AGENT",
        "iat": int(NOW.timestamp()),
        "exp": int(NOW.timestamp()) + 3_600,
        "jti": "token-1",
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def signed(key: Key, claims: dict[str, Any], **header: Any) -> str:
    """A token signed by that key; header parameters set to None are left out."""
    whole = {"alg": "Ed25519", "kid": key.kid, "typ": "at+jwt", **header}
    kept = {name: value for name, value in whole.items() if value is not None}
    return jwt.encode(kept, claims, key, algorithms=[whole["alg"]], default_type=None)


def part(value: Any) -> str:
    """One part of a compact token, made by hand."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
