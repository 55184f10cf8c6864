"""What does not come to an end in a few short messages is spoken about: by phone, by mail, in private."""

from __future__ import annotations

from contracts.reply_capabilities import REPLY_CAPABILITIES, LengthUnit
from contracts.vocabulary import DeliveryStatus, Direction, GuardVerdict, TriageClass
from services.case.domain.case_contact import CaseContact
from services.case.domain.guards import words
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy

SHORT_LENGTH_MAX = 280
ANSWERS_MIN, ANSWERS_TO_COMPLAINT_MIN = 3, 2
"""So many answers of ours were not enough; a complaint is complex sooner."""

_NEVER_LEFT = frozenset({DeliveryStatus.FAILED, DeliveryStatus.CANCELLED})
_ROOMIER = ("bel", "belt u", "bellen", "telefonisch", "mailen", "mail", "e mail", "call", "phone", "email")


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether we answered there several times already, in little room, and this one offers no other way."""
    del policy
    if not _is_short(draft) or draft.words.first((*words.PRIVATELY, *_ROOMIER)) is not None:
        return None
    if not matter.contacts or matter.contacts[-1].direction is not Direction.INBOUND:
        return None
    complains = any(each.class_ is TriageClass.COMPLAINT for each in matter.contacts)
    answers = sum(_is_ours(each, draft) for each in matter.contacts)
    if answers < (ANSWERS_TO_COMPLAINT_MIN if complains else ANSWERS_MIN):
        return None
    reason = f"{answers} answers here were not enough: offer to call, to mail or to go on in private"
    return Found(reason, GuardVerdict.WARN)


def _is_short(draft: Draft) -> bool:
    """Whether the way it goes takes only little at a time."""
    capability = REPLY_CAPABILITIES.get(draft.channel)
    if capability is None:
        return False
    limit = capability.limit(draft.visibility)
    return limit.unit is LengthUnit.SMS_SEGMENTS or limit.length_max <= SHORT_LENGTH_MAX


def _is_ours(contact: CaseContact, draft: Draft) -> bool:
    place = (contact.channel, contact.account, contact.visibility)
    left = contact.direction is Direction.OUTBOUND and contact.delivery_status not in _NEVER_LEFT
    return left and place == (draft.channel, draft.account, draft.visibility)
