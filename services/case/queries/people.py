"""Agents, teams, staff, brands, channel accounts and budgets, mostly many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from contracts.vocabulary import Channel
from services.case.queries.database import Database
from services.case.queries.rows import AccountRow, AgentRow, BrandRow, BudgetRow, RequestRow, StaffRow, TeamRow


class _Load(msgspec.Struct, frozen=True):
    agent_id: UUID
    channel: Channel
    cases: int


class _OpenCases(msgspec.Struct, frozen=True):
    agent_id: UUID
    open_cases: int


async def agents_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, AgentRow]:
    """Those of the agents that exist."""
    return {row.agent_id: row for row in await database.all(AgentRow, "agents_by_id", list(ids))}


async def agent_by_ref(database: Database, ref: str) -> AgentRow | None:
    """The agent with this stable reference."""
    return await database.one(AgentRow, "agent_by_ref", ref)


async def has_left(database: Database, ref: str) -> bool:
    """Whether there was an agent of that ref who is one no longer."""
    return await database.value("agent_has_left", ref) is not None


async def agents_page(database: Database, *, after: tuple[str, UUID] | None, limit: int) -> list[AgentRow]:
    """Active agents by name. `after`: name and id of the last one of the page before."""
    name, agent_id = after or (None, None)
    return await database.all(AgentRow, "agents_page", name, agent_id, limit)


async def agents_count(database: Database) -> int:
    """How many agents are active."""
    return int(await database.value("agents_count"))


async def open_cases_of_agents(database: Database, ids: Sequence[UUID]) -> dict[UUID, int]:
    """How many unresolved cases each of them has; those with none are missing."""
    rows = await database.all(_OpenCases, "open_cases_of_agents", list(ids))
    return {row.agent_id: row.open_cases for row in rows}


async def loads_of_agents(database: Database, ids: Sequence[UUID]) -> dict[UUID, list[tuple[Channel, int]]]:
    """How many cases where we are to move each has, or is asked to take, by the channel they began on."""
    found: dict[UUID, list[tuple[Channel, int]]] = {}
    for row in await database.all(_Load, "loads_of_agents", list(ids)):
        found.setdefault(row.agent_id, []).append((row.channel, row.cases))
    return found


async def teams_by_ref(database: Database, refs: Sequence[str]) -> dict[str, TeamRow]:
    """Those of the teams that exist."""
    return {row.ref: row for row in await database.all(TeamRow, "teams_by_ref", list(refs))}


async def teams_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, TeamRow]:
    """Those of the teams that exist."""
    return {row.team_id: row for row in await database.all(TeamRow, "teams_by_id", list(ids))}


async def staff_by_ref(database: Database, refs: Sequence[str]) -> dict[str, StaffRow]:
    """Those of the staff members that are known by name."""
    return {row.ref: row for row in await database.all(StaffRow, "staff_by_ref", list(refs))}


async def brands_by_ref(database: Database, refs: Sequence[str]) -> dict[str, BrandRow]:
    """Those of the brands that exist."""
    return {row.ref: row for row in await database.all(BrandRow, "brands_by_ref", list(refs))}


async def accounts_by_name(
    database: Database, names: Sequence[tuple[Channel, str]]
) -> dict[tuple[Channel, str], AccountRow]:
    """Channel accounts by channel and the account's name on it."""
    channels, accounts = [channel.value for channel, _ in names], [account for _, account in names]
    rows = await database.all(AccountRow, "accounts_by_name", channels, accounts)
    return {(row.channel, row.account): row for row in rows}


async def accounts_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, AccountRow]:
    """Those of the channel accounts that exist."""
    return {row.account_id: row for row in await database.all(AccountRow, "accounts_by_id", list(ids))}


async def budgets_of_owners(database: Database, owners: Sequence[UUID], now: datetime) -> dict[UUID, list[BudgetRow]]:
    """The accounts of agents or teams whose period holds `now`; owners without any are missing."""
    found: dict[UUID, list[BudgetRow]] = {}
    for row in await database.all(BudgetRow, "budgets_of_owners", list(owners), now):
        found.setdefault(row.owner_id, []).append(row)
    return found


async def budgets_by_id(database: Database, ids: Sequence[UUID]) -> dict[UUID, BudgetRow]:
    """Those of the accounts that exist, whatever their period."""
    return {row.account_id: row for row in await database.all(BudgetRow, "budgets_by_id", list(ids))}


async def desk_request(database: Database, request_id: UUID) -> RequestRow | None:
    """What routing answered to a request of the desk; None: nothing is known of it yet."""
    return await database.one(RequestRow, "desk_request", request_id)
