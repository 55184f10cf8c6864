"""What can be asked."""

from __future__ import annotations

from typing import Annotated

import strawberry

from contracts.vocabulary import CaseStatus, Role, id_of
from services.case.domain.permissions import Permission, words_of
from services.case.domain.report_rules import ReportKind
from services.case.graphql import finding, ids, past, promises, reporting, reviewing, searching
from services.case.graphql.access_entries import access_entries
from services.case.graphql.approvals import approvals as waiting_approvals
from services.case.graphql.context import Info, RequestContext
from services.case.graphql.enums import ViewerKind
from services.case.graphql.holding import called_so, holder_of
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.inputs import CaseBy, CaseOrder, CaseWhere, CustomerBy
from services.case.graphql.lead_query import LeadQuery
from services.case.graphql.mentioning import mentions as listed_mentions
from services.case.graphql.pages import After, First, bad_input
from services.case.graphql.proving import event_proof
from services.case.graphql.publishing_query import PublishingQuery
from services.case.graphql.scalars import Instant, LanguageTag, TimeZone
from services.case.graphql.types.access import AccessConnection, AccessLogWhere
from services.case.graphql.types.cases import Case, CaseConnection
from services.case.graphql.types.commitments import CommitmentConnection, CommitmentWhere
from services.case.graphql.types.customers import Customer, CustomerConnection
from services.case.graphql.types.entries import ApprovalConnection
from services.case.graphql.types.interfaces import Node
from services.case.graphql.types.mentions import MentionConnection, MentionWhere
from services.case.graphql.types.past import AsOf, CaseState
from services.case.graphql.types.people import AgentConnection, ChannelAccount, Viewer
from services.case.graphql.types.proofs import EventProof
from services.case.graphql.types.reviews import GestureReviewConnection, GestureReviewWhere, Report
from services.case.queries.case_list import CaseFilter, CaseOrderField
from services.case.queries.cases import case_by_number

NODES_MAX = 100
POSITION_DIGITS_MAX = 18

MinPosition = Annotated[
    str | None,
    strawberry.argument(
        description="Answer only from a state that holds this position, after a bounded wait; past it the answer comes "
        "with `STALE` among `extensions.warnings`."
    ),
]


@strawberry.type
class Query(LeadQuery, PublishingQuery):
    """What can be asked."""

    @strawberry.field
    async def viewer(self, info: Info) -> Viewer:
        """Who is asking."""
        return await _viewer(info.context)

    @strawberry.field
    async def node(
        self, info: Info, wanted: Annotated[strawberry.ID, strawberry.argument(name="id", description="Of anything.")]
    ) -> Node | None:
        """Anything that has an id; null where there is nothing of that id, or nothing the viewer may see."""
        return await finding.node(info.context, wanted)

    @strawberry.field
    async def nodes(
        self,
        info: Info,
        wanted: Annotated[
            list[strawberry.ID], strawberry.argument(name="ids", description="Of anything; 100 at the most.")
        ],
    ) -> list[Node | None]:
        """Many at once, in the order of the ids."""
        if len(wanted) > NODES_MAX:
            raise bad_input(f"at most {NODES_MAX} ids")
        return await finding.nodes(info.context, wanted)

    @strawberry.field
    async def customer(
        self,
        info: Info,
        by: Annotated[CustomerBy, strawberry.argument(description="How to find the customer.")],
        min_position: MinPosition = None,
    ) -> Customer | None:
        """One customer; null where there is none."""
        await _ready_to_read(info.context, min_position)
        if by.handle:
            return await info.context.make.whole_customer(await holder_of(info.context, by.handle))
        if by.external_id:
            return await info.context.make.whole_customer(await called_so(info.context, by.external_id))
        try:
            return await info.context.make.customer_by_id(ids.uuid_of(IdType.CUSTOMER, by.id or ""))
        except WrongIdError:
            return None

    @strawberry.field
    async def customers(
        self,
        info: Info,
        search: Annotated[
            str,
            strawberry.argument(description="Words of a name or a text, whole or begun; an address; a case's number."),
        ],
        first: First = 20,
        after: After = None,
    ) -> CustomerConnection:
        """Customers by what is known of them, the latest contact first."""
        await _ready_to_read(info.context, None)
        return await searching.customers(info, search, first=first, after=after)

    @strawberry.field
    async def case(
        self,
        info: Info,
        by: Annotated[CaseBy, strawberry.argument(description="How to find the case.")],
        min_position: MinPosition = None,
    ) -> Case | None:
        """One case; null where there is none."""
        await _ready_to_read(info.context, min_position)
        if by.number:
            row = await case_by_number(info.context.database, by.number)
            return None if row is None else info.context.make.seen_case(row)
        try:
            return await info.context.make.case_by_id(ids.uuid_of(IdType.CASE, by.id or ""))
        except WrongIdError:
            return None

    @strawberry.field
    async def cases(
        self,
        info: Info,
        *,
        where: Annotated[CaseWhere | None, strawberry.argument(description="Which of them.")] = None,
        order_by: Annotated[CaseOrder | None, strawberry.argument(description="Null: latest contact first.")] = None,
        first: First = 25,
        after: After = None,
        min_position: MinPosition = None,
    ) -> CaseConnection:
        """Cases of everybody."""
        await _ready_to_read(info.context, min_position)
        return await info.context.make.filtered_cases(info, where=where, order_by=order_by, first=first, after=after)

    @strawberry.field
    async def inbox(self, info: Info, first: First = 25, after: After = None) -> CaseConnection:
        """The viewer's own and offered cases that are not resolved, the one that is due first coming first."""
        await _ready_to_read(info.context, None)
        own = CaseFilter(
            inbox_of=id_of("agent", info.context.principal.subject),
            statuses=(CaseStatus.OPEN, CaseStatus.WAITING),
        )
        return await info.context.make.cases(
            info, own, order=CaseOrderField.DUE_AT, descending=False, first=first, after=after
        )

    @strawberry.field
    async def agents(self, info: Info, first: First = 50, after: After = None) -> AgentConnection:
        """The active agents, by name."""
        await _ready_to_read(info.context, None)
        return await info.context.make.agents(info, first=first, after=after)

    @strawberry.field
    async def channel_accounts(self, info: Info) -> list[ChannelAccount]:
        """Our accounts on the channels, those that are configured now, by channel and name."""
        info.context.principal.require(Permission.READ_ACCOUNTS)
        return await info.context.make.channel_accounts()

    @strawberry.field
    async def approvals(self, info: Info, first: First = 50, after: After = None) -> ApprovalConnection:
        """What waits for another person's decision, the oldest first.

        Gestures for leads and auditors; requests for erasure for them and for privacy officers.
        """
        return await waiting_approvals(info, first=first, after=after)

    @strawberry.field
    async def gesture_reviews(
        self,
        info: Info,
        where: Annotated[GestureReviewWhere | None, strawberry.argument(description="Which of them.")] = None,
        first: First = 50,
        after: After = None,
    ) -> GestureReviewConnection:
        """Gestures that a second person reads, never one's own, and those with signs for who may see them."""
        return await reviewing.gesture_reviews(info, where, first=first, after=after)

    @strawberry.field
    async def report(
        self,
        info: Info,
        kind: Annotated[ReportKind, strawberry.argument(description="What is reported.")],
        since: Annotated[Instant | None, strawberry.argument(description="Null: 90 days before `until`.")] = None,
        until: Annotated[Instant | None, strawberry.argument(description="Null: now.")] = None,
    ) -> Report:
        """Figures by groups, for leads and auditors; never about one person."""
        return await reporting.report(info.context, kind, since=since, until=until)

    @strawberry.field
    async def commitments(
        self,
        info: Info,
        where: Annotated[CommitmentWhere | None, strawberry.argument(description="Which of them.")] = None,
        first: First = 25,
        after: After = None,
    ) -> CommitmentConnection:
        """Promises made to customers, the one that is due first coming first."""
        await _ready_to_read(info.context, None)
        return await promises.commitments(info, where, first=first, after=after)

    @strawberry.field
    async def mentions(
        self,
        info: Info,
        where: Annotated[MentionWhere | None, strawberry.argument(description="Which of them.")] = None,
        first: First = 50,
        after: After = None,
    ) -> MentionConnection:
        """What was said and asks nothing of us, the latest first; what was kept long enough is left out."""
        await _ready_to_read(info.context, None)
        return await listed_mentions(info, where, first=first, after=after)

    @strawberry.field
    async def access_log(
        self,
        info: Info,
        where: Annotated[AccessLogWhere, strawberry.argument(description="Which entries.")],
        first: First = 50,
        after: After = None,
    ) -> AccessConnection:
        """Who saw what, the latest first. For auditors and privacy officers; reading it is on record too."""
        info.context.principal.require(Permission.READ_ACCESS_LOG)
        return await access_entries(info.context, where, first=first, after=after)

    @strawberry.field
    async def case_as_of(
        self,
        info: Info,
        case_id: Annotated[strawberry.ID, strawberry.argument(name="id", description="The case.")],
        as_of: Annotated[AsOf, strawberry.argument(description="When.")],
    ) -> CaseState | None:
        """One case as it was known at a point of the past; null where it had not begun, or has no such fact."""
        await _ready_to_read(info.context, None)
        try:
            wanted = ids.uuid_of(IdType.CASE, case_id)
            info.context.accessed.case_of(None, wanted)
            return await past.case_as_of(info.context, wanted, as_of)
        except WrongIdError:
            return None

    @strawberry.field
    async def event_proof(
        self,
        info: Info,
        case_id: Annotated[strawberry.ID, strawberry.argument(description="The case.")],
        version: Annotated[int, strawberry.argument(description="Which of its facts.")],
    ) -> EventProof | None:
        """The proof that a fact of a case is in the signed log; null where there is no such fact."""
        await _ready_to_read(info.context, None)
        try:
            wanted = ids.uuid_of(IdType.CASE, case_id)
        except WrongIdError:
            return None
        info.context.accessed.case_of(None, wanted)
        return await event_proof(info.context, wanted, version)


async def _ready_to_read(context: RequestContext, min_position: str | None) -> None:
    """Let pass who may read, once the state is as recent as asked.

    Raises:
        QueryRefusedError: FORBIDDEN; BAD_USER_INPUT, no position.
    """
    context.principal.require(Permission.READ)
    if min_position is None:
        return
    if not (min_position.isascii() and min_position.isdigit() and len(min_position) <= POSITION_DIGITS_MAX):
        raise bad_input("minPosition is a position that a payload gave")
    await context.wait_for_position(int(min_position))


async def _viewer(context: RequestContext) -> Viewer:
    who = context.principal
    agent = None if who.name else await context.make.agent_by_ref(who.subject)
    name = who.name or (agent.display_name if agent else who.subject)
    return Viewer(
        id=ids.encode(IdType.VIEWER, who.subject),
        kind=ViewerKind.SERVICE if who.role is Role.INTEGRATION else ViewerKind.PERSON,
        display_name=name,
        roles=[who.role],
        time_zone=TimeZone(context.deps.time_zone),
        language=LanguageTag(context.deps.language),
        permissions=words_of(who.role, who.scopes),
        subject=who.subject,
    )
