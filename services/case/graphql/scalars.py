"""Our own scalars, each strict in what it takes and canonical in what it gives."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, NewType
from zoneinfo import ZoneInfo

from graphql import GraphQLError, ValueNode, print_ast
from graphql.language import StringValueNode
from strawberry import scalar
from strawberry.types.scalar import ScalarDefinition

from services.case.domain.case_contact import YEAR_MAX, YEAR_MIN

Instant = NewType("Instant", datetime)
"""A moment as `DateTime`: aware, in UTC once read."""
Amount = NewType("Amount", Decimal)
"""An exact number as `Decimal`."""
CurrencyCode = NewType("CurrencyCode", str)
LanguageTag = NewType("LanguageTag", str)
TimeZone = NewType("TimeZone", str)
Url = NewType("Url", str)
Json = NewType("Json", object)

DECIMAL_LENGTH_MAX = 40
URL_LENGTH_MAX = 2000
LANGUAGE_LENGTH_MAX = 35

_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DECIMAL = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_URL = re.compile(r"https?://[^\s]+")
_NANOSECOND_DIGITS = re.compile(r"(\.\d{6})\d+")


def _text(value: Any, what: str) -> str:
    if not isinstance(value, str):
        raise GraphQLError(f"{what} is a string")
    return value


def parse_instant(value: Any) -> datetime:
    """RFC 3339 with an offset: a moment without one is refused, for nobody could say which it is."""
    text = _text(value, "DateTime")
    if not _DATE_TIME.fullmatch(text):
        raise GraphQLError("DateTime is RFC 3339 with an offset, such as 2026-11-21T20:38:00.000Z")
    try:
        moment = datetime.fromisoformat(_NANOSECOND_DIGITS.sub(r"\1", text.upper())).astimezone(UTC)
    except (ValueError, OverflowError):
        raise GraphQLError("DateTime names no moment that exists") from None
    if not YEAR_MIN <= moment.year <= YEAR_MAX:
        raise GraphQLError(f"DateTime is between the years {YEAR_MIN} and {YEAR_MAX}")
    return moment


def instant_text(value: datetime) -> str:
    """RFC 3339 in UTC with milliseconds."""
    if value.tzinfo is None:
        raise ValueError("a moment without an offset")
    return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def parse_decimal(value: Any) -> Decimal:
    """A string of digits: numbers of JSON are refused, for they may have lost some on their way."""
    text = _text(value, "Decimal")
    if len(text) > DECIMAL_LENGTH_MAX or not _DECIMAL.fullmatch(text):
        raise GraphQLError('Decimal is a string of digits, such as "25.00"')
    return Decimal(text)


def parse_currency(value: Any) -> str:
    """Three capitals (ISO 4217). Whether anybody has money in it is for the ledger to say."""
    text = _text(value, "CurrencyCode")
    if not _CURRENCY.fullmatch(text):
        raise GraphQLError("CurrencyCode is three capital letters, such as EUR")
    return text


def parse_language(value: Any) -> str:
    """A BCP 47 tag by its shape."""
    text = _text(value, "LanguageTag")
    if len(text) > LANGUAGE_LENGTH_MAX or not _LANGUAGE.fullmatch(text):
        raise GraphQLError("LanguageTag is a BCP 47 tag, such as nl or en-GB")
    return text


def parse_time_zone(value: Any) -> str:
    """A zone of the IANA database."""
    text = _text(value, "TimeZone")
    try:
        ZoneInfo(text)
    except (ValueError, OSError, KeyError):
        raise GraphQLError("TimeZone is a zone of the IANA database, such as Europe/Amsterdam") from None
    return text


def parse_url(value: Any) -> str:
    """An absolute http or https address."""
    text = _text(value, "URL")
    if len(text) > URL_LENGTH_MAX or not _URL.fullmatch(text):
        raise GraphQLError("URL is an absolute http or https address")
    return text


def _as_is(value: Any) -> Any:
    return value


def _string_literal(parse: Any) -> Any:
    """The same rules for a value written into the document: only string literals reach the parser as strings."""

    def literal(node: ValueNode, _variables: Any = None) -> Any:
        if not isinstance(node, StringValueNode):
            raise GraphQLError(f"expected a string, found {print_ast(node)}", node)
        return parse(node.value)

    return literal


SCALARS: dict[object, ScalarDefinition] = {
    Instant: scalar(
        name="DateTime",
        description="A moment: RFC 3339 in UTC with milliseconds. Values without an offset are refused,"
        f" and so are years before {YEAR_MIN} and after {YEAR_MAX}.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time",
        serialize=instant_text,
        parse_value=parse_instant,
        parse_literal=_string_literal(parse_instant),
    ),
    Amount: scalar(
        name="Decimal",
        description='An exact number as a string, such as "25.00". NaN, Infinity and JSON numbers are refused.',
        serialize=lambda value: format(value, "f"),
        parse_value=parse_decimal,
        parse_literal=_string_literal(parse_decimal),
    ),
    CurrencyCode: scalar(
        name="CurrencyCode",
        description="A currency: three capitals of ISO 4217, such as EUR.",
        serialize=_as_is,
        parse_value=parse_currency,
        parse_literal=_string_literal(parse_currency),
    ),
    LanguageTag: scalar(
        name="LanguageTag",
        description="A language: a BCP 47 tag, such as nl or en-GB.",
        serialize=_as_is,
        parse_value=parse_language,
        parse_literal=_string_literal(parse_language),
    ),
    TimeZone: scalar(
        name="TimeZone",
        description="A time zone of the IANA database, such as Europe/Amsterdam.",
        serialize=_as_is,
        parse_value=parse_time_zone,
        parse_literal=_string_literal(parse_time_zone),
    ),
    Url: scalar(
        name="URL",
        description="An absolute http or https address.",
        serialize=_as_is,
        parse_value=parse_url,
        parse_literal=_string_literal(parse_url),
    ),
    Json: scalar(
        name="JSON",
        description="Any JSON value. Its shape is told where it is used.",
        specified_by_url="https://ecma-international.org/publications-and-standards/standards/ecma-404/",
        serialize=_as_is,
        parse_value=_as_is,
    ),
}
