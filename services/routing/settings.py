"""What routing takes from the configuration file: agents, teams, budgets and rules in its own words."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from contracts.configuration import Agent, Budget, Configuration, ConfigurationError, Team, configuration_digest
from contracts.duty import Leave, Roster
from contracts.opening_hours import service_levels, shifts_of
from contracts.rosters import Routing
from services.routing.domain.configuration_state import Filed, FiledAgent, FiledTeam
from services.routing.domain.grant import Grant
from services.routing.domain.money_rules import MoneyRules
from services.routing.domain.policy import Policy
from services.routing.domain.targets import Offering, OfferRule, Rules


def filed_of(configuration: Configuration) -> Filed:
    """Agents and teams as the file says.

    Raises:
        ConfigurationError: somebody has two budgets in one currency, so that nobody could say which of them pays.
    """
    return Filed(
        digest=configuration_digest(configuration),
        agents={
            agent.ref: _agent(agent, f"agents[{place}]", configuration)
            for place, agent in enumerate(configuration.agents)
        },
        teams={team.ref: _team(team, f"teams[{place}]") for place, team in enumerate(configuration.teams)},
    )


def rules_of(configuration: Configuration) -> Rules:
    """The general target and numbers of the policy. Where nobody has a roster, no case waits for anybody."""
    routing = configuration.routing
    policy = Policy(
        hold_margin_min=routing.hold_margin_min,
        patience_min=routing.patience_min,
        cases_per_hour=routing.cases_per_hour,
        owner_ttl_days=routing.owner_ttl_days,
    )
    return Rules(
        policy=policy,
        answer_min=service_levels(configuration).general_answer_min,
        offering=_offering(routing, routing.offers, None),
        offer_rules=tuple(
            OfferRule(where.channel, where.team, _offering(routing, where.offers, where.offer_seconds_max))
            for where in routing.offers_where
        ),
    )


def _offering(routing: Routing, how: str, offer_seconds_max: int | None) -> Offering | None:
    if how == "auto":
        return None
    return Offering(
        offer_s=routing.offer_seconds_max if offer_seconds_max is None else offer_seconds_max,
        silent_offers_max=routing.silent_offers_max,
        declined_min=routing.declined_min,
    )


def money_rules_of(configuration: Configuration) -> MoneyRules:
    """What the ledger goes by beside grants."""
    payouts = configuration.payouts
    return MoneyRules(
        case_caps={cap.currency: cap.amount_minor for cap in configuration.gestures.case_caps},
        paid_out=frozenset() if payouts is None else payouts.kinds,
        hold_open_for=timedelta(days=configuration.gestures.hold_days),
    )


def _roster(agent: Agent, configuration: Configuration) -> Roster | None:
    if not agent.shifts:
        return None
    return Roster(
        zone=agent.timezone or configuration.timezone,
        shifts=shifts_of(agent.shifts),
        leave=tuple(Leave(leave.first, leave.last) for leave in agent.leave),
        holidays=agent.holidays or configuration.holidays,
    )


def _agent(agent: Agent, key: str, configuration: Configuration) -> FiledAgent:
    return FiledAgent(
        ref=agent.ref,
        display_name=agent.name,
        capacity_units=agent.capacity_units,
        email=agent.email,
        team_ref=agent.team,
        languages=agent.languages,
        skills=agent.skills,
        grants=_grants(agent.budgets, key),
        kind=agent.kind,
        roster=_roster(agent, configuration),
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
            carry_over_max_minor=budget.carry_over_max_minor,
            two_approvers_above_minor=budget.two_approvers_above_minor,
        )
        for budget in budgets
    )
    return tuple(sorted(grants, key=lambda grant: grant.currency))
