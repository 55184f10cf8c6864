"""Which files each channel carries beside a text: of which types, how large, how many."""

from __future__ import annotations

import msgspec

ANY_TYPE = "*/*"
_MIB = 1024 * 1024


class FileRule(msgspec.Struct, frozen=True):
    """Files of these types, each of at most so many bytes."""

    types: tuple[str, ...]
    bytes_max: int


class FileLimit(msgspec.Struct, frozen=True):
    """What a channel takes along with one text.

    `bytes_max`: of all of them together. `caption_max`: how long the text may be then, in the channel's unit, where
    that is less than else. `by_link`: its platform fetches them from us.
    """

    rules: tuple[FileRule, ...]
    count_max: int = 1
    bytes_max: int | None = None
    caption_max: int | None = None
    by_link: bool = False

    @property
    def types(self) -> tuple[str, ...]:
        """The types that may go along; `*/*`: whatever we keep."""
        return tuple(dict.fromkeys(each for rule in self.rules for each in rule.types))

    def bytes_max_of(self, media_type: str) -> int | None:
        """How large a file of this type may be; None: none of it goes along."""
        for rule in self.rules:
            if media_type in rule.types or ANY_TYPE in rule.types:
                return rule.bytes_max
        return None


_PICTURES = ("image/jpeg", "image/png")
_OFFICE = (
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "application/msword",
    "application/vnd.ms-excel",
    "application/vnd.ms-powerpoint",
)
_ANYTHING = FileRule((ANY_TYPE,), 100 * _MIB)

MAIL_FILES = FileLimit((_ANYTHING,), count_max=10, bytes_max=15 * _MIB)
"""In base64 that is what a mail of 25 MB holds, with room."""

WHATSAPP_FILES = FileLimit(
    (
        FileRule(_PICTURES, 5 * _MIB),
        FileRule(("video/mp4",), 16 * _MIB),
        FileRule(("application/pdf", "text/plain", *_OFFICE), 100 * _MIB),
    ),
    caption_max=1024,
)
MESSENGER_FILES = FileLimit(
    (
        FileRule((*_PICTURES, "image/gif"), 8 * _MIB),
        FileRule(("video/mp4", "audio/mpeg", "audio/mp4", "application/pdf"), 25 * _MIB),
    ),
    by_link=True,
)
INSTAGRAM_FILES = FileLimit(
    (FileRule(_PICTURES, 8 * _MIB), FileRule(("video/mp4", "audio/mp4", "audio/wav", "application/pdf"), 25 * _MIB)),
    by_link=True,
)
TELEGRAM_FILES = FileLimit((FileRule(_PICTURES, 10 * _MIB), FileRule((ANY_TYPE,), 50 * _MIB)), caption_max=1024)
MMS_FILES = FileLimit(
    (FileRule((*_PICTURES, "image/gif"), 5 * _MIB), FileRule(("application/pdf", "text/vcard"), 600 * 1024)),
    count_max=10,
    bytes_max=5 * _MIB,
    by_link=True,
)
LINKED_FILES = FileLimit((_ANYTHING,), count_max=10, by_link=True)
"""Of channels that are ours at both ends: whoever reads gets links."""
