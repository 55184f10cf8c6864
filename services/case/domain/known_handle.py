"""A handle as its customer knows it."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.vocabulary import HandleAssurance, HandleKind


class KnownHandle(msgspec.Struct):
    """An address of a customer: `value` normalised, `written` as it came; both None when its key is gone.

    `opted_out`: its owner asked for no more messages there.
    """

    handle_id: UUID
    kind: HandleKind
    value: str | None
    assurance: HandleAssurance
    written: str | None = None
    opted_out: bool = False
