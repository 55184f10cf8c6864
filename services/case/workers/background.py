"""What the service does by itself, beside answering and reacting: by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from contracts.configuration import Configuration
from infra.runtime import Runtime
from infra.stream import OriginStream
from services.case.ports import Directory
from services.case.workers.attendance import Attendance
from services.case.workers.due_dates import DueDates
from services.case.workers.eraser import Eraser
from services.case.workers.redactor import Redactor
from services.case.workers.retainer import Retainer


def background(
    runtime: Runtime, directory: Directory, configuration: Configuration
) -> dict[str, Callable[[], Awaitable[None]]]:
    """The loops of a started runtime."""
    eraser = Eraser(
        pool=runtime.pool,
        keys=runtime.keys,
        record=runtime.record,
        directory=directory,
        clock=runtime.clock,
        ids=runtime.ids,
    )
    redactor = Redactor(
        pool=runtime.pool,
        keys=runtime.keys,
        stream=OriginStream(runtime.bus, runtime.service),
        record=runtime.record,
        clock=runtime.clock,
        ids=runtime.ids,
    )
    retainer = Retainer(
        pool=runtime.pool,
        record=runtime.record,
        clock=runtime.clock,
        ids=runtime.ids,
        case_months=configuration.retention.case_months,
    )
    attendance = Attendance(
        pool=runtime.pool,
        record=runtime.record,
        clock=runtime.clock,
        ids=runtime.ids,
        dropped_seconds=configuration.routing.dropped_seconds,
    )
    due_dates = DueDates(
        pool=runtime.pool, record=runtime.record, directory=directory, clock=runtime.clock, ids=runtime.ids
    )
    return {
        "eraser": eraser.run,
        "redactor": redactor.run,
        "retainer": retainer.run,
        "due-dates": due_dates.run,
        "attendance": attendance.run,
    }
