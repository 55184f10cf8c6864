"""The settings that decisions depend on, given as an argument so that a decision stays a pure function."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from datetime import timedelta

import msgspec

from contracts.configuration import Configuration
from contracts.controls import Controls, StaffPrivacy
from contracts.installation import REASONS_DEFAULT, ChannelAccount, MessageTemplate
from contracts.object_store import Objects
from contracts.opening_hours import service_levels
from contracts.targets import ServiceLevels
from contracts.vocabulary import AccountMode, Channel
from services.case.domain.guards.policy import GuardPolicy
from services.case.domain.playbooks import Playbooks
from services.case.domain.report_rules import ReportRules
from services.case.domain.triage import TriagePolicy

AccountName = tuple[Channel, str]
"""An account by its channel and its name there."""


class Standing(msgspec.Struct, frozen=True):
    """What is on record of what may leave by an account. `mode` None: nobody said. `paused`: nothing for now."""

    mode: AccountMode | None = None
    paused: bool = False


class Muted:
    """Accounts by which nothing leaves now. `known` None: whichever is not `silent` can be used."""

    def __init__(self, silent: frozenset[AccountName], known: frozenset[AccountName] | None) -> None:
        self._silent = silent
        self._known = known

    def __contains__(self, name: object) -> bool:
        """Whether nothing leaves by it: it is paused, only listens, or has left the configuration."""
        return name in self._silent or (self._known is not None and name not in self._known)


class CasePolicy(msgspec.Struct, frozen=True):
    """What the configuration says about cases.

    `region`: of phone numbers without a country code. `reopen_days`: 0 reopens by thread only.
    `repeat_days`: so long after a resolution a new case about the same is a repetition. `causes` empty: any
    code will do. `accounts`: those that there are; None: whichever. As the file says, until `standing` says what is
    on record: `paused`, `listening`: accounts by which nothing
    leaves, for the time being or at all. `reactive`: those by which nothing leaves that nobody asked for; those that
    only listen are among them. `levels`: how soon cases are to be answered and resolved. `triage`: what becomes a case.
    `guards`: what is looked at before an answer leaves. `controls`: what is looked at after a gesture was given.
    `staff_privacy`, `report_rules`: which figures anybody sees, and what they count with. `objects`: limits of files.
    `playbooks`: what the house wants in which situation.
    """

    region: str = "NL"
    reopen_days: int = 14
    repeat_days: int = 90
    reasons: tuple[str, ...] = REASONS_DEFAULT
    causes: tuple[str, ...] = ()
    templates: tuple[MessageTemplate, ...] = ()
    accounts: frozenset[AccountName] | None = None
    paused: frozenset[AccountName] = frozenset()
    listening: frozenset[AccountName] = frozenset()
    reactive: frozenset[AccountName] = frozenset()

    approval_open_for: timedelta = timedelta(days=14)
    levels: ServiceLevels = ServiceLevels()
    triage: TriagePolicy = TriagePolicy()
    objects: Objects = Objects()
    controls: Controls = Controls()
    staff_privacy: StaffPrivacy = StaffPrivacy()
    report_rules: ReportRules = ReportRules()
    guards: GuardPolicy = GuardPolicy()
    playbooks: Playbooks = Playbooks()

    @property
    def muted(self) -> Container[AccountName]:
        """Accounts by which nothing leaves now."""
        return Muted(self.paused | self.listening, self.accounts)

    def standing(self, on_record: Mapping[AccountName, Standing]) -> CasePolicy:
        """The same with what is on record of accounts; the file speaks of those of which nothing is yet."""
        silent = {name for name, each in on_record.items() if each.mode is AccountMode.LISTEN}
        asked_only = silent | {name for name, each in on_record.items() if each.mode is AccountMode.REACT}
        return msgspec.structs.replace(
            self,
            paused=(self.paused - on_record.keys()) | {name for name, each in on_record.items() if each.paused},
            listening=(self.listening - on_record.keys()) | silent,
            reactive=(self.reactive - on_record.keys()) | asked_only,
            triage=self.triage.heeding({name: each.mode for name, each in on_record.items()}),
        )

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
            accounts=frozenset((each.channel, each.account) for each in accounts),
            paused=frozenset((each.channel, each.account) for each in accounts if each.paused),
            listening=_of_mode(accounts, AccountMode.LISTEN),
            reactive=_of_mode(accounts, AccountMode.LISTEN, AccountMode.REACT),
            approval_open_for=timedelta(days=configuration.gestures.approval_days),
            levels=service_levels(configuration),
            triage=TriagePolicy.of(configuration),
            objects=configuration.objects,
            controls=configuration.controls,
            staff_privacy=configuration.staff_privacy,
            report_rules=ReportRules.of(configuration),
            guards=GuardPolicy.of(configuration),
            playbooks=Playbooks.of(configuration),
        )


def _of_mode(accounts: Sequence[ChannelAccount], *modes: AccountMode) -> frozenset[AccountName]:
    return frozenset((each.channel, each.account) for each in accounts if each.mode in modes)
