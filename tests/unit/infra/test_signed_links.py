"""A link is good for one file and a short while."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs
from uuid import UUID

import pytest

from infra.signed_links import LinkSigner, LinkState

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FILE, OTHER = UUID(int=1), UUID(int=2)
SIGNER = LinkSigner(b"k" * 32)


def link() -> tuple[str, str]:
    query = parse_qs(SIGNER.query(FILE, NOW + timedelta(minutes=5)))
    return query["expires"][0], query["signature"][0]


def test_a_link_is_good_until_it_expires() -> None:
    expires, signature = link()
    assert SIGNER.state(FILE, expires, signature, now=NOW) is LinkState.GOOD
    late = NOW + timedelta(minutes=5, seconds=1)
    assert SIGNER.state(FILE, expires, signature, now=late) is LinkState.EXPIRED


def test_whoever_changes_anything_has_no_link() -> None:
    expires, signature = link()
    assert SIGNER.state(FILE, expires, signature, now=NOW) is LinkState.GOOD
    later = str(int(expires) + 1)
    for changed in (
        SIGNER.state(OTHER, expires, signature, now=NOW),
        SIGNER.state(FILE, later, signature, now=NOW),
        SIGNER.state(FILE, expires, signature[:-1], now=NOW),
        LinkSigner(b"o" * 32).state(FILE, expires, signature, now=NOW),
    ):
        assert changed is LinkState.FORGED


@pytest.mark.parametrize(("expires", "signature"), [("", ""), ("x", "y"), ("٣", "é"), ("9" * 40, "\ud800")])
def test_what_is_no_link_at_all_is_forged(expires: str, signature: str) -> None:
    assert SIGNER.state(FILE, expires, signature, now=NOW) is LinkState.FORGED
