"""Looking at a draft by every rule, and what follows from all of them together."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from contracts.guards import RuleWord, verdict_of
from contracts.vocabulary import GuardVerdict
from services.case.domain.guards import (
    automatic_apology,
    automatic_public,
    better_channel,
    customer_confirmed,
    customer_shows_data,
    data_asked_in_public,
    deleted_original,
    double_reply,
    original_unnamed,
    praise_thanked,
    public_personal_data,
    public_skill,
    same_text,
    signpost,
    tone_advertising,
    tone_arguing,
    tone_blame,
    tone_coaching,
    tone_joking,
    tone_shouting,
)
from services.case.domain.guards.approved_line import is_approved
from services.case.domain.guards.draft import Draft, Finding, Look, Matter
from services.case.domain.guards.policy import GuardPolicy

PERSONAL_DATA: Final[RuleWord] = "public-personal-data"

RULES: Final[Mapping[RuleWord, Look]] = MappingProxyType(
    {
        PERSONAL_DATA: public_personal_data.look,
        "deleted-original": deleted_original.look,
        "automatic-apology": automatic_apology.look,
        "data-asked-in-public": data_asked_in_public.look,
        "customer-shows-data": customer_shows_data.look,
        "customer-confirmed": customer_confirmed.look,
        "original-unnamed": original_unnamed.look,
        "double-reply": double_reply.look,
        "same-text": same_text.look,
        "praise-thanked": praise_thanked.look,
        "tone-blame": tone_blame.look,
        "tone-arguing": tone_arguing.look,
        "tone-shouting": tone_shouting.look,
        "tone-advertising": tone_advertising.look,
        "tone-coaching": tone_coaching.look,
        "tone-joking": tone_joking.look,
        "signpost": signpost.look,
        "better-channel": better_channel.look,
        "automatic-public": automatic_public.look,
        "public-skill": public_skill.look,
    }
)
"""All of them, those that weigh most first."""


def look_at(
    draft: Draft, matter: Matter, policy: GuardPolicy, *, brand: str | None, rules: Collection[RuleWord] = RULES
) -> tuple[Finding, ...]:
    """What the rules say of a draft, in their order; nothing: it may leave. `rules`: those that are asked.

    What the house approved needs no second person, where nothing goes along with it; it is still looked at.
    """
    approved = not draft.file_names and is_approved(draft.seen, matter.lines)
    found = []
    for rule, look in RULES.items():
        said = policy.said_of(rule, brand) if rule in rules else "allow"
        if said == "allow":
            continue
        seen = look(draft, matter, policy)
        verdict = None if seen is None else (seen.verdict if said is None else verdict_of(said))
        if seen is None or verdict is None or (approved and verdict is GuardVerdict.SECOND_PERSON):
            continue
        found.append(Finding(rule, verdict, seen.reason))
    return tuple(found)


def of_verdict(findings: Sequence[Finding], verdict: GuardVerdict) -> tuple[Finding, ...]:
    """Those of a verdict."""
    return tuple(each for each in findings if each.verdict is verdict)
