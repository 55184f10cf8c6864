"""Aggregates as their last commit left them, so that the next command on a busy stream need not load it.

One is handed out once, to a command that has its stream to itself here, and comes back when that command was stored.
What another process wrote since shows in the version that storing expects; whatever does not end in storing is decided
anew by a stream that was loaded (`record`). They stay in this process's memory, no longer than content keys do.
"""

from __future__ import annotations

from collections import OrderedDict
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

from infra.clock import SystemClock
from infra.event_store.snapshots import AGE_MS_MAX

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from contracts.stored import Committed, Stream, Work

AGGREGATES_MAX = 2_048
FACTS_MAX = 2_000
"""Of a stream that is kept: a longer one is too large to be kept whole."""


class _Kept(NamedTuple):
    aggregate: Stream
    epoch: int
    fresh_until: int


class Kept:
    """At most AGGREGATES_MAX of them, the last used ones, of kinds that say `KEPT`. `epoch`: as with `Snapshots`."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._kept: OrderedDict[int, _Kept] = OrderedDict()
        self._epoch = 0

    def fresh_until(self) -> int:
        """How long what is loaded now may be kept."""
        return self._clock.monotonic_ms() + AGE_MS_MAX

    def take(self, stream_id: UUID, epoch: int) -> _Kept | None:
        """The aggregate, which is the caller's from now on; None where there is nothing fresh."""
        self._let_go(epoch)
        found = self._kept.pop(stream_id.int, None)
        if found is None or found.fresh_until < self._clock.monotonic_ms():
            return None
        return found

    def keep(self, aggregate: Stream, epoch: int, fresh_until: int) -> None:
        """Take it in as it was stored, unless keys were destroyed since it was loaded. Nobody else may hold it."""
        if epoch < self._epoch:
            return
        self._let_go(epoch)
        key = aggregate.id.int
        self._kept[key] = _Kept(aggregate, epoch, fresh_until)
        self._kept.move_to_end(key)
        now = self._clock.monotonic_ms()
        while self._kept and (len(self._kept) > AGGREGATES_MAX or self._oldest().fresh_until < now):
            self._kept.popitem(last=False)

    def _let_go(self, epoch: int) -> None:
        """Of all that was made before keys were destroyed."""
        if epoch != self._epoch:
            self._epoch = epoch
            self._kept.clear()

    def _oldest(self) -> _Kept:
        return next(iter(self._kept.values()))


class Attempt:
    """What one attempt to carry out a command has loaded of the streams that it alone works on here.

    `kept`: by its own record. `epoch`: when it began. `trusts`: it takes what is kept, and does not load it.
    """

    __slots__ = ("_began", "_epoch", "_known", "_own", "_taken", "kept", "trusts")

    def __init__(self, kept: Kept, own: Sequence[UUID], epoch: int, *, trusts: bool = True) -> None:
        self.trusts = trusts
        self.kept = kept
        self._own = own
        self._epoch = epoch
        self._began = epoch, kept.fresh_until()
        self._taken: list[Stream] = []
        self._known: dict[UUID, tuple[int, int]] = {}

    def take(self, stream_id: UUID, epoch: int) -> Stream | None:
        """The stream's aggregate if it is kept, and this attempt's own; else it is going to be loaded."""
        if stream_id not in self._own:
            return None
        found = self.kept.take(stream_id, epoch)
        if found is None or not self.trusts:
            self._known[stream_id] = epoch, self.kept.fresh_until()
            return None
        self._known[stream_id] = found.epoch, found.fresh_until
        self._taken.append(found.aggregate)
        return found.aggregate

    @property
    def has_taken(self) -> bool:
        """Whether anything of it was kept, and not loaded."""
        return bool(self._taken)

    def is_checked_by(self, work: Work) -> bool:
        """Whether storing the work finds out if anything that was kept is no longer so."""
        if not self._taken:
            return True
        written = {id(stream) for stream in work.streams if stream.pending_events}
        return all(id(each) in written for each in self._taken)

    def anew(self) -> Attempt:
        """The next attempt, for which everything is loaded."""
        return Attempt(self.kept, self._own, self._epoch, trusts=False)

    def stored(self, work: Work, committed: Committed) -> None:
        """Empty the work's streams, and keep those that can be."""
        for aggregate in work.streams:
            facts = aggregate.collect_events()
            if not aggregate.KEPT or committed.repeated or aggregate.version > FACTS_MAX:
                continue
            # A stream that is new had nobody else to work on it, whatever the command queued up on.
            known = self._began if len(facts) == aggregate.version else self._known.get(aggregate.id)
            if known is None:
                continue
            # A fact that withholds words takes them out of others, of which this one was made.
            if not any("withheld" in fact.__dict__ for fact in facts):
                self.kept.keep(aggregate, *known)


attempting: ContextVar[Attempt | None] = ContextVar("attempting", default=None)
"""On whose behalf streams are loaded."""
