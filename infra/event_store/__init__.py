"""The record of a service on Postgres: facts by stream, one order over them, and the proof that none was changed."""

from infra.event_store.append import NotSealable, Projection
from infra.event_store.history import content_state, stream_head, stream_history
from infra.event_store.lanes import HeadBroken
from infra.event_store.log import Log, Logged
from infra.event_store.mapper import AnyFact, FactUnreadable, UnknownTopic
from infra.event_store.record import PostgresRecord
from infra.event_store.rows import RowTaken
from infra.event_store.stored_form import Seal, StoredFact
from infra.event_store.verification import ChainBroken, verify_log, verify_stream

__all__ = [
    "AnyFact",
    "ChainBroken",
    "FactUnreadable",
    "HeadBroken",
    "Log",
    "Logged",
    "NotSealable",
    "PostgresRecord",
    "Projection",
    "RowTaken",
    "Seal",
    "StoredFact",
    "UnknownTopic",
    "content_state",
    "stream_head",
    "stream_history",
    "verify_log",
    "verify_stream",
]
