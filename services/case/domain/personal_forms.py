"""What personal data look like, whoever they belong to: addresses, numbers, and patterns of the installation's own.

Each form is found in time in proportion to the text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

PHONE_DIGITS = range(9, 16)
PATTERNS_KEPT_MAX = 16
_PLACES = {"#": r"\d", "@": r"[A-Za-z]"}

MAIL = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
"""A mail address. Only where a word begins: else a long word without any @ would be read anew from each letter."""

_ROLES = frozenset(
    {"care", "contact", "help", "hello", "info", "klantenservice", "office", "press", "pers", "privacy", "sales"}
    | {"service", "support", "webcare"}
)
"""Local parts of addresses that belong to no person."""

FIGURES = re.compile(r"(?<![\w@])\+?\d(?:[\s().\-/]{0,2}\d){7,21}(?!\w)")
"""A number of some length, however it is written."""

IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:\s?[A-Z0-9]){11,30}(?!\w)")
"""What may be a bank account: see `is_iban`."""

POSTCODE = re.compile(r"(?<!\w)[1-9]\d{3}\s?(?!SA|SD|SS|MB|GB|KB|TB|KM|KG|CM|MM|ML|EU|UK|US|TV|PC|PK)[A-Z]{2}(?!\w)")
"""A Dutch postcode."""

_SEPARATORS = re.compile(r"[\s().\-/]")
_OF_A_SERVICE = re.compile(r"0(?:800|88|9\d\d|8[457])|14")
"""Dutch numbers of organisations, never of a person."""


def plain(text: str) -> str:
    """As it is compared: one form of each character, and none that nobody sees."""
    if text.isascii():
        return text
    normal = unicodedata.normalize("NFKC", text)
    return "".join(each for each in normal if unicodedata.category(each) != "Cf")


@lru_cache(maxsize=PATTERNS_KEPT_MAX)
def own_form(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """What is of one of a configuration's patterns: `#` is a figure, `@` a letter, all else itself, in any case.

    Of no pattern nothing is.
    """
    forms = "|".join("".join(_PLACES.get(each) or re.escape(each) for each in pattern) for pattern in patterns)
    return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])" if patterns else r"(?!)", re.IGNORECASE)


def is_of_a_person(address: str) -> bool:
    """Whether a mail address is not one of those that any organisation has."""
    return address.partition("@")[0].casefold() not in _ROLES


def is_phone(written: str) -> bool:
    """Whether figures are somebody's telephone number: with a country's `+`, or with a zero in front."""
    digits = digits_of(written)
    if len(digits) not in PHONE_DIGITS or _OF_A_SERVICE.match(digits):
        return False
    return written.startswith("+") or digits.startswith("0")


def is_iban(written: str) -> bool:
    """Whether the check figures of a bank account hold."""
    iban = _SEPARATORS.sub("", written)
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(each, 36)) for each in moved)) % 97 == 1


def compact_of(text: str) -> str:
    """Without what stands between figures, in one case."""
    return _SEPARATORS.sub("", text).casefold()


def digits_of(text: str) -> str:
    """Its figures alone."""
    return "".join(each for each in text if each.isdecimal() and each.isascii())
