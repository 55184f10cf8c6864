"""Subscriptions that are alike are answered alike: each fact is executed once for all who may see the same of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Hashable
from contextlib import aclosing
from functools import partial
from typing import Any, cast

import orjson
from graphql import ExecutionResult, Executor, GraphQLError, execute_subscription_event
from strawberry.types.execution import ExecutionResult as Result

from infra import attributes
from infra.telemetry import span
from services.case.domain.permissions import Permission
from services.case.graphql.access import QueryRefusedError
from services.case.graphql.accessing import executing
from services.case.graphql.answering import coded
from services.case.graphql.context import RequestContext
from services.case.graphql.followed import Followables, Followed
from services.case.graphql.follower import Told
from services.case.graphql.loaders import Loaders
from services.case.graphql.moments import Evaluation, Frame, shared
from services.case.graphql.requests import Asked
from services.case.graphql.responses import cursor_in, shaped
from services.case.graphql.subscription import check_there_is, opened, quiet_item
from services.case.graphql.watched import Watched
from services.case.queries.rows import ChangeRow

QUIET_KEPT_MAX = 64
"""Heartbeats and the like, which say a position and nothing else."""


class Streams:
    """One per process."""

    def __init__(self, followables: Followables) -> None:
        self._followables = followables
        self._quiet: dict[Hashable, Evaluation] = {}

    async def begun(self, asked: Asked, context: RequestContext) -> AsyncGenerator[Frame, None] | None:
        """The items of a subscription, its beginning put on record; None: Strawberry answers it, or says why not."""
        followed = self._followables.followed(context, asked)
        if followed is None:
            return None
        try:
            await check_there_is(context, followed.topic)
        except QueryRefusedError:
            return None
        await context.deps.access.room()
        context.accessed.begin(followed.document.asked, (asked.variables, asked.query))
        with span(
            attributes.GRAPHQL_SUBSCRIPTION,
            graphql_operation=followed.document.node.name.value,
            graphql_kind=followed.document.operation.operation.value,
            role=context.principal.role.value,
        ):
            opened(context, followed.topic)
        return self._told(followed, context)

    async def _told(self, followed: Followed, context: RequestContext) -> AsyncGenerator[Frame, None]:
        """For one subscriber: the rights, the access log and the place in the log are each one's own."""
        facts = context.follower.subscribe(followed.topic, followed.position, heartbeat_s=context.deps.heartbeat_s)
        try:
            async with aclosing(facts) as items:
                async for item in items:
                    context.principal.require(Permission.READ)
                    frame = await self._frame(followed, context, item)
                    if frame is not None:
                        context.accessed.take(frame.shown, denied=frame.denied)
                        yield frame
                        if frame.failed:
                            return
        except Exception as cause:  # noqa: BLE001  (whatever it is, the client is told that it ends)
            yield _failed(cause, context)

    async def _frame(self, followed: Followed, context: RequestContext, item: Told) -> Frame | None:
        """The item as everybody gets it who may see the same; None: it is nothing to who follows this."""
        now, principal = context.deps.clock.now(), context.principal
        if isinstance(item, ChangeRow):
            if not followed.document.kind.concerns(item, followed.subject_id):
                return None
            moment = context.follower.moments.at(item.position, now)
            making = partial(self._made, followed, context, item, moment.loaders)
            return await shared(moment.frames, followed.key, principal, making)
        if len(self._quiet) >= QUIET_KEPT_MAX:
            self._quiet.clear()
        making = partial(self._made, followed, context, item, Loaders(context.fresh, now))
        return await shared(self._quiet, (followed.key, item), principal, making)

    async def _made(self, followed: Followed, asking: RequestContext, item: Told, loaders: Loaders) -> Frame:
        """Execute one item, as one of those who get it."""
        watched = Watched(asking.principal)
        context, gathering = asking.standing_in(watched, loaders)
        gathering.begin(followed.document.asked, None)
        executing(gathering)
        try:
            if isinstance(item, ChangeRow):
                told = await followed.document.kind.item(context, item, followed.subject_id)
            else:
                told = quiet_item(item)
            result = await self._executed(followed, context, told)
        except Exception as cause:  # noqa: BLE001  (whatever it is, the clients are told that it ends)
            return _failed(cause, context)
        body, _ = shaped(Result(data=result.data, errors=[coded(each, context) for each in result.errors or ()]))
        return Frame(
            text=orjson.dumps(body).decode(),
            cursor=cursor_in(result.data),
            shown=gathering.shown,
            denied=gathering.denied,
            personal=watched.marked,
            failed=False,
        )

    async def _executed(self, followed: Followed, context: RequestContext, told: Any) -> ExecutionResult:
        executor = Executor.build(
            self._followables.schema,
            followed.document.tree,
            context_value=context,
            raw_variable_values=followed.request.variables,
            operation_name=followed.request.operation_name,
        )
        if isinstance(executor, list):
            raise executor[0]
        result = execute_subscription_event(executor.build_per_event_executor(told))
        if executor.is_awaitable(result):
            return cast("ExecutionResult", await result)
        return cast("ExecutionResult", result)


def _failed(cause: Exception, context: RequestContext) -> Frame:
    """The end of a stream whose next item could not be made."""
    error = coded(GraphQLError(str(cause), original_error=cause), context)
    body, _ = shaped(Result(data=None, errors=[error]))
    return Frame(orjson.dumps(body).decode(), None, (), denied=False, personal=False, failed=True)
