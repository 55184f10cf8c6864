"""Text as everything behind the door may rely on: no NUL, no lone surrogates, NFC; JSON that any store can take."""

from __future__ import annotations

import json
import math
import unicodedata
from typing import Any, NoReturn

DEPTH_MAX = 64
"""How deep a payload may be nested; platforms stay below ten."""

_INTEGER_MAX = 2**63 - 1


class NotUnderstood(Exception):  # noqa: N818  (an answer to the sender, not a fault)
    """A payload that its door cannot read. `code` for machines; `field`: what is wrong, where one can be named."""

    def __init__(self, code: str, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.field = field


def clean_text(text: str) -> str:
    """The text in normal form: Postgres refuses NUL and lone surrogates, and equal text must be equal bytes."""
    if text.isascii():
        return text.replace("\x00", "")
    paired = text.replace("\x00", "").encode("utf-16", "surrogatepass").decode("utf-16", "ignore")
    return unicodedata.normalize("NFC", paired)


def read_json(body: bytes) -> Any:
    """The JSON value of a payload, every text in it in normal form.

    Raises:
        NotUnderstood: it is no JSON, or nested deeper than `DEPTH_MAX`.
    """
    try:
        value = json.loads(_decode(body), strict=False, parse_constant=_refuse_constant)
        return _cleaned(value, DEPTH_MAX)
    except (ValueError, RecursionError) as problem:
        raise NotUnderstood("malformed-json", "the body is not valid JSON") from problem


def _decode(body: bytes) -> str:
    body = body.removeprefix(b"\xef\xbb\xbf")
    try:
        text = body.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        text = body.decode("utf-8", "replace")
    return text.replace("\x00", "")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _cleaned(value: Any, depth_left: int) -> Any:
    if depth_left == 0:
        raise RecursionError
    match value:
        case str():
            return clean_text(value)
        case dict():
            return {clean_text(key): _cleaned(item, depth_left - 1) for key, item in value.items()}
        case list():
            return [_cleaned(item, depth_left - 1) for item in value]
        case float() if not math.isfinite(value):
            return None
        case int() if abs(value) > _INTEGER_MAX:
            return str(value)
        case _:
            return value
