"""What each channel can carry back to a customer: how much, how soon, to whom."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from contracts import reply_files as files
from contracts.vocabulary import Channel, HandleKind, Visibility


class LengthUnit(StrEnum):
    """What a channel counts the length of a text in."""

    CHARACTERS = "CHARACTERS"
    UTF16 = "UTF16"
    BYTES = "BYTES"
    SMS_SEGMENTS = "SMS_SEGMENTS"
    X_WEIGHTED = "X_WEIGHTED"


class TextLimit(msgspec.Struct, frozen=True):
    """How long a text a channel takes, in its own unit."""

    length_max: int
    unit: LengthUnit = LengthUnit.CHARACTERS


class Opening(StrEnum):
    """Whether a channel carries what begins a matter: to any address, to those who wrote by it before, or to nobody."""

    ALWAYS = "ALWAYS"
    AFTER_CONTACT = "AFTER_CONTACT"
    NEVER = "NEVER"


class ReplyCapability(msgspec.Struct, frozen=True):
    """What a channel can carry back. `window_hours`: after the customer's last private message; None: always.

    `private_reply_hours`: how long after something public its author can be answered in private, once; None: never.
    `public`: the limit of what everybody can read, where it is another one. `templates`: it takes texts approved
    beforehand, outside the window, too. `html`: it takes a text that is set in HTML. `files`: which may go along in
    private; None: none.
    """

    handle_kind: HandleKind
    text: TextLimit
    window_hours: int | None = None
    private_reply_hours: int | None = None
    public: TextLimit | None = None
    opening: Opening = Opening.AFTER_CONTACT
    templates: bool = False
    html: bool = False
    files: files.FileLimit | None = None

    def limit(self, visibility: Visibility) -> TextLimit:
        """How long an answer may be that so many can read."""
        return self.public if self.public is not None and visibility is Visibility.PUBLIC else self.text


REPLY_CAPABILITIES: dict[Channel, ReplyCapability] = {
    Channel.EMAIL: ReplyCapability(
        HandleKind.EMAIL, TextLimit(100_000), opening=Opening.ALWAYS, html=True, files=files.MAIL_FILES
    ),
    Channel.WEBHOOK: ReplyCapability(
        HandleKind.WEB, TextLimit(64 * 1024), opening=Opening.ALWAYS, files=files.LINKED_FILES
    ),
    Channel.WHATSAPP: ReplyCapability(
        HandleKind.WHATSAPP,
        TextLimit(4096),
        window_hours=24,
        opening=Opening.ALWAYS,
        templates=True,
        files=files.WHATSAPP_FILES,
    ),
    Channel.MESSENGER: ReplyCapability(
        HandleKind.MESSENGER, TextLimit(2000), window_hours=24, files=files.MESSENGER_FILES
    ),
    Channel.FACEBOOK: ReplyCapability(
        HandleKind.FACEBOOK,
        TextLimit(2000),
        private_reply_hours=7 * 24,
        public=TextLimit(8000),
        opening=Opening.NEVER,
    ),
    Channel.INSTAGRAM: ReplyCapability(
        HandleKind.INSTAGRAM,
        TextLimit(1000, LengthUnit.BYTES),
        window_hours=24,
        private_reply_hours=7 * 24,
        public=TextLimit(2200),
        files=files.INSTAGRAM_FILES,
    ),
    Channel.TELEGRAM: ReplyCapability(
        HandleKind.TELEGRAM, TextLimit(4096, LengthUnit.UTF16), files=files.TELEGRAM_FILES
    ),
    Channel.SMS: ReplyCapability(
        HandleKind.PHONE, TextLimit(10, LengthUnit.SMS_SEGMENTS), opening=Opening.ALWAYS, files=files.MMS_FILES
    ),
    Channel.CHAT: ReplyCapability(HandleKind.CHAT_VISITOR, TextLimit(4000), files=files.LINKED_FILES),
    Channel.GOOGLE_REVIEWS: ReplyCapability(
        HandleKind.GOOGLE, TextLimit(4096, LengthUnit.BYTES), opening=Opening.NEVER
    ),
    Channel.X: ReplyCapability(HandleKind.X, TextLimit(10_000), public=TextLimit(280, LengthUnit.X_WEIGHTED)),
}
"""The channels that can carry a reply, as their platforms' documents have it; `docs/channels/` says which."""
