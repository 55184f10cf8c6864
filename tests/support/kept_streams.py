"""What a record keeps of streams in memory, held against the same streams loaded."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from contracts.stored import Record, Stream
from infra.event_store import PostgresRecord
from services.case.commands.keeping_clocks import ClockedRecord


async def assert_kept_as_loaded(record: Record) -> int:
    """Fails where the two differ in any value or its type; else how many are kept."""
    postgres = record._record if isinstance(record, ClockedRecord) else record
    assert isinstance(postgres, PostgresRecord)
    kept = [each.aggregate for each in postgres._kept._kept.values()]
    for aggregate in kept:
        loaded = await postgres.load(type(aggregate), aggregate.id)
        assert loaded is not None
        if loaded.version == aggregate.version:
            _assert_same(aggregate, loaded, type(aggregate).__name__)
    return len(kept)


def _assert_same(one: Any, other: Any, where: str) -> None:
    if isinstance(one, UUID) and isinstance(other, UUID):
        assert one == other, where  # the driver's are of a class of its own
        return
    assert type(one) is type(other), (where, one, other)
    if isinstance(one, dict):
        assert list(one) == list(other), where
        for key, value in one.items():
            _assert_same(value, other[key], f"{where}[{key}]")
    elif isinstance(one, list | tuple):
        assert len(one) == len(other), where
        for number, pair in enumerate(zip(one, other, strict=True)):
            _assert_same(*pair, f"{where}[{number}]")
    elif isinstance(one, Stream) or (hasattr(one, "__dict__") and not isinstance(one, Enum | datetime | type)):
        _assert_same(_sorted(one), _sorted(other), where)
    elif hasattr(type(one), "__struct_fields__"):
        _assert_same(_fields(one, "__struct_fields__"), _fields(other, "__struct_fields__"), where)
    else:
        assert one == other, where


def _sorted(value: Any) -> dict[str, Any]:
    return dict(sorted(value.__dict__.items()))


def _fields(value: Any, names: str) -> dict[str, Any]:
    return {name: getattr(value, name) for name in getattr(value, names)}
