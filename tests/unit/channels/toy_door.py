"""A door that exists only here: a new one is one small module."""

from __future__ import annotations

from contracts.content import ContactContent, HandleContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Visibility
from services.channels.domain.channel_spec import ChannelSpec, HmacSignature
from services.channels.domain.inbound import ContactArrived, Parsed
from services.channels.domain.normal_form import read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import derived_id, text


class ToyReviews:
    """A whole door: what a review site signs and tells."""

    spec = ChannelSpec(
        channel=Channel.LETTER,
        verification=HmacSignature(header="X-Toy", secrets=("app_secret",), algorithm="sha512", encoding="base64"),
        answer_status=200,
    )

    def parse(self, raw: RawInbound, *, region: str) -> Parsed:
        del region
        review = read_json(raw.body)
        author = HandleContent(kind=HandleKind.TRUSTPILOT, value=text(review, "author") or "anonymous")
        arrived = ContactArrived(
            external_id=text(review, "id") or derived_id(review),
            kind=ContactKind.REVIEW,
            occurred_at=raw.received_at,
            assurance=HandleAssurance.PLATFORM,
            visibility=Visibility.PUBLIC,
            content=ContactContent(handles=(author,), text=text(review, "text")),
        )
        return Parsed(items=(arrived,))
