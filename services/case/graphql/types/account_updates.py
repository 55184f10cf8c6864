"""What is said of what may leave by a channel account."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import AccountMode
from services.case.graphql.inputs import KEY
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.payloads import ERRORS, POSITION
from services.case.graphql.types.people import ChannelAccount


@strawberry.input
class ChannelAccountUpdateInput:
    """What may leave by an account from now on. What is null stays as it is."""

    account_id: strawberry.ID = field(description="The account.")
    paused: bool | None = field(
        default=None, description="True: nothing leaves, and replies under way wait. False: it goes on, and so do they."
    )
    mode: AccountMode | None = field(default=None, description="What may leave by it while it is not paused.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class ChannelAccountUpdatePayload:
    """The answer to `channelAccountUpdate`."""

    account: ChannelAccount | None = field(default=None, description="The account as it is now.")
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
