"""Signs the log as it grows: every CHECKPOINT_POSITIONS positions, or after CHECKPOINT_SECONDS, or on demand.

What was signed can be held by somebody outside, against whom the database can then no longer be rewritten.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from infra.checkpoints import Checkpoint, VerifierKey, sign
from infra.log_tree import LogTree, add_nodes
from infra.sealing.content_key import derive
from infra.sql import statements

if TYPE_CHECKING:
    from infra.postgres import Connection, Pool

CHECKPOINT_POSITIONS = 256
CHECKPOINT_SECONDS = 10.0
PAUSE_SECONDS_MIN = 0.5
"""However fast the log grows, no more often than this."""

ORIGIN_PREFIX = "eender/"
_NONCE_BYTES = 12
_WRAPPING = "eender.log-key.wrap.v1"
_SQL = statements("infra")


class SigningKeyUnreadable(Exception):  # noqa: N818
    """The key that signs checkpoints was wrapped under another key-encryption key, or altered, or is another log's."""


@dataclass(frozen=True, slots=True)
class SignedCheckpoint:
    """A row of es.signed_checkpoints. `at`: when the last fact it covers was recorded."""

    size: int
    root: bytes
    note: str
    at: datetime


class Checkpointer:
    """Signs one service's log; any number of processes may do so for one database.

    `kek` wraps the private key, one that was stored without it, too. None: it is stored as it is, and whoever has a
    dump of the database can sign as this log.
    """

    def __init__(self, pool: Pool, service: str, kek: bytes | None) -> None:
        self._pool = pool
        self._origin = f"{ORIGIN_PREFIX}{service}"
        self._wrapping = None if kek is None else AESGCM(derive(kek, _WRAPPING))
        self._private: Ed25519PrivateKey | None = None
        self._grown = asyncio.Event()
        self._enough = asyncio.Event()
        self._position = 0
        self._signed = 0

    def wake(self, position: int) -> None:
        """The log has come to `position`."""
        self._position = max(self._position, position)
        if self._position > self._signed:
            self._grown.set()
        if self._position >= self._signed + CHECKPOINT_POSITIONS:
            self._enough.set()

    async def run(self) -> None:
        """Sign for ever. Errors of the database end it; its keeper starts it again."""
        await self.key()
        while True:
            await self.sign_now()
            await asyncio.sleep(PAUSE_SECONDS_MIN)
            await self._grown.wait()
            try:
                async with asyncio.timeout(CHECKPOINT_SECONDS - PAUSE_SECONDS_MIN):
                    await self._enough.wait()
            except TimeoutError:
                continue

    async def key(self) -> VerifierKey:
        """By which its checkpoints are verified; made where there is none yet.

        Raises:
            SigningKeyUnreadable: there is one that this service cannot use.
        """
        private = self._private or await self._load_key()
        return VerifierKey(self._origin, private.public_key().public_bytes_raw())

    async def latest(self) -> SignedCheckpoint | None:
        """The last one; None while nothing was signed."""
        row = await self._pool.fetchrow(_SQL["latest_checkpoint"])
        return None if row is None else SignedCheckpoint(**row)

    async def covering(self, position: int) -> SignedCheckpoint | None:
        """A checkpoint that covers a position, signed now where need be; None: the log has not come so far."""
        latest = await self.latest()
        if latest is None or latest.size < position:
            latest = await self.sign_now()
        return latest if latest is not None and latest.size >= position else None

    async def sign_now(self) -> SignedCheckpoint | None:
        """Sign the log as it is, where it has grown; the latest checkpoint, None for an empty log.

        Raises:
            SigningKeyUnreadable: as in `key`.
            TreeIncomplete: positions are missing from the log.
        """
        private = self._private or await self._load_key()
        self._grown.clear()
        self._enough.clear()
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_SQL["lock_checkpointer"])
            signed = await self._sign(connection, private)
        if signed is not None:
            self._signed = signed.size
        return signed

    async def _sign(self, connection: Connection, private: Ed25519PrivateKey) -> SignedCheckpoint | None:
        end = await connection.fetchrow(_SQL["log_end"])
        row = await connection.fetchrow(_SQL["latest_checkpoint"])
        latest = None if row is None else SignedCheckpoint(**row)
        if end is None or (latest is not None and latest.size >= end["position"]):
            return latest
        size: int = end["position"]
        await add_nodes(connection, size)
        root = await LogTree(connection).root(size)
        signed = SignedCheckpoint(size, root, sign(Checkpoint(self._origin, size, root), private), end["held_at"])
        await connection.execute(_SQL["insert_checkpoint"], signed.size, signed.root, signed.note, signed.at)
        return signed

    async def _load_key(self) -> Ed25519PrivateKey:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(_SQL["lock_checkpointer"])
            row = await connection.fetchrow(_SQL["signing_key"])
            if row is None:
                private = Ed25519PrivateKey.generate()
                key = VerifierKey(self._origin, private.public_key().public_bytes_raw())
                stored = self._wrapped(private.private_bytes_raw(), key.key_id)
                wrapped = self._wrapping is not None
                await connection.execute(
                    _SQL["insert_signing_key"], key.key_id, key.origin, key.public, stored, wrapped
                )
            else:
                if row["origin"] != self._origin:
                    raise SigningKeyUnreadable(f"the signing key in this database is not one of {self._origin}")
                key_id, raw = row["key_id"], row["private"]
                if row["wrapped"]:
                    raw = self._unwrapped(raw, key_id)
                elif self._wrapping is not None:
                    await connection.execute(_SQL["wrap_signing_key"], key_id, self._wrapped(raw, key_id))
                private = Ed25519PrivateKey.from_private_bytes(raw)
        self._private = private
        return private

    def _wrapped(self, private: bytes, key_id: bytes) -> bytes:
        if self._wrapping is None:
            return private
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._wrapping.encrypt(nonce, private, key_id)

    def _unwrapped(self, stored: bytes, key_id: bytes) -> bytes:
        if self._wrapping is None:
            raise SigningKeyUnreadable("the signing key is wrapped, and there is no key-encryption key")
        try:
            return self._wrapping.decrypt(stored[:_NONCE_BYTES], stored[_NONCE_BYTES:], key_id)
        except InvalidTag:
            raise SigningKeyUnreadable("the signing key does not open with this key-encryption key") from None
