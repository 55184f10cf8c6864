"""What people write about a postal company in a year, made up: as many postings as were counted, and from where.

S111: 283,041 postings in a year, 70 % of them on Twitter, 12 % on Klachtenoplossing.nl, 3 % on Nuij.nl and Hyves.nl;
the rest is forums, blogs and news. Most only name the company; what complains, and all that is sent to a site for
complaints, becomes a case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

YEAR = 283_041
SHARES = {"x/search": 0.70, "webhook/complaint-site": 0.12, "webhook/social-site": 0.03, "webhook/web": 0.15}
COMPLAIN = {"x/search": 0.05, "webhook/complaint-site": 1.0, "webhook/social-site": 0.5, "webhook/web": 0.05}
"""The part of what comes from there that complains."""
KINDS = {"x": "X", "webhook": "WEB"}
SPAN = timedelta(hours=2)
"""How long ago the first was written: within every target, so that no clock goes off while it is measured."""

CONFIGURATION = """\
region = "NL"
timezone = "Europe/Amsterdam"

[[brands]]
ref = "post"
name = "Postkoets"
complaints_always = true
"""
_ACCOUNT = """
[[channel_accounts]]
channel = "{channel}"
account = "{account}"
brand = "post"
mode = "listen"
secrets = {secrets}
"""

_NAMING = (
    "De bezorger van Postkoets zwaaide net naar me, dat doet niemand meer.",
    "Straks nog even langs Postkoets om een pakje weg te brengen en dan naar huis.",
    "Bij Postkoets op het punt in de Dorpsstraat stond een rij tot buiten.",
    "Postkoets rijdt vandaag door ons dorp met een nieuwe elektrische wagen.",
    "Op het werk hadden we het over Postkoets en over hoe vroeger de post kwam.",
)
_COMPLAINING = (
    "Postkoets, mijn pakket is nog steeds niet aangekomen en niemand neemt op. Nummer 3S{number}.",
    "Alweer beschadigd geleverd door Postkoets, dit is de derde keer. Nummer 3S{number}.",
    "Wat een slechte service van Postkoets, ik wacht al twee weken op zending 3S{number}.",
    "Pakket 3S{number} is volgens Postkoets bezorgd en ligt nergens. Ik wil mijn geld terug.",
)


def configuration() -> str:
    """Of a stack that takes them in."""
    secrets = {"x": '{ consumer_secret = "x" }', "webhook": '{ signing_secret = "whsec_dGVzdHRlc3R0ZXN0dGVzdHRlc3Q=" }'}
    named = (name.split("/") for name in SHARES)
    accounts = (_ACCOUNT.format(channel=path, account=name, secrets=secrets[path]) for path, name in named)
    return CONFIGURATION + "".join(accounts)


def counts(total: int) -> dict[str, int]:
    """How many postings of `total` each account has."""
    return {account: round(total * share) for account, share in SHARES.items()}


def written(folder: Path, total: int, now: datetime) -> dict[str, Path]:
    """A file of JSON lines for each account."""
    files = {}
    for account, count in counts(total).items():
        files[account] = folder / (account.replace("/", "-") + ".jsonl")
        files[account].write_bytes(b"".join(line + b"\n" for line in postings(account, count, now)))
    return files


def postings(account: str, count: int, now: datetime) -> Iterator[bytes]:
    """The lines of one account, oldest first; the same for the same account and count."""
    kind, begin = KINDS[account.partition("/")[0]], now - SPAN
    for place in range(count):
        chance = int.from_bytes(hashlib.sha256(f"{account} {place}".encode()).digest()[:8])
        complains = chance % 10_000 < COMPLAIN[account] * 10_000
        texts = _COMPLAINING if complains else _NAMING
        author = chance % max(1, count * 2 // 3)
        yield msgspec.json.encode(
            {
                "id": f"{account}-{place}",
                "occurred_at": begin + SPAN * place / count,
                "kind": "COMMENT",
                "visibility": "PUBLIC",
                "sender": {
                    "handles": [{"kind": kind, "value": f"{account}:{author}"}],
                    "name": f"Schrijver {author}",
                    "verified": kind == "X",
                },
                "text": texts[chance // 7 % len(texts)].format(number=place),
                "reach": {"followers": chance // 11 % 900},
                "url": f"https://posts.example/{account}/{place}",
            }
        )
