"""What the desk asks of channels about an account."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import AccountMode


class AccountUpdateRequested(msgspec.Struct, frozen=True, omit_defaults=True):
    """Somebody says what may leave by a channel account. What is None stays as it is."""

    request_id: UUID
    account_id: UUID
    requested_by: str
    at: datetime
    mode: AccountMode | None = None
    paused: bool | None = None
