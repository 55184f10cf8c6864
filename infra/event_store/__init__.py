"""The record of a service on Postgres: facts by stream, one order over them, and the proof that none was changed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from infra.event_store.finishing import Projection
    from infra.event_store.history import stream_head, stream_history
    from infra.event_store.lanes import HeadBroken
    from infra.event_store.log import Log, Logged
    from infra.event_store.mapper import AnyFact, FactUnreadable, UnknownTopic
    from infra.event_store.preparing import NotSealable
    from infra.event_store.record import PostgresRecord
    from infra.event_store.rows import RowTaken
    from infra.event_store.stored_form import Seal, StoredFact
    from infra.event_store.verification import ChainBroken, verify_log, verify_stream

_HOMES = {
    "finishing": ("Projection",),
    "history": ("stream_head", "stream_history"),
    "lanes": ("HeadBroken",),
    "log": ("Log", "Logged"),
    "mapper": ("AnyFact", "FactUnreadable", "UnknownTopic"),
    "preparing": ("NotSealable",),
    "record": ("PostgresRecord",),
    "rows": ("RowTaken",),
    "stored_form": ("Seal", "StoredFact"),
    "verification": ("ChainBroken", "verify_log", "verify_stream"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

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
    "stream_head",
    "stream_history",
    "verify_log",
    "verify_stream",
]


def __getattr__(name: str) -> object:
    # When it is asked for: a process that checks a part of a log has done half of it in the time all of this takes.
    if name not in _HOME_OF:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)
