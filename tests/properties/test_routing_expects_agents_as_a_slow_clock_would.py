"""When an agent could begin, against an oracle that goes through time minute by minute."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.vocabulary import Presence
from contracts.working_time import WorkingTime, working_time
from services.routing.domain.expectation import could_begin, expected_at

HORIZON = 400
GRACE = 15
minutes = st.integers(0, HORIZON)
spans = st.lists(st.tuples(minutes, minutes), max_size=6)


def works(drawn: list[tuple[int, int]], minute: int) -> bool:
    return any(start <= minute < end for start, end in drawn)


def slow_begin(drawn: list[tuple[int, int]], at: int, work: int) -> int | None:
    """The first working minute with so many working minutes behind it."""
    for minute in range(at, HORIZON + 1):
        if works(drawn, minute):
            if work == 0:
                return minute
            work -= 1
    return None


@given(spans, minutes, st.integers(0, 100))
@settings(deadline=None)
def test_a_backlog_goes_while_on_duty_and_at_no_other_time(drawn: list[tuple[int, int]], at: int, work: int) -> None:
    assert working_time(drawn).after(at, work) == slow_begin(drawn, at, work)


@given(spans, spans, minutes, minutes)
@settings(deadline=None)
def test_spans_are_the_minutes_they_are_made_of(
    drawn: list[tuple[int, int]], others: list[tuple[int, int]], at: int, until: int
) -> None:
    time, other = working_time(drawn), working_time(others)
    mine = {minute for minute in range(HORIZON) if works(drawn, minute)}
    theirs = {minute for minute in range(HORIZON) if works(others, minute)}
    assert time.seconds() == len(mine)
    assert time.overlap_s(other) == len(mine & theirs)
    assert time.without(other).seconds() == len(mine - theirs)
    assert time.between_s(at, until) == len({minute for minute in mine if at <= minute < until})
    assert (time.span_at(at) is not None) == (at in mine)
    assert time.begins(at) == min((minute for minute in mine if minute >= at), default=None)


def slow_expected(presence: Presence, since: int | None, drawn: list[tuple[int, int]], at: int) -> int | None:
    """The rule in words: here; or within grace of the start or of having gone away; else with the next duty."""
    if presence is Presence.ONLINE:
        return at
    start = at
    while works(drawn, at) and works(drawn, start - 1):
        start -= 1
    went = since is not None and since >= start
    if works(drawn, at):
        if not went and at < start + GRACE:
            return at
        back = (since or 0) + GRACE
        end = next(minute for minute in range(at, HORIZON + 2) if not works(drawn, minute))
        if went and presence is Presence.AWAY and at < min(back, end):
            return back
    starts = (minute for minute in range(at + 1, HORIZON + 1) if works(drawn, minute) and not works(drawn, minute - 1))
    return next(starts, None)


@given(st.sampled_from(Presence), spans, minutes, st.none() | minutes)
@settings(deadline=None)
def test_who_is_not_there_comes_late_at_most_by_the_grace_or_with_the_next_duty(
    presence: Presence, drawn: list[tuple[int, int]], at: int, ago: int | None
) -> None:
    since = None if ago is None or ago > at else at - ago
    found = expected_at(presence, since, working_time(drawn), at, GRACE)
    assert found == slow_expected(presence, since, drawn, at)


@given(spans, minutes, st.integers(0, 100), st.integers(0, 100))
@settings(deadline=None)
def test_more_work_and_a_later_start_never_make_anybody_sooner(
    drawn: list[tuple[int, int]], at: int, less: int, more: int
) -> None:
    time = working_time(drawn)
    soon, late = (could_begin(time.begins(at), time, work) for work in (less, less + more))
    assert late is None or (soon is not None and soon <= late)
    later = could_begin(time.begins(at + 1), time, less)
    assert later is None or (soon is not None and soon <= later)


def test_without_a_roster_presence_alone_tells() -> None:
    assert expected_at(Presence.ONLINE, None, None, 7, GRACE) == 7
    assert expected_at(Presence.AWAY, 5, None, 7, GRACE) is None
    assert could_begin(7, None, 5) == 12
    assert could_begin(7, WorkingTime(), 5) == 12, "who is there out of hours is taken to stay"
