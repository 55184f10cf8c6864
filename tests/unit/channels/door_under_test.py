"""A door with payloads of its own, and how a genuine sender signs them."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlencode

from contracts.standard_webhooks import sign_standard
from contracts.vocabulary import Channel
from services.channels.domain.channel_spec import (
    AnyOf,
    BySocket,
    FetchedOnly,
    HmacSignature,
    NoVerification,
    SecretToken,
    StandardWebhook,
    TwilioSignature,
    Verification,
)
from services.channels.domain.door import Door
from services.channels.domain.raw import headers_to_keep
from services.channels.domain.verification import sign, sign_twilio
from tests.unit.channels.in_memory import NOW

SECRET, OTHER_SECRET = "secret-of-a-test", "next-secret-of-a-test"
PUBLIC_URL = "https://care.shop.example"
FORM_TYPE = "application/x-www-form-urlencoded"


@dataclass
class DoorUnderTest:
    """`payload`: one contact whose text stands at `text_path`. `headers`: what a genuine sender puts besides its proof.

    `samples`: more of what its platform tells, for the fuzzers. `form`: the payload is sent as a form. `echo`: brings
    back what we said, where the platform does that. `way`: by which of several rules its sender proves itself.
    """

    door: Door
    payload: dict[str, Any]
    text_path: tuple[str | int, ...]
    headers: dict[str, str] = field(default_factory=dict)
    samples: tuple[dict[str, Any], ...] = ()
    form: bool = False
    echo: dict[str, Any] | None = None
    way: int = 0

    @property
    def channel(self) -> Channel:
        return self.door.spec.channel

    @property
    def rule(self) -> Verification:
        return rules_of(self.door)[self.way]

    @property
    def path(self) -> str:
        return f"/channels/{self.channel.path}/account-1"

    @property
    def is_posted(self) -> bool:
        """Whether its platform comes to us; else we go and fetch, or it is said over a socket."""
        return not isinstance(self.rule, FetchedOnly | BySocket)

    @property
    def is_signed(self) -> bool:
        return not isinstance(self.rule, NoVerification | FetchedOnly | BySocket)

    @property
    def covers_body(self) -> bool:
        """Whether its proof is made over the body: a token that is only shown says nothing about it."""
        return self.is_signed and not isinstance(self.rule, SecretToken)

    @property
    def proof(self) -> str:
        """The header its proof stands in."""
        match self.rule:
            case HmacSignature(header=header) | SecretToken(header=header):
                return header
            case StandardWebhook():
                return "webhook-signature"
            case TwilioSignature():
                return "x-twilio-signature"
            case _:
                raise AssertionError("nobody proves anything here")

    def body(self, said: str = "Hello") -> bytes:
        payload = json.loads(json.dumps(self.payload))
        place: Any = payload
        for step in self.text_path[:-1]:
            place = place[step]
        place[self.text_path[-1]] = said
        return self.encoded(payload)

    def encoded(self, payload: Any) -> bytes:
        return urlencode(payload, doseq=True).encode() if self.form else json.dumps(payload).encode()

    def dirty_body(self) -> bytes:
        """Says `abc é` with a NUL, lone surrogates and a combining accent in it."""
        dirt = b"a%00b%ED%A0%80c%ED%B0%80%20e%CC%81" if self.form else rb"a\u0000b\ud800c\udc00 e\u0301"
        return self.body("PLACE").replace(b"PLACE", dirt)

    def signed(self, body: bytes, secret: str = SECRET, *, now: datetime = NOW) -> dict[str, str]:
        """The headers of a genuine sender of this body."""
        encoding = {"Content-Type": FORM_TYPE} if self.form else {}
        return {**encoding, **self.headers, **self._proof(body, secret, now)}

    def kept(self, body: bytes) -> dict[str, str]:
        """What the front door keeps of them."""
        sent = {name.lower(): value for name, value in self.signed(body).items()}
        return headers_to_keep(self.door.spec.kept_headers, sent)

    def _proof(self, body: bytes, secret: str, now: datetime) -> dict[str, str]:
        match self.rule:
            case HmacSignature() as rule:
                return {rule.header: sign(rule, body, secret)}
            case SecretToken(header=header):
                return {header: secret}
            case StandardWebhook():
                webhook_id, timestamp = f"msg_{sha256(body).hexdigest()}", str(int(now.timestamp()))
                key = secret if self.way else standard_secret(secret)
                signature = sign_standard(webhook_id, timestamp, body, key)
                return {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": signature}
            case TwilioSignature():
                fields = parse_qs(body.decode("latin-1"), keep_blank_values=True)
                return {"x-twilio-signature": sign_twilio(PUBLIC_URL + self.path, fields, secret)}
            case _:
                return {}


def rules_of(door: Door) -> tuple[Verification, ...]:
    """How its payloads are proven: any of these is enough."""
    rule = door.spec.verification
    return rule.rules if isinstance(rule, AnyOf) else (rule,)


def standard_secret(secret: str) -> str:
    """A secret as Standard Webhooks writes it; an empty one stays empty."""
    return "whsec_" + base64.b64encode(secret.encode()).decode() if secret else ""


def secrets_of(door: Door, values: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """What an account of this door is to know. A key of Standard Webhooks is written as such where nothing else is."""
    known = {"verify_token": ("please", "pretty please"), "public_url": (PUBLIC_URL,)}
    for way, rule in enumerate(rules_of(door)):
        match rule:
            case StandardWebhook(secrets=names) if way == 0:
                known |= dict.fromkeys(names, tuple(standard_secret(value) for value in values))
            case HmacSignature() | SecretToken() | TwilioSignature() | StandardWebhook():
                known |= dict.fromkeys(rule.secrets, values)
            case _:
                pass
    return known
