"""What may not be said where everybody reads along: whatever would tell the public who a customer is, or more of them.

Two nets: what we know of this very customer, and what looks like personal data whoever it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from services.case.domain.personal_forms import (
    FIGURES,
    IBAN,
    MAIL,
    POSTCODE,
    compact_of,
    digits_of,
    is_iban,
    is_of_a_person,
    is_phone,
    own_form,
    plain,
)

PRIVATE_DIGITS_MIN = 5
"""A number of so many figures that a customer told us in private is theirs: an order, a contract, a meter."""

NUMBER_TAIL_DIGITS = 8
HANDLE_LENGTH_MIN = 4
REFERENCE_LENGTH_MIN = 4
"""Shorter ones stand in any text."""
NAME_LETTERS_MIN = 3

_TOKEN = re.compile(r"(?<![\w])[A-Za-z0-9](?:[A-Za-z0-9]|[.\-/](?=[A-Za-z0-9]))*")
_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")
_LINKING = frozenset({"aan", "den", "der", "des", "het", "op", "ten", "ter", "van", "von", "the"})

BSN_DIGITS, CARD_DIGITS = 9, range(13, 20)


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
    said = plain(text)
    compact = compact_of(said)
    found = (
        ("an order number", own_form(known.order_numbers).search(said) is not None),
        ("the customer's address elsewhere", _handles(said, known)),
        ("what we know of the customer", _references(compact, known.references)),
        ("a mail address", _mail_addresses(said, known)),
        ("a phone number", _numbers_known(compact, known.addresses)),
        ("the customer's name", _names(said, known)),
        ("the case's number", _case_number(said, known.case_number)),
        ("what was told in private", _told_in_private(compact, known.told)),
        *_figures(said, known.shown),
        ("a bank account", any(is_iban(each.group()) for each in IBAN.finditer(said))),
        ("an address", POSTCODE.search(said) is not None),
    )
    return tuple(dict.fromkeys(kind for kind, holds in found if holds))


def _handles(text: str, known: Known) -> bool:
    """A name or number by which the customer is known where they did not write from."""
    shown = {each.casefold().lstrip("@") for each in known.shown}
    lowered = text.casefold()
    secret = {plain(each).casefold().lstrip("@") for each in known.handles} - shown
    return any(
        len(each) >= HANDLE_LENGTH_MIN and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", lowered) is not None
        for each in secret
    )


def _references(compact: str, references: Iterable[str]) -> bool:
    known = (compact_of(plain(each)) for each in references)
    return any(len(each) >= REFERENCE_LENGTH_MIN and each in compact for each in known)


def _mail_addresses(text: str, known: Known) -> bool:
    for found in MAIL.findall(text):
        address = found.casefold().rstrip(".")
        if address in {each.casefold() for each in known.addresses} or is_of_a_person(address):
            return True
    return False


def _numbers_known(compact: str, addresses: Iterable[str]) -> bool:
    """The customer's own number, however it is written: its last figures are the same with and without a country."""
    tails = [digits_of(each)[-NUMBER_TAIL_DIGITS:] for each in addresses if "@" not in each]
    return any(len(tail) == NUMBER_TAIL_DIGITS and tail in compact for tail in tails)


def _names(text: str, known: Known) -> bool:
    """A part of the name, written as a name, that the shown account does not tell anyway."""
    shown = " ".join(known.shown).casefold()
    parts = {part.casefold() for name in known.names for part in _WORD.findall(plain(name))}
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
    tokens = (compact_of(token) for said in told for token in _TOKEN.findall(plain(said)))
    return any(len(digits_of(token)) >= PRIVATE_DIGITS_MIN and token in compact for token in tokens)


def _figures(text: str, shown: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """Numbers that are somebody's by their form. An account's own number, which all can see, is none."""
    visible = {digits_of(each) for each in shown}
    for match in FIGURES.finditer(text):
        written, digits = match.group(), digits_of(match.group())
        if digits in visible:
            continue
        yield "a phone number", is_phone(written)
        yield "a citizen's number", len(digits) == BSN_DIGITS and _passes_eleven(digits)
        yield "a card's number", len(digits) in CARD_DIGITS and _passes_luhn(digits)


def _passes_eleven(digits: str) -> bool:
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits, strict=True))
    return total % 11 == 0 and int(digits) > 0


def _passes_luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0  # noqa: PLR2004  (the rule's nines)
