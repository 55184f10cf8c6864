"""Columns that a server sends as bytes, one row's after the other's: cut into values when somebody wants them."""

from __future__ import annotations

from itertools import accumulate, pairwise
from struct import unpack
from typing import TypeVar

C = TypeVar("C", str, bytes)


def numbers(column: bytes) -> tuple[int, ...]:
    """Of 8 bytes each."""
    return unpack(f">{len(column) // 8}q", column)


def sizes(column: bytes) -> tuple[int, ...]:
    """Of 4 bytes each."""
    return unpack(f">{len(column) // 4}i", column)


def evenly(column: C, width: int) -> list[C]:
    """Values of one length."""
    return [column[at : at + width] for at in range(0, len(column), width)]


def cut(column: C, sizes: tuple[int, ...]) -> list[C]:
    """Values as long as that."""
    return [column[begin:end] for begin, end in pairwise(accumulate(sizes, initial=0))]


def cut_optional(column: bytes | None, sizes: tuple[int, ...]) -> list[bytes | None]:
    """The same where some are NULL, of which the length is -1."""
    column, ends = column or b"", accumulate([max(size, 0) for size in sizes])
    return [None if size < 0 else column[end - size : end] for size, end in zip(sizes, ends, strict=True)]
