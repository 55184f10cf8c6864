"""The recorded half of `eender simulate`: what was, out of a stack's routing log, and what could have been."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import msgspec

from contracts.configuration import Configuration, ConfigurationError
from infra.clock import SystemClock
from infra.configuration_file import read_configuration
from infra.postgres import open_pool
from infra.settings import DATABASE_URL
from services.console.failure import CommandFailed
from services.console.run_file import read_running
from services.routing.queries.history import recorded_facts
from services.routing.settings import rules_of
from services.routing.simulation.comparison import Comparison
from services.routing.simulation.recorded import RECORDED_TOPICS, History, pace
from services.routing.simulation.recorded_week import NothingRecorded, recorded_week, what_if
from services.routing.simulation.setting import Setting

POOL_SIZE_MAX = 2
PACE_DEFAULT = 12.0
"""Cases an hour where neither the configuration nor the record says."""


class Asked(msgspec.Struct, frozen=True):
    """Which time, and what is to be otherwise than it was configured; None: as it was."""

    first: datetime
    last: datetime
    capacity: int | None = None
    hold_margin_min: float | None = None
    patience_min: float | None = None
    target_min: float | None = None
    cases_per_hour: float | None = None

    @property
    def changes(self) -> bool:
        """Whether anything of the policy is to be otherwise; a pace is a measurement, and no change."""
        return any(
            each is not None for each in (self.capacity, self.hold_margin_min, self.patience_min, self.target_min)
        )


def replayed(asked: Asked, data: Path | None, notice: Callable[[str], None]) -> Comparison:
    """That time by all policies, and as it was. `notice`: told what had to be assumed.

    Raises:
        CommandFailed: there is no stack, or nothing to be played.
    """
    url, configuration = _source(data, notice)
    now = SystemClock().now()
    history = asyncio.run(_history(url, now))
    base = _setting(asked, configuration, history, notice)
    changed = _changed(base, asked) if asked.changes else None
    try:
        weeks = [
            recorded_week(history, setting, asked.first, asked.last, now)
            for setting in (base, changed)
            if setting is not None
        ]
    except NothingRecorded as error:
        raise CommandFailed(str(error)) from error
    return what_if(weeks[0], weeks[1] if changed is not None else None)


def _source(data: Path | None, notice: Callable[[str], None]) -> tuple[str, Configuration]:
    """The routing database, and the configuration that it is run with as far as anybody can read it."""
    if data is None and os.environ.get(DATABASE_URL):
        return os.environ[DATABASE_URL], Configuration()
    if data is None:
        raise CommandFailed(f"--data names the folder of a stack, or {DATABASE_URL} routing's database")
    run = read_running(data)
    try:
        return run.databases["routing"], read_configuration(run.config, os.environ)
    except ConfigurationError as error:
        notice(f"The configuration cannot be read here ({error}): the policy has its default numbers.")
        return run.databases["routing"], Configuration()


async def _history(url: str, until: datetime) -> History:
    history = History()
    pool = await open_pool(url, application_name="eender-simulate", size_max=POOL_SIZE_MAX)
    try:
        async for facts in recorded_facts(pool, RECORDED_TOPICS, until):
            history.take(facts)
    finally:
        await pool.close()
    return history


def _setting(asked: Asked, configuration: Configuration, history: History, notice: Callable[[str], None]) -> Setting:
    rules = rules_of(configuration)
    policy = rules.policy
    hour = asked.cases_per_hour or policy.cases_per_hour
    if hour is None:
        within = [one for one in history.arrivals if asked.first <= one.received < asked.last]
        measured = pace(within)
        hour = measured or PACE_DEFAULT
        how = "as in the busiest twentieth of the hours" if measured else "nobody answered anything"
        notice(f"An agent is taken to handle {hour:g} cases an hour ({how}); --cases-per-hour says otherwise.")
    return Setting(
        contacts=0.0,
        contacts_per_hour=hour,
        capacity=None,
        target_min=rules.answer_min or Setting().target_min,
        hold_margin_min=policy.hold_margin_min,
        patience_min=policy.patience_min,
    )


def _changed(base: Setting, asked: Asked) -> Setting:
    named = {
        "capacity": asked.capacity,
        "hold_margin_min": asked.hold_margin_min,
        "patience_min": asked.patience_min,
        "target_min": asked.target_min,
        "one_target": None if asked.target_min is None else True,
    }
    return msgspec.structs.replace(base, **{name: value for name, value in named.items() if value is not None})
