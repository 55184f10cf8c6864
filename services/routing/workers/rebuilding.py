"""Which tables routing's facts give, all of them, and how to make them anew."""

from __future__ import annotations

from infra.postgres import Pool
from infra.rebuild import Rebuild
from infra.rebuild_tables import ReadTable
from infra.sql import statements
from services.routing.projections import PROJECTIONS

REBUILT = (
    ReadTable("agents", followed=("changed_tx",)),
    ReadTable("standing_grants"),
    ReadTable("assignments", followed=("changed_tx",)),
    ReadTable("turns", followed=("changed_tx",)),
    ReadTable("duos"),
    ReadTable("handled"),
    ReadTable("joined"),
    ReadTable("exclusions"),
    ReadTable("shared_duos"),
    ReadTable("budget_balances"),
    ReadTable("open_holds"),
)


def routing_rebuild(pool: Pool) -> Rebuild:
    """A rebuild of them. `pool` lends one connection for its length and others for reading."""
    return Rebuild(pool, None, projections=PROJECTIONS, sql=statements("services.routing.projections"), tables=REBUILT)
