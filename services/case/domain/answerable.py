"""Whether a contact can be answered at all by which it came in, and why not."""

from __future__ import annotations

from contracts.reply_capabilities import REPLY_CAPABILITIES
from contracts.vocabulary import Refusal, RefusalCode, Visibility
from services.case.domain.case_contact import CaseContact


def is_unsummoned(contact: CaseContact) -> bool:
    """Whether its platform forbids to answer it because its author neither named nor quoted us: X's rule for apps."""
    return contact.visibility is Visibility.PUBLIC and not contact.summoned


def why_no_route(contact: CaseContact) -> RefusalCode:
    """Why no answer can go back by which a contact came in, where none can."""
    capability = REPLY_CAPABILITIES.get(contact.channel)
    if capability is None or contact.to is None or contact.to.kind is not capability.handle_kind:
        return RefusalCode.CHANNEL_CANNOT_REPLY
    return RefusalCode.CHANNEL_CANNOT_REPLY if is_unsummoned(contact) else RefusalCode.RECIPIENT_UNCONFIRMED


def no_answer_to(contact: CaseContact, *path: str) -> Refusal:
    """The refusal of an answer to it, at `path`."""
    why = "its author neither named nor quoted us" if is_unsummoned(contact) else "no answer can leave by it"
    return Refusal(why_no_route(contact), why, *path)
