"""What was said and asks nothing of us: listed, looked at, and taken up."""

from __future__ import annotations

import strawberry
from strawberry import field

from contracts.vocabulary import Channel, ContentState, TriageOutcome
from services.case.graphql.context import Info
from services.case.graphql.inputs import KEY
from services.case.graphql.refs import ChannelAccountRef, ContactRef
from services.case.graphql.scalars import Instant, Url
from services.case.graphql.types.cases import Case
from services.case.graphql.types.contents import Reach
from services.case.graphql.types.entries import Contact
from services.case.graphql.types.errors import UserError
from services.case.graphql.types.interfaces import Node, PageInfo
from services.case.graphql.types.payloads import CASE, ERRORS, POSITION, VERSION
from services.case.queries.mentions import MentionRow


@strawberry.type
class Mention(Node):
    """Something that was said and asks nothing of us: no customer, no case; kept for a while.

    Null fields: it was taken back, or kept long enough.
    """

    occurred_at: Instant = field(description="When it was said.")
    channel: Channel = field(description="On which channel.")
    author_masked: str = field(description="Enough of its author's name there to recognise it by.")
    text: str | None = field(description="What was said; null explained by `textState`.")
    text_state: ContentState = field(description="What became of the text.")
    url: Url | None = field(description="Where it stands.")
    reach: Reach | None = field(description="How far it went, where that is known.")
    outcome: TriageOutcome = field(description="What triage made of it.")
    outcome_reason: str = field(description="Why.")
    expires_at: Instant = field(description="Until when it is kept; one that became a contact as long as its case.")
    row: strawberry.Private[MentionRow]

    @strawberry.field
    async def account(self, info: Info) -> ChannelAccountRef:
        """Our account by which it came."""
        return await info.context.make.account_named(self.row.channel, self.row.account)

    @strawberry.field
    async def contact(self, info: Info) -> ContactRef | None:
        """The contact it became; null as long as it is none."""
        return None if self.row.case_id is None else await info.context.make.contact_by_id(self.row.mention_id)


@strawberry.type
class MentionEdge:
    """A mention in a list."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: Mention = field(description="The mention.")


@strawberry.type
class MentionConnection:
    """A page of a list of mentions."""

    nodes: list[Mention] = field(description="The mentions of this page.")
    edges: list[MentionEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")
    total_count: int | None = field(description="How many there are in all; null where it was not asked for.")


@strawberry.input
class MentionWhere:
    """Which mentions: everything that is given must hold."""

    outcome: TriageOutcome | None = field(default=None, description="What triage made of it.")
    channel: Channel | None = field(default=None, description="On this channel.")
    since: Instant | None = field(default=None, description="Said at this moment or later.")


@strawberry.input
class MentionPromoteInput:
    """A mention is taken up."""

    mention_id: strawberry.ID = field(description="The mention.")
    reason: str = field(description="Why, in words; it stands on the case as a note.")
    idempotency_key: str = field(description=KEY)


@strawberry.type
class MentionPromotePayload:
    """The answer to `mentionPromote`."""

    case: Case | None = field(default=None, description=CASE)
    contact: Contact | None = field(default=None, description="The contact it is now, said when it was said.")
    version: int | None = field(default=None, description=VERSION)
    position: str | None = field(default=None, description=POSITION)
    errors: list[UserError] = field(default_factory=list, description=ERRORS)
