"""A sealed file opens whole, in its own order, or not at all."""

from __future__ import annotations

import os
from uuid import UUID

import pytest

from infra.sealing import ContentKey, SealBroken, open_chunks, seal_chunks
from infra.sealing.chunks import CHUNK_BYTES
from infra.sealing.envelope import SEALED_BYTES_MORE

KEY = ContentKey(UUID(int=7), b"s" * 32)
FILE, OTHER = UUID(int=1), UUID(int=2)
PIECE = CHUNK_BYTES + SEALED_BYTES_MORE


@pytest.mark.parametrize("size", [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES])
def test_any_length_comes_back(size: int) -> None:
    data = os.urandom(size)
    assert b"".join(open_chunks(KEY, seal_chunks(KEY, data, object_id=FILE), object_id=FILE)) == data


def test_pieces_that_are_moved_left_out_added_or_anothers_do_not_open() -> None:
    sealed = seal_chunks(KEY, os.urandom(3 * CHUNK_BYTES), object_id=FILE)
    first, second, third = sealed[:PIECE], sealed[PIECE : 2 * PIECE], sealed[2 * PIECE :]
    for broken in (b"", first, first + second, second + first + third, first + third, sealed + third, sealed[:-1]):
        with pytest.raises(SealBroken):
            list(open_chunks(KEY, broken, object_id=FILE))
    with pytest.raises(SealBroken):
        list(open_chunks(KEY, sealed, object_id=OTHER))
    with pytest.raises(SealBroken):
        list(open_chunks(ContentKey(UUID(int=7), b"t" * 32), sealed, object_id=FILE))
