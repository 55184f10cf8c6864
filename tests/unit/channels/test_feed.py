"""What feeds say, in our words, and that none of them makes a reader do anything but read."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import Channel, ContactKind, HandleAssurance, Visibility
from services.channels.commands.receive_contact import ReceiveContact, receive_contact
from services.channels.domain.contact_facts import Received
from services.channels.domain.inbound import ContactArrived, ContactEdited, Ignored, Inbound
from services.channels.domain.normal_form import NotUnderstood
from services.channels.providers import feed
from services.channels.providers.feed import key_of_entries
from tests.unit.channels import feed_payloads as told
from tests.unit.channels.in_memory import ChannelsRecord, context, raw_of


def parsed(body: str | bytes | dict[str, Any]) -> list[Inbound]:
    raw = json.dumps(body).encode() if isinstance(body, dict) else body.encode() if isinstance(body, str) else body
    return list(feed.parse(raw_of(raw, channel=Channel.FEED), region="NL").items)


def arrived(body: str | dict[str, Any]) -> list[ContactArrived]:
    return [item for item in parsed(body) if isinstance(item, ContactArrived)]


def test_s032_s033_an_entry_of_a_complaint_site_is_public_and_known_by_its_id() -> None:
    first, second = arrived(told.RSS)
    assert (first.external_id, first.kind, first.visibility) == ("c-1", ContactKind.ARTICLE, Visibility.PUBLIC)
    assert (first.occurred_at, first.language) == (datetime(2026, 11, 21, 8, tzinfo=UTC), "nl")
    assert (first.content.subject, first.content.text) == ("Parcel lost", "Where is my parcel?")
    (author,) = first.content.handles
    assert (author.value, author.display) == ("complaints.example/sam v", "Sam V")
    assert first.assurance is HandleAssurance.SELF_ASSERTED
    assert (second.external_id, second.content.text) == ("https://complaints.example/2", "Again")
    assert (second.content.handles[0].value, second.flags) == ("complaints.example", ("clock-suspect",))


def test_s033_a_comment_in_a_forum_answers_an_entry_and_a_changed_entry_is_edited() -> None:
    items = parsed(told.ATOM)
    first, edited, comment = items
    assert isinstance(first, ContactArrived)
    assert (first.external_id, first.content.handles[0].value) == ("urn:1", "https://forum.example/kim")
    assert isinstance(edited, ContactEdited)
    assert (edited.external_id, edited.text) == ("urn:1", "It is late")
    assert isinstance(comment, ContactArrived)
    assert (comment.kind, comment.in_reply_to, comment.content.text) == (ContactKind.COMMENT, "urn:1", "Mine too")


def test_older_and_newer_formats_are_read_too() -> None:
    (news,) = arrived(told.RSS1)
    assert (news.external_id, news.content.text) == ("https://news.example/1", "Strike")
    (post,) = arrived(told.json_feed("<b>Hello</b>"))
    assert (post.external_id, post.content.text, post.content.sender_name) == ("j-1", "Hello", "Kim")


def test_an_id_that_several_entries_share_is_nobodys() -> None:
    item = "<item><guid>same</guid><link>https://x.example/{0}</link><title>{0}</title></item>"
    body = f"<rss><channel>{item.format(1)}{item.format(2)}</channel></rss>"
    assert [each.external_id for each in arrived(body)] == ["https://x.example/1", "https://x.example/2"]
    bare = "<item><title>{0}</title></item>"
    body = f"<rss><channel>{bare.format(1)}{bare.format(2)}</channel></rss>"
    ids = [each.external_id for each in arrived(body)]
    assert len(set(ids)) == 2
    assert ids == [each.external_id for each in arrived(body)]


def test_what_was_old_when_it_was_first_seen_is_history() -> None:
    assert parsed(told.json_feed(date_published="2026-10-01T08:00:00Z")) == [Ignored("too-old")]


def test_a_feed_is_the_same_as_before_when_its_entries_are() -> None:
    later = told.RSS.replace("<title>Complaints</title>", "<title>Complaints</title><lastBuildDate>now</lastBuildDate>")
    assert key_of_entries(later.encode()) == key_of_entries(told.RSS.encode())
    assert key_of_entries(told.RSS.replace("Again", "More").encode()) != key_of_entries(told.RSS.encode())


@pytest.mark.parametrize("body", [told.BOMB, told.OUTSIDE, "<!DOCTYPE rss SYSTEM 'http://x.example/rss.dtd'><rss/>"])
def test_a_feed_that_declares_anything_is_not_read(body: str) -> None:
    with pytest.raises(NotUnderstood) as problem:
        parsed(body)
    assert problem.value.code == "malformed-xml"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("<html></html>", "no-feed"),
        ('{"version": "1"}', "no-feed"),
        ("<rss>", "malformed-xml"),
        ("<a>" * 100 + "</a>" * 100, "malformed-xml"),
        ("<rss>&nbsp;</rss>", "malformed-xml"),
    ],
)
def test_what_is_no_feed_is_told_so(body: str, code: str) -> None:
    with pytest.raises(NotUnderstood) as problem:
        parsed(body)
    assert problem.value.code == code


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "iso-8859-1", "windows-1252"])
def test_a_feed_is_read_in_the_encoding_it_names(encoding: str) -> None:
    head = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>'
    body = f"{head}<rss><channel><item><title>één</title></item></channel></rss>".encode(encoding)
    (item,) = parsed(body)
    assert isinstance(item, ContactArrived)
    assert item.content.text == "één"


@given(cut=st.integers(0, len(told.ATOM)), place=st.integers(0, len(told.ATOM)), junk=st.binary(max_size=8))
def test_a_damaged_feed_is_read_or_not_understood_and_nothing_else(cut: int, place: int, junk: bytes) -> None:
    body = told.ATOM.encode()
    for damaged in (body[:cut], body[:place] + junk + body[place:], body[:place] + junk + body[cut:]):
        try:
            items = parsed(damaged)
        except NotUnderstood:
            continue
        assert items


def rss(*entries: tuple[str, str, str]) -> str:
    """A feed with entries of an id, a link and a title."""
    told = "".join(
        f"<item><guid isPermaLink='false'>{guid}</guid><link>https://x.example/{link}</link><title>{title}</title></item>"
        for guid, link, title in entries
    )
    return f"<rss version='2.0'><channel>{told}</channel></rss>"


async def looked(*bodies: str) -> list[str | None]:
    """What is on record after these looks: the titles of the entries."""
    record = ChannelsRecord()
    for number, body in enumerate(bodies, 1):
        raw = msgspec.structs.replace(raw_of(body.encode(), channel=Channel.FEED), raw_id=UUID(int=number))
        for place, item in enumerate(arrived(body)):
            name = context(f"look {number} {place}")
            await receive_contact(ReceiveContact(item, raw), name, record=record, directory=record)
    return [fact.content.subject if fact.content else None for fact in record.all_facts() if isinstance(fact, Received)]


async def test_s032_an_id_that_all_entries_of_a_feed_have_in_turn_loses_none_of_them() -> None:
    looks = [rss(("site", "1", "One")), rss(("site", "2", "Two")), rss(("site", "2", "Two")), rss(("site", "1", "One"))]
    assert await looked(*looks) == ["One", "Two"]


async def test_s032_ids_that_are_new_with_every_look_double_nothing() -> None:
    looks = [rss((f"{number}a", "1", "One"), (f"{number}b", "2", "Two")) for number in range(3)]
    assert await looked(*looks) == ["One", "Two"]


async def test_an_entry_whose_title_or_link_changes_is_the_same_one() -> None:
    looks = [rss(("a", "1", "One")), rss(("a", "1", "One!")), rss(("a", "1?ref=7", "One"))]
    assert await looked(*looks) == ["One"]
    assert await looked(rss(("a", "1", "Re: topic"), ("b", "2", "Re: topic"))) == ["Re: topic", "Re: topic"]
