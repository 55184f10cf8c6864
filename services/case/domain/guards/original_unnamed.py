"""Where several public messages wait for an answer, it is said which one this answers."""

from __future__ import annotations

from contracts.vocabulary import ContentState, Direction, GuardVerdict, Visibility
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether it could be below any of several that came in by the account since we last spoke there."""
    del policy
    if draft.named or not draft.public:
        return None
    waiting = 0
    for contact in matter.contacts:
        if (contact.channel, contact.account) != (draft.channel, draft.account):
            continue
        if contact.visibility is Visibility.PRIVATE or contact.text_state is ContentState.REMOVED_BY_SENDER:
            continue
        waiting = waiting + 1 if contact.direction is Direction.INBOUND else 0
    return (
        Found("several wait for an answer in public: say which (inReplyTo)", GuardVerdict.WARN) if waiting > 1 else None
    )
