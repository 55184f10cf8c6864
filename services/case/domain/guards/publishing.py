"""Looking at what we say to everybody, in answer to nobody, by the rails that know what to make of it.

The others ask what an answer is to somebody: there is nobody here. Advertising, and saying where something is to be
found, is what such a post may be for.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from contracts.guards import RuleWord
from services.case.domain.guards.draft import Draft, Finding, Matter
from services.case.domain.guards.looking import PERSONAL_DATA, look_at
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.publicity import Known

RULES_OF_PUBLICATIONS: Final[frozenset[RuleWord]] = frozenset(
    {
        PERSONAL_DATA,
        "data-asked-in-public",
        "tone-blame",
        "tone-arguing",
        "tone-shouting",
        "tone-coaching",
        "automatic-public",
        "public-skill",
    }
)


def look_at_publication(draft: Draft, policy: GuardPolicy, *, brand: str | None, at: datetime) -> tuple[Finding, ...]:
    """What the rails say of it now; nothing: any second person may agree with it."""
    matter = Matter(at=at, known=Known(order_numbers=policy.order_numbers))
    return look_at(draft, matter, policy, brand=brand, rules=RULES_OF_PUBLICATIONS)
