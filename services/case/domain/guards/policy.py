"""What the configuration says of guard rails, as the rules take it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import msgspec

from contracts.configuration import Configuration
from contracts.guards import Guards, Persona, RuleWord, VerdictWord
from services.case.domain.guards import words


class GuardWords(msgspec.Struct, frozen=True):
    """The word lists in force."""

    blame: tuple[str, ...] = words.BLAME
    advertising: tuple[str, ...] = words.ADVERTISING
    arguing: tuple[str, ...] = words.ARGUING
    coaching: tuple[str, ...] = words.COACHING
    apology: tuple[str, ...] = words.APOLOGY
    thanks: tuple[str, ...] = words.THANKS
    joking: tuple[str, ...] = words.JOKING
    pointing: tuple[str, ...] = words.POINTING

    @classmethod
    def of(cls, guards: Guards) -> GuardWords:
        """Ours, but for those that the installation has its own of."""
        own = {name: listed for name, listed in msgspec.structs.asdict(guards.words).items() if listed is not None}
        return cls(**own)


class GuardPolicy(msgspec.Struct, frozen=True):
    """`every`: what rules do, `of_brands`: of a brand. `skilled`: somebody has the skill to speak in public.

    `press_team`: of the press desk. `secret`: what confirmations are signed with; empty: nothing can be confirmed.
    """

    every: Mapping[RuleWord, VerdictWord] = {}
    of_brands: Mapping[str, Mapping[RuleWord, VerdictWord]] = {}
    words: GuardWords = GuardWords()
    skill: str = "public"
    skilled: bool = False
    press_team: str | None = None
    personas: tuple[Persona, ...] = ()
    order_numbers: tuple[str, ...] = ()
    approval_open_for: timedelta = timedelta(hours=24)
    confirm_within: timedelta = timedelta(minutes=15)
    double_reply_within: timedelta = timedelta(seconds=120)
    secret: bytes = b""

    @classmethod
    def of(cls, configuration: Configuration) -> GuardPolicy:
        """The policy of a configuration, with nothing to sign with."""
        guards, press = configuration.guards, configuration.press_desk
        return cls(
            every=guards.rules,
            of_brands={brand.ref: brand.guards for brand in configuration.brands if brand.guards},
            words=GuardWords.of(guards),
            skill=guards.skill,
            skilled=any(guards.skill in agent.skills for agent in configuration.agents),
            press_team=None if press is None else press.team,
            personas=configuration.personas,
            order_numbers=guards.order_numbers,
            approval_open_for=timedelta(hours=guards.approval_hours),
            confirm_within=timedelta(minutes=guards.confirm_minutes),
            double_reply_within=timedelta(seconds=guards.double_reply_seconds),
        )

    def said_of(self, rule: RuleWord, brand: str | None) -> VerdictWord | None:
        """What the brand says the rule is to do, else the installation; None: neither says anything."""
        return self.of_brands.get(brand or "", {}).get(rule) or self.every.get(rule)

    def __repr__(self) -> str:
        return f"GuardPolicy({len(self.every)} rules, {len(self.of_brands)} brands)"
