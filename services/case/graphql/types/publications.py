"""What we say to everybody, in answer to nobody, and what people say beneath it."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import strawberry
from strawberry import field

from contracts.vocabulary import Channel, TriageClass
from services.case.domain.publication_facts import PublicationState
from services.case.graphql.context import Info
from services.case.graphql.pages import After, First
from services.case.graphql.publishing import answer_summary, answers_of
from services.case.graphql.refs import BrandRef, ChannelAccountRef
from services.case.graphql.scalars import Instant, Url
from services.case.graphql.types.entries import Contact, DeliveryFailure
from services.case.graphql.types.interfaces import Actor, Approvable, PageInfo
from services.case.graphql.types.mentions import Mention
from services.case.queries.publications import PublicationRow

PublicationAnswer: TypeAlias = Annotated[
    Contact | Mention,
    strawberry.union(
        "PublicationAnswer",
        description="What somebody said beneath a publication: a contact of a case, or a mention that asks nothing.",
    ),
]


@strawberry.type
class PublicationAnswerEdge:
    """An answer in a list."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: PublicationAnswer = field(description="The answer.")


@strawberry.type
class PublicationAnswerConnection:
    """A page of what was said beneath a publication."""

    nodes: list[PublicationAnswer] = field(description="The answers of this page.")
    edges: list[PublicationAnswerEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")


@strawberry.type
class PublicationAnswerCount:
    """How many answers say the same sort of thing."""

    class_: TriageClass | None = field(name="class", description="What triage saw in them; null: nobody judged them.")
    answers: int = field(description="How many.")
    mentions: int = field(description="How many of them ask nothing of us.")
    positive: int = field(description="How many of them sound content.")
    negative: int = field(description="How many of them sound discontent.")


@strawberry.type
class PublicationAnswerSummary:
    """All that was said beneath a publication, in figures; also what is not kept any more."""

    answers: int = field(description="How many answers there are.")
    mentions: int = field(description="How many of them ask nothing of us; the others are contacts of cases.")
    positive: int = field(description="How many sound content.")
    negative: int = field(description="How many sound discontent.")
    first_at: Instant | None = field(description="When the first one was said; null: nobody has said anything.")
    by_class: list[PublicationAnswerCount] = field(description="By what triage saw in them, the most first.")


@strawberry.type
class Publication(Approvable):
    """Something that we say to everybody, in answer to nobody: a post of our own."""

    version: int = field(description="Grows with every change.")
    state: PublicationState = field(description="How far it is.")
    text: str = field(description="What it says.")
    channel: Channel = field(description="On which channel.")
    asks_community: bool = field(description="Whether it asks everybody for what they think.")
    rules: list[str] = field(
        description="Guard rails for which another person reads it, beside the rule that one does."
    )
    publish_at: Instant | None = field(description="When it is to leave; null: as soon as another person agrees.")
    decided_at: Instant | None = field(description="When it was approved, declined or taken back.")
    decline_reason: str | None = field(description="Why another person did not agree.")
    published_at: Instant | None = field(description="Since when it stands there.")
    url: Url | None = field(description="Where it stands, as far as its platform tells.")
    failure: DeliveryFailure | None = field(description="Why it does not stand there, or nobody knows whether it does.")
    row: strawberry.Private[PublicationRow]

    @strawberry.field
    async def account(self, info: Info) -> ChannelAccountRef:
        """Our account that says it."""
        return await info.context.make.account_named(self.row.channel, self.row.account)

    @strawberry.field
    async def brand(self, info: Info) -> BrandRef | None:
        """The brand that says it."""
        return await info.context.make.brand_by_ref(self.row.brand)

    @strawberry.field
    async def decided_by(self, info: Info) -> Actor | None:
        """Who approved it, declined it or took it back."""
        if self.row.decided_by_kind is None or self.row.decided_by_ref is None:
            return None
        return await info.context.make.actor(self.row.decided_by_kind, self.row.decided_by_ref)

    @strawberry.field
    async def answers(self, info: Info, first: First = 25, after: After = None) -> PublicationAnswerConnection:
        """What was said beneath it, the earliest first; mentions that were kept long enough are left out."""
        return await answers_of(info.context, self.row, first=first, after=after)

    @strawberry.field
    async def answer_summary(self, info: Info) -> PublicationAnswerSummary:
        """The same in figures, by what triage saw in it and how it feels."""
        return await answer_summary(info.context, self.row)


@strawberry.type
class PublicationEdge:
    """A publication in a list."""

    cursor: str = field(description="Pass it as `after` to go on behind this one.")
    node: Publication = field(description="The publication.")


@strawberry.type
class PublicationConnection:
    """A page of publications."""

    nodes: list[Publication] = field(description="The publications of this page.")
    edges: list[PublicationEdge] = field(description="The same with their cursors.")
    page_info: PageInfo = field(description="Where this page stands.")


@strawberry.input
class PublicationWhere:
    """Which publications: everything that is given must hold."""

    states: list[PublicationState] | None = field(default=None, description="In one of these states.")
    channel: Channel | None = field(default=None, description="On this channel.")
    brand_id: strawberry.ID | None = field(default=None, description="Of this brand.")
    asks_community: bool | None = field(default=None, description="True: questions to everybody; false: the others.")
