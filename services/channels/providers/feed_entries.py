"""The entries of a feed, whichever of its formats it has: RSS 0.9 to 2.0, RSS 1.0, Atom, JSON Feed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.providers.feed_xml import Element, read_xml
from services.channels.providers.json_values import items, text

_ATOM = "http://www.w3.org/2005/Atom"
_RSS1 = "http://purl.org/rss/1.0/"
_DC = "http://purl.org/dc/elements/1.1/"
_CONTENT = "http://purl.org/rss/1.0/modules/content/"
_THREAD = "http://purl.org/syndication/thread/1.0"


class Entry(msgspec.Struct, frozen=True):
    """One entry as its feed says it. `markup`: HTML or text. `answers`: the id of the entry it is a comment on."""

    id: str | None
    link: str | None
    title: str | None
    markup: str | None
    published: str | None
    updated: str | None = None
    author: str | None = None
    author_url: str | None = None
    language: str | None = None
    answers: str | None = None


def entries_of(body: bytes) -> Iterator[Entry]:
    """Every entry, in the order of the feed.

    Raises:
        NotUnderstood: it is no feed.
    """
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"<") and body[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        return _of_json(read_json(body))
    root = read_xml(body)
    if root.name == f"{_ATOM} feed":
        language = root.attributes.get("http://www.w3.org/XML/1998/namespace lang")
        return (_atom(entry, root, language) for entry in root.all(f"{_ATOM} entry"))
    if root.name == f"{_ATOM} entry":
        return iter((_atom(root, root, None),))
    if root.local not in {"rss", "RDF"}:
        raise NotUnderstood("no-feed", "the body is neither RSS nor Atom nor JSON Feed")
    channel = next(root.all("channel", f"{_RSS1} channel"), root)
    language = channel.first("language", f"{_DC} language")
    found = [*channel.all("item", f"{_RSS1} item"), *root.all("item", f"{_RSS1} item")]
    return (_rss(item, language) for item in found)


def _atom(entry: Element, feed: Element, language: str | None) -> Entry:
    content = next(entry.all(f"{_ATOM} content", f"{_ATOM} summary"), None)
    person = next((each for each in (*entry.all(f"{_ATOM} author"), *feed.all(f"{_ATOM} author"))), None)
    answered = next(entry.all(f"{_THREAD} in-reply-to"), None)
    return Entry(
        id=entry.first(f"{_ATOM} id"),
        link=_atom_link(entry),
        title=entry.first(f"{_ATOM} title"),
        markup=None if content is None else (content.markup().strip() or None),
        published=entry.first(f"{_ATOM} published"),
        updated=entry.first(f"{_ATOM} updated"),
        author=person.first(f"{_ATOM} name") if person is not None else None,
        author_url=person.first(f"{_ATOM} uri") if person is not None else None,
        language=entry.attributes.get("http://www.w3.org/XML/1998/namespace lang") or language,
        answers=answered.attributes.get("ref") if answered is not None else None,
    )


def _atom_link(entry: Element) -> str | None:
    links = [each.attributes for each in entry.all(f"{_ATOM} link") if each.attributes.get("href")]
    shown = [each for each in links if each.get("rel", "alternate") == "alternate"]
    return (shown or links)[0]["href"] if links else None


def _rss(item: Element, language: str | None) -> Entry:
    guid = next(item.all("guid"), None)
    named = guid.text() if guid is not None else None
    is_link = guid is not None and guid.attributes.get("isPermaLink", "true") == "true"
    linked = named if is_link and (named or "").startswith(("http://", "https://")) else None
    return Entry(
        id=named or item.attributes.get("http://www.w3.org/1999/02/22-rdf-syntax-ns# about"),
        link=item.first("link", f"{_RSS1} link") or linked,
        title=item.first("title", f"{_RSS1} title"),
        markup=item.first(f"{_CONTENT} encoded", "description", f"{_RSS1} description"),
        published=item.first("pubDate", f"{_DC} date"),
        author=item.first(f"{_DC} creator", "author"),
        language=language,
        answers=next((each.attributes.get("ref") for each in item.all(f"{_THREAD} in-reply-to")), None),
    )


def _of_json(feed: Any) -> Iterator[Entry]:
    if not isinstance(feed, dict) or not (text(feed, "version") or "").startswith("https://jsonfeed.org/"):
        raise NotUnderstood("no-feed", "the body is neither RSS nor Atom nor JSON Feed")
    for item in items(feed, "items"):
        authors = items(item, "authors") or items(feed, "authors")
        author = authors[0] if authors else None
        yield Entry(
            id=text(item, "id"),
            link=text(item, "url"),
            title=text(item, "title"),
            markup=text(item, "content_html") or text(item, "content_text") or text(item, "summary"),
            published=text(item, "date_published"),
            updated=text(item, "date_modified"),
            author=text(author, "name"),
            author_url=text(author, "url"),
            language=text(item, "language") or text(feed, "language"),
        )
