"""Rosters as people write them, and the working time that follows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from contracts.duty import PAST_DAYS, Break, Leave, Roster, Shift, duty
from contracts.working_time import WorkingTime, working_time

ZONE = "Europe/Amsterdam"
ALL_WEEK = tuple(range(7))
HOUR = 3600.0


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(ZONE)).timestamp()


def on(roster: Roster, day: str) -> list[tuple[str, str]]:
    """The spans that begin on that day, on the wall clock."""
    time = duty(roster, date.fromisoformat(day))
    spans = [
        tuple(datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(roster.zone)) for moment in span)
        for span in zip(time.starts, time.ends, strict=True)
    ]
    return [(f"{begin:%H:%M}", f"{end:%H:%M}") for begin, end in spans if begin.date().isoformat() == day]


def office(**more: object) -> Roster:
    return Roster(ZONE, (Shift((0, 1, 2, 3, 4), 9 * 60, 17 * 60, (Break(12 * 60, 12 * 60 + 30),)),), **more)  # type: ignore[arg-type]  # each field by its name


def test_a_shift_has_its_days_and_its_breaks() -> None:
    assert on(office(), "2026-11-18") == [("09:00", "12:00"), ("12:30", "17:00")]
    assert on(office(), "2026-11-21") == []


def test_s059_a_channel_may_be_open_several_times_a_day() -> None:
    hours = Roster(ZONE, (Shift(ALL_WEEK, 9 * 60, 12 * 60), Shift(ALL_WEEK, 13 * 60, 17 * 60), Shift((3,), 18 * 60, 0)))
    assert on(hours, "2026-11-18") == [("09:00", "12:00"), ("13:00", "17:00")]
    assert on(hours, "2026-11-19") == [("09:00", "12:00"), ("13:00", "17:00"), ("18:00", "00:00")]


def test_leave_and_public_holidays_are_off() -> None:
    away = office(leave=(Leave(date(2026, 11, 17), date(2026, 11, 18)),), holidays="NL")
    assert [on(away, f"2026-11-{day}") for day in (17, 18)] == [[], []]
    assert on(away, "2026-11-19")
    assert on(away, "2026-12-25") == [], "Christmas is a Friday"
    assert on(office(), "2026-12-25")


def test_a_part_of_a_country_has_holidays_of_its_own() -> None:
    day = "2026-01-06"
    assert on(office(holidays="DE"), day)
    assert on(office(holidays="DE-BY"), day) == [], "Epiphany, in Bavaria"


def test_shifts_that_overlap_count_once() -> None:
    time = duty(Roster(ZONE, (Shift((2,), 540, 780), Shift((2,), 720, 1020))), date(2026, 11, 18))
    assert all(end - start == 8 * HOUR for start, end in zip(time.starts, time.ends, strict=True))


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    night = Roster(ZONE, (Shift((4,), 22 * 60, 6 * 60, (Break(2 * 60, 3 * 60),)),))
    time = duty(night, date(2026, 11, 20))
    assert time.span_at(at("2026-11-21T01:00")) == (at("2026-11-20T22:00"), at("2026-11-21T02:00"))
    assert time.span_at(at("2026-11-21T02:30")) is None
    assert time.span_at(at("2026-11-20T03:00")) is None


def test_a_night_over_the_change_of_the_clock_is_an_hour_longer_or_shorter() -> None:
    night = Roster(ZONE, (Shift(ALL_WEEK, 22 * 60, 6 * 60),))
    lengths = {}
    for day in ("2026-10-23", "2026-10-24", "2027-03-27"):
        start = at(f"{day}T22:00")
        span = duty(night, date.fromisoformat(day)).span_at(start)
        assert span is not None
        lengths[day] = (span[1] - span[0]) / HOUR
    assert lengths == {"2026-10-23": 8, "2026-10-24": 9, "2027-03-27": 7}


def test_shifts_that_meet_on_the_clock_meet_in_the_hour_that_comes_twice_and_in_the_one_that_never_comes() -> None:
    for day in (date(2026, 10, 25), date(2027, 3, 28)):
        halves = Roster(ZONE, (Shift((6,), 0, 150), Shift((6,), 150, 360)))
        whole = Roster(ZONE, (Shift((6,), 0, 360),))
        assert duty(halves, day) == duty(whole, day)


def test_a_shift_that_the_clock_skips_is_none() -> None:
    skipped = duty(Roster(ZONE, (Shift((6,), 150, 180),)), date(2027, 3, 28), days=PAST_DAYS + 1)
    assert skipped == WorkingTime()


def test_somebody_in_another_zone_works_by_the_clock_there() -> None:
    far = Roster("America/New_York", (Shift((2,), 9 * 60, 17 * 60),))
    span = duty(far, date(2026, 11, 18)).span_at(at("2026-11-18T15:00"))
    assert span == (at("2026-11-18T15:00"), at("2026-11-18T23:00"))


def test_a_roster_without_anyone_is_no_time_at_all() -> None:
    nobody = duty(Roster(ZONE), date(2026, 11, 18))
    assert nobody == working_time([]) == WorkingTime()
    assert nobody.begins(0) is nobody.after(0, 1) is nobody.next_start(0) is None
