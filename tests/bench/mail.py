"""The measure of reading mail: beside what the library's parser alone takes on the same corpus."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from uuid import UUID

from contracts.vocabulary import Channel
from services.channels.domain.raw import RawInbound, key_of_body
from services.channels.providers import email
from tests.bench.table import Figures

CORPORA = Path(__file__).parents[2].parent / "shared" / "corpora"
TURNS = 5
AT = datetime(2027, 1, 1, tzinfo=UTC)


def mail(figures: Figures) -> None:
    """One round; skipped with its reason where the corpora are not beside the checkout.

    Processor time: others on the machine do not count.
    """
    folders = (CORPORA / "mail-mikel", CORPORA / "replies-talon")
    paths = [path for folder in folders for path in sorted(folder.rglob("*.eml"))]
    if not paths:
        figures.skipped["mail read with quotes marked"] = "the corpora are not beside this checkout (../shared/corpora)"
        return
    raws = [_raw(path.read_bytes()) for path in paths]
    gc.collect()
    ours = _rate(lambda raw: email.parse(raw, region="NL"), raws)
    bare = _rate(lambda raw: message_from_bytes(raw.body), raws)
    figures.add("mail read with quotes marked, mails/s vs bare message_from_bytes", ours, bare)
    figures.note(
        "the slowest mail, s", max(1 / _rate(lambda raw: email.parse(raw, region="NL"), [raw]) for raw in raws)
    )


def _rate(read: Callable[[RawInbound], object], raws: Sequence[RawInbound]) -> float:
    """Mails per second, the best of several turns."""
    best = float("inf")
    for _ in range(TURNS):
        began = time.process_time()
        for raw in raws:
            read(raw)
        best = min(best, time.process_time() - began)
    return len(raws) / max(best, 1e-9)


def _raw(data: bytes) -> RawInbound:
    return RawInbound(
        raw_id=UUID(int=1),
        channel=Channel.EMAIL,
        account="support@shop.example",
        body=data,
        received_at=AT,
        dedupe_key=key_of_body(data),
    )
