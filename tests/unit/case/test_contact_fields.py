"""What was filled in beside a text, as those see it who work on the case."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.content import ContactContent
from services.case.domain.contact_fields import FIELDS_MAX, NAME_LENGTH_MAX, VALUE_LENGTH_MAX, ContactField, fields_of

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=50),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("filled", "shown"),
    [
        ("NL-2026-001234", "NL-2026-001234"),
        ("  two\nlines ", "two\nlines"),
        (7, "7"),
        (7.0, "7"),
        (2.5, "2.5"),
        (True, "yes"),
        (False, "no"),
        (0, "0"),
        ("", None),
        (" ", None),
        (None, None),
        (["a"], None),
        ({"latitude": 52}, None),
        (10**30, None),
        (float("inf"), None),
        (float("nan"), None),
    ],
)
def test_s090_what_was_filled_in_is_shown_as_text(filled: Any, shown: str | None) -> None:
    expected = () if shown is None else (ContactField("order", shown),)
    assert fields_of(ContactContent(fields={"order": filled})) == expected


def test_fields_keep_their_order_and_a_limit() -> None:
    many = {f"f{number}": "x" * (VALUE_LENGTH_MAX + 1) for number in range(FIELDS_MAX + 1)}
    shown = fields_of(ContactContent(fields={"n" * 200: "a", **many}))
    assert [each.name for each in shown] == ["n" * NAME_LENGTH_MAX, *(f"f{number}" for number in range(FIELDS_MAX - 1))]
    assert len(shown[1].value) == VALUE_LENGTH_MAX
    assert fields_of(None) == ()


@given(st.dictionaries(st.text(max_size=10), ANYTHING, max_size=5))
def test_what_comes_back_from_where_it_is_stored_is_shown_the_same(fields: dict[str, Any]) -> None:
    content = ContactContent(fields=fields)
    stored = msgspec.json.decode(msgspec.json.encode(content), type=ContactContent)
    assert fields_of(stored) == fields_of(content)
