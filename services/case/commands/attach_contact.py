"""A contact came in: it gets its customer and its place in a case, once; what asks nothing of us is a mention."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import ContactContent
from contracts.stored import CommandContext, Committed, Record, Work
from contracts.vocabulary import (
    CaseStatus,
    Channel,
    ContactKind,
    Direction,
    HandleAssurance,
    TriageOutcome,
    Visibility,
)
from services.case.commands.consenting import heed_consent
from services.case.commands.echoing import echoed
from services.case.commands.judging import JOINED, heed, utterance_of
from services.case.commands.placing import Newcomers, place_contact, sender_queue, with_facts
from services.case.commands.promoting import join, promoted
from services.case.commands.recognising import recognise
from services.case.domain.case_contact import ContactToAttach, moment_of
from services.case.domain.customer import Customer
from services.case.domain.external_ids import learn
from services.case.domain.handles import claims_of
from services.case.domain.identity import Claim, is_assured, keys_to_look_up, link
from services.case.domain.mention import Mention
from services.case.domain.policy import CasePolicy
from services.case.domain.texts import NAME_LENGTH_MAX, excerpt
from services.case.domain.triage import Opinion, Triage, triage
from services.case.domain.utterance import INVITED, NOT_SUMMONED
from services.case.ports import Directory


class AttachContact(msgspec.Struct, frozen=True):
    """A contact as channels received it, its content opened (None: its key is gone already).

    `new_case_id`, `new_customer_id`: used where there is none yet. `content_key_id`: of the key channels sealed it
    with, kept so that an erasure finds it. `opinion`: a classifier's, where there is one. `answers_publication`: it
    answers a post of our own, which is no contact; found out here.
    """

    contact_id: UUID
    channel: Channel
    account: str
    kind: ContactKind
    direction: Direction
    visibility: Visibility
    assurance: HandleAssurance
    occurred_at: datetime
    received_at: datetime
    new_case_id: UUID
    new_customer_id: UUID
    content: ContactContent | None = None
    content_key_id: UUID | None = None
    brand: str | None = None
    in_reply_to: UUID | None = None
    language: str | None = None
    flags: tuple[str, ...] = ()
    opinion: Opinion | None = None
    answers_publication: bool = False


async def attach_contact(
    command: AttachContact, context: CommandContext, *, record: Record, directory: Directory, policy: CasePolicy
) -> Committed:
    """Attach the contact to the customer who holds its sender's handle, and to that customer's case; or note a mention.

    Outcome: `case_id`, `contact_id`, `customer_id` (None for a contact that was attached before); of a mention
    `mention_id` alone. Nothing of an echo that names nobody and answers nothing that is on record.
    """
    command = await _placed(command, directory)
    content = command.content or ContactContent()
    claims = claims_of(content.handles, policy.region)

    async def decide() -> Work:
        attached = await directory.find_contact(command.contact_id)
        if attached is not None:
            return Work(outcome=_outcome(attached.case_id, attached.contact_id, None))
        if not claims and command.direction is Direction.OUTBOUND and command.in_reply_to is not None:
            if command.answers_publication:
                return Work()
            return await echoed(
                _contact(command, command.new_customer_id, None, None),
                command.in_reply_to,
                newcomers=_newcomers(command),
                at=context.at,
                policy=policy,
                record=record,
                directory=directory,
            )
        judged = _judged(command, policy)
        if judged is not None and judged.outcome is not TriageOutcome.CASE:
            if not await _belongs(command, claims, directory):
                known = await directory.has_stream(command.contact_id)
                return Work() if known else _mention(command, judged, context, policy)
            judged = msgspec.structs.replace(judged, outcome=TriageOutcome.CASE, reason=f"{judged.reason}; {_OURS}")
        return await _attached(command, claims, judged, context, record=record, directory=directory, policy=policy)

    sender = (claims[0].kind.value, claims[0].value) if claims else (str(command.contact_id),)
    return await record.transact(context, decide, serialise_on=(sender_queue(*sender),))


_OURS = "its sender has a case with us"


async def _attached(
    command: AttachContact,
    claims: tuple[Claim, ...],
    judged: Triage | None,
    context: CommandContext,
    *,
    record: Record,
    directory: Directory,
    policy: CasePolicy,
) -> Work:
    newcomers = _newcomers(command)
    customer, handle_id = await recognise(
        claims,
        command.assurance,
        name=_name_of_sender(command),
        new_id=newcomers.customer_id,
        at=context.at,
        record=record,
        directory=directory,
    )
    _learn_ids(customer, command, context)
    heed_consent(customer, handle_id, command.flags, at=context.at)
    contact = _contact(command, customer.id, handle_id, judged)
    case = await place_contact(
        contact,
        customer,
        newcomers=newcomers,
        at=context.at,
        policy=policy,
        record=record,
        directory=directory,
    )
    heed(case, judged, command, policy.triage, context.at)
    begun = await _begun_by(command, claims, record, policy)
    outcome = _outcome(case.id, contact.contact_id, customer.id)
    if begun is None:
        return Work(streams=with_facts(customer, case), outcome=outcome)
    join(begun, customer, case, policy=policy, why=JOINED, at=context.at)
    streams, rows = promoted(begun, case, context.at)
    return Work(streams=(*with_facts(customer, case), *streams), rows=rows, outcome=outcome)


async def _placed(command: AttachContact, directory: Directory) -> AttachContact:
    """The contact as it stands beneath what we said to everybody, flagged where that was a question."""
    if command.in_reply_to is None or command.visibility is not Visibility.PUBLIC:
        return command
    above = await directory.publication_above(command.in_reply_to)
    if above is None:
        return command
    invited = (INVITED,) if above.asks and command.direction is Direction.INBOUND else ()
    return msgspec.structs.replace(command, answers_publication=above.itself, flags=(*command.flags, *invited))


def _newcomers(command: AttachContact) -> Newcomers:
    return Newcomers(customer_id=command.new_customer_id, case_id=command.new_case_id)


def _name_of_sender(command: AttachContact) -> str | None:
    """What the sender goes by; None where we wrote, or where nobody said."""
    if command.direction is not Direction.INBOUND or command.content is None:
        return None
    return excerpt(command.content.sender_name, NAME_LENGTH_MAX)


def _learn_ids(customer: Customer, command: AttachContact, context: CommandContext) -> None:
    """What other systems call the sender: where the one that told us vouches for who that is."""
    if command.content is not None and command.direction is Direction.INBOUND and is_assured(command.assurance):
        learn(customer, command.content.external_ids, at=context.at)


def _judged(command: AttachContact, policy: CasePolicy) -> Triage | None:
    """What triage says; None for what we said ourselves."""
    if command.direction is not Direction.INBOUND:
        return None
    return triage(utterance_of(command, policy.triage, command.received_at), policy.triage, command.opinion)


async def _belongs(command: AttachContact, claims: tuple[Claim, ...], directory: Directory) -> bool:
    """Whether it goes on with something: its sender, known for sure, has a case that is not over, or answers in one."""
    if not is_assured(command.assurance):
        return False
    decision = link(claims, command.assurance, await directory.holders(keys_to_look_up(claims)))
    if decision.customer_id is None:
        return False
    cases = await directory.cases_of_customer(decision.customer_id)
    answered = None if command.in_reply_to is None else await directory.find_contact(command.in_reply_to)
    thread_id = None if answered is None else answered.case_id
    return any(case.status is not CaseStatus.RESOLVED or case.case_id == thread_id for case in cases)


async def _begun_by(
    command: AttachContact, claims: tuple[Claim, ...], record: Record, policy: CasePolicy
) -> Mention | None:
    """The mention of the same author that this one goes on with, where it may still be taken up."""
    if (
        command.in_reply_to is None
        or command.answers_publication
        or command.visibility is not Visibility.PUBLIC
        or command.direction is not Direction.INBOUND
        or not claims
    ):
        return None
    mention = await record.load(Mention, command.in_reply_to)
    if mention is None or not mention.is_open or mention.content is None:
        return None
    author = claims_of(mention.content.handles[:1], policy.region)
    return mention if author and author[0].kind is claims[0].kind and author[0].value == claims[0].value else None


def _mention(command: AttachContact, judged: Triage, context: CommandContext, policy: CasePolicy) -> Work:
    mention = Mention.note(
        mention_id=command.contact_id,
        days=policy.triage.mentions_days,
        at=context.at,
        occurred_at=moment_of(command.occurred_at, command.received_at),
        channel=command.channel,
        account=command.account,
        kind=command.kind,
        visibility=command.visibility,
        assurance=command.assurance,
        brand=command.brand,
        in_reply_to=command.in_reply_to,
        language=command.language,
        flags=command.flags,
        content_key_id=command.content_key_id,
        triage=judged,
        content=command.content,
    )
    return Work(streams=(mention,), outcome={"mention_id": str(mention.id)})


def _contact(
    command: AttachContact, customer_id: UUID, handle_id: UUID | None, judged: Triage | None
) -> ContactToAttach:
    return ContactToAttach(
        contact_id=command.contact_id,
        customer_id=customer_id,
        channel=command.channel,
        kind=command.kind,
        direction=command.direction,
        visibility=command.visibility,
        assurance=command.assurance,
        occurred_at=moment_of(command.occurred_at, command.received_at),
        account=command.account,
        handle_id=handle_id,
        in_reply_to=command.in_reply_to,
        brand=command.brand,
        language=command.language,
        content_key_id=command.content_key_id,
        content=command.content,
        triage=judged,
        summoned=NOT_SUMMONED not in command.flags,
    )


def _outcome(case_id: UUID, contact_id: UUID, customer_id: UUID | None) -> dict[str, str | None]:
    return {
        "case_id": str(case_id),
        "contact_id": str(contact_id),
        "customer_id": None if customer_id is None else str(customer_id),
    }
