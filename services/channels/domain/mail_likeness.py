"""Whether two mails under one Message-ID are one: broken programs and forgers use an id twice, lists and servers copy.

The same mail has the same sender, subject, words and files. A copy by a list may say so below a line of its own, and in
the list's own name; everything else is another mail, and nobody's mail is lost to an id.
"""

from __future__ import annotations

import re
from hashlib import sha256

import msgspec

from contracts.content import ContactContent

LISTED = "list"
"""The flag of mail that came by a list."""

_FOOTER_LINE = re.compile(r"^[_=-]{10,}[ \t]*$", re.MULTILINE)
_BEFORE_SUBJECT = re.compile(r"\A(?:\s*(?:\[[^\]]{0,80}\]|(?:re|fwd?|aw|antw)\s*:))+", re.IGNORECASE)
_ADDRESS = re.compile(r"[^\s,<>]+@[^\s,<>]+")


class MailLikeness(msgspec.Struct, frozen=True):
    """By what a mail is known again. `senders`: in lower case, of a list's copy also whom it asks to answer.

    `said`: a digest of subject, words and files. `unfooted`: the same without a list's footer, of a list's copy.
    """

    senders: frozenset[str]
    said: bytes
    unfooted: bytes | None = None

    def is_of(self, other: MailLikeness) -> bool:
        """Whether both are one mail."""
        if self.senders != other.senders and not self.senders & other.senders:
            return False
        return self.said == other.said or bool({self.said, self.unfooted} & {other.said, other.unfooted} - {None})


def likeness_of(content: ContactContent, flags: tuple[str, ...]) -> MailLikeness:
    """By what the mail of this content is known again."""
    text, listed = content.text or "", LISTED in flags
    senders = [each.value for each in content.handles[:1]]
    if listed:
        senders += _ADDRESS.findall(str(content.fields.get("reply-to", "")))
    cut = _without_footer(text) if listed else text
    return MailLikeness(
        senders=frozenset(each.lower() for each in senders),
        said=_digest(content, text),
        unfooted=None if cut == text else _digest(content, cut),
    )


def _without_footer(text: str) -> str:
    """The text above the last line that lists set off what they add by; all of it, where nothing stands there."""
    lines = list(_FOOTER_LINE.finditer(text))
    above = text[: lines[-1].start()] if lines else text
    return above if above.strip() else text


def _digest(content: ContactContent, text: str) -> bytes:
    subject = _BEFORE_SUBJECT.sub("", content.subject or "")
    files = sorted(each.sha256 or each.name or "" for each in content.attachments)
    said = (" ".join(subject.split()), " ".join(text.split()), *files)
    return sha256("\x1f".join(said).encode("utf-8", "surrogatepass")).digest()
