"""How long a text is to a channel: each counts in a unit of its own, and what is too long there is refused here."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from contracts.reply_capabilities import LengthUnit, TextLimit

_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")
"""GSM 03.38: these take two places of the seven-bit alphabet."""

_X_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that X counts once; all others count twice."""

_X_URL_WEIGHT = 23
_URL = re.compile(r"https?://\S+|(?<![\w@.-])(?:[\w-]+\.)+[a-z]{2,24}\b(?:/\S*)?", re.IGNORECASE)
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}"
    "|[\u203c-\u3299\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*"
    "(?:\u200d[\u203c-\u3299\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*)+"
    "|[\U0001f000-\U0001faff][\ufe0f\U0001f3fb-\U0001f3ff]*"
)
"""What X shows as one emoji counts as one: flags, families, skin tones."""


def fits(text: str, limit: TextLimit) -> bool:
    """Whether a channel of this limit carries the text whole."""
    return length_of(text, limit.unit) <= limit.length_max


def length_of(text: str, unit: LengthUnit) -> int:
    """The length of a text in a channel's unit."""
    return _LENGTHS[unit](text)


def sms_segments(text: str) -> int:
    """How many short messages it takes: 160 or 153 places of GSM 03.38 each, else 70 or 67 of UTF-16."""
    if all(character in _GSM_BASIC or character in _GSM_EXTENDED for character in text):
        return _segments([2 if character in _GSM_EXTENDED else 1 for character in text], alone=160, joined=153)
    return _segments([_utf16(character) for character in text], alone=70, joined=67)


def _segments(places: list[int], *, alone: int, joined: int) -> int:
    """A character that takes two places is never cut in two."""
    if sum(places) <= alone:
        return 1
    segments, free = 1, joined
    for taken in places:
        if taken > free:
            segments, free = segments + 1, joined
        free -= taken
    return segments


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _x_weighted(text: str) -> int:
    """As X counts: links are shortened, emoji and most scripts other than Latin count twice.

    Which bare names X takes for links depends on its list of top-level domains: any counts here as the longer of both.
    """
    weight, rest = 0, unicodedata.normalize("NFC", text)
    for link in _URL.findall(rest):
        weight += _X_URL_WEIGHT if "://" in link else max(_X_URL_WEIGHT, len(link))
    rest, emoji = _EMOJI.subn("", _URL.sub("", rest))
    weight += 2 * emoji
    return weight + sum(1 if any(low <= ord(each) <= high for low, high in _X_LIGHT) else 2 for each in rest)


_LENGTHS: dict[LengthUnit, Callable[[str], int]] = {
    LengthUnit.CHARACTERS: len,
    LengthUnit.UTF16: _utf16,
    LengthUnit.BYTES: _bytes,
    LengthUnit.SMS_SEGMENTS: sms_segments,
    LengthUnit.X_WEIGHTED: _x_weighted,
}
