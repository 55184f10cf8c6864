"""Which of the case service's tables its own facts give, and how to make them anew."""

from __future__ import annotations

from infra.postgres import Pool
from infra.rebuild import Rebuild
from infra.rebuild_tables import ReadTable
from infra.sealing import KeyRing
from infra.sql import statements
from services.case.projections import PROJECTIONS

REBUILT = (
    ReadTable("customers", followed=("owner_id", "partner_id")),
    ReadTable("handles"),
    ReadTable("handle_claims"),
    ReadTable("external_ids"),
    ReadTable("cases"),
    ReadTable("clocks"),
    ReadTable("timeline"),
    ReadTable("contact_contents"),
    ReadTable("survey_answers"),
    ReadTable("attachments"),
    ReadTable("payouts"),
    ReadTable("gesture_controls"),
    ReadTable("agents"),
    ReadTable("budgets"),
    ReadTable("capacity"),
    ReadTable("customer_exclusions"),
    ReadTable("restrictions"),
    ReadTable("erasures"),
    ReadTable("redactions", followed=("reported",)),
    ReadTable("merges"),
    ReadTable("offers"),
    ReadTable("incidents"),
    ReadTable("incident_cases"),
    ReadTable("viewer_events"),
    ReadTable("mentions", followed=("reported",)),
    ReadTable("publications"),
    ReadTable("staff"),
    ReadTable("desk_requests", followed=("done", "code", "message", "path")),
)
"""All that the projections write. What of them follows other services' facts is taken over as it stands."""

FOLLOWED = frozenset(
    {"teams", "brands", "channel_accounts", "account_health", "applied_configurations", "viewings", "attended"}
)
"""Tables that follow nothing but other services' facts, or none at all: they stay as they are."""


def case_rebuild(pool: Pool, keys: KeyRing) -> Rebuild:
    """A rebuild of them. `pool` lends one connection for its length and others for reading."""
    return Rebuild(pool, keys, projections=PROJECTIONS, sql=statements("services.case.projections"), tables=REBUILT)
