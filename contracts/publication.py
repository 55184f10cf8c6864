"""Posts of our own: what the case service asks for, and what channels says became of them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel, DeliveryStatus


class PublicationRequested(msgspec.Struct, frozen=True, omit_defaults=True):
    """A post of our own is to leave by one channel account. Sealed: `PublicationContent` under the publication's key.

    `publication_id` names it from here on: what people say beneath it comes in as an answer to that id.
    """

    publication_id: UUID
    channel: Channel
    account: str
    requested_at: datetime


class PublicationUpdated(msgspec.Struct, frozen=True, omit_defaults=True):
    """What became of a post of our own. `external_id`, `url`: what its platform calls it, and where it stands.

    `code`, `reason`: why it failed, in the words of `RefusalCode` where one fits, else the platform's code.
    """

    publication_id: UUID
    channel: Channel
    account: str
    status: DeliveryStatus
    at: datetime
    external_id: str | None = None
    url: str | None = None
    code: str | None = None
    reason: str | None = None
    retryable: bool = False
