"""Which of channels' tables its own facts give, and how to make them anew."""

from __future__ import annotations

from infra.postgres import Pool
from infra.rebuild import Rebuild
from infra.rebuild_tables import ReadTable
from infra.sealing import KeyRing
from infra.sql import statements
from services.channels.projections import PROJECTIONS

REBUILT = (
    ReadTable("accounts"),
    ReadTable("windows", personal=("value",)),
    ReadTable("threads"),
    ReadTable("attachments", followed=("object_id", "due_at", "attempts")),
    ReadTable("uploads", followed=("object_id", "due_at", "attempts")),
    ReadTable("deliveries"),
    ReadTable("external_ids", personal=("external_id",)),
    ReadTable("forgettings", followed=("state", "subjects")),
    ReadTable("withholdings"),
)
"""All that the projections write. How far a forgetting is, and the fetching of a file, its worker knows."""

FOLLOWED = frozenset(
    {"raws", "account_senders", "parked", "traces", "mailboxes", "polls", "chat_visitors", "chat_replies", "hubs"}
    | {"logins", "replays"}
)
"""Tables that follow payloads and platforms, which are no facts: they stay as they are."""


def channels_rebuild(pool: Pool, keys: KeyRing) -> Rebuild:
    """A rebuild of them. `pool` lends one connection for its length and others for reading."""
    return Rebuild(
        pool,
        keys,
        projections=PROJECTIONS,
        sql=statements("services.channels.projections"),
        tables=REBUILT,
        forgetting=statements("services.channels.workers")["somebody_is_being_forgotten"],
    )
