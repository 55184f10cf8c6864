"""Envelopes that were taken away for good, and the facts that say so.

A fact whose clear part has a field `withheld` says: from here on the envelopes of these versions of its own stream, all
of them before it, are withheld. The column of such a fact keeps its frame, with a length of 0 where an envelope was
(`withhold_envelopes` in the .sql file beside this one, a row of the work that stores the fact which says so). What is
missing and stands in no such fact was taken away by somebody else.
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec


class _Says(msgspec.Struct):
    withheld: tuple[int, ...] = ()


_decoder = msgspec.json.Decoder(_Says)


def accounted_for(facts: Iterable[tuple[int, bytes]]) -> frozenset[int]:
    """Which versions of a stream its facts say are withheld. `facts`: version and clear part of each, in any order."""
    return frozenset(version for own, clear in facts for version in _said(clear) if 0 < version < own)


def _said(clear: bytes) -> tuple[int, ...]:
    try:
        return _decoder.decode(clear).withheld
    except (msgspec.DecodeError, UnicodeDecodeError):
        # What was altered says nothing; that it was altered, its hash tells.
        return ()
