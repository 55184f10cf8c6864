"""The four shops of `--demo`: who works there, who writes in and about what. The same for the same seed.

They are invented; how much is written about each, and how many answer, was counted in FEATURES S107 to S111.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from typing import TypeVar

import msgspec

T = TypeVar("T")

CUSTOMERS = 16
SCALE = 200
"""One posting of a demo stands for so many."""
PEOPLE = {"lead": "lena", "auditor": "arie", "privacy": "petra", "admin": "ada", "integration": "webshop"}
"""Who holds the other roles; agents are in the configuration."""


class Shop(msgspec.Struct, frozen=True):
    """One brand and its team. `found`: how many postings name it within `days`, and from where. `follows`: its rows.

    `online`: so many of the team are there at once.
    """

    ref: str
    name: str
    handle: str
    team: str
    agents: tuple[str, ...]
    online: int
    first_answer_min: int
    found: dict[str, int]
    days: int
    follows: str


SHOPS = (
    Shop(
        ref="shop",
        name="The Bicycle Basket",
        handle="bicyclebasket",
        team="care",
        agents=("Anna de Vries", "Bram Jansen", "Chadia el Idrissi"),
        online=3,
        first_answer_min=180,
        found={"x/bicyclebasket": 50_000 // SCALE},
        days=30,
        follows="S107",
    ),
    Shop(
        ref="linen",
        name="Linnenkast",
        handle="linnenkast",
        team="linen-care",
        agents=("Dirk Postma", "Esra Kaya", "Floor van Rijn", "Gijs Hendriks"),
        online=4,
        first_answer_min=210,
        found={"x/linnenkast": 4_000 // SCALE},
        days=30,
        follows="S108",
    ),
    Shop(
        ref="wire",
        name="Draad en Zonen",
        handle="draadenzonen",
        team="wire-care",
        agents=("Hanna Brouwer", "Ivo Maas"),
        online=2,
        first_answer_min=240,
        found={"x/draadenzonen": 600 // SCALE},
        days=30,
        follows="S109",
    ),
    Shop(
        ref="post",
        name="Postkoets",
        handle="postkoets",
        team="post-care",
        agents=(
            "Jasmijn Kok",
            "Karim Benali",
            "Lotte Vos",
            "Milan Prins",
            "Nadia Schouten",
            "Olaf Wolters",
            "Puck Dekker",
            "Quinten Bosman",
            "Roos Verhoeven",
            "Stijn Kramer",
            "Tirza Molenaar",
            "Umut Aydin",
        ),
        online=4,
        first_answer_min=180,
        found={"x/postkoets": 74, "webhook/complaint-site": 13, "webhook/social-site": 3, "webhook/web": 15},
        days=7,
        follows="S110, S111",
    ),
)
"""In order of size; the last in its busiest week, of 21,049 postings: 70 % on X, 12 % and 3 % on two kinds of sites."""

_HEAD = """\
# The four shops of `eender up --demo`. Change them, or copy this and pass the copy with --config.
region = "NL"
timezone = "Europe/Amsterdam"
causes = [
  { code = "carrier-late", area = "service" },
  { code = "wrong-picture", area = "buying" },
  { code = "weak-packaging", area = "product" },
]

[guards] # what order numbers look like: recognised where customers tell them, and never said in public
order_numbers = ["NL-####-######"]

[[playbooks]] # what the house wants in a situation (docs/playbooks.md)
situation = "Somebody complains"
found = ["complaint"]
answer = "What went wrong, what happens now, and by when."
tone = "Sorry once, then facts; no capitals, no jokes."
action = "Look the order up before you answer."
needs = ["order"]

[[playbooks]]
situation = "Somebody comes back about the same"
tags = ["repeat-contact"]
action = "Do something else this time: call, or settle it at once."

[http] # the development servers of frontends
allowed_origins = ["http://localhost:3000", "http://localhost:4200", "http://localhost:5173", "http://localhost:8080"]
"""
_HOURS = """
[[opening_hours]] # on working days in office hours
channel = "{channel}"
days = ["mon", "tue", "wed", "thu", "fri"]
from = "08:30"
until = "17:30"
"""
_SHOP = """
# {follows}
[[brands]]
ref = "{ref}"
name = "{name}"
team = "{team}" # whose agents get its cases

[[teams]]
ref = "{team}"
name = "{name}: customer care"
budgets = [{{ amount = "1000.00", currency = "EUR", period = "week", item_limit = "500.00" }}]

[[targets]]
brand = "{ref}"
first_answer_min = {first_answer_min}
next_answer_min = {first_answer_min}
resolve_min = 2400

[[channel_accounts]]
channel = "form"
account = "{form}"
brand = "{ref}"

[[channel_accounts]]
channel = "whatsapp"
account = "{ref}-line"
brand = "{ref}"
secrets = {{ app_secret = "{app_secret}", verify_token = "{verify_token}" }}
api_base = "http://127.0.0.1:9" # nobody listens there: a demo sends nothing to anybody
"""
_AGENT = """
[[agents]]
ref = "{ref}"
name = "{name}"
email = "{ref}@{handle}.example"
team = "{team}"
languages = {languages}
budgets = [{{ amount = "{amount}", currency = "EUR", period = "week", item_limit = "{item_limit}" }}]
"""
_LISTENING = """
[[channel_accounts]]
channel = "{channel}"
account = "{account}"
name = "What is said of {name}"
brand = "{ref}"
mode = "listen"
secrets = {{ {secret} = "{value}" }}
"""
_SECRETS = {"x": "consumer_secret", "webhook": "signing_secret"}
_LANGUAGES = ('["nl", "en"]', '["nl", "en", "de"]', '["nl", "fr"]')

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
    """A customer of a shop. `number`: digits only, from the Dutch range that is given to nobody."""

    name: str
    email: str
    number: str
    channel: str
    brand: str
    subject: str
    text: str


def configuration_text() -> str:
    """The shops' configuration file, with secrets that nobody else has."""
    hours = (_HOURS.format(channel=channel) for channel in ("whatsapp", "x"))
    return _HEAD + "".join(hours) + "".join(map(_shop_text, SHOPS))


def agents_online() -> frozenset[str]:
    """The refs of those who are there."""
    return frozenset(agent_ref(name) for shop in SHOPS for name in shop.agents[: shop.online])


def agent_ref(name: str) -> str:
    """The ref of an agent: the first name."""
    return name.split(maxsplit=1)[0].lower()


def writers(seed: int) -> tuple[Writer, ...]:
    """Who writes in, in that order."""
    return tuple(_writer(seed, place) for place in range(CUSTOMERS))


def pick(choices: Sequence[T], seed: int, place: int, what: str) -> T:
    """One of the choices: chance without a random generator, so that it is the same everywhere."""
    return choices[digest(seed, place, what) % len(choices)]


def digest(seed: int, place: int, what: str) -> int:
    """A large number of chance."""
    return int.from_bytes(hashlib.sha256(f"{seed}/{place}/{what}".encode()).digest()[:8])


def _shop_text(shop: Shop) -> str:
    said = {"ref": shop.ref, "name": shop.name, "handle": shop.handle, "team": shop.team}
    text = _SHOP.format(
        **said,
        follows=shop.follows,
        first_answer_min=shop.first_answer_min,
        form="website" if shop is SHOPS[0] else f"{shop.ref}-website",
        app_secret=secrets.token_urlsafe(24),
        verify_token=secrets.token_urlsafe(16),
    )
    for place, name in enumerate(shop.agents):
        large = place % 3 < 2  # noqa: PLR2004  (every third one is new)
        text += _AGENT.format(
            **said | {"ref": agent_ref(name), "name": name},
            languages=_LANGUAGES[place % 3],
            amount="250.00" if large else "150.00",
            item_limit="50.00" if large else "25.00",
        )
    for account in shop.found:
        channel, _, name = account.partition("/")
        value = "whsec_" + secrets.token_hex(16) if channel == "webhook" else secrets.token_urlsafe(24)
        text += _LISTENING.format(**said, channel=channel, account=name, secret=_SECRETS[channel], value=value)
    return text


def _writer(seed: int, place: int) -> Writer:
    first, last = pick(_FIRST, seed, place, "first"), pick(_LAST, seed, place, "last")
    subject, text = pick(_MATTERS, seed, place, "matter")
    return Writer(
        name=f"{first} {last}",
        email=f"{first}.{last}.{place}@customer.example".lower().replace(" ", "-"),
        number=f"3197010{digest(seed, place, 'number') % 10_000:04d}{place % 100:02d}",
        channel=pick(("form", "whatsapp", "form"), seed, place, "channel"),
        brand=pick(SHOPS, seed, place, "brand").ref,
        subject=subject,
        text=text,
    )
