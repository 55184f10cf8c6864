"""What platforms answer to a send, as far as they all do it alike: HTTP's own words, and reasons that name nobody."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.outbound import CallResult, SendRefused, TryLater

REASON_LENGTH_MAX = 200
CODE_LENGTH_MAX = 32

_LONG_NUMBER = re.compile(r"\d{5,}")
_TOO_MANY_REQUESTS = 429
_LOGIN_REFUSED = frozenset({401, 403})


def is_success(result: CallResult) -> bool:
    """Whether it is what HTTP calls a success."""
    return 200 <= result.status < 300  # noqa: PLR2004  (likewise)


def answer_of(result: CallResult) -> Any:
    """The JSON of an answer; an empty object where it is none."""
    try:
        return read_json(result.body)
    except NotUnderstood:
        return {}


def told_reason(said: str) -> str:
    """A platform's words without the numbers it likes to quote."""
    return _LONG_NUMBER.sub("…", said)[:REASON_LENGTH_MAX]


def refused_or_later(
    result: CallResult,
    *,
    code: str | None = None,
    said: str | None = None,
    wait_s: float | None = None,
    later: bool = False,
    login: bool | None = None,
) -> TryLater | SendRefused:
    """What an error means: `later`, 429 and the server's own troubles pass, anything else does not.

    `wait_s`: how long the answer itself asks to wait, before its header does. `login`: whether it is our login that is
    not taken; None: as HTTP has it. Whoever mends that can send the same once more.
    """
    shown, reason = (code or f"http-{result.status}")[:CODE_LENGTH_MAX], told_reason(said or f"HTTP {result.status}")
    if later or result.status == _TOO_MANY_REQUESTS or result.status >= 500:  # noqa: PLR2004  (server errors)
        seconds = wait_s if wait_s is not None else result.retry_after_s
        return TryLater(code=shown, reason=reason, wait=None if seconds is None else timedelta(seconds=seconds))
    login = result.status in _LOGIN_REFUSED if login is None else login
    return SendRefused(code=shown, reason=reason, retryable=login, login=login)
