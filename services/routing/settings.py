"""What routing takes from the configuration file: agents, teams and budgets in its own words."""

from __future__ import annotations

from collections import Counter

from contracts.configuration import Agent, Budget, Configuration, ConfigurationError, Team, configuration_digest
from services.routing.domain.configuration_state import Filed, FiledAgent, FiledTeam
from services.routing.domain.grant import Grant


def filed_of(configuration: Configuration) -> Filed:
    """Agents and teams as the file says.

    Raises:
        ConfigurationError: somebody has two budgets in one currency, so that nobody could say which of them pays.
    """
    return Filed(
        digest=configuration_digest(configuration),
        agents={agent.ref: _agent(agent, f"agents[{place}]") for place, agent in enumerate(configuration.agents)},
        teams={team.ref: _team(team, f"teams[{place}]") for place, team in enumerate(configuration.teams)},
    )


def _agent(agent: Agent, key: str) -> FiledAgent:
    return FiledAgent(
        ref=agent.ref,
        display_name=agent.name,
        capacity_units=agent.capacity_units,
        email=agent.email,
        team_ref=agent.team,
        languages=agent.languages,
        skills=agent.skills,
        grants=_grants(agent.budgets, key),
    )


def _team(team: Team, key: str) -> FiledTeam:
    return FiledTeam(ref=team.ref, name=team.name, grants=_grants(team.budgets, key))


def _grants(budgets: tuple[Budget, ...], key: str) -> tuple[Grant, ...]:
    for currency, count in Counter(budget.currency for budget in budgets).items():
        if count > 1:
            raise ConfigurationError(f"{key}.budgets", f"more than one budget in {currency}")
    grants = (
        Grant(
            currency=budget.currency,
            amount_minor=budget.amount_minor,
            period=budget.period,
            item_limit_minor=budget.item_limit_minor,
        )
        for budget in budgets
    )
    return tuple(sorted(grants, key=lambda grant: grant.currency))
