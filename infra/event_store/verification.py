"""Checks that a stream is what was written: no fact changed, moved, left out or slipped in."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from infra.event_store.stored_form import FrameBroken, seals_of, unframed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from infra.event_store.stored_form import StoredFact


class ChainBroken(Exception):  # noqa: N818
    """A stored fact is not what was written."""

    def __init__(self, version: int, detail: str) -> None:
        super().__init__(f"version {version}: {detail}")
        self.version = version


def verify_stream(facts: Sequence[StoredFact], *, head: bytes | None = None) -> tuple[int, ...]:
    """Check a whole stream from version 1. `head`: the hash it must end with, known from elsewhere.

    Returns the versions of which an envelope is withheld: whether a later fact accounts for that, the caller knows.

    Raises:
        ChainBroken: at the first version that is not right.
    """
    previous: bytes | None = None
    withheld = []
    for version, fact in enumerate(facts, start=1):
        if fact.version != version or fact.stream_id != facts[0].stream_id:
            raise ChainBroken(version, "a fact is missing, or belongs elsewhere")
        if fact.computed_hash(previous) != fact.hash:
            raise ChainBroken(version, "the fact does not give its hash")
        if not _envelopes_match(fact):
            withheld.append(version)
        previous = fact.hash
    if head is not None and head != previous:
        raise ChainBroken(len(facts) + 1, "the stream does not end with its head")
    return tuple(withheld)


def _envelopes_match(fact: StoredFact) -> bool:
    whole = True
    try:
        parts = unframed(fact.seals, fact.sealed)
    except FrameBroken as error:
        raise ChainBroken(fact.version, "the frame of its envelopes is damaged") from error
    for seal, part in zip(seals_of(fact.seals), parts, strict=True):
        if part is None:
            whole = False
        elif sha256(part.sealed).hexdigest() != seal.digest:
            raise ChainBroken(fact.version, "an envelope is not the one that was stored")
    return whole
