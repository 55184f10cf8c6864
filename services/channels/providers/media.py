"""Monitoring of print, radio and television: what an agency pushes, in a form of ours, as nobody has a common one."""

from __future__ import annotations

from typing import Any

from contracts.content import AttachmentContent, ContactContent, HandleContent, ReachContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Visibility
from services.channels.domain.channel_spec import LOGIN, AnyOf, ChannelSpec, StandardWebhook
from services.channels.domain.inbound import ContactArrived, Ignored, Inbound, Parsed
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.json_values import count, derived_id, external_id, items, text, web_address
from services.channels.providers.web_names import WEB_NAME_LENGTH_MAX, site_of
from services.channels.providers.written_moments import written_moment

spec = ChannelSpec(channel=Channel.MEDIA, verification=AnyOf((StandardWebhook(), LOGIN)), answer_status=202)

_KINDS = {"article": ContactKind.ARTICLE, "broadcast": ContactKind.BROADCAST}
_FIELDS = ("outlet", "page", "programme", "time_code", "sentiment", "cluster")


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every document of `documents`; one that says neither where it stood nor what is ignored.

    Raises:
        NotUnderstood: the body is no JSON object with `documents`.
    """
    del region
    payload = read_json(raw.body)
    if not isinstance(payload, dict):
        raise NotUnderstood("malformed-json", "the body must be a JSON object")
    documents = items(payload, "documents")
    if not documents:
        raise NotUnderstood("missing-field", "there is nothing in it", "documents")
    return Parsed(items=tuple(_document(raw, each) for each in documents))


def _document(raw: RawInbound, document: Any) -> Inbound:
    outlet = text(document, "outlet") or site_of(text(document, "url"))
    said = text(document, "text") or text(document, "title")
    if outlet is None or said is None:
        return Ignored("malformed-item")
    occurred_at, trusted = written_moment(text(document, "published_at"), raw.received_at)
    readers, clip = count(document, "reach"), external_id(document, "clip_url")
    return ContactArrived(
        external_id=external_id(document, "id") or external_id(document, "url") or derived_id(document),
        kind=_KINDS.get(text(document, "type") or "", ContactKind.ARTICLE),
        occurred_at=occurred_at,
        assurance=HandleAssurance.SELF_ASSERTED,
        visibility=Visibility.PUBLIC,
        language=text(document, "language"),
        flags=() if trusted else ("clock-suspect",),
        content=ContactContent(
            handles=(HandleContent(kind=HandleKind.WEB, value=outlet.lower()[:WEB_NAME_LENGTH_MAX], display=outlet),),
            sender_name=text(document, "author"),
            subject=text(document, "title"),
            text=said,
            fields={name: found for name in _FIELDS if (found := text(document, name))},
            url=web_address(document, "url"),
            reach=None if readers is None else ReachContent(raw.received_at, views=readers),
            attachments=(AttachmentContent(clip, text(document, "clip_type") or "video/mp4"),) if clip else (),
        ),
    )
