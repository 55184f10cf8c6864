"""What we say to everybody: lists of it, what is said beneath it, and the part of `Maker` about it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID

from services.case.graphql import cursors, ids, mapping
from services.case.graphql.context import Info, RequestContext
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.lists import page_info
from services.case.graphql.mentioning import Mentioning
from services.case.graphql.pages import checked_size, time_after
from services.case.graphql.scalars import Instant, Url
from services.case.queries import publications as queries
from services.case.queries.publications import AnswerRow, PublicationFilter, PublicationRow

if TYPE_CHECKING:
    from services.case.graphql.types import publications as types
    from services.case.graphql.types.entries import Contact, DeliveryFailure
    from services.case.graphql.types.mentions import Mention

PUBLICATIONS = "publications"
ANSWERS = "answers"


class Publishing(Mentioning):
    """What the fields of `types.publications` ask for."""

    async def publication_by_id(self, publication_id: UUID) -> types.Publication | None:
        """The publication, or None."""
        row = await self.loaders.publications.load(publication_id)
        return None if row is None else publication(row)


async def publications(
    info: Info, where: types.PublicationWhere | None, *, first: int | None, after: str | None
) -> types.PublicationConnection:
    """One page of the publications that match.

    Raises:
        QueryRefusedError: BAD_USER_INPUT.
    """
    from services.case.graphql.types import publications as types  # noqa: PLC0415  (its fields ask this one's)

    size, key = checked_size(first), time_after(PUBLICATIONS, after)
    try:
        asked = _filter(where)
    except WrongIdError:
        rows: list[PublicationRow] = []
    else:
        rows = await queries.publications_page(info.context.database, asked, after=key, limit=size + 1)
    page = rows[:size]
    nodes = [publication(row) for row in page]
    marks = [cursors.encode_time(PUBLICATIONS, row.drafted_at, row.publication_id) for row in page]
    return types.PublicationConnection(
        nodes=nodes,
        edges=[types.PublicationEdge(cursor=mark, node=node) for mark, node in zip(marks, nodes, strict=True)],
        page_info=page_info(marks, more=len(rows) > size, before=after is not None),
    )


async def answers_of(
    context: RequestContext, row: PublicationRow, *, first: int | None, after: str | None
) -> types.PublicationAnswerConnection:
    """One page of what was said beneath a publication.

    Raises:
        QueryRefusedError: BAD_USER_INPUT.
    """
    from services.case.graphql.types import publications as types  # noqa: PLC0415  (its fields ask this one's)

    of = f"{ANSWERS}:{row.publication_id}"
    size, key = checked_size(first), time_after(of, after)
    rows = await queries.answers_page(context.database, row.publication_id, after=key, limit=size + 1)
    page = rows[:size]
    made = await asyncio.gather(*(_answer(context, each) for each in page))
    found = [
        (cursors.encode_time(of, each.occurred_at, each.said_id), node)
        for each, node in zip(page, made, strict=True)
        if node is not None
    ]
    return types.PublicationAnswerConnection(
        nodes=[node for _, node in found],
        edges=[types.PublicationAnswerEdge(cursor=mark, node=node) for mark, node in found],
        page_info=page_info([mark for mark, _ in found], more=len(rows) > size, before=after is not None),
    )


async def answer_summary(context: RequestContext, row: PublicationRow) -> types.PublicationAnswerSummary:
    """All that was said beneath a publication, in figures."""
    from services.case.graphql.types import publications as types  # noqa: PLC0415  (its fields ask this one's)

    counts = await context.loaders.answers_of_publications.load(row.publication_id) or []
    return types.PublicationAnswerSummary(
        answers=sum(each.answers for each in counts),
        mentions=sum(each.mentions for each in counts),
        positive=sum(each.positive for each in counts),
        negative=sum(each.negative for each in counts),
        first_at=mapping.at(min((each.first_at for each in counts), default=None)),
        by_class=[
            types.PublicationAnswerCount(
                class_=each.class_,
                answers=each.answers,
                mentions=each.mentions,
                positive=each.positive,
                negative=each.negative,
            )
            for each in counts
        ],
    )


def publication(row: PublicationRow) -> types.Publication:
    """A publication. Its words are ours, and for everybody: nobody has to have them opened."""
    from services.case.graphql.types.publications import Publication  # noqa: PLC0415  (its fields ask this one's)

    return Publication(
        id=ids.encode(IdType.PUBLICATION, row.publication_id),
        version=row.version,
        state=row.state,
        text=row.text or "",
        channel=row.channel,
        asks_community=row.asks_community,
        rules=row.rules,
        publish_at=mapping.at(row.publish_at),
        requested_at=Instant(row.drafted_at),
        expires_at=None,
        decided_at=mapping.at(row.decided_at),
        decline_reason=row.decline_reason,
        published_at=mapping.at(row.published_at),
        url=Url(row.url) if row.url else None,
        failure=_failure(row),
        row=row,
    )


def _failure(row: PublicationRow) -> DeliveryFailure | None:
    from services.case.graphql.types.entries import DeliveryFailure  # noqa: PLC0415  (likewise)

    if row.failed_at is None:
        return None
    return DeliveryFailure(
        code=row.failure_code or row.state.value,
        message=row.failure_reason or "",
        retryable=bool(row.failure_retryable),
        at=Instant(row.failed_at),
    )


def _filter(where: types.PublicationWhere | None) -> PublicationFilter:
    if where is None:
        return PublicationFilter()
    return PublicationFilter(
        states=None if where.states is None else tuple(where.states),
        channel=where.channel,
        brand=None if where.brand_id is None else ids.name_of(IdType.BRAND, where.brand_id),
        asks_community=where.asks_community,
    )


async def _answer(context: RequestContext, row: AnswerRow) -> Contact | Mention | None:
    """None where it went in this very moment."""
    if row.is_mention:
        return await context.make.mention_by_id(row.said_id)
    return await context.make.contact_by_id(row.said_id)
