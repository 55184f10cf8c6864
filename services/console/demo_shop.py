"""The little shop of `--demo`: who works there, who writes in and about what. The same for the same seed."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import TypeVar

import msgspec

T = TypeVar("T")

CUSTOMERS = 16
PEOPLE = {"lead": "lena", "auditor": "arie", "privacy": "petra", "admin": "ada", "integration": "webshop"}
"""Who holds the other roles; agents are in the configuration."""

CONFIGURATION = """\
# The shop of `eender up --demo`. Change it, or copy it and pass the copy with --config.
region = "NL"
timezone = "Europe/Amsterdam"
causes = [
  {{ code = "carrier-late", area = "service" }},
  {{ code = "wrong-picture", area = "buying" }},
  {{ code = "weak-packaging", area = "product" }},
]

[[brands]]
ref = "shop"
name = "The Bicycle Basket"

[[teams]]
ref = "care"
name = "Customer care"
budgets = [{{ amount = "1000.00", currency = "EUR", period = "week", item_limit = "500.00" }}]

[[agents]]
ref = "anna"
name = "Anna de Vries"
email = "anna@shop.example"
team = "care"
languages = ["nl", "en"]
budgets = [{{ amount = "250.00", currency = "EUR", period = "week", item_limit = "50.00" }}]

[[agents]]
ref = "bram"
name = "Bram Jansen"
email = "bram@shop.example"
team = "care"
languages = ["nl", "en", "de"]
budgets = [{{ amount = "250.00", currency = "EUR", period = "week", item_limit = "50.00" }}]

[[agents]]
ref = "chadia"
name = "Chadia el Idrissi"
email = "chadia@shop.example"
team = "care"
languages = ["nl", "fr"]
budgets = [{{ amount = "150.00", currency = "EUR", period = "week", item_limit = "25.00" }}]

[[channel_accounts]]
channel = "form"
account = "website"
brand = "shop"

[[channel_accounts]]
channel = "whatsapp"
account = "shop-line"
brand = "shop"
secrets = {{ app_secret = "{app_secret}", verify_token = "{verify_token}" }}
api_base = "http://127.0.0.1:9" # nobody listens there: a demo sends nothing to anybody
"""

_FIRST = ("Sam", "Noor", "Daan", "Fatima", "Joost", "Sanne", "Mees", "Yara", "Luuk", "Eva", "Finn", "Aylin", "Tess")
_LAST = ("Bakker", "Smit", "Yilmaz", "de Boer", "Visser", "Meijer", "van Dijk", "Mulder", "Bos", "Peters", "Amrani")
_MATTERS = (
    ("Where is my parcel?", "I ordered a basket last week and the tracking page has said 'on its way' for four days."),
    ("Broken on arrival", "The lamp came out of the box with a crack. I would like a new one, please."),
    ("Wrong colour", "I ordered the green panniers and got the blue ones. What shall I do with these?"),
    ("Charged twice", "My bank shows your payment of 39.95 twice. Can you look into that?"),
    ("Return", "The saddle does not fit my bike. May I still send it back?"),
    ("Invoice", "I need an invoice with our company's name on it, for the order of last month."),
    ("Bell", "The bell you sent is very pretty, but it is louder than my whole street can take. Any quieter ones?"),
    ("No answer", "This is the second time I write about my order. Is anybody there?"),
)


class Writer(msgspec.Struct, frozen=True):
    """A customer of the shop. `number`: digits only, from the Dutch range that is given to nobody."""

    name: str
    email: str
    number: str
    channel: str
    subject: str
    text: str


def configuration_text() -> str:
    """The shop's configuration file, with secrets that nobody else has."""
    return CONFIGURATION.format(app_secret=secrets.token_urlsafe(24), verify_token=secrets.token_urlsafe(16))


def writers(seed: int) -> tuple[Writer, ...]:
    """Who writes in, in that order."""
    return tuple(_writer(seed, place) for place in range(CUSTOMERS))


def _writer(seed: int, place: int) -> Writer:
    first, last = _pick(_FIRST, seed, place, "first"), _pick(_LAST, seed, place, "last")
    subject, text = _pick(_MATTERS, seed, place, "matter")
    return Writer(
        name=f"{first} {last}",
        email=f"{first}.{last}.{place}@customer.example".lower().replace(" ", "-"),
        number=f"3197010{_digest(seed, place, 'number') % 10_000:04d}{place % 100:02d}",
        channel=_pick(("form", "whatsapp", "form"), seed, place, "channel"),
        subject=subject,
        text=text,
    )


def _pick(choices: Sequence[T], seed: int, place: int, what: str) -> T:
    """One of the choices: chance without a random generator, so that it is the same everywhere."""
    return choices[_digest(seed, place, what) % len(choices)]


def _digest(seed: int, place: int, what: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{place}/{what}".encode()).digest()[:8])
