"""A text is as long as its channel says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.reply_capabilities import REPLY_CAPABILITIES, LengthUnit, TextLimit
from contracts.text_length import fits, length_of, sms_segments
from contracts.vocabulary import Channel, Visibility


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("x" * 152 + "€" + "x" * 152, 3),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("😀" * 67, 3),
    ],
)
def test_short_messages_are_counted_as_networks_cut_them(text: str, segments: int) -> None:
    assert sms_segments(text) == segments


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("Thanks!", 7),
        ("één", 3),
        ("e\u0301", 1),
        ("日本", 4),
        ("😀", 2),
        ("👨‍👩‍👧‍👦", 2),
        ("👍🏽", 2),
        ("🇳🇱", 2),
        ("See https://shop.example/a/very/long/path/indeed/and/more", 4 + 23),
        ("See https://x.nl now", 4 + 23 + 4),
        ("bol.com", 23),
    ],
)
def test_x_counts_links_and_emoji_in_its_own_way(text: str, length: int) -> None:
    assert length_of(text, LengthUnit.X_WEIGHTED) == length


def test_utf16_and_bytes_are_what_they_are() -> None:
    assert length_of("a😀", LengthUnit.UTF16) == 3
    assert length_of("é", LengthUnit.BYTES) == 2
    assert fits("é" * 500, TextLimit(1000, LengthUnit.BYTES))
    assert not fits("é" * 500 + "x", TextLimit(1000, LengthUnit.BYTES))


def test_in_public_there_may_be_another_limit() -> None:
    capability = REPLY_CAPABILITIES[Channel.X]
    assert capability.limit(Visibility.PUBLIC) == TextLimit(280, LengthUnit.X_WEIGHTED)
    assert capability.limit(Visibility.PRIVATE) == TextLimit(10_000)


@given(text=st.text(st.characters(codec=None)), more=st.text(st.characters(codec=None), min_size=1))
def test_nothing_gets_shorter_by_saying_more_in_short_messages(text: str, more: str) -> None:
    for unit in (LengthUnit.CHARACTERS, LengthUnit.UTF16, LengthUnit.BYTES):
        assert length_of(text + more, unit) > length_of(text, unit)
    assert sms_segments(text + more) >= sms_segments(text)


@given(text=st.text(st.characters(codec=None), max_size=200))
def test_whatever_is_said_has_a_length_in_every_unit(text: str) -> None:
    for unit in LengthUnit:
        assert length_of(text, unit) >= 0
