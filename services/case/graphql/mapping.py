"""Rows to types. What is sealed stands in them only where the viewer may have it opened (`opens`)."""

from __future__ import annotations

from datetime import datetime

import msgspec

from contracts.vocabulary import (
    CaseStatus,
    HandleAssurance,
)
from services.case.domain.customer import pseudonym
from services.case.domain.identity import is_assured
from services.case.graphql import ids
from services.case.graphql.enums import CustomerKind, SubjectState
from services.case.graphql.ids import IdType
from services.case.graphql.scalars import Instant, Json, LanguageTag, TimeZone, Url
from services.case.graphql.types.cases import Case, Resolution
from services.case.graphql.types.clocks import Clock
from services.case.graphql.types.customers import Customer, Duo, ExternalId, Handle, Satisfaction
from services.case.graphql.types.merges import Merge
from services.case.graphql.types.money import Money
from services.case.graphql.types.people import Agent, Brand, Budget, ChannelAccount, StaffMember, Team
from services.case.queries.clocks import ClockRow
from services.case.queries.merges import MergeRow
from services.case.queries.rows import (
    AccountRow,
    AgentRow,
    BrandRow,
    BudgetRow,
    CaseRow,
    CustomerRow,
    ExternalIdRow,
    HandleRow,
    StaffRow,
    TeamRow,
)
from services.case.queries.satisfaction import SatisfactionRow


def agent(row: AgentRow) -> Agent:
    """An agent."""
    return Agent(
        id=ids.encode(IdType.AGENT, row.agent_id),
        display_name=row.display_name,
        ref=row.ref,
        kind=row.kind,
        presence=row.presence,
        active=row.active,
        email=row.email,
        languages=[LanguageTag(tag) for tag in row.languages],
        skills=list(row.skills),
        capacity_units=row.capacity_units,
        on_duty_until=at(row.on_duty_until),
        next_duty_at=at(row.next_duty_at),
        row=row,
    )


def team(row: TeamRow) -> Team:
    """A team."""
    return Team(id=ids.encode(IdType.TEAM, row.team_id), ref=row.ref, name=row.name)


def staff_member(row: StaffRow) -> StaffMember:
    """Somebody who works here."""
    return StaffMember(
        id=ids.encode(IdType.STAFF, row.ref), display_name=row.name or row.ref, ref=row.ref, roles=list(row.roles)
    )


def brand(row: BrandRow) -> Brand:
    """A brand."""
    return Brand(id=ids.encode(IdType.BRAND, row.ref), ref=row.ref, name=row.name)


def account(row: AccountRow) -> ChannelAccount:
    """A channel account."""
    return ChannelAccount(
        id=ids.encode(IdType.ACCOUNT, row.account_id), channel=row.channel, ref=row.account, name=row.name, row=row
    )


def budget(row: BudgetRow) -> Budget:
    """An account's standing."""
    return Budget(
        id=ids.encode(IdType.BUDGET, row.account_id),
        period=row.period,
        granted=Money.of(row.granted_minor, row.currency),
        reserved=Money.of(row.reserved_minor, row.currency),
        spent=Money.of(row.spent_minor, row.currency),
        available=Money.of(row.granted_minor - row.reserved_minor - row.spent_minor, row.currency),
        item_limit=Money.of(row.item_limit_minor, row.currency),
        runs_low=row.runs_low,
        period_start=Instant(row.period_start),
        period_end=Instant(row.period_end),
        row=row,
    )


def customer(row: CustomerRow, *, opens: bool) -> Customer:
    """A customer; under a pseudonym for those who may not know the name."""
    return Customer(
        id=ids.encode(IdType.CUSTOMER, row.customer_id),
        display_name=row.display_name if opens else pseudonym(row.customer_id),
        version=row.version,
        state=SubjectState(row.state),
        kind=CustomerKind(row.kind),
        name=row.name if opens else None,
        language=tag(row.language),
        time_zone=None if row.time_zone is None else TimeZone(row.time_zone),
        preferred_channel=row.preferred_channel,
        attributes=Json(msgspec.json.decode(row.attributes) if opens else {}),
        created_at=Instant(row.created_at),
        duo=Duo(row=row),
        row=row,
    )


def satisfaction(row: SatisfactionRow) -> Satisfaction:
    """How a customer says we did."""
    return Satisfaction(
        metric=row.metric,
        score=row.score,
        responses=row.responses,
        min=float(row.worst),
        max=float(row.best),
        latest_at=Instant(row.latest_at),
    )


def external_id(row: ExternalIdRow) -> ExternalId:
    """What another system calls a customer."""
    return ExternalId(system=row.system, value=row.value, url=None if row.url is None else Url(row.url))


def merge(row: MergeRow, *, opens: bool) -> Merge:
    """Two customers who turned out to be one."""
    return Merge(
        id=ids.encode(IdType.MERGE, row.merge_id),
        merged_at=Instant(row.merged_at),
        reason=(row.reason or "") if opens else "",
        undone_at=at(row.undone_at),
        row=row,
    )


def handle(row: HandleRow, *, opens: bool) -> Handle:
    """A handle; only its mask for those who may not know it."""
    return Handle(
        id=ids.encode(IdType.HANDLE, row.handle_id),
        kind=row.kind,
        value=row.written if opens else None,
        masked=row.masked,
        verified=is_assured(HandleAssurance(row.assurance)),
        assurance=row.assurance,
        opted_out=row.opted_out,
    )


def case(row: CaseRow, *, opens: bool) -> Case:
    """A case."""
    return Case(
        id=ids.encode(IdType.CASE, row.case_id),
        number=row.number,
        version=row.version,
        subject=row.subject if opens else None,
        preview=row.preview if opens else None,
        status=row.status,
        waiting_for=row.waiting_for,
        waiting_until=at(row.waiting_until),
        resolution=_resolution(row),
        priority=row.priority,
        tags=list(row.tags),
        language=tag(row.language),
        channels=list(row.channels),
        opened_at=Instant(row.opened_at),
        last_contact_at=Instant(row.last_contact_at),
        held_until=at(row.held_until) if row.held_for_id else None,
        due_at=at(row.due_at),
        awaiting_us=row.status is CaseStatus.OPEN,
        unread=row.unread,
        row=row,
    )


def _resolution(row: CaseRow) -> Resolution | None:
    if row.status is not CaseStatus.RESOLVED or row.outcome is None or row.resolved_at is None:
        return None
    return Resolution(outcome=row.outcome, cause=row.cause, resolved_at=Instant(row.resolved_at), row=row)


def clock(row: ClockRow) -> Clock:
    """A clock of a case."""
    return Clock(
        kind=row.kind,
        state=row.state,
        started_at=Instant(row.started_at),
        due_at=Instant(row.due_at),
        stopped_at=at(row.stopped_at),
    )


def at(moment: datetime | None) -> Instant | None:
    """A moment, if there is one."""
    return None if moment is None else Instant(moment)


def tag(language: str | None) -> LanguageTag | None:
    """A language, if one is known."""
    return None if language is None else LanguageTag(language)
