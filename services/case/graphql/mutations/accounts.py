"""What may leave by a channel account: asked of channels, with a bounded wait for its answer."""

from __future__ import annotations

from uuid import UUID

from services.case.commands.request_account_update import RequestAccountUpdate, request_account_update
from services.case.domain.permissions import Permission, require
from services.case.graphql import mapping
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.desk import until_answered
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.account_updates import ChannelAccountUpdateInput, ChannelAccountUpdatePayload


async def update(context: RequestContext, asked: ChannelAccountUpdateInput) -> ChannelAccountUpdatePayload:
    """Hold an account, let it go on, or say what may leave by it.

    Raises:
        Refusal: what the command or channels refuses.
    """
    require(context.principal.actor, Permission.UPDATE_ACCOUNT)
    deps, account_id = context.deps, named(IdType.ACCOUNT, asked.account_id, "accountId")
    command = RequestAccountUpdate(deps.ids.new(), account_id, asked.mode, asked.paused)
    done = await carry_out(
        context,
        "channelAccountUpdate",
        asked,
        lambda how: request_account_update(command, how, record=deps.record, directory=deps.directory),
    )
    request_id = UUID(done.outcome["request_id"])
    answered = await until_answered(context, request_id)
    row = await context.loaders.accounts_by_id.load(account_id)
    return ChannelAccountUpdatePayload(
        account=None if row is None else mapping.account(row),
        position=await position_of(context, request_id, done.versions.get(request_id)) if answered else None,
    )
