"""That a fact is in the log, for those who check."""

from __future__ import annotations

import strawberry
from strawberry import field


@strawberry.type
class EventProof:
    """That a fact is in the log that a checkpoint signs (RFC 6962); hashes in hex."""

    position: str = field(description="The fact's place in the case log; its leaf's index is one less.")
    leaf_hash: str = field(description="SHA-256 over a zero byte and the 32 bytes of the fact's `hash`.")
    tree_size: str = field(description="How many leaves the checkpoint signs.")
    inclusion_path: list[str] = field(description="The neighbours' hashes, from the leaf up to the root.")
    checkpoint: str = field(
        description="The signed note (C2SP tlog-checkpoint); `GET /log/key` gives the key that verifies it."
    )
