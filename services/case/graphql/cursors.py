"""Opaque cursors: the sort key and id of a row, bound to the list they are of; or a position of the log.

They carry nothing a client could not see anyway and are bound as values, so one that was tampered with can only begin
its page elsewhere, or be refused.
"""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime
from uuid import UUID

import msgspec

CURSOR_LENGTH_MAX = 600


class WrongCursorError(ValueError):
    """Not a cursor of this list."""


class _Cursor(msgspec.Struct, array_like=True, frozen=True, forbid_unknown_fields=True):
    of: str
    key: str
    row_id: UUID


def encode(of: str, key: str, row_id: UUID) -> str:
    """The cursor of a row. `of`: which list, in which order."""
    return _text(msgspec.json.encode(_Cursor(of, key, row_id)))


def decode(of: str, cursor: str) -> tuple[str, UUID]:
    """Sort key and id of the row a cursor stands for.

    Raises:
        WrongCursorError: it is of another list, or nobody's.
    """
    try:
        found = msgspec.json.decode(_bytes(cursor), type=_Cursor)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise WrongCursorError from None
    if found.of != of or "\0" in found.key:
        raise WrongCursorError
    return found.key, found.row_id


def encode_time(of: str, at: datetime, row_id: UUID) -> str:
    """The cursor of a row of a list that is sorted by time."""
    return encode(of, at.astimezone(UTC).isoformat(), row_id)


def decode_time(of: str, cursor: str) -> tuple[datetime, UUID]:
    """Time and id of the row a cursor stands for.

    Raises:
        WrongCursorError: it is of another list, or nobody's.
    """
    key, row_id = decode(of, cursor)
    return moment(key), row_id


def moment(key: str) -> datetime:
    """The moment that a sort key says, in UTC.

    Raises:
        WrongCursorError: it says none.
    """
    try:
        at = datetime.fromisoformat(key)
        if at.tzinfo is None:
            raise WrongCursorError
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise WrongCursorError from None


def encode_number(of: str, number: int) -> str:
    """The cursor of a place that is a number: a position of the log, a version of a stream."""
    return _text(f"{of}:{number}".encode())


def decode_number(of: str, cursor: str) -> int:
    """The number a cursor stands for.

    Raises:
        WrongCursorError: it is of another list, or nobody's.
    """
    kind, _, number = _bytes(cursor).decode(errors="replace").partition(":")
    if kind != of or not number.isascii() or not number.isdigit() or len(number) > len(str(2**63)) - 1:
        raise WrongCursorError
    return int(number)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(cursor: str) -> bytes:
    if len(cursor) > CURSOR_LENGTH_MAX:
        raise WrongCursorError
    try:
        return urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    except (binascii.Error, ValueError):
        raise WrongCursorError from None
