"""Reading what a platform may or may not have sent: the value of the wanted kind at a path, or nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

EXTERNAL_ID_LENGTH_MAX = 512
SKEW_MAX = timedelta(minutes=5)
"""How far a platform's clock may be ahead of ours."""

EARLIEST = datetime(2005, 1, 1, tzinfo=UTC)
COUNT_MAX = 2**31 - 1
"""What is met more often than that is shown as met so often."""

WEB_ADDRESS_LENGTH_MAX = 2048
_MILLISECONDS_FROM = 100_000_000_000
"""A Unix time above this is meant in milliseconds: in seconds it would be the year 5138."""


def at(value: Any, *path: str) -> Any:
    """What lies at the path of keys, or None."""
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def text(value: Any, *path: str) -> str | None:
    """The text (or a number, as text) at the path; None where there is none or it is empty."""
    found = at(value, *path)
    if isinstance(found, int) and not isinstance(found, bool):
        found = str(found)
    return found if isinstance(found, str) and found else None


def mapping(value: Any, *path: str) -> dict[str, Any]:
    """The object at the path, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, dict) else {}


def items(value: Any, *path: str) -> list[Any]:
    """The list at the path, or an empty one."""
    found = at(value, *path)
    return found if isinstance(found, list) else []


def external_id(value: Any, *path: str) -> str | None:
    """The platform's own id at the path; None where there is none that can be one."""
    found = text(value, *path)
    return found if found is not None and len(found) <= EXTERNAL_ID_LENGTH_MAX else None


def web_address(value: Any, *path: str) -> str | None:
    """The address of a page at the path; None where there is none that a screen may link to."""
    found = text(value, *path)
    if found is None or len(found) > WEB_ADDRESS_LENGTH_MAX:
        return None
    return found if found.startswith(("https://", "http://")) else None


def count(value: Any, *path: str) -> int | None:
    """How often, at the path; at most `COUNT_MAX`, None where it does not say."""
    found = at(value, *path)
    return min(found, COUNT_MAX) if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def derived_id(item: Any) -> str:
    """An id for what has none: the same item always gets the same."""
    return "sha256:" + sha256(msgspec.json.encode(item, order="deterministic")).hexdigest()


def moment(seconds: str | None, received_at: datetime) -> tuple[datetime, bool]:
    """The time of a Unix timestamp, never in the future, and whether to trust it: a senseless one is the arrival's."""
    try:
        number = float(seconds or "")
        occurred_at = datetime.fromtimestamp(number / 1000 if number > _MILLISECONDS_FROM else number, tz=UTC)
    except (ValueError, OverflowError, OSError):
        return received_at, False
    if not EARLIEST <= occurred_at <= received_at + SKEW_MAX:
        return received_at, False
    return min(occurred_at, received_at), True
