"""By which ways a customer can be answered."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import Channel, Visibility
from services.case.graphql.enums import ErrorCode
from services.case.graphql.refs import ChannelAccountRef, HandleRef
from services.case.graphql.scalars import Instant


@strawberry.type
class ReplyOption:
    """One way by which an answer can leave, or why none can. Send account, handle and visibility with `caseReply`."""

    account: ChannelAccountRef = field(description="Our account it leaves by.")
    handle: HandleRef = field(description="The customer's address it goes to.")
    channel: Channel = field(description="The channel it leaves by.")
    visibilities: list[Visibility] = field(description="Who can read it: it says which of them it is to be.")
    allowed: bool = field(description="Whether a text can leave now.")
    refused_because: ErrorCode | None = field(description="Why not: what `caseReply` would answer.")
    window_ends_at: Instant | None = field(description="Until when the channel carries texts; null: without an end.")
    max_length: int | None = field(description="How long a text may be; null: it carries none.")
    length_unit: str | None = field(
        description="What the length counts: CHARACTERS, UTF16, BYTES, SMS_SEGMENTS, X_WEIGHTED; may grow."
    )
    accepts_html: bool = field(description="Whether `html` may be sent.")
    accepts_templates: bool = field(description="Whether an approved template can leave, after the window, too.")
    attachment_types: list[str] = field(description="The media types of files that may go along.")
