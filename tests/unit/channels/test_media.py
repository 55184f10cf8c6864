"""What an agency pushes of print, radio and television, in our words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.content import AttachmentContent, HandleContent, ReachContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Visibility
from services.channels.domain.inbound import ContactArrived, Ignored, Inbound
from services.channels.domain.normal_form import NotUnderstood
from services.channels.providers import media
from tests.unit.channels import review_payloads as told
from tests.unit.channels.in_memory import NOW, raw_of


def parsed(*documents: dict[str, Any]) -> list[Inbound]:
    body = json.dumps(told.documents(*documents)).encode()
    return list(media.parse(raw_of(body, channel=Channel.MEDIA), region="NL").items)


def arrived(document: dict[str, Any]) -> ContactArrived:
    (item,) = parsed(document)
    assert isinstance(item, ContactArrived)
    return item


def test_s034_an_article_is_public_and_says_how_many_it_reached() -> None:
    item = arrived(told.ARTICLE)
    assert (item.external_id, item.kind, item.visibility) == ("doc-1", ContactKind.ARTICLE, Visibility.PUBLIC)
    assert (item.occurred_at, item.language) == (datetime(2026, 11, 21, 8, tzinfo=UTC), "nl")
    assert (item.content.subject, item.content.sender_name) == ("Parcels late again", "Kim Jansen")
    assert item.content.reach == ReachContent(NOW, views=310000)
    outlet = HandleContent(kind=HandleKind.WEB, value="de voorbeeldkrant", display="De Voorbeeldkrant")
    assert item.content.handles == (outlet,)
    assert item.assurance is HandleAssurance.SELF_ASSERTED


def test_s034_a_broadcast_says_where_in_the_programme_and_brings_its_clip() -> None:
    item = arrived(told.BROADCAST)
    assert item.kind is ContactKind.BROADCAST
    assert (item.content.fields["programme"], item.content.fields["time_code"]) == ("De Ochtend", "07:14:20")
    assert item.content.attachments == (AttachmentContent("https://clips.example/2.mp3", "audio/mpeg"),)


def test_without_an_outlet_the_site_is_one_and_without_an_id_its_address() -> None:
    item = arrived({"title": "Late", "url": "https://www.blog.example/late"})
    assert (item.external_id, item.content.handles[0].value) == ("https://www.blog.example/late", "blog.example")
    assert (item.content.text, item.occurred_at, item.flags) == ("Late", NOW, ("clock-suspect",))


def test_a_document_that_says_nothing_costs_the_others_nothing() -> None:
    malformed, fine = parsed({"outlet": "x"}, told.ARTICLE)
    assert malformed == Ignored("malformed-item")
    assert isinstance(fine, ContactArrived)


def test_an_empty_push_is_told_so() -> None:
    with pytest.raises(NotUnderstood) as problem:
        parsed()
    assert problem.value.field == "documents"
