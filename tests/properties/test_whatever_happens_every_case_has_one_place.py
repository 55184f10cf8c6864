"""Whatever agents say, do not say or do, in whatever order: every open case is somebody's, offered, or in the queue."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contracts.vocabulary import CaseStatus, OfferDeclineReason, Presence, Refusal, WaitingFor
from services.routing.commands.answer_offer import AnswerOffer, answer_offer
from services.routing.domain.agent import Agent
from services.routing.domain.assignment import Assignment
from services.routing.domain.policy import Policy
from services.routing.domain.targets import Offering, Rules
from tests.unit.routing.test_cases_wait_for_whom_they_belong_to import works
from tests.unit.routing.the_shop import Shop, filed, filed_agent, named

PLACES = st.integers(0, 7)
REFS = ("anna", "bram", "carla")
RULES = Rules(policy=Policy(), answer_min=120, offering=Offering(offer_s=60, silent_offers_max=2, declined_min=30))
ROSTERS = {"anna": works(9, 14, 0, 1, 2, 3, 4), "bram": works(12, 18, 0, 1, 2, 3, 4), "carla": None}


class Floor(RuleBasedStateMachine):
    """A shop of three with room for two cases each, for some hours of a day."""

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop(RULES)
        self.opened: dict[UUID, datetime] = {}
        self.capacity = dict.fromkeys(REFS, 2)
        agents = (filed_agent(ref, capacity_units=2, roster=ROSTERS[ref]) for ref in REFS)
        self.run(self.shop.apply(filed(*agents)))

    def run(self, work: Any) -> Any:
        return asyncio.run(work)

    def cases(self) -> list[Assignment]:
        return self.shop.floor.all_of(Assignment)

    def name(self, case: Assignment) -> str:
        return next(name for name in self.names() if named(name) == case.case_id)

    def names(self) -> list[str]:
        return [f"case {number}" for number in range(len(self.opened))]

    @precondition(lambda self: len(self.opened) < 8)
    @rule(customer=st.sampled_from(("one", "two", "three")))
    def somebody_writes(self, customer: str) -> None:
        name = f"case {len(self.opened)}"
        self.opened[named(name)] = self.shop.clock.now()
        self.run(self.shop.open_case(name, customer=customer))

    @rule(ref=st.sampled_from(REFS), presence=st.sampled_from(Presence), hand_over=st.booleans())
    def somebody_comes_or_goes(self, ref: str, presence: Presence, hand_over: bool) -> None:
        hands = hand_over and presence is not Presence.ONLINE
        self.run(self.shop.presence(ref, presence, hand_over=hands))

    @precondition(lambda self: any(case.offer for case in self.cases()))
    @rule(place=PLACES, reason=st.none() | st.sampled_from(OfferDeclineReason), late_s=st.integers(0, 90))
    def somebody_answers(self, place: int, reason: OfferDeclineReason | None, late_s: int) -> None:
        offered = [case for case in self.cases() if case.offer is not None]
        case = offered[place % len(offered)]
        offer = case.offer
        assert offer is not None
        self.shop.clock.pass_by(seconds=late_s)
        now = self.shop.clock.now()
        command = AnswerOffer(case.case_id, offer.offer_id, self.shop.ids.new(), offer.agent_id, now, reason)
        work = answer_offer(command, self.shop.context(), record=self.shop.record, floor=self.shop.floor)
        try:
            self.run(work)
        except Refusal:
            assert reason is None, "only a yes is refused"
            assert now >= offer.until

    @precondition(lambda self: any(case.agent_id and case.weighs for case in self.cases()))
    @rule(place=PLACES, settles=st.booleans())
    def somebody_works(self, place: int, settles: bool) -> None:
        worked_on = [case for case in self.cases() if case.agent_id and case.weighs]
        case = worked_on[place % len(worked_on)]
        status = CaseStatus.RESOLVED if settles else CaseStatus.WAITING
        self.run(self.shop.move(self.name(case), status, None if settles else WaitingFor.CUSTOMER))

    @rule(minutes=st.sampled_from((1, 14, 31, 120)))
    def time_passes(self, minutes: int) -> None:
        self.shop.clock.at += timedelta(minutes=minutes)
        self.run(self.shop.decide_again())

    @rule()
    def routing_looks(self) -> None:
        self.shop.record.lose_races(1)
        self.run(self.shop.decide_again())

    @invariant()
    def every_open_case_has_one_place_and_its_age(self) -> None:
        for case in self.cases():
            assert case.opened_at == self.opened[case.case_id]
            places = [case.agent_id, case.offer, case.held]
            assert sum(place is not None for place in places) <= 1
            if case.offer is not None:
                assert case.weighs

    @invariant()
    def nobody_has_more_than_they_can_carry(self) -> None:
        carried: Counter[UUID | None] = Counter()
        for case in self.cases():
            if case.weighs:
                carried[case.agent_id if case.offer is None else case.offer.agent_id] += case.units
        for agent in self.shop.floor.all_of(Agent):
            assert carried[agent.id] <= agent.card.capacity_units

    @invariant()
    def who_declined_is_not_asked_again_too_soon(self) -> None:
        for case in self.cases():
            if case.offer is not None and case.offer.agent_id in case.declined:
                until = case.declined[case.offer.agent_id]
                assert until is not None
                assert until <= case.offer.until - timedelta(seconds=60)

    def teardown(self) -> None:
        """In the end somebody is there with room for all: everything is somebody's that may be."""
        self.shop.clock.at += timedelta(days=1)
        for ref in REFS:
            self.run(self.shop.apply(filed(*(filed_agent(each, capacity_units=50) for each in REFS), digest="end")))
            self.run(self.shop.presence(ref))
        for _ in range(3):
            self.run(self.shop.decide_again())
        for case in self.cases():
            if case.weighs and case.agent_id is None and case.offer is None:
                never = {who for who, until in case.declined.items() if until is None}
                assert len(never) == len(REFS), "the queue holds only what all have a conflict with"


TestFloor = Floor.TestCase
TestFloor.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
