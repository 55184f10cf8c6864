"""Text as everything behind the door may rely on: no NUL, no lone surrogates, NFC; JSON that any store can take."""

from __future__ import annotations

import json
import math
import re
import unicodedata
from typing import Any, NoReturn
from urllib.parse import parse_qsl

DEPTH_MAX = 64
"""How deep a payload may be nested; platforms stay below ten."""

FORM_FIELDS_MAX = 1000
_INTEGER_MAX = 2**63 - 1
_SURROGATE = re.compile("[\ud800-\udfff]")


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
        text = _decode(body)
        value = _JSON.decode(text)
        return value if _reads_clean(text) else _cleaned(value, DEPTH_MAX)
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


def _reads_clean(text: str) -> bool:
    """Whether no text in this JSON can be other than in normal form, and no value too deep, so that none is looked at.

    What is part of text in NFC is in NFC (UAX #15, section 9), surrogates are never, and NUL and surrogates can
    otherwise only be written as escapes.
    """
    brackets = text.count("{") + text.count("[")
    return brackets < DEPTH_MAX and "\\u" not in text and (text.isascii() or _is_whole_and_composed(text))


def _is_whole_and_composed(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text) and _SURROGATE.search(text) is None


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _integer(digits: str) -> int | str:
    number = int(digits)
    return number if abs(number) <= _INTEGER_MAX else str(number)


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


_JSON = json.JSONDecoder(strict=False, parse_constant=_refuse_constant, parse_int=_integer, parse_float=_finite)


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
        case _:
            return value
