"""Reports, for those who may read them."""

from __future__ import annotations

from datetime import timedelta

from services.case.domain.permissions import Permission
from services.case.domain.report_rules import ReportKind
from services.case.graphql.context import RequestContext
from services.case.graphql.pages import bad_input
from services.case.graphql.scalars import Instant, Json
from services.case.graphql.types.reviews import Report
from services.case.queries.reports import report_rows

DAYS_DEFAULT = 90
DAYS_MAX = 1100
"""Three years and a bit: a longer stretch has to be asked for in parts."""


async def report(context: RequestContext, kind: ReportKind, *, since: Instant | None, until: Instant | None) -> Report:
    """The report.

    Raises:
        QueryRefusedError: FORBIDDEN; BAD_USER_INPUT, no such stretch of time.
    """
    context.principal.require(Permission.READ_REPORTS)
    end = until or Instant(context.deps.clock.now())
    begin = since or Instant(end - timedelta(days=DAYS_DEFAULT))
    if not timedelta() < end - begin <= timedelta(days=DAYS_MAX):
        raise bad_input(f"since is before until, and at most {DAYS_MAX} days before")
    rules = context.deps.policy.report_rules
    rows = await report_rows(context.database, kind, rules, since=begin, until=end)
    return Report(
        kind=kind,
        since=begin,
        until=end,
        group_size_min=rules.group_size_min,
        rows=[Json(row) for row in rows],
    )
