"""Text as everything behind the door may rely on: no NUL, no lone surrogates, NFC; JSON that any store can take."""

from __future__ import annotations

import json
import math
import unicodedata
from typing import Any, NoReturn
from urllib.parse import parse_qsl

DEPTH_MAX = 64
"""How deep a payload may be nested; platforms stay below ten."""

FORM_FIELDS_MAX = 1000
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


def read_form(body: bytes) -> dict[str, str]:
    """The fields of a form (`application/x-www-form-urlencoded`), in normal form; of one that is repeated, the last.

    Raises:
        NotUnderstood: there are none, or more than `FORM_FIELDS_MAX`.
    """
    try:
        fields = _form_fields(_decode(body))
    except ValueError as problem:
        raise NotUnderstood("malformed-form", "the body has too many fields") from problem
    if not fields:
        raise NotUnderstood("malformed-form", "the body is not a form")
    return {clean_text(name): clean_text(value) for name, value in fields}


def _form_fields(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX, errors="surrogatepass")
    except UnicodeDecodeError:
        return parse_qsl(text, keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX)


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
