"""What several customers have alike who are shown as one: one entry per value, where the first of them stood."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from contracts.vocabulary import HandleKind
from services.case.domain.identity import is_better
from services.case.queries.rows import ExternalIdRow, HandleRow


def known_once(rows: Iterable[HandleRow]) -> list[HandleRow]:
    """Each address once, as the surest one of it; nothing may be sent there where any of them says so."""
    found: dict[tuple[HandleKind, str], HandleRow] = {}
    for row in rows:
        known = found.setdefault((row.kind, row.value), row)
        surest = row if is_better(row.assurance, known.assurance) else known
        opted_out = row.opted_out or known.opted_out
        found[row.kind, row.value] = msgspec.structs.replace(surest, opted_out=opted_out)
    return list(found.values())


def called_once(rows: Iterable[ExternalIdRow]) -> list[ExternalIdRow]:
    """Each id of another system once, with the first address that is known of it."""
    found: dict[tuple[str, str], ExternalIdRow] = {}
    for row in rows:
        known = found.setdefault((row.system, row.value), row)
        found[row.system, row.value] = msgspec.structs.replace(known, url=known.url or row.url)
    return list(found.values())
