"""A sender changed a contact's words on the channel: change them on its case."""

from __future__ import annotations

import msgspec

from contracts.channels import ContactEdited
from contracts.content import EditContent
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from services.case.commands.edit_contact import EditContact, edit_contact
from services.case.commands.edit_mention import edit_mention
from services.case.commands.placing import Newcomers
from services.case.domain.policy import CasePolicy
from services.case.ports import ContentOpener, Directory, Ids
from services.case.reactions.opening import opened


async def edit_contact_on_contact_edited(
    message: Message,
    context: CommandContext,
    *,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
    ids: Ids,
    opener: ContentOpener,
) -> None:
    """Record the edit, of a contact or of a mention."""
    fact = msgspec.json.decode(message.data, type=ContactEdited)
    command = EditContact(
        contact_id=fact.contact_id,
        edited_at=fact.occurred_at,
        content=await opened(message, EditContent, opener),
    )
    if await directory.find_contact(fact.contact_id) is not None:
        await edit_contact(command, context, record=record, directory=directory)
        return
    newcomers = Newcomers(customer_id=ids.new(), case_id=ids.new())
    await edit_mention(command, newcomers, context, record=record, directory=directory, policy=policy)
