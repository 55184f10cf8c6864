"""Applies agents, teams and budgets of the configuration file: only what changed in it since it was last applied.

So what was changed through the API survives a restart. Each team and agent is a command of its own with a key that
follows from the file and from what was applied before: after a crash the same start does the rest, nothing twice.
"""

from __future__ import annotations

from uuid import uuid5

import msgspec

from contracts.stored import CommandContext, Work
from contracts.vocabulary import system_actor
from services.routing.commands.change_grants import changed_accounts
from services.routing.domain.agent import Agent, AgentChange, agent_id
from services.routing.domain.calendar import Calendar
from services.routing.domain.configuration_state import (
    CONFIGURATION_ID,
    ConfigurationState,
    Filed,
    FiledAgent,
    FiledTeam,
)
from services.routing.domain.team import Team, team_id
from services.routing.ports import Clock, Record


async def apply_configuration(
    filed: Filed, *, record: Record, clock: Clock, calendar: Calendar, absent: bool = False
) -> int:
    """Bring agents, teams and budgets to what the file says, where it changed; the number of items that did.

    An agent who left the file is deactivated; a team that left it loses its budgets. `absent`: there is no file, so
    everything stays as it is and only the digest is told.

    Raises:
        Refusal: a value cannot be used (INVALID_INPUT).
    """
    state = await record.load(ConfigurationState, CONFIGURATION_ID)
    before = Filed(digest="") if state is None else state.filed
    version = 0 if state is None else state.version
    if absent:
        filed = Filed(digest=filed.digest, agents=before.agents, teams=before.teams)
    changes = 0
    for ref in sorted({*before.teams, *filed.teams}):
        old_team, new_team = before.teams.get(ref), filed.teams.get(ref)
        if old_team != new_team:
            context = _context(f"{version}:{filed.digest}:team:{ref}", clock)
            await _apply_team(ref, (old_team, new_team), context, record, calendar)
            changes += 1
    for ref in sorted({*before.agents, *filed.agents}):
        old, new = before.agents.get(ref), filed.agents.get(ref)
        if old != new:
            context = _context(f"{version}:{filed.digest}:agent:{ref}", clock)
            await _apply_agent(ref, (old, new), context, record, calendar)
            changes += 1
    await _note(filed, _context(f"{version}:{filed.digest}:file", clock), record)
    return changes


async def _apply_team(
    ref: str,
    change: tuple[FiledTeam | None, FiledTeam | None],
    context: CommandContext,
    record: Record,
    calendar: Calendar,
) -> None:
    old, new = change

    async def decide() -> Work:
        team = await record.load(Team, team_id(ref))
        before = () if team is None else team.card.grants
        if new is None:
            if team is None:
                return Work()
            team.revise(grants=(), at=context.at)
        elif team is None:
            team = Team.found(ref=ref, name=new.name, grants=new.grants, at=context.at)
        else:
            team.revise(
                name=new.name if old is None or old.name != new.name else None,
                grants=new.grants if old is None or old.grants != new.grants else None,
                at=context.at,
            )
        accounts = await changed_accounts(
            team.owner, before, team.card.grants, context, record=record, calendar=calendar
        )
        return Work(streams=(*accounts, *((team,) if team.pending_events else ())))

    await record.transact(context, decide, serialise_on=(team_id(ref),))


async def _apply_agent(
    ref: str,
    change: tuple[FiledAgent | None, FiledAgent | None],
    context: CommandContext,
    record: Record,
    calendar: Calendar,
) -> None:
    old, new = change

    async def decide() -> Work:
        agent = await record.load(Agent, agent_id(ref))
        before = () if agent is None else agent.card.grants
        if new is None:
            if agent is None:
                return Work()
            agent.deactivate(at=context.at)
        elif agent is None:
            agent = Agent.enrol(ref=ref, change=changed_fields(None, new), at=context.at)
        else:
            agent.revise(change=changed_fields(old, new), at=context.at)
        accounts = await changed_accounts(
            agent.owner, before, agent.card.grants, context, record=record, calendar=calendar
        )
        return Work(streams=(*accounts, *((agent,) if agent.pending_events else ())))

    await record.transact(context, decide, serialise_on=(agent_id(ref),))


def changed_fields(old: FiledAgent | None, new: FiledAgent) -> AgentChange:
    """What of an agent the file now says differently; all of it where it said nothing before."""
    fields = msgspec.structs.asdict(new)
    del fields["ref"]
    if old is not None:
        fields = {name: value for name, value in fields.items() if value != getattr(old, name)}
    return AgentChange(**fields)


async def _note(filed: Filed, context: CommandContext, record: Record) -> None:
    async def decide() -> Work:
        state = await record.load(ConfigurationState, CONFIGURATION_ID) or ConfigurationState.begin(at=context.at)
        state.file(filed=filed, at=context.at)
        return Work(streams=(state,) if state.pending_events else ())

    await record.transact(context, decide, serialise_on=(CONFIGURATION_ID,))


def _context(key: str, clock: Clock) -> CommandContext:
    command_id = uuid5(CONFIGURATION_ID, key)
    return CommandContext(
        command_id=command_id, actor=system_actor("routing"), at=clock.now(), correlation_id=command_id
    )
