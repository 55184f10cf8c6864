"""What a text tells of which matter and whom it is about: order numbers, addresses, numbers. And what is not told yet.

Found by form alone, at reading: nothing of it is stored, so nothing of it is to be forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from contracts.vocabulary import DetailKind, HandleKind
from services.case.domain.handles import normalise
from services.case.domain.personal_forms import (
    FIGURES,
    IBAN,
    MAIL,
    POSTCODE,
    is_iban,
    is_of_a_person,
    is_phone,
    own_form,
    plain,
)

TEXT_LENGTH_MAX = 5_000
"""Characters of one text that are looked through."""
DETAILS_MAX = 20
"""Of each kind in one text."""
_TAKEN = "|"
"""Stands for each character of what was recognised, and between lines: no form goes on over it."""
_BREAK = re.compile(r"[\r\n\u2028\u2029]")


class Detail(msgspec.Struct, frozen=True):
    """Something that a text tells. `value` in its normal form.

    Order numbers and bank accounts in capitals, mail addresses in small letters, telephone numbers in E.164, postcodes
    as `1234 AB`.
    """

    kind: DetailKind
    value: str


_Told: TypeAlias = Callable[[str], Detail | None]
"""What a match of a form tells; None: it only looks so."""


class Patterns(msgspec.Struct, frozen=True):
    """What an installation's own numbers look like: `#` a figure, `@` a letter.

    `region`: of telephone numbers without a country, ISO 3166-1 alpha-2.
    """

    order_numbers: tuple[str, ...] = ()
    region: str = "NL"


def details_in(text: str, patterns: Patterns, *, length_max: int = TEXT_LENGTH_MAX) -> tuple[Detail, ...]:
    """What a text tells, each once, in the order in which it stands there. `length_max`: so many characters of it.

    It is looked for from the surest form on: what one has taken, the others do not see.
    """
    said, found = _BREAK.sub(_TAKEN, plain(text[:length_max])), dict[Detail, int]()
    for form, told in _forms(patterns):
        said = _without(said, form, told, found)
    return tuple(sorted(found, key=found.__getitem__))


def _without(said: str, form: re.Pattern[str], told: _Told, found: dict[Detail, int]) -> str:
    """The same with what has this form taken out. `found`: what was told so far, by where; it gets what this tells."""
    seen = set[str]()

    def take(match: re.Match[str]) -> str:
        written = match.group()
        if written not in seen and len(seen) < DETAILS_MAX:
            seen.add(written)
            if (detail := told(written)) is not None:
                found.setdefault(detail, match.start())
        return _TAKEN * len(written)

    return form.sub(take, said)


def _forms(patterns: Patterns) -> Iterator[tuple[re.Pattern[str], _Told]]:
    yield own_form(patterns.order_numbers), _order
    yield MAIL, _email
    yield IBAN, _bank_account
    yield FIGURES, lambda written: _phone(written, patterns.region)
    yield POSTCODE, _postcode


def missing(needed: Sequence[DetailKind], known: Sequence[DetailKind]) -> tuple[DetailKind, ...]:
    """What is needed and nobody told, each once, in the order in which it is needed."""
    return tuple(kind for kind in dict.fromkeys(needed) if kind not in known)


def told_by_handle(kind: HandleKind, value: str) -> DetailKind | None:
    """What an address by which a customer is known tells; None: nothing that is asked for."""
    if kind is HandleKind.EMAIL:
        return DetailKind.EMAIL
    number = kind in (HandleKind.PHONE, HandleKind.WHATSAPP) and value.startswith("+")
    return DetailKind.PHONE if number else None


def _order(written: str) -> Detail:
    return Detail(DetailKind.ORDER, written.upper())


def _email(written: str) -> Detail | None:
    return Detail(DetailKind.EMAIL, written.casefold()) if is_of_a_person(written) else None


def _bank_account(written: str) -> Detail | None:
    account = "".join(written.split())
    return Detail(DetailKind.BANK_ACCOUNT, account) if is_iban(account) else None


def _phone(written: str, region: str) -> Detail | None:
    return Detail(DetailKind.PHONE, normalise(HandleKind.PHONE, written, region)) if is_phone(written) else None


def _postcode(written: str) -> Detail:
    return Detail(DetailKind.POSTCODE, f"{written[:4]} {written[-2:]}")
