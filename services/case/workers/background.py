"""What the service does by itself, beside answering and reacting: by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from contracts.stored import Record
from infra.runtime import Runtime
from infra.stream import OriginStream
from services.case.ports import Directory
from services.case.settings import CaseSettings
from services.case.workers.access_keeper import AccessKeeper
from services.case.workers.attendance import Attendance
from services.case.workers.clock_watch import ClockWatch
from services.case.workers.due_dates import DueDates
from services.case.workers.eraser import Eraser
from services.case.workers.gesture_watch import GestureWatch
from services.case.workers.mention_keeper import MentionKeeper
from services.case.workers.redactor import Redactor
from services.case.workers.retainer import Retainer
from services.case.workers.trend_watch import TrendWatch
from services.case.workers.upload_expiry import UploadExpiry
from services.case.workers.volume_watch import VolumeWatch


def background(
    runtime: Runtime, record: Record, directory: Directory, settings: CaseSettings
) -> dict[str, Callable[[], Awaitable[None]]]:
    """The loops of a started runtime, which write to `record`."""
    configuration = settings.configuration
    shared: dict[str, Any] = {"pool": runtime.pool, "record": record, "clock": runtime.clock, "ids": runtime.ids}
    stream = OriginStream(runtime.bus, runtime.service)
    eraser = Eraser(keys=runtime.keys, directory=directory, **shared)
    redactor = Redactor(keys=runtime.keys, stream=stream, **shared)
    retainer = Retainer(case_months=configuration.retention.case_months, **shared)
    access_keeper = AccessKeeper(years=configuration.retention.access_years, **shared)
    due_dates = DueDates(directory=directory, **shared)
    clock_watch = ClockWatch(levels=settings.policy.levels, **shared)
    volumes = VolumeWatch(rules=configuration.incidents, **shared)
    trends = TrendWatch(rules=settings.policy.report_rules, **shared)
    attendance = Attendance(dropped_seconds=configuration.routing.dropped_seconds, **shared)
    gesture_watch = GestureWatch(controls=configuration.controls, **shared)
    mentions = MentionKeeper(keys=runtime.keys, **shared)
    uploads = UploadExpiry(**shared)
    return {
        "eraser": eraser.run,
        "redactor": redactor.run,
        "retainer": retainer.run,
        "access-keeper": access_keeper.run,
        "due-dates": due_dates.run,
        "clock-watch": clock_watch.run,
        "volume-watch": volumes.run,
        "trend-watch": trends.run,
        "attendance": attendance.run,
        "gesture-watch": gesture_watch.run,
        "mentions": mentions.run,
        "upload-expiry": uploads.run,
    }
