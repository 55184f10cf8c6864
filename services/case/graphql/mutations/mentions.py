"""Taking up what nobody was to answer."""

from __future__ import annotations

from uuid import UUID

from services.case.commands.promote_mention import PromoteMention, promote_mention
from services.case.domain.permissions import Permission, require
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.cases import of_case
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.mentions import MentionPromoteInput, MentionPromotePayload


async def promote(context: RequestContext, asked: MentionPromoteInput) -> MentionPromotePayload:
    """Make a mention a contact of a case."""
    require(context.principal.actor, Permission.RECORD_CONTACT)
    deps = context.deps
    command = PromoteMention(
        mention_id=named(IdType.MENTION, asked.mention_id, "mentionId"),
        reason=asked.reason,
        note_id=deps.ids.new(),
        new_case_id=deps.ids.new(),
        new_customer_id=deps.ids.new(),
    )
    done = await carry_out(
        context,
        "mentionPromote",
        asked,
        lambda how: promote_mention(command, how, record=deps.record, directory=deps.directory, policy=deps.policy),
    )
    case_id, version = of_case(done)
    return MentionPromotePayload(
        case=await context.shown.case_by_id(case_id),
        contact=await context.shown.contact_by_id(UUID(done.outcome["contact_id"])),
        version=version,
        position=await position_of(context, case_id, version),
    )
