"""Time, ids and chance."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, timedelta
from uuid import RFC_4122

from infra.clock import CHANCE, SystemClock, SystemIds, jittered_delay_ms


def test_now_is_in_utc() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.now() - clock.now() < timedelta(seconds=1)
    assert clock.monotonic_ms() <= clock.monotonic_ms()


def test_ids_are_of_version_seven_and_begin_with_the_time() -> None:
    new = SystemIds().new()
    assert (new.version, new.variant) == (7, RFC_4122)
    assert abs((new.int >> 80) / 1000 - SystemClock().now().timestamp()) < 5


def test_ten_thousand_ids_are_all_different() -> None:
    ids = SystemIds()
    assert len({ids.new() for _ in range(10_000)}) == 10_000


def test_delays_double_up_to_their_limit() -> None:
    for attempt, whole in ((1, 10), (2, 20), (3, 40), (4, 50), (1_000, 50)):
        delays = [jittered_delay_ms(attempt, delay_ms_base=10, delay_ms_max=50) for _ in range(50)]
        assert all(whole / 2 <= delay <= whole for delay in delays)
        assert len(set(delays)) > 1


def test_no_two_threads_are_given_the_same_chance() -> None:
    with ThreadPoolExecutor(8) as pool:
        shares = pool.map(lambda _: [CHANCE.take(12) for _ in range(2_000)], range(8))
        taken = [each for share in shares for each in share]
    assert all(len(each) == 12 for each in taken)
    assert len(set(taken)) == len(taken)


def test_a_forked_child_is_not_given_the_chance_its_parent_has_in_store() -> None:
    CHANCE.take(1)
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, CHANCE.take(32))
        os._exit(0)
    os.close(writer)
    mine = CHANCE.take(32)
    with os.fdopen(reader, "rb") as pipe:
        theirs = pipe.read()
    os.waitpid(child, 0)
    assert len(theirs) == 32
    assert mine != theirs
