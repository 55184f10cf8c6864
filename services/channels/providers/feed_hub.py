"""Where a feed says that it is pushed from: its `Link` header, else the links in it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.channels.domain.hub_lease import Announced
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.providers.feed_xml import read_xml
from services.channels.providers.json_values import items, text, web_address

_ATOM_LINK = "http://www.w3.org/2005/Atom link"
_RSS1_CHANNEL = "http://purl.org/rss/1.0/ channel"
_HEADER_LINK = re.compile(r"<([^<>]{1,2048})>((?:\s*;\s*[a-zA-Z*]+\s*=\s*(?:\"[^\"]{0,256}\"|[^\s;,\"]{1,256})){1,8})")
_RELATION = re.compile(r"(?:^|;)\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]+))", re.IGNORECASE)
_HEADER_LENGTH_MAX = 8_192


def announced(body: bytes, link_header: str | None, *, url: str) -> Announced | None:
    """The hub and the topic's name, the feed's `url` where it says none; None: nobody pushes it."""
    for links in (_of_header(link_header), _of_body(body)):
        found: dict[str, str] = {}
        for relation, address in links:
            if web_address(address) is not None:
                found.setdefault(relation, address)
        if "hub" in found:
            return Announced(hub=found["hub"], topic=found.get("self", url))
    return None


def _of_header(header: str | None) -> Iterable[tuple[str, str]]:
    for address, parameters in _HEADER_LINK.findall((header or "")[:_HEADER_LENGTH_MAX]):
        for quoted, plain in _RELATION.findall(parameters):
            for relation in (quoted or plain).lower().split():
                yield relation, address


def _of_body(body: bytes) -> Iterable[tuple[str, str]]:
    try:
        yield from _of_json(body) if body.lstrip().startswith(b"{") else _of_xml(body)
    except NotUnderstood:
        return


def _of_json(body: bytes) -> Iterable[tuple[str, str]]:
    feed = read_json(body)
    if isinstance(feed, dict):
        yield from (
            ("hub", text(hub, "url") or "")
            for hub in items(feed, "hubs")
            if (text(hub, "type") or "").lower() == "websub"
        )
        yield "self", text(feed, "feed_url") or ""


def _of_xml(body: bytes) -> Iterable[tuple[str, str]]:
    root = read_xml(body)
    for place in (root, *root.all("channel", _RSS1_CHANNEL)):
        for link in place.all(_ATOM_LINK):
            for relation in link.attributes.get("rel", "").lower().split():
                yield relation, link.attributes.get("href", "")
