"""The measures of routing: what one decision costs, and what the policy makes of synthetic weeks."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from statistics import median
from uuid import UUID

from contracts.duty import Break, Roster, Shift, duty
from contracts.vocabulary import Presence, id_of
from services.console.simulate import compared
from services.routing.domain.crew import AgentView, Crew, Load
from services.routing.domain.matching import route
from services.routing.domain.policy import Policy
from services.routing.domain.tiers import CaseRequest, Ownership
from services.routing.simulation.comparison import OURS, compare_week
from services.routing.simulation.setting import Setting
from tests.bench.stand import quantile
from tests.bench.table import Figures

AGENTS = 500
OPEN_CASES = 20_000
CAPACITY = 60
DECISIONS = 2_000
WEEKS = 20
NOW = datetime(2026, 11, 18, 11, tzinfo=UTC)
POLICY = Policy(cases_per_hour=60.0)
LANGUAGES = (frozenset({"nl"}), frozenset({"nl", "en"}), frozenset({"nl", "de"}))


def routing(weeks: int, figures: Figures) -> None:
    """Measure everything once."""
    _decisions(figures)
    began = time.perf_counter()
    compare_week(Setting(), 0, (OURS,))
    figures.note("a week of 5,443 contacts, optimum included, s", time.perf_counter() - began)
    _weeks(weeks, figures)


def _decisions(figures: Figures) -> None:
    """Each decision is carried out, so that the next one sees it; cases end in turn, so that as many stay open.

    Processor time of the thread: others on the machine do not count.
    """
    agents = [_agent(number) for number in range(AGENTS)]
    loads = {agent.agent_id: Load(OPEN_CASES // AGENTS, NOW, OPEN_CASES // AGENTS) for agent in agents}
    crew = Crew(agents, loads)
    took: list[float] = []
    for number in range(DECISIONS):
        now = NOW + timedelta(seconds=number)
        request = CaseRequest(
            id_of("case", str(number)), id_of("customer", str(number)), 1, "nl", deadline=now + timedelta(hours=3)
        )
        owner, partner = (agents[(number * step) % AGENTS].agent_id for step in (7, 11))
        ownership = Ownership(owner_id=owner, partner_id=partner, handled={owner: NOW - timedelta(days=3)})
        began = time.thread_time()
        decision = route(request, now, crew, ownership=ownership, policy=POLICY)
        if decision.agent_id is not None:
            crew.carry(decision.agent_id, _one_more(loads, decision.agent_id, now))
        took.append(time.thread_time() - began)
        done = agents[number % AGENTS].agent_id
        loads[done] = Load(loads[done].units - 1, loads[done].assigned_at, loads[done].cases - 1)
        crew.carry(done, loads[done])
    took.sort()
    figures.note("one decision, 500 agents and 20,000 open cases, p50 ms", quantile(took, 0.5) * 1000)
    figures.note("one decision, 500 agents and 20,000 open cases, p99 ms", quantile(took, 0.99) * 1000)


def _one_more(loads: dict[UUID, Load], agent_id: UUID, now: datetime) -> Load:
    loads[agent_id] = Load(loads[agent_id].units + 1, now, loads[agent_id].cases + 1)
    return loads[agent_id]


def _agent(number: int) -> AgentView:
    begin = 7 * 60 + 30 * (number % 8)
    shift = Shift((0, 1, 2, 3, 4), begin, begin + 8 * 60, (Break(begin + 240, begin + 270),))
    return AgentView(
        agent_id=id_of("agent", str(number)),
        presence=Presence.ONLINE if number % 3 else Presence.OFFLINE,
        active=True,
        capacity_units=CAPACITY,
        languages=LANGUAGES[number % len(LANGUAGES)],
        skills=frozenset({f"skill-{number % 5}"}),
        duty=duty(Roster("Europe/Amsterdam", (shift,)), NOW.date()),
    )


def _weeks(weeks: int, figures: Figures) -> None:
    found = compared(Setting(), range(weeks))
    for name in found[0].policies:
        each = [week.policies[name] for week in found]
        mark = "" if name == OURS else f", {name}"
        figures.note(f"continuity per the optimum's, worst week{mark}", min(one.ratio_to_optimum for one in each))
        figures.note(f"continuity per the optimum's, median week{mark}", median(one.ratio_to_optimum for one in each))
        figures.note(f"continuity with duos, share of returning contacts{mark}", median(one.continuity for one in each))
        late = sum(one.late_count for one in each) / sum(week.contacts for week in found)
        figures.note(f"late answers, share of contacts{mark}", late)
        figures.note(f"cost per the cheapest, owner alone{mark}", median(one.cost_ratio for one in each))
        figures.note(f"cost per the cheapest, duo{mark}", median(one.cost_ratio_duo for one in each))
