"""Tags of answers, so that a client which has the latest is told so without anything being read for it."""

from __future__ import annotations

import hashlib
from datetime import datetime

import orjson

from services.case.graphql.access import Principal
from services.case.graphql.requests import Asked

SLOT_S = 900
"""A quarter of an hour: where periods and offsets of time zones begin. What depends on time is never older."""
NOT_OF_THE_LOG = frozenset({"viewing", "accessLog", "eventProof", "history"})
"""Fields that change without a fact being recorded: answers with one of them have no tag."""


def tag_of(asked: Asked, principal: Principal, position: int, now: datetime) -> str:
    """The tag of what this principal gets for this request at this position of the log: a weak one (RFC 9110)."""
    parts = (
        asked.query,
        asked.operation_name,
        asked.variables,
        principal.subject,
        principal.role.value,
        principal.scopes,
        principal.purpose,
        position,
        int(now.timestamp()) // SLOT_S,
    )
    written = orjson.dumps(parts, option=orjson.OPT_SORT_KEYS)
    return f'W/"{hashlib.sha256(written).hexdigest()[:32]}"'


def has_latest(if_none_match: str | None, tag: str) -> bool:
    """Whether the client says that it has the answer of this tag."""
    weak = tag.removeprefix("W/")
    return any(each.strip().removeprefix("W/") == weak for each in (if_none_match or "").split(","))
