"""That a fact is in the log: its leaf, and the path from it to the root of a signed checkpoint."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from infra.checkpointer import SignedCheckpoint
from infra.log_tree import LogTree

if TYPE_CHECKING:
    from services.case.queries.database import Database


class Checkpoints(Protocol):
    """Gives signed checkpoints of the service's log."""

    async def covering(self, position: int) -> SignedCheckpoint | None:
        """One that covers a position, signed now where need be; None: the log has not come so far."""
        ...


@dataclass(frozen=True, slots=True)
class Proof:
    """A fact's place in the tree. `leaf` and the hashes of `path` have 32 bytes; the leaf's index is position - 1."""

    position: int
    leaf: bytes
    path: tuple[bytes, ...]
    checkpoint: SignedCheckpoint


async def proof_of(database: Database, checkpoints: Checkpoints, stream_id: UUID, version: int) -> Proof | None:
    """The proof of a fact; None where it does not exist or has no position yet.

    Raises:
        TreeIncomplete: positions are missing from the log.
    """
    rows = await database.records("proof_leaf", database.text("proof_leaf"), stream_id, version)
    if not rows:
        return None
    position: int = rows[0]["position"]
    checkpoint = await checkpoints.covering(position)
    if checkpoint is None:
        return None
    path = await LogTree(database.pool).inclusion_path(position - 1, checkpoint.size)
    return Proof(position, rows[0]["leaf"], tuple(path), checkpoint)
