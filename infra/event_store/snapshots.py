"""Aggregates of busy streams as they were at a version, so that a load reads only what came after.

They stay in this process's memory and nowhere else: what is on disk is the facts alone, so a snapshot can neither be
altered unseen nor outlive an erasure by more than the content keys that are kept at hand.
"""

from __future__ import annotations

import pickle
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, NamedTuple

from infra.clock import SystemClock

if TYPE_CHECKING:
    from uuid import UUID

FACTS_MIN = 50
"""A snapshot is made of a load that folded so many facts, and was not the first one."""
AGE_MS_MAX = 30_000
"""As long as content keys are kept: so long may what another process destroyed go unseen here."""
LOADED_MAX = 8192
"""Streams of which it is known that they were loaded."""
SNAPSHOT_BYTES_MAX = 1024 * 1024
ALL_BYTES_MAX = 32 * 1024 * 1024


class _Snapshot(NamedTuple):
    version: int
    state: bytes
    epoch: int
    fresh_until: int


class Snapshots:
    """At most ALL_BYTES_MAX of them, the last used ones. `epoch`: how often keys were destroyed in this process."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._snapshots: OrderedDict[int, _Snapshot] = OrderedDict()
        self._bytes = 0
        self._loaded: OrderedDict[int, int] = OrderedDict()

    def worthwhile(self, stream_id: UUID) -> bool:
        """Whether a stream that is loaded in full now was so a short while ago: a snapshot costs a tenth of a load."""
        now = self._clock.monotonic_ms()
        before = self._loaded.pop(stream_id.int, None)
        self._loaded[stream_id.int] = now
        if len(self._loaded) > LOADED_MAX:
            self._loaded.popitem(last=False)
        return before is not None and now - before < AGE_MS_MAX

    def keep(self, stream_id: UUID, version: int, aggregate: Any, epoch: int) -> None:
        """Keep an aggregate that was read in `epoch`; not one that is too large."""
        # It never leaves this process, so nobody else's bytes are ever unpickled.
        state = pickle.dumps(aggregate, pickle.HIGHEST_PROTOCOL)
        self.forget(stream_id)
        if len(state) > SNAPSHOT_BYTES_MAX:
            return
        fresh_until = self._clock.monotonic_ms() + AGE_MS_MAX
        self._snapshots[stream_id.int] = _Snapshot(version, state, epoch, fresh_until)
        self._bytes += len(state)
        while self._bytes > ALL_BYTES_MAX:
            _, oldest = self._snapshots.popitem(last=False)
            self._bytes -= len(oldest.state)

    def latest(self, stream_id: UUID, epoch: int) -> tuple[int, Any]:
        """Version and an aggregate of one's own; 0 and None where there is nothing fresh."""
        found = self._snapshots.get(stream_id.int)
        if found is None:
            return 0, None
        if found.epoch != epoch or found.fresh_until < self._clock.monotonic_ms():
            self.forget(stream_id)
            return 0, None
        self._snapshots.move_to_end(stream_id.int)
        return found.version, pickle.loads(found.state)  # noqa: S301  (our own, from memory)

    def forget(self, stream_id: UUID) -> None:
        """Let go of a stream's."""
        gone = self._snapshots.pop(stream_id.int, None)
        if gone is not None:
            self._bytes -= len(gone.state)
