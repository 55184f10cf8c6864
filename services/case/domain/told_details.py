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
"""Of one text."""
_TAKEN = "|"
"""Stands for each character of what was recognised: no form goes on over it."""


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


def details_in(text: str, patterns: Patterns) -> tuple[Detail, ...]:
    """What a text tells, each once, in the order in which it stands there."""
    lines = plain(text[:TEXT_LENGTH_MAX]).splitlines()
    found = dict.fromkeys(detail for line in lines for detail in _in_line(line, patterns))
    return tuple(found)[:DETAILS_MAX]


def missing(needed: Sequence[DetailKind], known: Sequence[DetailKind]) -> tuple[DetailKind, ...]:
    """What is needed and nobody told, each once, in the order in which it is needed."""
    return tuple(kind for kind in dict.fromkeys(needed) if kind not in known)


def told_by_handle(kind: HandleKind, value: str) -> DetailKind | None:
    """What an address by which a customer is known tells; None: nothing that is asked for."""
    if kind is HandleKind.EMAIL:
        return DetailKind.EMAIL
    number = kind in (HandleKind.PHONE, HandleKind.WHATSAPP) and value.startswith("+")
    return DetailKind.PHONE if number else None


def _in_line(line: str, patterns: Patterns) -> list[Detail]:
    """Looked for from the surest form on: what one has taken, the others do not see."""
    found: list[tuple[int, Detail]] = []
    for form, told in _forms(patterns):
        for match in [*form.finditer(line)]:
            start, end = match.span()
            line = f"{line[:start]}{_TAKEN * (end - start)}{line[end:]}"
            if (detail := told(match.group())) is not None:
                found.append((start, detail))
    return [detail for _, detail in sorted(found, key=lambda each: each[0])]


def _forms(patterns: Patterns) -> Iterator[tuple[re.Pattern[str], _Told]]:
    for pattern in patterns.order_numbers:
        yield own_form(pattern), _order
    yield MAIL, _email
    yield IBAN, _bank_account
    yield FIGURES, lambda written: _phone(written, patterns.region)
    yield POSTCODE, _postcode


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
