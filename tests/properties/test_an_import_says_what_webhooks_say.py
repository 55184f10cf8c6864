"""Lines of a file become the contacts that the same lines, posted one by one to a webhook, would have become."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from contracts.vocabulary import Channel
from services.channels.domain.normal_form import NotUnderstood
from services.channels.domain.raw import RawInbound
from services.channels.providers import neutral_lines, webhook

AT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
TEXTS = st.text(max_size=40)
HANDLES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["X", "WEB", "EMAIL", "PHONE"]),
        "value": st.sampled_from(["a", "sam@a.example", "0612345678"]),
    }
)
POSTINGS = st.fixed_dictionaries(
    {"id": st.text(min_size=1, max_size=8)},
    optional={
        "type": st.sampled_from(["contact", "edit", "removal", "reaction"]),
        "text": TEXTS,
        "subject": TEXTS,
        "occurred_at": st.sampled_from(["2026-11-21T11:00:00Z", "1999-01-01T00:00:00Z", "soon"]),
        "visibility": st.sampled_from(["PUBLIC", "PRIVATE"]),
        "kind": st.sampled_from(["COMMENT", "REVIEW", "NONSENSE"]),
        "sender": st.fixed_dictionaries({"handles": st.lists(HANDLES, max_size=3)}, optional={"name": TEXTS}),
        "in_reply_to": TEXTS,
        "colour": TEXTS,
    },
)


def raw_of(body: bytes, **headers: str) -> RawInbound:
    return RawInbound(UUID(int=1), Channel.WEBHOOK, "site", body, AT, "key", headers=headers)


def by_webhook(said: dict[str, Any]) -> object:
    """The item, or why there is none."""
    try:
        return webhook.parse(raw_of(json.dumps(said).encode()), region="NL").items[0]
    except NotUnderstood as problem:
        return problem.code, problem.field


def by_line(said: dict[str, Any]) -> object:
    try:
        return neutral_lines.read_line(json.dumps(said).encode(), raw_of(b""), region="NL")
    except NotUnderstood as problem:
        return problem.code, problem.field


@given(st.lists(POSTINGS, max_size=8))
def test_a_line_is_what_its_webhook_would_be_or_refused_for_the_same_reason(postings: list[dict[str, Any]]) -> None:
    each = [by_line(said) for said in postings]
    assert each == [by_webhook(said) for said in postings]
    good = [json.dumps(said).encode() for said, item in zip(postings, each, strict=True) if not isinstance(item, tuple)]
    kept = raw_of(b"\n".join(good), **neutral_lines.HEADERS)
    assert neutral_lines.is_of_lines(kept)
    assert list(neutral_lines.parse(kept, region="NL").items) == [item for item in each if not isinstance(item, tuple)]


def test_no_door_keeps_the_mark_of_imported_lines() -> None:
    from services.channels.domain.raw import headers_to_keep  # noqa: PLC0415  (of this test alone)
    from services.channels.providers import DOORS  # noqa: PLC0415  (likewise)

    posted = {neutral_lines.MARK: "1", "content-type": "application/json"}
    assert all(neutral_lines.MARK not in headers_to_keep(door.spec.kept_headers, posted) for door in DOORS.values())
    assert msgspec.json.encode(neutral_lines.HEADERS)
