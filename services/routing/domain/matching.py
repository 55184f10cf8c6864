"""Who takes a case: a pure function of the case, the agents, their loads and who knows the customer.

The same inputs always give the same decision, whatever their order, so that a decision can be replayed and explained.
Channels play no part in who may answer: every agent may answer on every channel.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from math import inf
from uuid import UUID

import msgspec

from contracts.vocabulary import AssignmentReason, CandidateRejection, RoutingTier
from services.routing.domain.crew import Crew, Needs, Ranked, Seat, lacks
from services.routing.domain.policy import MINUTE_S, Policy
from services.routing.domain.tiers import OTHERS, TIERS, WAITED_FOR_COUNT, CaseRequest, Ownership, places

CANDIDATES_COUNT_MAX = 50
OTHERS_KEPT_COUNT = 20
"""Above CANDIDATES_COUNT_MAX agents a decision keeps those of the upper tiers, so many others, and counts the rest."""

REASONS = {
    RoutingTier.CASE_ASSIGNEE: AssignmentReason.OPEN_CASE,
    RoutingTier.OWNER: AssignmentReason.OWNER_IN_TIME,
    RoutingTier.PARTNER: AssignmentReason.PARTNER_IN_TIME,
    RoutingTier.RECENT: AssignmentReason.RECENT_IN_TIME,
    RoutingTier.LEAST_LOADED: AssignmentReason.LEAST_LOADED,
}
PASSING = (CandidateRejection.UNAVAILABLE, CandidateRejection.CAPACITY)
"""Reasons that go away by waiting."""
NOT_IN_TIME = CandidateRejection.NOT_IN_TIME
STANDARD = Policy()


class Candidate(msgspec.Struct, frozen=True):
    """One agent who was looked at, and why not chosen; None: chosen, or waited for. `eta`: could begin then."""

    agent_id: UUID
    tier: RoutingTier
    rejected: CandidateRejection | None
    eta: datetime | None = None


class Decision(msgspec.Struct, frozen=True):
    """Who takes the case and why. `rejections`: counts per reason of the candidates left out of the list.

    `held_until`: nobody takes it yet: it waits for the candidate who is not rejected, and is decided again then.
    """

    agent_id: UUID | None
    tier: RoutingTier | None
    reason: AssignmentReason
    candidates: tuple[Candidate, ...]
    rejections: dict[str, int]
    policy_version: str
    held_until: datetime | None = None

    @property
    def held_for(self) -> UUID | None:
        """Whom the case waits for."""
        if self.held_until is None:
            return None
        return next(one.agent_id for one in self.candidates if one.rejected is None)


class _Standing(msgspec.Struct, frozen=True):
    """How an agent stands in one decision. `late`: could begin, but not in time. Times in UTC seconds.

    `held_until`: the agent cannot take it now, but may be waited for until then.
    """

    tier: int
    place: int
    seat: Seat
    eta: float | None
    rejected: CandidateRejection | None = None
    late: bool = False
    held_until: float | None = None

    @property
    def in_time(self) -> bool:
        """Whether the agent may take it, now or when waited for."""
        return self.rejected is None and not self.late

    @property
    def begin(self) -> float:
        """`eta`, never where nobody can tell."""
        return inf if self.eta is None else self.eta

    def too_late(self) -> _Standing:
        """The same, but not worth the wait."""
        rejected = None if self.held_until is None else NOT_IN_TIME
        return msgspec.structs.replace(self, rejected=rejected, late=True, held_until=None)


class _Question(msgspec.Struct, frozen=True):
    """What is the same for all agents of one decision. `latest`: when somebody has to begin, less the margin."""

    needs: Needs
    assignee_id: UUID | None
    policy: Policy
    at: float
    latest: float | None


def route(
    request: CaseRequest,
    now: datetime,
    crew: Crew,
    *,
    ownership: Ownership,
    policy: Policy = STANDARD,
) -> Decision:
    """Decide who takes a case: the highest tier with somebody who may, can, and could begin in time.

    Tiers: who has the case already (always, while with us), the assignee of another open case of the customer, the
    owner, the partner, who was in touch lately (latest first), the least loaded of all. Within a tier: open units per
    capacity, then longest without a new case, then agent id. Somebody of the first tiers who is not there yet, or has
    no room yet, is waited for (`held_until`); where nobody could begin in time, the earliest takes it. Capacity,
    skills and language are never skipped, except that a case stays with the one who has it.
    """
    latest = None if request.deadline is None else request.deadline.timestamp() - policy.hold_margin_min * MINUTE_S
    needs = Needs(request.units, request.language, request.skills, request.team_ref, request.excluded, request.declined)
    question = _Question(needs, request.assignee_id, policy, now.timestamp(), latest)
    known = [
        _standing(seat, place, question)
        for agent_id, place in places(request, ownership, now, policy).items()
        if (seat := crew.seat(agent_id)) is not None
    ]
    others, left_out = _others(crew, known, question)
    standings = [*_in_patience(known, others, question), *others]
    chosen = _chosen(standings)
    held_until = None if chosen is None else chosen.held_until
    return Decision(
        agent_id=None if chosen is None or held_until is not None else chosen.seat.agent_id,
        tier=None if chosen is None else TIERS[chosen.tier],
        reason=_reason(standings, chosen),
        candidates=tuple(_candidate(one, chosen) for one in sorted(standings, key=_rank)),
        rejections={str(why): left_out[why] for why in sorted(left_out)},
        policy_version=policy.version,
        held_until=_moment(held_until),
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _others(
    crew: Crew, known: Sequence[_Standing], question: _Question
) -> tuple[list[_Standing], dict[CandidateRejection, int]]:
    """Those who do not know the customer: all, or of many the best, with the others counted by why not."""
    ranked: Iterable[Ranked]
    but = {one.seat for one in known}
    left_out: dict[CandidateRejection, int] = {}
    if len(crew) <= CANDIDATES_COUNT_MAX:
        ranked = ((seat, seat.rejection(question.needs)) for seat in crew.seats() if seat not in but)
    else:
        latest = inf if question.latest is None else question.latest
        ranked, left_out = crew.best(
            OTHERS_KEPT_COUNT, question.needs, question.at, latest=latest, case_s=question.policy.case_s, but=but
        )
    return [_other(seat, rejected, question) for seat, rejected in ranked], left_out


def _other(seat: Seat, rejected: CandidateRejection | None, question: _Question) -> _Standing:
    """Somebody who is not waited for."""
    at, latest = question.at, question.latest
    begin = at + seat.cases * question.policy.case_s
    eta: float | None = begin
    if not seat.here or seat.agent.hands_over or not seat.start <= at <= begin < seat.end:
        eta = seat.eta(seat.expected_at(at, question.policy), question.policy)
    late = latest is not None and (eta is None or eta > latest)
    return _Standing(tier=OTHERS, place=0, seat=seat, eta=eta, rejected=rejected, late=late)


def _standing(seat: Seat, place: tuple[int, int], question: _Question) -> _Standing:
    policy, latest, tier = question.policy, question.latest, place[0]
    expected = seat.expected_at(question.at, policy)
    eta = seat.eta(expected, policy)
    has_it = seat.agent_id == question.assignee_id and seat.agent.active
    rejected = None if has_it else seat.rejection(question.needs)
    late, held_until = False, None
    if latest is not None and not has_it:
        late = eta is None or eta > latest
        if tier < WAITED_FOR_COUNT and rejected in PASSING and expected is not None:
            rejected, held_until = _waited_for(seat, rejected, expected, late=late, question=question)
    return _Standing(tier=tier, place=place[1], seat=seat, eta=eta, rejected=rejected, late=late, held_until=held_until)


def _waited_for(
    seat: Seat, rejected: CandidateRejection | None, expected: float, *, late: bool, question: _Question
) -> tuple[CandidateRejection | None, float | None]:
    """Why somebody who knows the customer, and cannot take the case now, is not waited for; or until when."""
    at, latest, policy, agent = question.at, question.latest, question.policy, seat.agent
    full = rejected is CandidateRejection.CAPACITY
    lack = lacks(agent.languages, agent.skills, question.needs)
    if lack is not None or (full and policy.cases_per_hour is None):
        return lack or rejected, None
    if latest is None or late or at >= latest:
        return rejected if full else NOT_IN_TIME, None
    if full:
        return None, latest
    # Who is not there when they should be is not waited for any longer.
    due = agent.duty is not None and agent.duty.span_at(at) is not None
    return None, min(latest, expected + (0.0 if due else policy.grace_min * MINUTE_S))


def _in_patience(known: Sequence[_Standing], others: Sequence[_Standing], question: _Question) -> Sequence[_Standing]:
    """Those for whom the customer would wait too much longer than for somebody else become too late."""
    if question.latest is None:
        return known
    policy, kept = question.policy, list[_Standing]()
    most = min((one.begin for one in others if one.in_time), default=inf) + policy.patience_min * MINUTE_S
    for one in sorted(known, key=_rank, reverse=True):
        waits = one.in_time and one.seat.agent_id != question.assignee_id
        kept.append(one.too_late() if waits and one.begin > most else one)
        if waits and one.begin <= most and one.tier < WAITED_FOR_COUNT:
            # Who comes before this one in rank is not waited for much longer than for this one.
            most = min(most, one.begin + policy.head_start_min * MINUTE_S)
    return kept


def _chosen(standings: Sequence[_Standing]) -> _Standing | None:
    """The first in time; where nobody is, whoever of those there could begin first."""
    in_time = min((one for one in standings if one.in_time), key=_rank, default=None)
    able = (one for one in standings if one.rejected is None)
    return in_time or min(able, key=lambda one: (one.begin, _rank(one)), default=None)


def _reason(standings: Sequence[_Standing], chosen: _Standing | None) -> AssignmentReason:
    if chosen is None:
        return AssignmentReason.NOBODY_AVAILABLE
    if chosen.held_until is not None:
        return AssignmentReason.HELD_FOR_OWNER
    missed = (one for one in standings if one.tier < WAITED_FOR_COUNT and _why_not(one) is NOT_IN_TIME)
    if chosen.late or (chosen.tier == OTHERS and any(missed)):
        return AssignmentReason.OVERFLOW_DEADLINE
    return REASONS[TIERS[chosen.tier]]


def _why_not(one: _Standing) -> CandidateRejection:
    if one.rejected is not None:
        return one.rejected
    return NOT_IN_TIME if one.late else CandidateRejection.LOWER_TIER


def _candidate(one: _Standing, chosen: _Standing | None) -> Candidate:
    rejected = None if one is chosen else _why_not(one)
    return Candidate(agent_id=one.seat.agent_id, tier=TIERS[one.tier], rejected=rejected, eta=_moment(one.eta))


def _rank(one: _Standing) -> tuple[int, bool, int, tuple[float, float, int]]:
    # Who may take it stands before who may not, so that a shortened list keeps the best.
    return one.tier, one.late or one.rejected is not None, one.place, one.seat.rank
