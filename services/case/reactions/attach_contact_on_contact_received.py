"""A contact is on disk at the front door: give it its customer and its case."""

from __future__ import annotations

from uuid import UUID

import msgspec

from contracts.channels import ContactReceived
from contracts.content import ContactContent
from contracts.envelope import Message
from contracts.stored import CommandContext, Record
from contracts.vocabulary import Direction
from services.case.commands.attach_contact import AttachContact, attach_contact
from services.case.commands.judging import utterance_of
from services.case.domain.policy import CasePolicy
from services.case.ports import Classifier, ContentOpener, Directory, Ids
from services.case.reactions.opening import opened


async def attach_contact_on_contact_received(
    message: Message,
    context: CommandContext,
    *,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
    ids: Ids,
    opener: ContentOpener,
    classifier: Classifier | None = None,
) -> None:
    """Attach it, or note it as a mention, inbound or the echo of what somebody sent in the channel's own app."""
    fact = msgspec.json.decode(message.data, type=ContactReceived)
    command = AttachContact(
        contact_id=fact.contact_id,
        channel=fact.channel,
        account=fact.account,
        kind=fact.kind,
        direction=fact.direction,
        visibility=fact.visibility,
        assurance=fact.assurance,
        occurred_at=fact.occurred_at,
        received_at=fact.received_at,
        new_case_id=ids.new(),
        new_customer_id=ids.new(),
        content=await opened(message, ContactContent, opener),
        content_key_id=message.sealed.key_id if message.sealed else None,
        brand=fact.brand,
        in_reply_to=fact.in_reply_to,
        language=fact.language,
        flags=fact.flags,
    )
    if classifier is not None and fact.direction is Direction.INBOUND:
        said = utterance_of(command, policy.triage, command.received_at)
        opinion = await classifier.opinion_on(command.contact_id, said)
        command = msgspec.structs.replace(command, opinion=opinion)
    await attach_contact(command, context, record=record, directory=directory, policy=policy)


class _Answers(msgspec.Struct):
    in_reply_to: UUID | None = None


def contacts_before(message: Message) -> tuple[UUID, ...]:
    """The contacts that must have found their cases before this one may look for its own: what it answers."""
    answered = msgspec.json.decode(message.data, type=_Answers).in_reply_to
    return () if answered is None else (answered,)
