"""Postings out of a file, for an account of any channel: one contact in our own words a line (docs/import.md)."""

from __future__ import annotations

from collections.abc import Mapping

from services.channels.domain.inbound import Ignored, Inbound, Parsed
from services.channels.domain.normal_form import NotUnderstood, read_json
from services.channels.domain.raw import RawInbound
from services.channels.providers.neutral_contact import read_item

MARK = "eender-lines"
"""A header that no door keeps of what is posted to it, so nobody outside can send one."""
HEADERS: Mapping[str, str] = {MARK: "1"}


def is_of_lines(raw: RawInbound) -> bool:
    """Whether a kept payload is a piece of an imported file."""
    return MARK in raw.headers


def read_line(line: bytes, raw: RawInbound, *, region: str) -> Inbound:
    """One posting. Whatever it is of, its file says `type`, as a webhook does; without it a contact.

    Raises:
        NotUnderstood: it is no JSON object, or a field is missing, unknown or of another kind.
    """
    said = read_json(line)
    if not isinstance(said, dict):
        raise NotUnderstood("malformed-json", "a line must be a JSON object")
    kind = said.pop("type", "contact")
    item = read_item(kind, said, raw, region=region)
    if isinstance(item, Ignored):
        raise NotUnderstood("invalid-field", "there is no such kind of item", "type")
    return item


def parse(raw: RawInbound, *, region: str) -> Parsed:
    """Every line; one that a later version cannot read any more costs the others nothing."""
    return Parsed(tuple(_leniently(line, raw, region) for line in raw.body.split(b"\n") if line))


def _leniently(line: bytes, raw: RawInbound, region: str) -> Inbound:
    try:
        return read_line(line, raw, region=region)
    except NotUnderstood:
        return Ignored("malformed-item")
