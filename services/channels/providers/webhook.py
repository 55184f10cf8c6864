"""Any other system, by Standard Webhooks: contacts in our own words, bare or as CloudEvents of each of three modes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Channel
from services.channels.domain.channel_spec import ChannelSpec, OriginConsent, StandardWebhook
from services.channels.domain.inbound import Ignored, Inbound, Parsed
from services.channels.domain.normal_form import NotUnderstood, clean_text, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import derived_id, external_id, text
from services.channels.providers.neutral_contact import read_item

spec = ChannelSpec(
    channel=Channel.WEBHOOK,
    verification=StandardWebhook(),
    handshake=OriginConsent(),
    answer_status=202,
    idempotency_header="webhook-id",
    kept_headers=("content-type", "ce-*"),
    reply=REPLY_CAPABILITIES[Channel.WEBHOOK],
)

TYPE_PREFIX, TYPE_SUFFIX = "eender.", ".v1"
EVENTS_MAX = 1000
_STRUCTURED, _BATCH = "application/cloudevents+json", "application/cloudevents-batch+json"


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """One item, or as many as a batch has events; an event of a batch that cannot be read costs the others nothing.

    Raises:
        NotUnderstood: no JSON, or what it says is not said in our words.
    """
    media_type = raw.headers.get("content-type", "").partition(";")[0].strip().lower()
    said = read_json(raw.body)
    if media_type == _BATCH:
        if not isinstance(said, list) or len(said) > EVENTS_MAX:
            raise NotUnderstood("malformed-batch", f"a batch is a list of at most {EVENTS_MAX} events")
        return Parsed(tuple(_leniently(event, raw, region) for event in said) or (Ignored("nothing-in-it"),))
    if media_type == _STRUCTURED:
        return Parsed((_event(said, raw, region),))
    if "ce-specversion" in raw.headers:
        return Parsed((_event({**_attributes(raw.headers), "data": said}, raw, region),))
    if not isinstance(said, dict):
        raise NotUnderstood("malformed-json", "the body must be a JSON object")
    kind = said.pop("type", "contact")
    return Parsed((read_item(kind, said, raw, region=region),))


def _leniently(event: Any, raw: RawInbound, region: str) -> Inbound:
    try:
        return _event(event, raw, region)
    except NotUnderstood:
        return Ignored("malformed-item")


def _event(event: Any, raw: RawInbound, region: str) -> Inbound:
    """What a CloudEvent says: source and id make its id, and its time is the contact's, where the data has neither."""
    source, event_id = text(event, "source"), text(event, "id")
    if not isinstance(event, dict) or source is None or event_id is None:
        raise NotUnderstood("missing-field", "an event has a source and an id", "id" if source else "source")
    if event.get("specversion") != "1.0":
        raise NotUnderstood("invalid-field", "CloudEvents 1.0 is understood", "specversion")
    kind = text(event, "type") or ""
    if not (kind.startswith(TYPE_PREFIX) and kind.endswith(TYPE_SUFFIX)):
        return Ignored("unknown-type")
    data = event.get("data")
    if not isinstance(data, dict):
        raise NotUnderstood("invalid-field", "must be an object", "data")
    known = external_id(f"{source}#{event_id}") or derived_id([source, event_id])
    filled = {"id": known} | ({"occurred_at": event["time"]} if event.get("time") is not None else {}) | data
    return read_item(kind[len(TYPE_PREFIX) : -len(TYPE_SUFFIX)], filled, raw, region=region)


def _attributes(headers: Mapping[str, str]) -> dict[str, str]:
    """The attributes of an event in binary mode, which stand in headers, percent-encoded."""
    return {name[3:]: clean_text(unquote(value)) for name, value in headers.items() if name.startswith("ce-")}
