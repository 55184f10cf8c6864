"""A platform says that two addresses are one person's: know the customer by both."""

from __future__ import annotations

from contracts.content import AliasContent
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.link_handles import LinkHandles, link_handles
from services.case.domain.policy import CasePolicy
from services.case.ports import ContentOpener, Directory
from services.case.reactions.opening import opened


async def link_handles_on_handle_aliased(
    message: Message,
    context: CommandContext,
    *,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
    opener: ContentOpener,
) -> None:
    """Link them; nothing where the addresses can no longer be read."""
    alias = await opened(message, AliasContent, opener)
    if alias is not None:
        await link_handles(LinkHandles(alias=alias), context, record=record, directory=directory, policy=policy)
