"""What an installation says about itself in its configuration file: brands, teams, agents, accounts, codes.

`contracts.configuration` reads and checks the file and hands these out; import them from there.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from contracts.controls import Controls, Reports, StaffPrivacy
from contracts.gesture_rules import Gestures, Payouts
from contracts.guards import Guards, Persona, PressDesk, RuleWord, VerdictWord
from contracts.http_access import Http
from contracts.incidents import Incidents as Incidents  # noqa: PLC0414  (part of the file)
from contracts.money import to_minor
from contracts.object_store import Objects
from contracts.playbooks import PlaybookRule
from contracts.retention import Retention
from contracts.rosters import Calendar, Leave, OpeningHours, Routing, Shift
from contracts.targets import Target
from contracts.triage import Classifier, ModeWord, ReachLimits, TriageRule
from contracts.vocabulary import AccountMode, AgentKind, BudgetPeriod, Channel

REASONS_DEFAULT = ("late-delivery", "damaged", "wrong-item", "billing-error", "bad-service", "goodwill")
PURPOSES_DEFAULT = ("complaint-handling", "audit", "legal-claim", "subject-request")
CAPACITY_UNITS_DEFAULT = {"voice": 20, "chat": 4, "email": 1}
CAPACITY_UNITS_ELSEWHERE = 1
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Ref = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+:~-]{0,99}$")]
Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,63}$")]
Units = Annotated[int, msgspec.Meta(ge=0, le=100_000)]
Language = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$")]
PeriodWord = Literal["day", "week", "month", "quarter", "year"]


class Brand(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A name under which this installation meets customers. `team`: only its agents get the brand's cases by rule.

    `complaints_always`: a complaint is a case even by an account that only listens. `guards`: what its guard rails do,
    by rule, where that is not as elsewhere.
    """

    ref: Ref
    name: Name
    team: str | None = None
    complaints_always: bool = False
    guards: dict[RuleWord, VerdictWord] = {}


class Budget(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What an agent or a team may spend per calendar period; texts as written, amounts in minor units beside them.

    `carry_over`: the most that goes on into the next period. `two_approvers_above`: of a team's; above it two people
    approve.
    """

    amount: str
    currency: str
    period_word: PeriodWord = msgspec.field(name="period")
    item_limit: str | None = None
    carry_over: str | None = None
    two_approvers_above: str | None = None

    @property
    def period(self) -> BudgetPeriod:
        """The period in the word that is stored and sent."""
        return BudgetPeriod(self.period_word.upper())

    @property
    def amount_minor(self) -> int:
        """The grant per period."""
        return to_minor(self.amount, self.currency)

    @property
    def item_limit_minor(self) -> int:
        """The most one gesture may cost; without a limit the whole grant."""
        return self.amount_minor if self.item_limit is None else to_minor(self.item_limit, self.currency)

    @property
    def carry_over_max_minor(self) -> int:
        """The most that is carried over; nothing where not said."""
        return to_minor(self.carry_over or "0", self.currency)

    @property
    def two_approvers_above_minor(self) -> int | None:
        """Above it two people approve; None: one is enough for any amount."""
        return None if self.two_approvers_above is None else to_minor(self.two_approvers_above, self.currency)


class Team(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Agents who work together; its budgets pay for what a lead approves."""

    ref: Ref
    name: Name
    budgets: tuple[Budget, ...] = ()


class Agent(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A person or a bot who handles cases. `capacity_units`: how much at a time, in the units of `[capacity_units]`.

    `principal`: of a bot, the subject of the integration's token that acts as it.

    `shifts`, `leave`: when the person works, by `timezone` and less the public `holidays`, both as those of the
    installation where not said. Without shifts nobody is waited for, and presence alone tells who is there.
    """

    ref: Ref
    name: Name
    email: str | None = None
    team: str | None = None
    languages: tuple[Language, ...] = ()
    skills: tuple[Name, ...] = ()
    capacity_units: Units = 20
    budgets: tuple[Budget, ...] = ()
    shifts: tuple[Shift, ...] = ()
    leave: tuple[Leave, ...] = ()
    timezone: str | None = None
    holidays: Calendar | None = None
    kind_word: Literal["person", "bot"] = msgspec.field(name="kind", default="person")
    principal: Name | None = None

    @property
    def kind(self) -> AgentKind:
        """The kind in the word that is stored and sent."""
        return AgentKind(self.kind_word.upper())


class ChannelAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """One account of ours on a channel, as in the path of its webhooks. `secrets` are resolved and never shown.

    `former_secrets`, by the same names, are still good for what comes in while a platform changes to the new ones.
    `api_base`, `api_version`: where replies are sent; None: where the channel's provider has them. Of `email` only:
    `mailbox` is read, and what the server `authserv_id` says about a sender is believed. Of `feed` only: `feed_url` is
    read, and may lead to this machine or its network where `feed_may_be_local`. Of `chat` only: `allowed_origins`,
    whose pages may open it. `platform_id`: by which its platform knows it, where several share one app's address.

    `mode`: how far we act on what is said in public, and what may leave by it (`docs/triage.md`). `paused`: nothing
    leaves; what comes in is kept and read. `silence_alarm_minutes`: so long nothing comes in while its channel is open
    before that is told; None: never. `sends_per_minute`: how many replies leave by it; None: as its platform allows.
    """

    channel_path: str = msgspec.field(name="channel")
    account: Ref
    name: Name | None = None
    brand: str | None = None
    secrets: dict[str, str] = {}
    former_secrets: dict[str, str] = {}
    api_base: str | None = None
    api_version: Code | None = None
    mailbox: str | None = None
    authserv_id: Name | None = None
    feed_url: str | None = None
    feed_may_be_local: bool = False
    mode_word: ModeWord | None = msgspec.field(name="mode", default=None)
    paused: bool = False
    silence_alarm_minutes: Annotated[int, msgspec.Meta(ge=1, le=30 * 24 * 60)] | None = None
    allowed_origins: tuple[str, ...] = ()
    sends_per_minute: Annotated[int, msgspec.Meta(ge=1, le=60_000)] | None = None
    platform_id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9+_-]{1,64}$")] | None = None

    @property
    def mode(self) -> AccountMode:
        """What may leave, in the word that is stored and sent."""
        return AccountMode((self.mode_word or "proactive").upper())

    @property
    def heeds(self) -> ModeWord:
        """What of what is said in public becomes a case."""
        return self.mode_word or "react"

    @property
    def channel(self) -> Channel:
        """The channel in the word that is stored and sent."""
        return Channel(self.channel_path.upper().replace("-", "_"))

    def __repr__(self) -> str:
        return f"ChannelAccount({self.channel_path}/{self.account}, secrets of {sorted(self.secrets)})"


class MessageTemplate(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """A text that is ready to be sent, with places `{{1}}`, `{{2}}` to fill in.

    On WhatsApp it leaves as the template that Meta approved under this name and language; on other channels as its
    text. `brand`, `account`: in whose name and by which account it may leave; None: any. `category`: as approved.
    """

    name: Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,99}$")]
    language: Language
    body: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
    category: Literal["utility", "marketing", "authentication"] = "utility"
    brand: str | None = None
    account: str | None = None


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Why a gesture is given, as a code, so that the effect of money can be measured."""

    code: Code
    name: Name | None = None


class Cause(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a matter came from. `area`: the part of the house that could have prevented it, such as `service`."""

    code: Code
    area: Code
    name: Name | None = None


class Purpose(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Why an auditor opens sealed text."""

    code: Code
    name: Name | None = None


class Oidc(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The issuer of tokens in place of the embedded one, and where its tokens say who somebody is."""

    issuer: str
    audience: Name
    role_claim: Name
    subject_claim: Name = "sub"


class Configuration(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """The whole file. An empty one is an installation with everything at its default and nobody in it."""

    region: str = "NL"
    timezone: str = "Europe/Amsterdam"
    reopen_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 14
    repeat_days: Annotated[int, msgspec.Meta(ge=0, le=3650)] = 90
    holidays: Calendar | None = None
    opening_hours: tuple[OpeningHours, ...] = ()
    targets: tuple[Target, ...] = ()
    routing: Routing = Routing()
    brands: tuple[Brand, ...] = ()
    teams: tuple[Team, ...] = ()
    agents: tuple[Agent, ...] = ()
    capacity_units: dict[str, Units] = {}
    channel_accounts: tuple[ChannelAccount, ...] = ()
    templates: tuple[MessageTemplate, ...] = ()
    reasons: tuple[Reason, ...] = ()
    causes: tuple[Cause, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    http: Http = Http()
    oidc: Oidc | None = None
    retention: Retention = Retention()
    objects: Objects = Objects()
    gestures: Gestures = Gestures()
    payouts: Payouts | None = None
    controls: Controls = Controls()
    staff_privacy: StaffPrivacy = StaffPrivacy()
    reports: Reports = Reports()
    triage: tuple[TriageRule, ...] = ()
    classifier: Classifier | None = None
    reach: ReachLimits = ReachLimits()
    incidents: Incidents = Incidents()
    guards: Guards = Guards()
    personas: tuple[Persona, ...] = ()
    press_desk: PressDesk | None = None
    playbooks: tuple[PlaybookRule, ...] = ()

    @property
    def reason_codes(self) -> tuple[str, ...]:
        """The codes a gesture's reason may have."""
        return tuple(reason.code for reason in self.reasons) or REASONS_DEFAULT

    @property
    def purpose_codes(self) -> tuple[str, ...]:
        """The codes a purpose may have."""
        return tuple(purpose.code for purpose in self.purposes) or PURPOSES_DEFAULT

    @property
    def bots(self) -> dict[str, str]:
        """The refs of agents that are bots, by the subject of the integration that acts as each."""
        return {agent.principal: agent.ref for agent in self.agents if agent.principal is not None}

    def units_of(self, channel: Channel) -> int:
        """How many capacity units a case on that channel takes while we are to move."""
        units = {**CAPACITY_UNITS_DEFAULT, **self.capacity_units}
        return units.get(channel.path, CAPACITY_UNITS_ELSEWHERE)

    def account(self, channel: Channel, account: str) -> ChannelAccount | None:
        """The account of that name on that channel, or None where none is configured."""
        found = (each for each in self.channel_accounts if each.channel is channel and each.account == account)
        return next(found, None)
