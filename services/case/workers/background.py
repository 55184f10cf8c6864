"""What the service does by itself, beside answering and reacting: by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from infra.runtime import Runtime
from infra.stream import OriginStream
from services.case.ports import Directory
from services.case.workers.due_dates import DueDates
from services.case.workers.eraser import Eraser
from services.case.workers.mention_keeper import MentionKeeper
from services.case.workers.redactor import Redactor
from services.case.workers.retainer import Retainer


def background(runtime: Runtime, directory: Directory, case_months: int) -> dict[str, Callable[[], Awaitable[None]]]:
    """The loops of a started runtime. `case_months`: how long a resolved case's contents are kept."""
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
        pool=runtime.pool, record=runtime.record, clock=runtime.clock, ids=runtime.ids, case_months=case_months
    )
    due_dates = DueDates(
        pool=runtime.pool, record=runtime.record, directory=directory, clock=runtime.clock, ids=runtime.ids
    )
    mentions = MentionKeeper(
        pool=runtime.pool, keys=runtime.keys, record=runtime.record, clock=runtime.clock, ids=runtime.ids
    )
    return {
        "eraser": eraser.run,
        "redactor": redactor.run,
        "retainer": retainer.run,
        "due-dates": due_dates.run,
        "mentions": mentions.run,
    }
