"""The embedded issuer: signs who may say to be whom, with a key that only the key-encryption key opens.

The tokens are JWTs of type `at+jwt` signed with Ed25519 (the name RFC 9864 gives that algorithm; `EdDSA` is deprecated
there). An installation with an OIDC issuer of its own does without.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc import jwt
from joserfc.jwk import OKPKey

from contracts.vocabulary import Role
from infra.migrate import apply_migrations
from infra.postgres import Pool
from infra.sql import statements

ISSUER = "eender"
AUDIENCE = "eender"
ALGORITHM = "Ed25519"
TOKEN_TYPE = "at+jwt"  # noqa: S105  (the JWT's type, no secret)
MIGRATIONS = "infra.issuer_migrations"

PUBLIC_KEYS_MAX = 16
NONCE_BYTES = 12
WRAPPING_PURPOSE = b"eender/issuer-keys/v1"


class IssuerKeyUnreadable(Exception):  # noqa: N818  (says what is wrong, not that something is)
    """The signing key was wrapped under another key-encryption key, or altered."""


class TokenClaims(msgspec.Struct, frozen=True, kw_only=True):
    """What a token is to say. `subject`: an agent's ref, or that of another person or machine; never an address.

    `scopes`: what a machine may do with it.
    """

    subject: str
    role: Role
    issued_at: datetime
    expires_at: datetime
    token_id: UUID
    name: str | None = None
    scopes: Sequence[str] = ()


class Issuer:
    """Signs tokens with the newest key of the keys database. `kek`: the 32 bytes that wrap the private halves."""

    def __init__(self, keys_pool: Pool, kek: bytes) -> None:
        self._pool = keys_pool
        self._wrapping = AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=WRAPPING_PURPOSE).derive(kek))
        self._sql = statements("infra")
        self._signing: OKPKey | None = None

    async def ensure_key(self) -> str:
        """Make the table and the first signing key where there are none; the id of the key that signs.

        Raises:
            IssuerKeyUnreadable: there is one, under another key-encryption key.
        """
        return _kid(await self._prepare())

    async def _prepare(self) -> OKPKey:
        await apply_migrations(self._pool, MIGRATIONS)
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(self._sql["lock_issuer_keys"])
            row = await connection.fetchrow(self._sql["newest_issuer_key"])
            if row is None:
                key = OKPKey.generate_key("Ed25519", auto_kid=True)
                await connection.execute(self._sql["insert_issuer_key"], *self._wrapped(key))
            else:
                key = self._unwrapped(row["kid"], row["wrapped_private"])
        self._signing = key
        return key

    async def sign(self, claims: TokenClaims) -> str:
        """The token that says so.

        Raises:
            IssuerKeyUnreadable: as in `ensure_key`.
        """
        key = self._signing or await self._prepare()
        body: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": claims.subject,
            "role": claims.role.value,
            "iat": int(claims.issued_at.timestamp()),
            "exp": int(claims.expires_at.timestamp()),
            "jti": str(claims.token_id),
        }
        if claims.name is not None:
            body["name"] = claims.name
        if claims.scopes:
            body["scope"] = " ".join(claims.scopes)
        return jwt.encode({"alg": ALGORITHM, "kid": _kid(key), "typ": TOKEN_TYPE}, body, key, algorithms=[ALGORITHM])

    async def public_keys(self) -> Sequence[dict[str, Any]]:
        """The public halves as JWKs, newest first: the key source of a `TokenVerifier`."""
        rows = await self._pool.fetch(self._sql["issuer_public_keys"], PUBLIC_KEYS_MAX)
        return [json.loads(row["public_jwk"]) for row in rows]

    def _wrapped(self, key: OKPKey) -> tuple[str, str, bytes]:
        nonce = os.urandom(NONCE_BYTES)
        kid = _kid(key)
        public = json.dumps({**key.as_dict(private=False), "use": "sig", "alg": ALGORITHM}, sort_keys=True)
        private = json.dumps(key.as_dict(private=True), sort_keys=True).encode()
        return kid, public, nonce + self._wrapping.encrypt(nonce, private, kid.encode())

    def _unwrapped(self, kid: str, wrapped: bytes) -> OKPKey:
        nonce, sealed = wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:]
        try:
            private = self._wrapping.decrypt(nonce, sealed, kid.encode())
        except InvalidTag:
            raise IssuerKeyUnreadable(f"signing key {kid} does not open with this key-encryption key") from None
        return OKPKey.import_key(json.loads(private))


def _kid(key: OKPKey) -> str:
    kid = key.kid
    if kid is None:
        raise IssuerKeyUnreadable("the signing key has no id")
    return kid
