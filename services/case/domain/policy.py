"""The settings that decisions depend on, given as an argument so that a decision stays a pure function."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from contracts.configuration import Configuration
from contracts.installation import REASONS_DEFAULT
from contracts.opening_hours import service_levels
from contracts.targets import ServiceLevels
from services.case.domain.triage import TriagePolicy


class CasePolicy(msgspec.Struct, frozen=True):
    """What the configuration says about cases.

    `region`: of phone numbers without a country code. `reopen_days`: 0 reopens by thread only.
    `repeat_days`: so long after a resolution a new case about the same is a repetition. `causes` empty: any
    code will do. `levels`: how soon cases are to be answered and resolved. `triage`: what becomes a case.
    """

    region: str = "NL"
    reopen_days: int = 14
    repeat_days: int = 90
    reasons: tuple[str, ...] = REASONS_DEFAULT
    causes: tuple[str, ...] = ()
    approval_open_for: timedelta = timedelta(days=14)
    levels: ServiceLevels = ServiceLevels()
    triage: TriagePolicy = TriagePolicy()

    @classmethod
    def of(cls, configuration: Configuration) -> CasePolicy:
        """The policy of a configuration."""
        return cls(
            region=configuration.region,
            reopen_days=configuration.reopen_days,
            repeat_days=configuration.repeat_days,
            reasons=configuration.reason_codes,
            causes=tuple(cause.code for cause in configuration.causes),
            approval_open_for=timedelta(days=configuration.gestures.approval_days),
            levels=service_levels(configuration),
            triage=TriagePolicy.of(configuration),
        )
