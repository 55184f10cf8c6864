"""Who shows their own data in public is not answered there before that is dealt with: each answer makes more look."""

from __future__ import annotations

import msgspec

from contracts.vocabulary import GuardVerdict, Visibility
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.publicity import Known, personal_data


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether what it answers in public shows personal data by its form."""
    answered = matter.answered(draft) if draft.public else None
    if answered is None or answered.visibility is Visibility.PRIVATE or not answered.text:
        return None
    formal = msgspec.structs.replace(Known(), shown=matter.known.shown, order_numbers=policy.order_numbers)
    found = personal_data(answered.text, formal)
    reason = f"what it answers shows {', '.join(found)}: hide it where the platform can, and answer in private"
    return Found(reason, GuardVerdict.WARN) if found else None
