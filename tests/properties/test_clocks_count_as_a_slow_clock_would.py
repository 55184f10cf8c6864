"""Clocks in opening hours, over holidays and changes of the clock, agree with counting minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.duty import Leave, Roster, Shift
from contracts.targets import ServiceLevels, Target
from contracts.vocabulary import (
    Channel,
    ClockKind,
    ContactKind,
    ContentState,
    DeliveryStatus,
    Direction,
    HandleAssurance,
    ResolutionOutcome,
    Visibility,
    WaitingFor,
)
from services.case.domain.case_contact import CaseContact
from services.case.domain.clock import CaseClock
from services.case.domain.clocks import Happened, clocks_of
from services.case.domain.course import Step, Turn
from tests.support.case_levels import terms_by
from tests.support.slow_clock import MINUTE, Counted, Happening, Hours, count

CASE = UUID(int=1)
Opening = tuple[str, list[tuple[frozenset[int], int, int]], frozenset[date]]
BEGINS = (
    datetime(2026, 3, 27, 9, 0, tzinfo=UTC),  # the clock goes forward on Sunday the 29th
    datetime(2026, 10, 23, 9, 0, tzinfo=UTC),  # the clock goes back on Sunday the 25th
    datetime(2026, 6, 10, 9, 0, tzinfo=UTC),
)
STEPS: dict[str, tuple[Turn, dict[str, Any]]] = {
    "WAIT": (Turn.WAITED, {"waiting_for": WaitingFor.CUSTOMER}),
    "GO_ON": (Turn.WENT_ON, {}),
    "SOLVED": (Turn.RESOLVED, {"outcome": ResolutionOutcome.SOLVED}),
    "REOPENED": (Turn.REOPENED, {}),
    "NOT_SOLVED": (Turn.NOT_RESOLVED, {}),
}
WORDS = ("IN", "OUT", "ACK", *STEPS)

stories = st.lists(
    st.tuples(st.integers(1, 2_000), st.sampled_from(WORDS)), max_size=9, unique_by=lambda each: each[0]
).map(lambda later: [Happening(0, "IN"), *(Happening(*each) for each in sorted(later))])
quarters = st.integers(16, 95).map(lambda quarter: quarter * 15)
"""From 4:00 on: what a wall's clock shows twice or never is in the roster's own tests."""
periods = st.tuples(st.frozensets(st.integers(0, 6), min_size=2), *[quarters] * 2).filter(
    lambda each: each[1] < each[2]
)
openings = st.tuples(
    st.sampled_from(("Europe/Amsterdam", "America/New_York", "Asia/Kolkata")),
    st.lists(periods, min_size=1, max_size=3),
    st.frozensets(st.integers(0, 9).map(lambda day: date(2026, 3, 27) + timedelta(days=day)), max_size=3),
)
targets = st.fixed_dictionaries({kind.value: st.integers(1, 900) for kind in list(ClockKind)[:4]})


def hours_of(opening: Opening | None) -> Hours | None:
    return None if opening is None else Hours(opening[0], tuple(opening[1]), opening[2])


def roster_of(hours: Hours) -> Roster:
    shifts = tuple(Shift(tuple(sorted(days)), start, until) for days, start, until in hours.periods)
    return Roster(hours.zone, shifts, leave=tuple(Leave(day, day) for day in sorted(hours.closed)))


def contact(number: int, at: datetime, direction: Direction, *, acknowledges: bool = False) -> CaseContact:
    return CaseContact(
        contact_id=UUID(int=1_000 + number), channel=Channel.EMAIL, kind=ContactKind.MESSAGE, direction=direction,
        visibility=Visibility.PRIVATE, assurance=HandleAssurance.PLATFORM, occurred_at=at, recorded_at=at,
        delivery_status=DeliveryStatus.SENT, account="care", handle_id=None, to=None, text=None,
        text_state=ContentState.NONE, acknowledges=acknowledges,
    )  # fmt: skip


def happened(begin: datetime, story: list[Happening]) -> Happened:
    contacts, steps = [], []
    for number, (minute, what) in enumerate(story):
        at = begin + minute * MINUTE
        if what in STEPS:
            turn, more = STEPS[what]
            steps.append(Step(turn, at, **more))
        else:
            direction = Direction.INBOUND if what == "IN" else Direction.OUTBOUND
            contacts.append(contact(number, at, direction, acknowledges=what == "ACK"))
    return Happened(CASE, contacts, steps)


def levels_of(asked: dict[str, int], hours: Hours | None) -> ServiceLevels:
    said: dict[str, Any] = {f"{kind.lower()}_min": float(minutes) for kind, minutes in asked.items()}
    target = Target(**said)
    return ServiceLevels(targets=(target,), hours={} if hours is None else {Channel.EMAIL: roster_of(hours)})


def counted(begin: datetime, clock: CaseClock) -> Counted:
    def minute(at: datetime) -> int:
        passed = (at - begin) / MINUTE
        assert passed == int(passed)
        return int(passed)

    stopped = None if clock.stopped_at is None else minute(clock.stopped_at)
    return Counted(clock.kind.value, minute(clock.started_at), minute(clock.due_at), stopped, clock.state.value)


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(BEGINS), stories, st.integers(0, 4_000), targets, st.none() | openings)
def test_s013_every_clock_is_what_a_slow_clock_counts(
    begin: datetime, story: list[Happening], after: int, asked: dict[str, int], opening: Opening | None
) -> None:
    hours = hours_of(opening)
    now = story[-1].minute + after
    terms_of = terms_by(levels_of(asked, hours))
    found = clocks_of(happened(begin, story), terms_of=terms_of, former={}, now=begin + now * MINUTE)
    ours = {(each.kind, each.started): each for each in (counted(begin, clock) for clock in found.values())}
    assert ours == count(begin, story, now, asked, hours)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(BEGINS), stories, targets, st.none() | openings)
def test_clocks_that_are_kept_step_by_step_are_those_worked_out_at_once(
    begin: datetime, story: list[Happening], asked: dict[str, int], opening: Opening | None
) -> None:
    terms_of = terms_by(levels_of(asked, hours_of(opening)))
    kept: dict[str, CaseClock] = {}
    for told in range(1, len(story) + 1):
        now = begin + story[told - 1].minute * MINUTE
        kept = clocks_of(happened(begin, story[:told]), terms_of=terms_of, former=kept, now=now)
    assert kept == clocks_of(happened(begin, story), terms_of=terms_of, former={}, now=now)
