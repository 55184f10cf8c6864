"""What may not be said where everybody reads along: whatever would tell the public who a customer is, or more of them.

Two nets: what we know of this very customer, and what looks like personal data whoever it belongs to.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import msgspec

PRIVATE_DIGITS_MIN = 5
"""A number of so many figures that a customer told us in private is theirs: an order, a contract, a meter."""

NUMBER_TAIL_DIGITS = 8
HANDLE_LENGTH_MIN = 4
REFERENCE_LENGTH_MIN = 4
"""Shorter ones stand in any text."""
NAME_LETTERS_MIN = 3

_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_ROLES = frozenset(
    {"care", "contact", "help", "hello", "info", "klantenservice", "office", "press", "pers", "privacy", "sales"}
    | {"service", "support", "webcare"}
)
"""Local parts of addresses that belong to no person."""

_FIGURES = re.compile(r"(?<![\w@])\+?\d(?:[\s().\-/]{0,2}\d){7,21}(?!\w)")
_SEPARATORS = re.compile(r"[\s().\-/]")
_OF_A_SERVICE = re.compile(r"0(?:800|88|9\d\d|8[457])|14")
"""Dutch numbers of organisations, never of a person."""

_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?:\s?[A-Z0-9]){11,30}(?!\w)")
_POSTCODE = re.compile(r"(?<!\w)[1-9]\d{3}\s?(?!SA|SD|SS|MB|GB|KB|TB|KM|KG|CM|MM|ML|EU|UK|US|TV|PC|PK)[A-Z]{2}(?!\w)")
_TOKEN = re.compile(r"(?<![\w])[A-Za-z0-9](?:[A-Za-z0-9]|[.\-/](?=[A-Za-z0-9]))*")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LINKING = frozenset({"aan", "den", "der", "des", "het", "op", "ten", "ter", "van", "von", "the"})

BSN_DIGITS, CARD_DIGITS = 9, range(13, 20)
PHONE_DIGITS = range(9, 16)


class Known(msgspec.Struct, frozen=True):
    """What we know of a customer. `shown`: the name and address of the account they wrote from, which all can see.

    `told`: what they told us in private. `handles`: their names and numbers on other channels. `references`: what
    stands for them elsewhere: orders, vouchers, answers in a form. `order_numbers`: what numbers of ours look like,
    `#` a figure and `@` a letter.
    """

    shown: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    case_number: str = ""
    told: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    order_numbers: tuple[str, ...] = ()


def personal_data(text: str, known: Known) -> tuple[str, ...]:
    """What of it would be spread by saying this in public, by kind; nothing: it may be said."""
    plain = _plain(text)
    compact = _compact(plain)
    found = (
        ("an order number", any(_looks_like(pattern, plain) for pattern in known.order_numbers)),
        ("the customer's address elsewhere", _handles(plain, known)),
        ("what we know of the customer", _references(compact, known.references)),
        ("a mail address", _mail_addresses(plain, known)),
        ("a phone number", _numbers_known(compact, known.addresses)),
        ("the customer's name", _names(plain, known)),
        ("the case's number", _case_number(plain, known.case_number)),
        ("what was told in private", _told_in_private(compact, known.told)),
        *_figures(plain, known.shown),
        ("a bank account", any(_is_iban(each.group()) for each in _IBAN.finditer(plain))),
        ("an address", _POSTCODE.search(plain) is not None),
    )
    return tuple(dict.fromkeys(kind for kind, holds in found if holds))


def _plain(text: str) -> str:
    """As it is compared: one form of each character, and none that nobody sees."""
    normal = unicodedata.normalize("NFKC", text)
    return "".join(each for each in normal if unicodedata.category(each) != "Cf")


def _looks_like(pattern: str, text: str) -> bool:
    places = {"#": r"\d", "@": r"[A-Za-z]"}
    form = "".join(places.get(each) or re.escape(each) for each in pattern)
    return re.search(rf"(?<![\w-]){form}(?![\w-])", text, re.IGNORECASE) is not None


def _handles(text: str, known: Known) -> bool:
    """A name or number by which the customer is known where they did not write from."""
    shown = {each.casefold().lstrip("@") for each in known.shown}
    lowered = text.casefold()
    secret = {_plain(each).casefold().lstrip("@") for each in known.handles} - shown
    return any(
        len(each) >= HANDLE_LENGTH_MIN and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", lowered) is not None
        for each in secret
    )


def _references(compact: str, references: Iterable[str]) -> bool:
    known = (_compact(_plain(each)) for each in references)
    return any(len(each) >= REFERENCE_LENGTH_MIN and each in compact for each in known)


def _mail_addresses(text: str, known: Known) -> bool:
    for found in _MAIL.findall(text):
        address = found.casefold().rstrip(".")
        local = address.partition("@")[0]
        if address in {each.casefold() for each in known.addresses} or local not in _ROLES:
            return True
    return False


def _numbers_known(compact: str, addresses: Iterable[str]) -> bool:
    """The customer's own number, however it is written: its last figures are the same with and without a country."""
    tails = [_digits(each)[-NUMBER_TAIL_DIGITS:] for each in addresses if "@" not in each]
    return any(len(tail) == NUMBER_TAIL_DIGITS and tail in compact for tail in tails)


def _names(text: str, known: Known) -> bool:
    """A part of the name, written as a name, that the shown account does not tell anyway."""
    shown = " ".join(known.shown).casefold()
    parts = {part.casefold() for name in known.names for part in _WORD.findall(_plain(name))}
    secret = {part for part in parts - _LINKING if len(part) >= NAME_LETTERS_MIN and part not in shown}
    return any(word[0].isupper() and word.casefold() in secret for word in _WORD.findall(text))


def _case_number(text: str, number: str) -> bool:
    if not number:
        return False
    named = (
        rf"(?:#|\b(?:case|zaak|ticket|dossier|kenmerk|nummer|number|nr\.?|no\.?))\s*:?\s*#?{re.escape(number)}(?!\w)"
    )
    return re.search(named, text, re.IGNORECASE) is not None


def _told_in_private(compact: str, told: Iterable[str]) -> bool:
    tokens = (_compact(token) for said in told for token in _TOKEN.findall(_plain(said)))
    return any(len(_digits(token)) >= PRIVATE_DIGITS_MIN and token in compact for token in tokens)


def _figures(text: str, shown: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Numbers that are somebody's by their form. An account's own number, which all can see, is none."""
    visible = {_digits(each) for each in shown}
    for match in _FIGURES.finditer(text):
        written, digits = match.group(), _digits(match.group())
        if digits in visible:
            continue
        yield "a phone number", _is_phone(written, digits)
        yield "a citizen's number", len(digits) == BSN_DIGITS and _passes_eleven(digits)
        yield "a card's number", len(digits) in CARD_DIGITS and _passes_luhn(digits)


def _is_phone(written: str, digits: str) -> bool:
    if len(digits) not in PHONE_DIGITS or _OF_A_SERVICE.match(digits):
        return False
    return written.startswith("+") or digits.startswith("0")


def _passes_eleven(digits: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return total % 11 == 0 and int(digits) > 0


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004  (the rule's nines)


def _is_iban(written: str) -> bool:
    iban = _SEPARATORS.sub("", written)
    moved = iban[4:] + iban[:4]
    return int("".join(str(int(each, 36)) for each in moved)) % 97 == 1


def _compact(text: str) -> str:
    return _SEPARATORS.sub("", text).casefold()


def _digits(text: str) -> str:
    return "".join(each for each in text if each.isdecimal() and each.isascii())
