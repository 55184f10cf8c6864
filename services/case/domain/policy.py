"""The settings that decisions depend on, given as an argument so that a decision stays a pure function."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import msgspec

from contracts.configuration import Configuration
from contracts.installation import REASONS_DEFAULT, ChannelAccount, MessageTemplate
from contracts.object_store import Objects
from contracts.opening_hours import service_levels
from contracts.targets import ServiceLevels
from contracts.vocabulary import AccountMode, Channel
from services.case.domain.triage import TriagePolicy

AccountName = tuple[Channel, str]
"""An account by its channel and its name there."""


class CasePolicy(msgspec.Struct, frozen=True):
    """What the configuration says about cases.

    `region`: of phone numbers without a country code. `reopen_days`: 0 reopens by thread only.
    `repeat_days`: so long after a resolution a new case about the same is a repetition. `causes` empty: any
    code will do. `paused`, `listening`: accounts by which nothing leaves, for the time being or at all. `reactive`:
    those by which nothing leaves that nobody asked for; those that only listen are among them. `levels`: how soon cases
    are to be answered and resolved. `triage`: what becomes a case.
    """

    region: str = "NL"
    reopen_days: int = 14
    repeat_days: int = 90
    reasons: tuple[str, ...] = REASONS_DEFAULT
    causes: tuple[str, ...] = ()
    templates: tuple[MessageTemplate, ...] = ()
    paused: frozenset[AccountName] = frozenset()
    listening: frozenset[AccountName] = frozenset()
    reactive: frozenset[AccountName] = frozenset()

    approval_open_for: timedelta = timedelta(days=14)
    levels: ServiceLevels = ServiceLevels()
    triage: TriagePolicy = TriagePolicy()
    objects: Objects = Objects()

    @property
    def muted(self) -> frozenset[AccountName]:
        """Accounts by which nothing leaves now."""
        return self.paused | self.listening

    @classmethod
    def of(cls, configuration: Configuration) -> CasePolicy:
        """The policy of a configuration."""
        accounts = configuration.channel_accounts
        return cls(
            region=configuration.region,
            reopen_days=configuration.reopen_days,
            repeat_days=configuration.repeat_days,
            reasons=configuration.reason_codes,
            causes=tuple(cause.code for cause in configuration.causes),
            templates=configuration.templates,
            paused=frozenset((each.channel, each.account) for each in accounts if each.paused),
            listening=_of_mode(accounts, AccountMode.LISTEN),
            reactive=_of_mode(accounts, AccountMode.LISTEN, AccountMode.REACT),
            approval_open_for=timedelta(days=configuration.gestures.approval_days),
            levels=service_levels(configuration),
            triage=TriagePolicy.of(configuration),
            objects=configuration.objects,
        )


def _of_mode(accounts: Sequence[ChannelAccount], *modes: AccountMode) -> frozenset[AccountName]:
    return frozenset((each.channel, each.account) for each in accounts if each.mode in modes)
