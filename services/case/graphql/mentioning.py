"""Lists of mentions, the latest first, and the part of `Maker` about them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from contracts.vocabulary import Channel, ContentState, id_of
from services.case.graphql import cursors, ids, mapping
from services.case.graphql.context import Info
from services.case.graphql.ids import IdType
from services.case.graphql.lists import page_info
from services.case.graphql.offering import Offering
from services.case.graphql.pages import checked_size, selects, time_after
from services.case.graphql.scalars import Instant, Url
from services.case.graphql.types.contents import Reach
from services.case.graphql.types.mentions import Mention, MentionConnection, MentionEdge, MentionWhere
from services.case.queries import mentions as queries
from services.case.queries.mentions import MentionFilter, MentionRow
from services.case.queries.rows import AccountRow

if TYPE_CHECKING:
    from services.case.graphql.types.people import ChannelAccount

MENTIONS = "mentions"
NOBODY = "•••"


class Mentioning(Offering):
    """What the fields of `types.mentions` ask for."""

    async def mention_by_id(self, mention_id: UUID) -> Mention | None:
        """The mention, or None."""
        row = await self.loaders.mentions.load(mention_id)
        return None if row is None else self.seen_mention(row)

    def seen_mention(self, row: MentionRow) -> Mention:
        """The mention, put down as seen where it is a customer's."""
        if row.customer_id is not None:
            self.accessed.customer(row.customer_id)
        return mention(row, opens=self.opens)

    async def account_named(self, channel: Channel, account: str) -> ChannelAccount:
        """Our account of that name; one that nobody configured is called as it is."""
        found = await self.loaders.accounts.load((channel, account))
        unknown = AccountRow(id_of("account", channel, account), channel, account, account, None, active=False)
        return mapping.account(found or unknown)


async def mentions(
    info: Info, where: MentionWhere | None, *, first: int | None, after: str | None
) -> MentionConnection:
    """One page of the mentions that match.

    Raises:
        QueryRefusedError: BAD_USER_INPUT.
    """
    context = info.context
    size, key = checked_size(first), time_after(MENTIONS, after)
    asked = MentionFilter() if where is None else MentionFilter(where.outcome, where.channel, where.since)
    rows = await queries.mentions_page(context.database, asked, after=key, limit=size + 1)
    page = rows[:size]
    nodes = [context.make.seen_mention(row) for row in page]
    marks = [cursors.encode_time(MENTIONS, row.occurred_at, row.mention_id) for row in page]
    return MentionConnection(
        nodes=nodes,
        edges=[MentionEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
        page_info=page_info(marks, more=len(rows) > size, before=after is not None),
        total_count=await queries.mentions_count(context.database, asked) if selects(info, "totalCount") else None,
    )


def mention(row: MentionRow, *, opens: bool) -> Mention:
    """A mention; its words only for those who may have them opened."""
    hidden = not opens and row.text_state is ContentState.PRESENT
    return Mention(
        id=ids.encode(IdType.MENTION, row.mention_id),
        occurred_at=Instant(row.occurred_at),
        channel=row.channel,
        author_masked=row.author_masked or NOBODY,
        text=None if hidden else row.text,
        text_state=ContentState.NOT_PERMITTED if hidden else row.text_state,
        url=Url(row.url) if row.url and opens else None,
        reach=_reach(row),
        outcome=row.outcome,
        outcome_reason=row.reason,
        expires_at=Instant(row.expires_at),
        row=row,
    )


def _reach(row: MentionRow) -> Reach | None:
    told = row.reach_told()
    if told is None:
        return None
    return Reach(
        followers=told.followers,
        views=told.views,
        shares=told.shares,
        likes=told.likes,
        measured_at=Instant(row.noted_at),
    )
