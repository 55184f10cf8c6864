"""How a file that a platform only names is fetched from it: as requests to make, and what their answers mean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from contracts.content import AttachmentContent
from services.channels.domain.outbound import SendTarget


class NotToBeHad(Exception):  # noqa: N818  (a decision)
    """A file that will never be had, however often it is asked for. `reason`: a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Ask(msgspec.Struct, frozen=True):
    """One GET. `headers` go to that address's own origin and to no other it is sent on to.

    `home`: the account's own API, which may be where only we can go; None: it must be public.
    """

    url: str
    headers: Mapping[str, str] = {}
    home: str | None = None

    def __repr__(self) -> str:
        return "Ask(…)"


class Download(Protocol):
    """The way to a channel's files."""

    def ask(self, file: AttachmentContent, account: SendTarget) -> Ask:
        """What to ask first.

        Raises:
            NotToBeHad: the account cannot, or it is no file's name.
        """
        ...

    def follow(self, answer: bytes, account: SendTarget) -> Ask | None:
        """What to ask then; None: the first answer is the file.

        Raises:
            NotToBeHad: the answer names no file.
        """
        ...
