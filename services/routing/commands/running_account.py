"""The account of the period that runs now, for every command that has to do with money."""

from __future__ import annotations

from datetime import datetime

from contracts.vocabulary import BudgetOwnerKind
from services.routing.domain.agent import Agent
from services.routing.domain.budget import Budget
from services.routing.domain.calendar import Calendar
from services.routing.domain.grant import Grant, Owner, account_id, grant_in
from services.routing.domain.team import Team, team_id
from services.routing.ports import Record


async def grants_of(record: Record, owner: Owner) -> tuple[Grant, ...]:
    """What the owner may spend as a standing arrangement; nothing for an unknown one."""
    if owner.kind is BudgetOwnerKind.AGENT:
        agent = await record.load(Agent, owner.id)
        return () if agent is None else agent.card.grants
    team = await record.load(Team, owner.id)
    return () if team is None else team.card.grants


async def team_grant(record: Record, agent: Agent, currency: str) -> tuple[Owner, Grant] | None:
    """The team of an agent, and what it may spend in that currency; None: nothing."""
    team = None if agent.card.team_ref is None else await record.load(Team, team_id(agent.card.team_ref))
    grant = None if team is None else grant_in(team.card.grants, currency)
    return None if team is None or grant is None else (team.owner, grant)


async def current_account(record: Record, owner: Owner, grant: Grant, at: datetime, calendar: Calendar) -> Budget:
    """The account of the period that holds `at`: as it is, or newly opened (then with that fact pending)."""
    period = calendar.period(grant.period, at)
    known = account_id(owner, grant, period)
    return await record.load(Budget, known) or Budget.open(
        account_id=known, owner=owner, grant=grant, period=period, at=at
    )
