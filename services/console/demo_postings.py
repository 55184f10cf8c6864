"""What is said in public of the demo's shops: postings that ask nothing of them, imported as any others are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from services.console.demo_shop import SHOPS, Shop, digest, pick
from services.console.failure import CommandFailed
from services.console.import_lines import imported

HANDLE_KINDS = {"x": "X", "webhook": "WEB"}
_WRITERS = ("fietser", "buurvrouw", "opa", "thuiswerker", "student", "moestuin", "nachtbraker", "koffie")
_SAID = (
    "De doos van {name} is groter dan mijn fiets. Toch thuis gekregen.",
    "Zag vandaag twee keer een reclame van {name} in de tram.",
    "Mijn moeder zweert bij {name}, ik ben er nog niet uit.",
    "Net langs {name} gelopen, wat een drukte daar.",
    "Iedereen op het werk heeft het over {name} vandaag.",
    "Weer iets van {name} bij de buren bezorgd, die hebben nu een verzameling.",
    "{name} heeft een nieuwe kleur blauw. Ik noem het groen.",
    "Op de radio ging het net over {name}, en over het weer.",
)


def found_count() -> int:
    """How many postings there are."""
    return sum(sum(shop.found.values()) for shop in SHOPS)


async def import_postings(folder: Path, env: Mapping[str, str], *, seed: int, now: datetime) -> None:
    """Import them. Again: nothing happens.

    Raises:
        CommandFailed: they cannot be taken in.
    """
    for shop in SHOPS:
        for account in shop.found:
            file = folder / f"demo-{account.replace('/', '-')}.jsonl"
            if not file.exists():
                file.write_bytes(b"".join(line + b"\n" for line in postings(shop, account, seed, now)))
            done = await imported(file, account, env, lambda _: None)
            if done.refused:
                raise CommandFailed(f"the demo: {done.refused} postings of {account} were refused")
            file.unlink()


def postings(shop: Shop, account: str, seed: int, now: datetime) -> Iterator[bytes]:
    """The lines of one account, oldest first; the same for the same seed and moment."""
    channel, count = account.partition("/")[0], shop.found[account]
    for place in range(count):
        writer = f"{pick(_WRITERS, seed, place, account)}{digest(seed, place, account) % 10_000:04d}"
        ago = timedelta(days=shop.days) * (count - place) / (count + 1)
        yield msgspec.json.encode(
            {
                "id": f"demo-{seed}-{place}",
                "occurred_at": now - ago,
                "kind": "COMMENT",
                "visibility": "PUBLIC",
                "sender": {"handles": [{"kind": HANDLE_KINDS[channel], "value": writer}], "name": writer},
                "text": pick(_SAID, seed, place, f"{account} text").format(name=shop.name),
                "language": "nl",
                "reach": {"followers": digest(seed, place, "followers") % 900},
                "url": f"https://{account.partition('/')[2]}.example/{place}",
            }
        )
