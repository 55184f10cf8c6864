"""Feeds: RSS, Atom and JSON Feed, as fetched or pushed by a WebSub hub. Forums, blogs, news, complaint sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import msgspec

from contracts.content import ContactContent, HandleContent
from contracts.vocabulary import Channel, ContactKind, HandleAssurance, HandleKind, Visibility
from services.channels.domain.channel_spec import AnyOf, ChannelSpec, HmacSignature, HubChallenge
from services.channels.domain.inbound import ContactArrived, ContactEdited, Ignored, Inbound, Parsed
from services.channels.domain.raw import RawInbound
from services.channels.providers.feed_entries import Entry, entries_of
from services.channels.providers.json_values import web_address
from services.channels.providers.mail_html import text_of_html
from services.channels.providers.web_names import WEB_NAME_LENGTH_MAX, site_of
from services.channels.providers.written_moments import written_moment

ENTRIES_MAX = 500
BACKLOG_MAX = timedelta(days=14)
"""What is older when it is first seen is history: a feed that is new to us, or was away for longer."""

_ID_LENGTH_MAX = 512

spec = ChannelSpec(
    channel=Channel.FEED,
    verification=AnyOf(
        tuple(
            HmacSignature(
                header="X-Hub-Signature", prefix=f"{algorithm}=", algorithm=algorithm, secrets=("hub_secret",)
            )
            for algorithm in ("sha256", "sha512", "sha384", "sha1")
        )
    ),
    handshake=HubChallenge(leases=True),
    answer_status=202,
)


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every entry, the first `ENTRIES_MAX` of them; one that was changed after it was published is edited, too.

    Raises:
        NotUnderstood: it is no feed.
    """
    del region
    found = list(entries_of(raw.body))
    keys = _keys(found)
    items: list[Inbound] = []
    for entry, key in zip(found[:ENTRIES_MAX], keys, strict=False):
        items += _items(raw, entry, key)
    if len(found) > ENTRIES_MAX:
        items.append(Ignored("too-many-entries"))
    return Parsed(items=tuple(items) or (Ignored("nothing-in-it"),))


def key_of_entries(body: bytes) -> str:
    """The same for two fetches that bring the same entries, whatever else in the feed has changed.

    Raises:
        NotUnderstood: it is no feed.
    """
    return "feed:" + sha256(msgspec.json.encode(list(entries_of(body)))).hexdigest()


def _keys(found: Iterable[Entry]) -> list[str]:
    """By what each is known: its own id, else its link, else its words. What two of them share is nobody's id."""
    found = list(found)
    ids, links = Counter(each.id for each in found), Counter(each.link for each in found)
    return [
        each.id
        if each.id and ids[each.id] == 1 and len(each.id) <= _ID_LENGTH_MAX
        else each.link
        if each.link and links[each.link] == 1 and len(each.link) <= _ID_LENGTH_MAX
        else _digest(each.title, each.published, each.markup)
        for each in found
    ]


def _digest(*said: str | None) -> str:
    return "sha256:" + sha256(msgspec.json.encode(said)).hexdigest()


def _items(raw: RawInbound, entry: Entry, key: str) -> Iterable[Inbound]:
    said = text_of_html(entry.markup)[0] if entry.markup else None
    said = said or entry.title
    if said is None:
        yield Ignored("malformed-item")
        return
    occurred_at, trusted = written_moment(entry.published or entry.updated, raw.received_at)
    if trusted and raw.received_at - occurred_at > BACKLOG_MAX:
        yield Ignored("too-old")
        return
    # Known by all of it, too: some feeds give an id to all that they say in turn, some a new one with every look.
    all_of_it = _digest(entry.link, entry.title, entry.published, entry.markup)
    yield ContactArrived(
        external_id=key,
        kind=ContactKind.COMMENT if entry.answers else ContactKind.ARTICLE,
        occurred_at=occurred_at,
        assurance=HandleAssurance.SELF_ASSERTED,
        visibility=Visibility.PUBLIC,
        in_reply_to=entry.answers if entry.answers and len(entry.answers) <= _ID_LENGTH_MAX else None,
        language=entry.language,
        flags=() if trusted else ("clock-suspect",),
        otherwise=all_of_it,
        content=ContactContent(
            handles=_handles(entry),
            sender_name=entry.author,
            subject=entry.title,
            text=said,
            url=web_address({"link": entry.link}, "link"),
            references=(all_of_it,),
        ),
    )
    changed_at, dated = written_moment(entry.updated, raw.received_at)
    if entry.published and dated and changed_at > occurred_at:
        yield ContactEdited(key, f"{changed_at.isoformat()}:{sha256(said.encode()).hexdigest()}", changed_at, said)


def _handles(entry: Entry) -> tuple[HandleContent, ...]:
    """Who wrote it: a name counts within its site only."""
    site = site_of(entry.link)
    known: dict[str, Any] = {"kind": HandleKind.WEB}
    if entry.author_url:
        return (HandleContent(**known, value=entry.author_url[:WEB_NAME_LENGTH_MAX], display=entry.author),)
    if entry.author and site:
        value = f"{site}/{entry.author.lower()}"[:WEB_NAME_LENGTH_MAX]
        return (HandleContent(**known, value=value, display=entry.author),)
    return (HandleContent(**known, value=site[:WEB_NAME_LENGTH_MAX]),) if site else ()
