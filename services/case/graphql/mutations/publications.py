"""What we say to everybody: written by one, agreed with by another, or not."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.stored import Committed
from services.case.commands.approve_publication import ApprovePublication, approve_publication
from services.case.commands.cancel_publication import CancelPublication, cancel_publication
from services.case.commands.decline_publication import DeclinePublication, decline_publication
from services.case.commands.draft_publication import DraftPublication, draft_publication
from services.case.domain.permissions import Permission, require
from services.case.domain.publication import PATH
from services.case.graphql.context import RequestContext
from services.case.graphql.ids import IdType
from services.case.graphql.mutations.running import carry_out, named, position_of
from services.case.graphql.types.publishing import (
    PublicationApproveInput,
    PublicationApprovePayload,
    PublicationCancelInput,
    PublicationCancelPayload,
    PublicationDeclineInput,
    PublicationDeclinePayload,
    PublicationDraftInput,
    PublicationDraftPayload,
)


async def draft(context: RequestContext, asked: PublicationDraftInput) -> PublicationDraftPayload:
    """Write it."""
    require(context.principal.actor, Permission.REPLY)
    deps = context.deps
    command = DraftPublication(
        publication_id=deps.ids.new(),
        account_id=named(IdType.ACCOUNT, asked.account_id, "accountId"),
        text=asked.text,
        publish_at=asked.publish_at,
        asks_community=asked.asks_community is True,
        confirm_token=asked.confirm_token,
    )
    given: dict[str, Any] = {"record": deps.record, "directory": deps.directory, "policy": await context.policy()}
    done = await carry_out(context, "publicationDraft", asked, lambda how: draft_publication(command, how, **given))
    return PublicationDraftPayload(**await _shown(context, done))


async def approve(context: RequestContext, asked: PublicationApproveInput) -> PublicationApprovePayload:
    """Agree with it."""
    require(context.principal.actor, Permission.REPLY)
    command = ApprovePublication(named(IdType.PUBLICATION, asked.publication_id, PATH))
    given: dict[str, Any] = {"record": context.deps.record, "policy": await context.policy()}
    done = await carry_out(context, "publicationApprove", asked, lambda how: approve_publication(command, how, **given))
    return PublicationApprovePayload(**await _shown(context, done))


async def decline(context: RequestContext, asked: PublicationDeclineInput) -> PublicationDeclinePayload:
    """Disagree with it."""
    require(context.principal.actor, Permission.REPLY)
    command = DeclinePublication(named(IdType.PUBLICATION, asked.publication_id, PATH), asked.reason)
    given: dict[str, Any] = {"record": context.deps.record, "policy": context.deps.policy}
    done = await carry_out(context, "publicationDecline", asked, lambda how: decline_publication(command, how, **given))
    return PublicationDeclinePayload(**await _shown(context, done))


async def cancel(context: RequestContext, asked: PublicationCancelInput) -> PublicationCancelPayload:
    """Take it back."""
    require(context.principal.actor, Permission.REPLY)
    command = CancelPublication(named(IdType.PUBLICATION, asked.publication_id, PATH))
    given: dict[str, Any] = {"record": context.deps.record, "policy": context.deps.policy}
    done = await carry_out(context, "publicationCancel", asked, lambda how: cancel_publication(command, how, **given))
    return PublicationCancelPayload(**await _shown(context, done))


async def _shown(context: RequestContext, done: Committed) -> dict[str, Any]:
    publication_id = UUID(done.outcome["publication_id"])
    version = done.versions.get(publication_id)
    return {
        "publication": await context.make.publication_by_id(publication_id),
        "version": version,
        "position": await position_of(context, publication_id, version),
    }
