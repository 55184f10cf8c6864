"""Routing's views over a record in memory: what the tables would say, computed from the facts each time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from contracts.duty import duty
from contracts.stored import CommandContext
from contracts.vocabulary import NAMESPACE, Presence, system_actor
from services.routing.domain.agent import Agent
from services.routing.domain.assignment import Assignment
from services.routing.domain.assignment_facts import CaseDecided, CaseSeen
from services.routing.domain.budget import Budget
from services.routing.domain.budget_facts import CaptureForced, HoldCaptured, HoldPlaced, HoldReleased
from services.routing.domain.calendar import Calendar
from services.routing.domain.case_money_facts import CaseMoneyCounted
from services.routing.domain.crew import AgentView, Crew, Load
from services.routing.domain.duo import Duo
from services.routing.domain.duo_facts import DuoJoined, OwnershipShared
from services.routing.domain.grant import Grant, Owner
from services.routing.domain.kin import Claim, Kin
from services.routing.domain.targets import UNHURRIED, Rules
from services.routing.domain.team import Team
from services.routing.domain.tiers import CaseRequest, Ownership
from services.routing.ports import Situation
from tests.support.memory_record import MemoryRecord

ZONE = ZoneInfo("Europe/Amsterdam")
CALENDAR = Calendar(ZONE)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)
"""A Wednesday."""


class SetClock:
    """A clock that tests set."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **spans: float) -> None:
        self.at += timedelta(**spans)


class IdsInARow:
    """Ids that are the same in each run."""

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> UUID:
        self._last += 1
        return uuid5(NAMESPACE, f"id {self._last}")


def context(name: str, at: datetime = NOW) -> CommandContext:
    """The context of a command whose key follows from its name."""
    key = uuid5(NAMESPACE, name)
    return CommandContext(command_id=key, actor=system_actor("test"), at=at, correlation_id=key)


def _at_it(case: Assignment) -> set[UUID | None]:
    """Who has the case, or is asked to take it."""
    return {case.agent_id, None if case.offer is None else case.offer.agent_id}


def _got(fact: CaseDecided) -> UUID | None:
    return fact.agent_id or fact.offered_to


class MemoryFloor:
    """`Floor`, `Purse` and `Attendance`."""

    def __init__(self, record: MemoryRecord, rules: Rules = UNHURRIED) -> None:
        self.record = record
        self.rules = rules
        self._folded: dict[UUID, tuple[int, Any]] = {}

    def all_of(self, kind: type[Any]) -> list[Any]:
        found = []
        for stream_id, facts in self.record.facts.items():
            count, aggregate = self._folded.get(stream_id, (0, None))
            if count != len(facts):  # asked after every step of a history: each fact is folded once
                for fact in facts[count:]:
                    aggregate = fact.mutate(aggregate)
                self._folded[stream_id] = len(facts), aggregate
            if isinstance(aggregate, kind):
                found.append(aggregate)
        return found

    def _opened(self) -> dict[UUID, datetime]:
        return {fact.case_id: fact.opened_at for fact in self.record.all_facts() if isinstance(fact, CaseSeen)}

    def _units(self, agent_id: UUID) -> int:
        return sum(case.units for case in self.all_of(Assignment) if agent_id in _at_it(case) and case.weighs)

    def _cases(self, agent_id: UUID, but: UUID) -> int:
        weighing = [case for case in self.all_of(Assignment) if case.weighs]
        held = [case for case in weighing if case.held and case.held[0] == agent_id and case.case_id != but]
        return len(held) + len([case for case in weighing if agent_id in _at_it(case)])

    def count_with(self, case: Assignment) -> None:
        """Nothing goes side by side here."""

    def settle(self, case_id: UUID, *, stored: bool) -> None:
        """Nothing was counted with."""

    async def situation(self, request: CaseRequest, now: datetime) -> Situation:
        agents = {agent.id: agent.card for agent in self.all_of(Agent)}
        turns = [fact for fact in self.record.all_facts() if isinstance(fact, CaseDecided) and fact.turn is not None]
        opened = self._opened()
        others = [
            case
            for case in self.all_of(Assignment)
            if case.customer_id in (await self.kin(request.customer_id)).members
            and case.case_id != request.case_id
            and case.status != "RESOLVED"
            and case.agent_id is not None
        ]
        others.sort(key=lambda case: opened[case.case_id], reverse=True)
        kin = await self.kin(request.customer_id)
        met: dict[UUID, datetime] = {}
        for duo in self.all_of(Duo):
            if duo.customer_id in kin.members:
                for who, at in duo.handled.items():
                    met[who] = max(at, met.get(who, at))
        return Situation(
            crew=Crew(
                (
                    AgentView(
                        agent_id=agent_id,
                        presence=card.presence,
                        active=card.active,
                        capacity_units=card.capacity_units,
                        languages=frozenset(card.languages),
                        skills=frozenset(card.skills),
                        team_ref=card.team_ref,
                        since=None if card.present_since is None else card.present_since.timestamp(),
                        duty=None if card.roster is None else duty(card.roster, now.date()),
                        hands_over=card.hands_over,
                    )
                    for agent_id, card in agents.items()
                ),
                {
                    agent_id: Load(
                        self._units(agent_id),
                        max((fact.timestamp for fact in turns if _got(fact) == agent_id), default=None),
                        self._cases(agent_id, request.case_id),
                    )
                    for agent_id in agents
                },
            ),
            ownership=Ownership(
                open_case_ids=tuple(dict.fromkeys(case.agent_id for case in others)),
                owner_id=None if kin.owned is None else kin.owned.owner_id,
                partner_id=None if kin.owned is None else kin.owned.partner_id,
                handled=met,
            ),
            excluded=frozenset(
                agent_id for duo in self.all_of(Duo) if duo.customer_id in kin.members for agent_id in duo.excluded
            ),
            turns={
                agent_id: max((fact.turn or 0 for fact in turns if _got(fact) == agent_id), default=0)
                for agent_id in agents
            },
        )

    async def kin(self, customer_id: UUID) -> Kin:
        targets = self._joined()
        root = customer_id
        while root in targets:
            root = targets[root]
        return await self.kin_below(root)

    async def kin_below(self, customer_id: UUID) -> Kin:
        targets, members = self._joined(), [customer_id]
        for member in members:
            members += [source for source, target in targets.items() if target == member]
        duos = [duo for duo in self.all_of(Duo) if duo.customer_id in members]

        def claim(of: UUID, owner_id: UUID, partner_id: UUID | None) -> Claim:
            met = [duo.handled[owner_id] for duo in duos if owner_id in duo.handled]
            return Claim(of, owner_id, partner_id, max(met, default=None))

        shares = [fact for fact in self.record.all_facts() if isinstance(fact, OwnershipShared)]
        last = next((fact for fact in reversed(shares) if fact.customer_id == customer_id), None)
        shared = last is not None and last.owner_id is not None and len(members) > 1
        return Kin(
            root_id=customer_id,
            members=tuple(members),
            claims=tuple(claim(duo.customer_id, duo.owner_id, duo.partner_id) for duo in duos if duo.owner_id),
            shared=claim(customer_id, last.owner_id, last.partner_id) if shared and last and last.owner_id else None,
        )

    def _joined(self) -> dict[UUID, UUID]:
        joins = [fact for fact in self.record.all_facts() if isinstance(fact, DuoJoined)]
        standing = {duo.customer_id: duo.joined for duo in self.all_of(Duo) if duo.joined is not None}
        return {fact.customer_id: fact.target_id for fact in joins if standing.get(fact.customer_id) == fact.merge_id}

    async def cases_with(self, customer_id: UUID, agent_id: UUID) -> Sequence[UUID]:
        members, opened = (await self.kin(customer_id)).members, self._opened()
        found = [case for case in self.all_of(Assignment) if case.customer_id in members and case.status != "RESOLVED"]
        mine = [case.case_id for case in found if agent_id in _at_it(case)]
        return sorted(mine, key=lambda case_id: opened[case_id])

    async def has_room(self) -> bool:
        return any(
            agent.card.active
            and agent.card.presence is Presence.ONLINE
            and self._units(agent.id) < agent.card.capacity_units
            for agent in self.all_of(Agent)
        )

    async def undecided(
        self, after: tuple[datetime, UUID] | None, count_max: int, *, now: datetime, left_only: bool
    ) -> Sequence[tuple[datetime, UUID]]:
        opened = self._opened()
        cards = {agent.id: agent.card for agent in self.all_of(Agent)}
        left = {agent_id for agent_id, card in cards.items() if not card.active or card.hands_over}
        away = {agent_id for agent_id, card in cards.items() if card.presence is not Presence.ONLINE}

        def is_up(case: Assignment) -> bool:
            if case.offer is not None:
                return case.offer.until <= now or case.offer.agent_id in away | left
            if case.agent_id is not None:
                gone = case.agent_id in away and self.rules.answer_min is not None and not left_only
                return case.agent_id in left or gone
            held = case.held is not None and case.held[1] is not None and case.held[1] > now
            return not left_only and not (held and case.held is not None and case.held[0] in away - left)

        waiting = sorted(
            (opened[case.case_id], case.case_id) for case in self.all_of(Assignment) if case.weighs and is_up(case)
        )
        return [place for place in waiting if after is None or place > after][:count_max]

    async def next_offer_end(self) -> datetime | None:
        return min((case.offer.until for case in self.all_of(Assignment) if case.offer is not None), default=None)

    async def overdue_presences(self, now: datetime, count_max: int) -> Sequence[str]:
        ends = [agent.card for agent in self.all_of(Agent) if agent.card.present_until is not None]
        return [card.ref for card in ends if card.present_until <= now][:count_max]

    async def overdue_duties(self, now: datetime, count_max: int) -> Sequence[str]:
        cards = [agent.card for agent in self.all_of(Agent) if agent.card.roster is not None]
        turns = [(card.on_duty_until or card.next_duty_at, card.ref) for card in cards]
        return [ref for turn, ref in turns if turn is None or turn <= now][:count_max]

    async def next_turn(self, now: datetime) -> datetime | None:
        cards = [agent.card for agent in self.all_of(Agent) if agent.card.roster is not None]
        turns = [card.on_duty_until or card.next_duty_at for card in cards]
        return min((turn for turn in turns if turn is not None and turn > now), default=None)

    async def next_end(self) -> datetime | None:
        return min(
            (agent.card.present_until for agent in self.all_of(Agent) if agent.card.present_until is not None),
            default=None,
        )

    async def granted(self, after: tuple[str, str, str] | None, count_max: int) -> Sequence[tuple[Owner, Grant]]:
        found = [(one.owner, grant) for kind in (Agent, Team) for one in self.all_of(kind) for grant in one.card.grants]
        keyed = sorted(((str(owner.kind), owner.ref, grant.currency), owner, grant) for owner, grant in found)
        return [(owner, grant) for key, owner, grant in keyed if after is None or key > after][:count_max]

    async def known_accounts(self, account_ids: Sequence[UUID]) -> set[UUID]:
        return set(account_ids) & set(self.record.facts)

    async def overdue_accounts(self, now: datetime, count_max: int) -> Sequence[UUID]:
        open_ones = [account for account in self.all_of(Budget) if account.standing.open]
        return [account.id for account in open_ones if account.standing.period_end <= now][:count_max]

    async def overdue_holds(self, now: datetime, count_max: int) -> Sequence[UUID]:
        facts = list(self.record.all_facts())
        over = {fact.hold_id for fact in facts if isinstance(fact, HoldCaptured | CaptureForced | HoldReleased)}
        over |= {fact.hold_id for fact in facts if isinstance(fact, CaseMoneyCounted) and fact.amount_minor == 0}
        held = [fact for fact in facts if isinstance(fact, HoldPlaced) and fact.hold_id not in over]
        return [fact.gesture_id for fact in held if fact.expires_at and fact.expires_at <= now][:count_max]
