"""A public answer is a statement of the house: who has not learned to speak in public is read by somebody who has."""

from __future__ import annotations

from contracts.vocabulary import GuardVerdict
from services.case.domain.guards.draft import Draft, Found, Matter
from services.case.domain.guards.policy import GuardPolicy


def look(draft: Draft, matter: Matter, policy: GuardPolicy) -> Found | None:
    """Whether an agent without the skill speaks in public. Not by default where nobody in the configuration has it."""
    del matter
    author = draft.author
    if not draft.public or author.skills is None or policy.skill in author.skills:
        return None
    if author.team is not None and author.team == policy.press_team:
        return None
    return Found(f"who says this in public has the skill {policy.skill!r}", _default(policy))


def _default(policy: GuardPolicy) -> GuardVerdict | None:
    return GuardVerdict.SECOND_PERSON if policy.skilled else None
