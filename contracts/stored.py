"""The form of what is stored: facts, what of them is sealed, and the unit of work that stores them.

Every service's domain builds on these words, and `infra/event_store` understands no others. A fact's `TOPIC` and the
names and types of its fields *are* the stored form (docs/decisions): renaming a field needs a new topic version.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import datetime
from functools import cache
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias, TypeVar
from uuid import UUID

import msgspec
from eventsourcing.domain import Aggregate, DomainEvent
from eventsourcing.utils import register_topic

from contracts.vocabulary import Actor


class Sealed:
    """Marks a field of a fact as personal: `text: Annotated[str | None, Sealed]`.

    Sealed fields leave the clear part and travel together in one envelope under the content key of the stream's
    `sealing()`. When that key is destroyed they read as None, so their type always allows None.
    """


Upcast: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]
"""Makes the fields of one topic version those of the next, as JSON values by name. Sealed ones stand among them where
they could be opened, and may be missing always."""

_VERSIONED = re.compile(r"(.+)\.v([1-9][0-9]*)")


def _register(kind: type, former: Mapping[str, Upcast]) -> None:
    """Make a fact class known by its topic, and by those it was stored under before.

    Raises:
        TypeError: its former topics are not exactly the versions before its own.
    """
    topic: str = kind.__dict__["TOPIC"]
    versioned = _VERSIONED.fullmatch(topic)
    before = [f"{versioned[1]}.v{number}" for number in range(1, int(versioned[2]))] if versioned else []
    if list(former) != before:
        raise TypeError(f"{kind.__qualname__}: FORMER names {list(former)}, the versions before {topic} are {before}")
    for each in (topic, *former):
        register_topic(each, kind)


class Fact(Aggregate.Event):
    """A stored event of one service: past tense, frozen, private to that service. Not the first of its stream.

    `FORMER`: the earlier versions of its topic in order, each with what makes its fields those of the next.
    """

    TOPIC: ClassVar[str] = "fact.never"
    FORMER: ClassVar[Mapping[str, Upcast]] = {}

    def __init_subclass__(cls) -> None:
        """Register the explicit topic, so that moving a file never breaks replay."""
        super().__init_subclass__()
        _register(cls, cls.__dict__.get("FORMER", {}))


class FirstFact(Aggregate.Created):
    """The stored event that begins a stream. `FORMER`: as for other facts."""

    TOPIC: ClassVar[str] = "first-fact.never"
    FORMER: ClassVar[Mapping[str, Upcast]] = {}

    def __init_subclass__(cls) -> None:
        """Register the explicit topic, so that moving a file never breaks replay."""
        super().__init_subclass__()
        _register(cls, cls.__dict__.get("FORMER", {}))


_new, _set = object.__new__, object.__setattr__


@cache
def _fields_of(kind: type) -> tuple[frozenset[str], Mapping[str, Any]]:
    """The names of a fact's fields, and those that have a default with it. No names: the library must make it."""
    stored = fields(kind)
    # The library's own look only checks that the stream's id is a UUID.
    checks = getattr(kind, "__post_init__", None) is not DomainEvent.__post_init__
    if checks or any(field.default_factory is not MISSING for field in stored):
        return frozenset(), {}
    defaults = {field.name: field.default for field in stored if field.default is not MISSING}
    return frozenset(field.name for field in stored), defaults


class SealingScope(NamedTuple):
    """Whose data a stream holds, and in which matter: the content key is one per (subject, scope)."""

    subject_id: UUID
    scope_id: UUID


class Stream(Aggregate):
    """An aggregate: state folded from facts, decisions that refuse or record.

    Subclasses set `TOPIC`, define `class Created(Stream.Created): TOPIC = "<name>.created.never"` (the library insists
    on one; it is never raised), begin with `cls._create(FirstFactSubclass, id=..., timestamp=at, ...)` and go on with
    `self.trigger_event(FactSubclass, timestamp=at, ...)`. Time and ids are always arguments.
    """

    TOPIC: ClassVar[str] = "stream.never"
    KEPT: ClassVar[bool] = False
    """Whether a record may keep it in memory as a command left it: what its facts fold to must be the very same."""

    class Created(Aggregate.Created):
        """Never raised: the library wants a topic here."""

        TOPIC: ClassVar[str] = "stream.created.never"

    def trigger_event(self, event_class: Any, **kwargs: Any) -> None:
        """Record a fact of this stream and change with it, as the library does but by a third of its way.

        Raises:
            TypeError: a field is missing, or there is none of that name.
        """
        names, defaults = _fields_of(event_class)
        version = self._version + 1
        values = {**defaults, **kwargs} if defaults else kwargs
        values["originator_id"], values["originator_version"] = self._id, version
        if values.keys() != names or values["timestamp"] is None:
            super().trigger_event(event_class, **kwargs)
            return
        fact = _new(event_class)
        # A frozen fact is filled by its __dict__, as it is on replay.
        _set(fact, "__dict__", values)
        fact.apply(self)
        self._version = version
        self._modified_on = values["timestamp"]
        self._pending_events.append(fact)

    def collect_events(self) -> Sequence[Any]:
        """The pending facts, which are no longer pending then."""
        collected, self._pending_events = self._pending_events, []
        return collected

    def sealing(self) -> SealingScope | None:
        """Under whose content key the pending facts' sealed fields go. None: no fact of this stream has any."""
        return None


class FactMeta(msgspec.Struct, frozen=True):
    """What the store knows of a fact besides the fact itself."""

    stream_id: UUID
    version: int
    event_id: UUID
    topic: str
    recorded_at: datetime
    actor: Actor
    correlation_id: UUID
    causation_id: UUID | None
    on_behalf_of: Actor | None = None


class Row(msgspec.Struct, frozen=True):
    """One write to a read table: a statement by name (from the service's .sql files) and its arguments by order.

    `expect_rows`: how many rows it must touch; None: any number. A mismatch undoes the whole unit of work.
    """

    statement: str
    args: tuple[Any, ...] = ()
    expect_rows: int | None = None


class Once(msgspec.Struct, frozen=True):
    """The upstream message this work is the effect of: stored with it, so the effect happens exactly once."""

    origin: str
    position: int


class Work(msgspec.Struct, frozen=True):
    """What one command wants stored, all of it or nothing.

    `streams`: aggregates with pending facts. `rows`: writes that follow from no fact (projections add theirs by
    themselves). `outcome`: JSON-able answer kept under the command id and handed out again when it is repeated.
    """

    streams: tuple[Stream, ...] = ()
    rows: tuple[Row, ...] = ()
    outcome: dict[str, Any] = msgspec.field(default_factory=dict)


class CommandContext(msgspec.Struct, frozen=True):
    """Who asks, under which key, in the course of what. One per command.

    `command_id` makes the command idempotent; `request_digest` tells a repetition from a different request under the
    same key (None: not compared). `once`: set by reactions.
    """

    command_id: UUID
    actor: Actor
    at: datetime
    correlation_id: UUID
    causation_id: UUID | None = None
    on_behalf_of: Actor | None = None
    request_digest: bytes | None = None
    once: Once | None = None
    expected_version: int | None = None


class Committed(msgspec.Struct, frozen=True):
    """What became of a command: new versions by stream, its outcome, and whether it had been done before."""

    versions: dict[UUID, int]
    outcome: dict[str, Any]
    repeated: bool = False


class VersionConflict(Exception):  # noqa: N818  (the field's name for it)
    """Somebody else wrote to the stream first."""

    def __init__(self, stream_id: UUID, expected: int, current: int) -> None:
        super().__init__(f"stream {stream_id}: expected version {expected}, it is at {current}")
        self.stream_id = stream_id
        self.expected = expected
        self.current = current


class RowRefused(Exception):  # noqa: N818
    """A row of the work touched another number of rows than it must, or broke a constraint of its table."""

    def __init__(self, statement: str, detail: str) -> None:
        super().__init__(f"{statement}: {detail}")
        self.statement = statement
        self.detail = detail


class IdempotencyMismatch(Exception):  # noqa: N818
    """The command id was used before, for a different request."""


class AlreadyDone(Exception):  # noqa: N818
    """The upstream message of `CommandContext.once` has taken effect before."""


A = TypeVar("A", bound=Stream)


class Record(Protocol):
    """A service's own record: its streams and the rows that live with them."""

    async def load(self, kind: type[A], stream_id: UUID) -> A | None:
        """The aggregate as it is now, or None where the stream does not exist."""
        ...

    async def transact(
        self,
        context: CommandContext,
        decide: Callable[[], Awaitable[Work]],
        *,
        serialise_on: Sequence[UUID] = (),
        beside_others_on: Sequence[UUID] = (),
    ) -> Committed:
        """Run `decide` and store its work, once per `context.command_id`.

        A repeated command returns its stored outcome: `decide` may run for it, and what comes of that, work or refusal,
        is thrown away. Lost races (VersionConflict,
        RowRefused by a unique constraint) run `decide` again, at most `attempts_max` times. `serialise_on`: streams
        on which this process queues up instead of racing itself; `beside_others_on`: those on which it goes side by
        side with others that say so, and with nobody that serialises. `context.expected_version` is for `decide` to
        check.

        Raises:
            IdempotencyMismatch: the key was used for another request.
            AlreadyDone: `context.once` was handled before.
            VersionConflict: still losing after the last attempt.
        """
        ...
