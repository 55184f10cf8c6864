"""Clocks follow what people do with cases: they start, stop, pause, go on, and are set right afterwards."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from contracts.configuration import ConfigurationError, parse_configuration
from contracts.duty import Leave, Roster, Shift
from contracts.targets import ServiceLevels, Target
from contracts.vocabulary import (
    CaseStatus,
    Channel,
    ClockKind,
    ClockState,
    DeliveryStatus,
    Priority,
    Refusal,
    ResolutionOutcome,
    WaitingFor,
)
from services.case.commands.resolve_case import ResolveCase, resolve_case
from services.case.domain.case_clocks import ClocksSet
from services.case.domain.clock_facts import ClockMissed, ClockWarned
from tests.support.case_levels import terms_by
from tests.unit.case.clocked import TARGET, ClockedOffice, minutes
from tests.unit.case.office import ANNA_ID
from tests.unit.case.world import START

RUNNING, PAUSED, MET, MISSED, CANCELLED = ClockState


async def test_s010_a_first_contact_starts_the_clocks_and_the_case_is_due_by_the_first() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    clocks = await office.clocks(case)
    assert {kind: clock.due_at - START for kind, clock in clocks.items()} == {
        ClockKind.ACKNOWLEDGE: timedelta(minutes=30),
        ClockKind.FIRST_ANSWER: timedelta(minutes=120),
        ClockKind.RESOLVE: timedelta(minutes=600),
    }
    assert {clock.state for clock in clocks.values()} == {RUNNING}
    assert await office.due(case) == minutes(office, 30)


async def test_s066_an_answer_in_time_meets_its_clocks_and_pauses_the_solution() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    office.later(minutes=20)
    await office.reply(case)
    assert await office.states(case) == {"ACKNOWLEDGE": "MET", "FIRST_ANSWER": "MET", "RESOLVE": "PAUSED"}
    assert await office.due(case) is None, "the customer is to move"
    office.later(minutes=45)
    await office.attach(office.whatsapp("and then?"))
    clocks = await office.clocks(case)
    assert clocks[ClockKind.NEXT_ANSWER].due_at == minutes(office, 60)
    assert clocks[ClockKind.RESOLVE].paused_s == 45 * 60
    assert clocks[ClockKind.RESOLVE].due_at == START + timedelta(minutes=645)


async def test_an_answer_that_fails_was_none() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    office.later(minutes=20)
    reply = await office.reply(case)
    await office.delivery(case, reply, DeliveryStatus.FAILED)
    assert await office.states(case) == {"ACKNOWLEDGE": "RUNNING", "FIRST_ANSWER": "RUNNING", "RESOLVE": "RUNNING"}
    assert await office.due(case) == START + timedelta(minutes=30)
    office.later(minutes=20)
    await office.reply(case)
    assert (await office.states(case))["ACKNOWLEDGE"] == "MISSED"


async def test_a_reopened_case_was_not_resolved_and_its_rest_does_not_count() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    office.later(minutes=100)
    await office.resolve(case)
    assert await office.states(case) == {"ACKNOWLEDGE": "MISSED", "FIRST_ANSWER": "MET", "RESOLVE": "MET"}
    assert await office.due(case) is None
    office.later(days=2)
    await office.attach(office.whatsapp("it is broken again"))
    clocks = await office.clocks(case)
    assert (clocks[ClockKind.RESOLVE].state, clocks[ClockKind.RESOLVE].stopped_at) == (RUNNING, None)
    assert clocks[ClockKind.RESOLVE].due_at == minutes(office, 500)
    assert (await office.states(case))["FIRST_ANSWER"] == "RUNNING", "resolving is no answer"


async def test_spam_and_what_its_sender_takes_back_is_nobody_s_delay() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case(external_id="wamid.BACK")
    await office.taken_back(next(iter((await office.now(case)).contacts)))
    assert await office.states(case) == {"ACKNOWLEDGE": "CANCELLED", "FIRST_ANSWER": "CANCELLED", "RESOLVE": "RUNNING"}
    command = ResolveCase(case.id, ResolutionOutcome.SPAM)
    await resolve_case(command, office.by(), record=office.record, policy=office.policy)
    assert (await office.states(case))["RESOLVE"] == "CANCELLED"


async def test_promises_are_clocks_of_their_own() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    kept, broken, withdrawn = [await office.promise(case, hours=hours) for hours in (1, 2, 3)]
    await office.keep(kept)
    await office.withdraw(withdrawn)
    office.later(hours=2)
    await office.come_due(broken)
    promised = {
        clock.of: (clock.state, clock.stopped_at)
        for fact in office.kept.all_facts()
        if isinstance(fact, ClocksSet)
        for clock in fact.clocks
        if clock.kind is ClockKind.COMMITMENT
    }
    assert promised == {kept: (MET, START), broken: (MISSED, office.at), withdrawn: (CANCELLED, START)}


async def test_waiting_for_a_colleague_is_our_time_and_waiting_until_a_date_is_not() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    await office.wait(case, WaitingFor.COLLEAGUE)
    assert (await office.states(case))["RESOLVE"] == "RUNNING"
    await office.wait(case, WaitingFor.DATE, until=minutes(office, 90))
    assert (await office.states(case))["RESOLVE"] == "PAUSED"
    office.later(minutes=90)
    await office.end_wait(case)
    assert (await office.clocks(case))[ClockKind.RESOLVE].due_at == START + timedelta(minutes=690)


async def test_s103_the_team_that_gets_the_case_goes_by_its_own_targets() -> None:
    office = await ClockedOffice.agreed(TARGET, Target(team="press", first_answer_min=10, acknowledge_min=0))
    office.directory.team_by_agent[ANNA_ID] = "press"
    case = await office.open_case()
    await office.routed(case, ANNA_ID)
    clocks = await office.clocks(case)
    assert clocks[ClockKind.FIRST_ANSWER].due_at == START + timedelta(minutes=10)
    assert clocks[ClockKind.ACKNOWLEDGE].state is CANCELLED
    await office.rank(case, Priority.HIGH)
    assert await office.due(case) == START + timedelta(minutes=10)


async def test_a_clock_is_warned_of_and_missed_once_each_however_often_somebody_looks() -> None:
    office = await ClockedOffice.agreed(Target(first_answer_min=100, warn_at=0.8, next_answer_min=0, resolve_min=0))
    case = await office.open_case()
    clock = (await office.clocks(case))[ClockKind.FIRST_ANSWER]
    noticed = []
    for amount in (79, 1, 1, 18, 1, 1, 60):
        office.later(minutes=amount)
        noticed.append((await office.notice(case, clock)).outcome["noticed"])
    assert noticed == [None, "WARNED", None, None, None, "MISSED", None]
    assert (office.count(ClockWarned), office.count(ClockMissed)) == (1, 1)
    assert await office.states(case) == {"FIRST_ANSWER": "MISSED"}
    assert await office.due(case) == clock.due_at, "it presses until it is answered"
    await office.reply(case)
    assert await office.due(case) is None


async def test_a_late_answer_that_nobody_watched_is_noticed_too() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    office.later(minutes=200)
    await office.reply(case)
    for kind in (ClockKind.ACKNOWLEDGE, ClockKind.FIRST_ANSWER):
        assert (await office.notice(case, (await office.clocks(case))[kind])).outcome["noticed"] == "MISSED"


async def test_s044_ten_messages_do_not_make_a_case_due_sooner() -> None:
    office = await ClockedOffice.agreed()
    quiet = await office.open_case("hello", number="+31600000001")
    loud = await office.open_case("HELLO", number="+31600000002")
    due = await office.due(loud)
    set_before = office.count(ClocksSet)
    for number in range(10):
        office.later(seconds=5)
        await office.attach(office.whatsapp(f"ANSWER ME {number}!!!", number="+31600000002"))
    assert await office.due(loud) == due == await office.due(quiet)
    assert (await office.now(loud)).priority is Priority.NORMAL
    assert office.count(ClocksSet) == set_before, "nothing about the clocks was new"


async def test_s005_the_same_complaint_has_the_same_time_on_every_channel() -> None:
    office = await ClockedOffice.agreed()
    cases = [
        await office.open_case(number="+31600000001"),
        await office.case_of(await office.attach(office.form(email="sam@shop.example"))),
    ]
    assert len({await office.due(case) for case in cases}) == 1


async def test_s059_clocks_stand_still_while_the_channel_is_closed() -> None:
    office_days = Roster("Europe/Amsterdam", (Shift((0, 1, 2, 3, 4), 540, 1020),), (Leave(*[date(2026, 3, 3)] * 2),))
    levels = ServiceLevels(
        targets=(Target(first_answer_min=480), Target(channel_path="form", opening_hours=False, first_answer_min=480)),
        hours={Channel.WHATSAPP: office_days, Channel.FORM: office_days},
    )
    office = await ClockedOffice.agreed(*levels.targets, hours=levels.hours)
    case = await office.open_case()
    assert case.opened_at == START
    clock = (await office.clocks(case))[ClockKind.FIRST_ANSWER]
    # Monday 10:00 on the clock: seven hours until closing, Tuesday is off, one more on Wednesday from 9:00.
    assert clock.due_at == START + timedelta(days=2)
    form = await office.case_of(await office.attach(office.form(email="sam@shop.example")))
    assert (await office.clocks(form))[ClockKind.FIRST_ANSWER].due_at == START + timedelta(hours=8)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[[targets]]\nteam = "nobody"', "targets[0].team"),
        ('[[targets]]\nbrand = "none"', "targets[0].brand"),
        ('[[targets]]\nchannel = "pigeon"', "targets[0].channel"),
        ('[[targets]]\npriority = "loud"', "targets[0].priority"),
        ("[[targets]]\nwarn_at = 1.5", "targets[0].warn_at"),
        ("[[targets]]\nfirst_answer_min = -1", "targets[0].first_answer_min"),
        ("[[targets]]\n[[targets]]", "targets[1]"),
        ("[[targets]]\nshout = 1", "targets[0].shout"),
    ],
)
def test_a_target_that_cannot_be_is_named_by_its_key(text: str, key: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        parse_configuration(text, {}, lambda path: path)
    assert error.value.key == key


def test_the_most_particular_target_counts_and_says_nothing_of_other_clocks() -> None:
    levels = ServiceLevels(
        targets=(
            Target(first_answer_min=100),
            Target(channel_path="x", first_answer_min=20),
            Target(brand="shop", first_answer_min=30),
            Target(team="care", first_answer_min=40),
            Target(brand="shop", channel_path="x", resolve_min=50),
        )
    )

    def asked(kind: ClockKind, channel: Channel, **matter: str) -> float | None:
        terms = terms_by(levels, **matter)(kind, channel)
        return None if terms is None else terms.target_s / 60

    first = ClockKind.FIRST_ANSWER
    assert asked(first, Channel.EMAIL) == 100
    assert asked(first, Channel.X) == 20
    assert asked(first, Channel.X, brand="shop") == 30
    assert asked(first, Channel.X, brand="shop", team="care") == 40
    assert asked(ClockKind.RESOLVE, Channel.X, brand="shop") == 50
    assert asked(ClockKind.RESOLVE, Channel.X) == 2400, "the default"
    assert asked(ClockKind.ACKNOWLEDGE, Channel.X) is None


@pytest.mark.parametrize(("after_min", "state"), [(200, MET), (215, MISSED)])
async def test_s061_an_answer_or_a_solution_is_agreed_on_within_three_to_four_hours(
    after_min: int, state: ClockState
) -> None:
    office = await ClockedOffice.agreed(Target(first_answer_min=210, resolve_min=240))
    case = await office.open_case()
    office.later(minutes=after_min)
    await office.reply(case)
    clocks = await office.clocks(case)
    assert clocks[ClockKind.FIRST_ANSWER].state is state
    assert clocks[ClockKind.RESOLVE].due_at == START + timedelta(minutes=240)


async def test_s064_an_acknowledgement_promises_the_answer_and_the_case_stays_ours() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    office.later(minutes=5)
    await office.reply(case, "We look into it.", answer_by=minutes(office, 60))
    seen = await office.now(case)
    assert seen.status is CaseStatus.OPEN
    (promise,) = seen.commitments.values()
    assert (promise.owner_id, promise.due_at) == (ANNA_ID, minutes(office, 60))
    states = await office.states(case)
    assert states == {"ACKNOWLEDGE": "MET", "FIRST_ANSWER": "RUNNING", "RESOLVE": "RUNNING", "COMMITMENT": "RUNNING"}
    assert await office.due(case) == promise.due_at
    office.later(minutes=50)
    await office.reply(case, "It comes tomorrow.")
    await office.keep(promise.commitment_id)
    states = await office.states(case)
    assert (states["FIRST_ANSWER"], states["COMMITMENT"]) == ("MET", "MET")


async def test_an_answer_is_not_promised_for_the_past() -> None:
    office = await ClockedOffice.agreed()
    case = await office.open_case()
    with pytest.raises(Refusal) as refused:
        await office.reply(case, answer_by=office.at)
    assert refused.value.path == ("answerBy",)
    assert (await office.now(case)).version == case.version
