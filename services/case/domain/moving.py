"""A contact that belongs to another matter of its customer: it leaves one case for another, with its words."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from contracts.content import EditContent
from contracts.vocabulary import Direction, Refusal, RefusalCode
from services.case.domain.attachments import note_attachment
from services.case.domain.case import Case
from services.case.domain.case_contact import READABLE, CaseContact, ContactToAttach
from services.case.domain.changing_words import edit
from services.case.domain.contact_facts import ContactAttached, ContactDetached
from services.case.domain.reacting import react
from services.case.domain.speaking import without


def check_movable(case: Case, contact_id: UUID) -> tuple[ContactAttached, CaseContact]:
    """Let pass what may leave its case: what came in, or was written down by hand, with its words.

    Raises:
        Refusal: NOT_FOUND, INVALID_INPUT (an answer, or words that are gone), CUSTOMER_ERASED; at contactId.
    """
    contact, attached = case.contact(contact_id), case.attached.get(contact_id)
    if case.erased:
        raise Refusal(RefusalCode.CUSTOMER_ERASED, "what was said in its case is gone", "contactId")
    if attached is None or (contact.direction is Direction.OUTBOUND and contact.account is not None):
        raise Refusal(RefusalCode.INVALID_INPUT, "what was sent stays in the case it was sent from", "contactId")
    if attached.content is None or contact.text_state not in READABLE:
        raise Refusal(RefusalCode.INVALID_INPUT, "its words are gone: it stays where it is", "contactId")
    return attached, contact


def take_out(case: Case, contact_id: UUID, *, to_case_id: UUID, reason: str, at: datetime) -> tuple[int, ...]:
    """Take a contact off a case; gives the versions whose envelopes go, for its words stand in the other case now."""
    withheld = tuple(case.said.by_entry.get(contact_id, ()))
    case.trigger_event(
        ContactDetached,
        timestamp=at,
        contact_id=contact_id,
        customer_id=case.customer_id,
        to_case_id=to_case_id,
        withheld=withheld,
        reason=reason,
        **msgspec.structs.asdict(without(case, contact_id)),
    )
    return withheld


def as_moved(case: Case, attached: ContactAttached, contact: CaseContact, at: datetime) -> ContactToAttach:
    """The contact as it comes into its new case.

    Its clocks there go back to when it was said; where it was answered before, from now on it asks for something new.
    """
    return ContactToAttach(
        contact_id=attached.contact_id,
        customer_id=case.customer_id,
        channel=attached.channel,
        kind=attached.kind,
        direction=attached.direction,
        visibility=attached.visibility,
        assurance=attached.assurance,
        occurred_at=attached.occurred_at,
        account=attached.account,
        handle_id=attached.handle_id,
        in_reply_to=attached.in_reply_to,
        brand=case.brand,
        language=attached.language,
        agent_ref=attached.agent_ref,
        content_key_id=attached.content_key_id,
        content=attached.content,
        triage=attached.triage,
        due_from=at if _was_answered(case, contact) else attached.due_from,
        moved_from=case.id,
        summoned=attached.summoned,
    )


def bring_along(case: Case, contact: CaseContact, *, at: datetime) -> None:
    """What else is known of a contact that has just come into the case: its last wording, an emoji on it, its files."""
    if contact.edited_at is not None:
        content = EditContent(contact.text)
        edit(case, contact_id=contact.contact_id, edited_at=contact.edited_at, content=content, at=at)
    if contact.reacted_at is not None:
        put = (contact.reaction, contact.reacted_at)
        react(case, contact_id=contact.contact_id, emoji=put[0], reacted_at=put[1], at=at)
    for news in contact.attachments.values():
        note_attachment(case, news, at=at)


def _was_answered(case: Case, contact: CaseContact) -> bool:
    """Whether something that left by a channel came after it."""
    return any(
        other.direction is Direction.OUTBOUND and not other.acknowledges and other.recorded_at > contact.recorded_at
        for other in case.contacts.values()
    )
