"""Customers by what somebody types: words of a name or of what was said, an address, a case's number."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from services.case.queries.database import Database

WORDS_MAX = 8
FOUND_MAX = 1000
"""By each way of finding; whoever types more finds fewer."""
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"#?(\d{1,18})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Sought:
    """What to look for. `words`: a tsquery, None: no texts. `values`: addresses in their normal forms."""

    words: str | None
    values: Sequence[str]
    number: str | None


class Found(msgspec.Struct, frozen=True):
    """A customer that was found, and when the latest contact took place."""

    customer_id: UUID
    at: datetime


def words_of(text: str) -> str | None:
    """All of the words, each as it stands or as a beginning; None where there is none."""
    words = _WORD.findall(text.replace("_", " "))[:WORDS_MAX]
    return " & ".join(f"'{word}':*" for word in words) or None


def number_of(text: str) -> str | None:
    """A case's number, with or without `#`; None where it is none."""
    found = _NUMBER.fullmatch(text)
    return found[1] if found else None


async def search_customers(
    database: Database, sought: Sought, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[Found]:
    """Those who match in any way, the latest contact first, from behind `after` on."""
    at, customer_id = after or (None, None)
    arguments = (sought.words, list(sought.values), sought.number, at, customer_id, limit)
    return await database.all(Found, "customers_search", *arguments)
