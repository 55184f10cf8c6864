"""The settings that decisions depend on, given as an argument so that a decision stays a pure function."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from contracts.configuration import Configuration
from contracts.installation import REASONS_DEFAULT


class CasePolicy(msgspec.Struct, frozen=True):
    """What the configuration says about cases.

    `region`: of phone numbers without a country code. `reopen_days`: 0 reopens by thread only. `causes` empty: any
    code will do.
    """

    region: str = "NL"
    reopen_days: int = 14
    reasons: tuple[str, ...] = REASONS_DEFAULT
    causes: tuple[str, ...] = ()
    approval_open_for: timedelta = timedelta(days=14)

    @classmethod
    def of(cls, configuration: Configuration) -> CasePolicy:
        """The policy of a configuration."""
        return cls(
            region=configuration.region,
            reopen_days=configuration.reopen_days,
            reasons=configuration.reason_codes,
            causes=tuple(cause.code for cause in configuration.causes),
            approval_open_for=timedelta(days=configuration.gestures.approval_days),
        )
