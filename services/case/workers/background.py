"""What the service does by itself, beside answering and reacting: by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from contracts.stored import Record
from infra.runtime import Runtime
from infra.stream import OriginStream
from services.case.ports import Directory
from services.case.settings import CaseSettings
from services.case.workers.clock_watch import ClockWatch
from services.case.workers.due_dates import DueDates
from services.case.workers.eraser import Eraser
from services.case.workers.redactor import Redactor
from services.case.workers.retainer import Retainer


def background(
    runtime: Runtime, record: Record, directory: Directory, settings: CaseSettings
) -> dict[str, Callable[[], Awaitable[None]]]:
    """The loops of a started runtime, which write to `record`."""
    case_months = settings.configuration.retention.case_months
    eraser = Eraser(
        pool=runtime.pool,
        keys=runtime.keys,
        record=record,
        directory=directory,
        clock=runtime.clock,
        ids=runtime.ids,
    )
    redactor = Redactor(
        pool=runtime.pool,
        keys=runtime.keys,
        stream=OriginStream(runtime.bus, runtime.service),
        record=record,
        clock=runtime.clock,
        ids=runtime.ids,
    )
    retainer = Retainer(pool=runtime.pool, record=record, clock=runtime.clock, ids=runtime.ids, case_months=case_months)
    due_dates = DueDates(pool=runtime.pool, record=record, directory=directory, clock=runtime.clock, ids=runtime.ids)
    clock_watch = ClockWatch(pool=runtime.pool, record=record, clock=runtime.clock, ids=runtime.ids)
    return {
        "eraser": eraser.run,
        "redactor": redactor.run,
        "retainer": retainer.run,
        "due-dates": due_dates.run,
        "clock-watch": clock_watch.run,
    }
