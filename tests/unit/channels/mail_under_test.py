"""Mail for tests without servers: bytes in, the one item out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from contracts.vocabulary import Channel
from services.channels.domain.inbound import ContactArrived, Inbound
from services.channels.domain.raw import RawInbound, key_of_body
from services.channels.domain.reception import Reception
from services.channels.providers import email

SUPPORT = "support@shop.example"
RECEIVED_AT = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
REPLY_ID = UUID("0190a1b2-0000-7000-8000-000000000001")


def raw_mail(data: bytes, **known: Any) -> RawInbound:
    """`known`: what our side knew of it, as in `Reception`."""
    return RawInbound(
        raw_id=UUID(int=1),
        channel=Channel.EMAIL,
        account=SUPPORT,
        body=data,
        received_at=RECEIVED_AT,
        dedupe_key=key_of_body(data),
        headers=Reception(**known).headers(),
    )


def read(data: bytes | str, **known: Any) -> Inbound:
    """The item of a mail; text with lines as editors write them."""
    written = data.replace("\n", "\r\n").encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    (item,) = email.parse(raw_mail(written, **known), region="NL").items
    return item


def contact(data: bytes | str, **known: Any) -> ContactArrived:
    item = read(data, **known)
    assert isinstance(item, ContactArrived), item
    return item


def with_headers(*lines: str, text: str = "Hello") -> str:
    """A plain mail with these headers besides the usual ones."""
    usual = {"From": "Sam Smit <sam@customer.example>", "To": SUPPORT, "Subject": "My order"}
    usual |= {"Message-ID": "<1@customer.example>", "Date": "Sun, 22 Nov 2026 12:00:00 +0100"}
    given = {line.partition(":")[0].lower() for line in lines}
    return "\n".join([*lines, *(f"{name}: {value}" for name, value in usual.items() if name.lower() not in given)]) + (
        f"\n\n{text}\n"
    )
