"""What can be followed. A client that comes back passes the last cursor as `after`: nothing is missed or doubled."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AbstractContextManager, aclosing
from typing import Annotated
from uuid import UUID

import strawberry

from contracts.vocabulary import CaseStatus, Role, id_of
from infra import attributes
from infra.telemetry import context_from, span
from services.case.domain.case_facts import ContentErased
from services.case.domain.permissions import Permission
from services.case.graphql import cursors, ids
from services.case.graphql.access import QueryRefusedError
from services.case.graphql.context import Info, RequestContext
from services.case.graphql.enums import GoneReason
from services.case.graphql.follower import Silence, Told, TooSlow
from services.case.graphql.ids import IdType, WrongIdError
from services.case.graphql.pages import number_after
from services.case.graphql.personal_news import audiences_of, viewer_changed
from services.case.graphql.types.events import (
    CaseChanged,
    CaseGone,
    CaseStreamItem,
    CustomerChanged,
    CustomerStreamItem,
    Heartbeat,
    InboxStreamItem,
    Lagged,
)
from services.case.graphql.types.viewer_events import ViewerStreamItem
from services.case.queries.attendance import Attended
from services.case.queries.changes import Topic, Whose, exists
from services.case.queries.rows import ChangeRow

LOG = "log"
"""What cursors of the log are marked with."""

Cursor = Annotated[str | None, strawberry.argument(description="The last cursor that was received; null: from now on.")]


@strawberry.type
class Subscription:
    """What can be followed."""

    @strawberry.subscription
    async def case_events(
        self,
        info: Info,
        case_id: Annotated[strawberry.ID, strawberry.argument(description="The case.")],
        after: Cursor = None,
    ) -> AsyncGenerator[CaseStreamItem, None]:
        """Every fact of one case, and that it was erased."""
        topic = Topic(Whose.CASE, subject_of(info.context, IdType.CASE, case_id))
        async with aclosing(_told(info.context, topic, after)) as told:
            async for item in told:
                yield await case_item(info.context, item) if isinstance(item, ChangeRow) else quiet_item(item)

    @strawberry.subscription
    async def inbox_events(self, info: Info, after: Cursor = None) -> AsyncGenerator[InboxStreamItem, None]:
        """Every fact of the viewer's own unresolved cases, and which of them left the inbox."""
        agent_id = id_of("agent", info.context.principal.subject)
        async with aclosing(_told(info.context, Topic(Whose.AGENT, agent_id), after)) as told:
            async for item in told:
                if not isinstance(item, ChangeRow):
                    yield quiet_item(item)
                elif in_inbox(item, agent_id):
                    yield await inbox_item(info.context, item, agent_id)

    @strawberry.subscription
    async def customer_events(
        self,
        info: Info,
        customer_id: Annotated[strawberry.ID, strawberry.argument(description="The customer.")],
        after: Cursor = None,
    ) -> AsyncGenerator[CustomerStreamItem, None]:
        """Every fact of one customer and of the customer's cases."""
        followed = subject_of(info.context, IdType.CUSTOMER, customer_id)
        async with aclosing(_told(info.context, Topic(Whose.CUSTOMER, followed), after)) as told:
            async for item in told:
                if isinstance(item, ChangeRow):
                    yield await customer_item(info.context, item, followed)
                else:
                    yield quiet_item(item)

    @strawberry.subscription
    async def viewer_events(self, info: Info, after: Cursor = None) -> AsyncGenerator[ViewerStreamItem, None]:
        """What concerns the viewer personally: offers, approvals to decide, own gestures, budgets and promises."""
        own, *also = audiences_of(info.context.principal)
        topic, clock = Topic(Whose.VIEWER, own, tuple(also)), info.context.deps.clock
        attended = Attended(info.context.deps.pool, own)
        async with aclosing(_told(info.context, topic, after)) as told:
            async for item in told:
                if info.context.principal.role is Role.AGENT:
                    await attended.note(clock.now())
                if not isinstance(item, ChangeRow):
                    yield quiet_item(item)
                    continue
                with _pushing(item):
                    changed = await viewer_changed(info.context, item, _cursor(item.position))
                if changed is not None:
                    yield changed


def subject_of(context: RequestContext, kind: IdType, value: str) -> UUID:
    """The case or customer that somebody wants to follow.

    Raises:
        QueryRefusedError: FORBIDDEN; NOT_FOUND, it is no id of that kind.
    """
    context.principal.require(Permission.READ)
    try:
        return ids.uuid_of(kind, value)
    except WrongIdError:
        raise QueryRefusedError("NOT_FOUND", f"no such {kind.value}") from None


def position_after(context: RequestContext, topic: Topic, after: str | None) -> int | None:
    """Where a subscriber who may follow this goes on, by the cursor; None: from now on.

    Raises:
        QueryRefusedError: FORBIDDEN; BAD_USER_INPUT, it is no cursor of the log.
    """
    if topic.whose is not Whose.VIEWER or not context.principal.may(Permission.ERASE_CUSTOMER):
        context.principal.require(Permission.READ)
    return number_after(LOG, after)


async def check_there_is(context: RequestContext, topic: Topic) -> None:
    """Refuse to follow nothing, of which nobody would ever hear.

    Raises:
        QueryRefusedError: NOT_FOUND, there is no such case or customer.
    """
    if not await exists(context.fresh, topic):
        raise QueryRefusedError("NOT_FOUND", f"no such {topic.whose.value}")


async def _told(context: RequestContext, topic: Topic, after: str | None) -> AsyncGenerator[Told, None]:
    position = position_after(context, topic, after)
    await check_there_is(context, topic)
    opened(context, topic)
    stream = context.follower.subscribe(topic, position, heartbeat_s=context.deps.heartbeat_s)
    async with aclosing(stream) as items:
        async for item in items:
            context.renew()  # each item shows the state of its own moment
            if isinstance(item, ChangeRow):
                context.look_up_with(context.follower.moments.at(item.position, context.deps.clock.now()).loaders)
            yield item


def _pushing(change: ChangeRow) -> AbstractContextManager[object]:
    """The last step of the trace in which the fact was recorded: from the webhook to the screen it is one."""
    parent = context_from(change.traceparent)
    return span(attributes.GRAPHQL_PUSH, parent=parent, position=change.position, topic=change.topic)


def opened(context: RequestContext, topic: Topic) -> None:
    """Put on record that somebody follows this from now on; inboxes are of no one customer."""
    if topic.subject_id is not None and topic.whose is Whose.CASE:
        context.accessed.case_of(None, topic.subject_id)
    elif topic.subject_id is not None and topic.whose is Whose.CUSTOMER:
        context.accessed.customer(topic.subject_id)
    context.accessed.open()


def _cursor(position: int) -> str:
    return cursors.encode_number(LOG, position)


def quiet_item(item: Silence | TooSlow) -> Heartbeat | Lagged:
    """What a subscriber is told who is told no fact."""
    if isinstance(item, TooSlow):
        return Lagged(resume_from=_cursor(item.position))
    return Heartbeat(cursor=_cursor(item.position))


async def case_item(context: RequestContext, change: ChangeRow, case_id: UUID | None = None) -> CaseChanged | CaseGone:
    """What a fact of a case is to who follows it. Once it is erased there is nothing more to see of it."""
    del case_id  # the fact says it
    if change.topic == ContentErased.TOPIC:
        return _case_gone(change, GoneReason.ERASED)
    with _pushing(change):
        return await _case_changed(context, change)


async def inbox_item(context: RequestContext, change: ChangeRow, agent_id: UUID) -> CaseChanged | CaseGone:
    """What a fact is to an agent in whose inbox its case is, or was until then."""
    if not _has(agent_id, change.agent_after, change.status_after):
        return _case_gone(change, _why_gone(change))
    with _pushing(change):
        return await _case_changed(context, change)


def in_inbox(change: ChangeRow, agent_id: UUID) -> bool:
    """Whether the case of the fact is in the agent's inbox, or was until then."""
    return _has(agent_id, change.agent_after, change.status_after) or _has(
        agent_id, change.agent_before, change.status_before
    )


async def customer_item(context: RequestContext, change: ChangeRow, customer_id: UUID) -> CustomerChanged:
    """What a fact of a customer, or of one of their cases, is to who follows the customer."""
    with _pushing(change):
        return await _customer_changed(context, change, customer_id)


async def _case_changed(context: RequestContext, change: ChangeRow) -> CaseChanged:
    return CaseChanged(
        cursor=_cursor(change.position),
        type=change.topic,
        version=change.version,
        entry=await context.make.entry_by_id(change.entry_id),
        case=await context.make.known_case(change.stream_id),
    )


def _why_gone(change: ChangeRow) -> GoneReason:
    """Why a case left an inbox."""
    if change.status_after is CaseStatus.RESOLVED:
        return GoneReason.RESOLVED
    return GoneReason.OFFER_WITHDRAWN if change.offered_before else GoneReason.TRANSFERRED


def _case_gone(change: ChangeRow, reason: GoneReason) -> CaseGone:
    return CaseGone(cursor=_cursor(change.position), case_id=ids.encode(IdType.CASE, change.stream_id), reason=reason)


async def _customer_changed(context: RequestContext, change: ChangeRow, customer_id: UUID) -> CustomerChanged:
    customer = await context.make.known_customer(customer_id)
    return CustomerChanged(
        cursor=_cursor(change.position),
        version=customer.version,
        entry=await context.make.entry_by_id(change.entry_id),
        customer=customer,
    )


def _has(agent_id: UUID, assignee_id: UUID | None, status: CaseStatus | None) -> bool:
    """Whether a case with this assignee and status is in the agent's inbox."""
    return assignee_id == agent_id and status is not CaseStatus.RESOLVED
