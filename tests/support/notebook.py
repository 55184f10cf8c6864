"""A small stream with every kind of field a fact may have, for tests of the record."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec

from contracts.stored import CommandContext, Fact, FactMeta, FirstFact, Once, Row, Sealed, SealingScope, Stream
from contracts.vocabulary import Actor, ActorKind, Refusal, RefusalCode
from infra.clock import SystemIds

NOW = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
ANNA = Actor(kind=ActorKind.AGENT, ref="anna")
IDS = SystemIds()


class Colour(StrEnum):
    RED = "RED"
    BLUE = "BLUE"


class Margin(msgspec.Struct, frozen=True, omit_defaults=True):
    colour: Colour
    widths: tuple[int, ...] = ()
    by: UUID | None = None


class Page(msgspec.Struct, frozen=True):
    text: str
    fields: dict[str, Any] = {}


class Begun(FirstFact):
    """Somebody began a notebook."""

    TOPIC = "notebook.begun.v1"
    owner_id: UUID
    title: str
    content: Annotated[Page | None, Sealed]


class Noted(Fact):
    """Something was written down."""

    TOPIC = "notebook.noted.v1"
    line: str
    text: Annotated[str | None, Sealed]
    place: Annotated[Margin | None, Sealed]
    margin: Margin | None
    tags: tuple[Colour, ...]
    due: datetime | None
    counts: dict[str, int]
    sure: bool

    def apply(self, aggregate: Notebook) -> None:
        aggregate.lines += (self.line,)
        aggregate.texts += (self.text,)


class Notebook(Stream):
    TOPIC = "notebook"
    KEPT = True

    class Created(Stream.Created):
        TOPIC = "notebook.created.never"

    def __init__(self, owner_id: UUID, title: str, content: Page | None) -> None:
        self.owner_id = owner_id
        self.title = title
        self.content = content
        self.lines: tuple[str, ...] = ()
        self.texts: tuple[str | None, ...] = ()

    @classmethod
    def begin(cls, notebook_id: UUID, owner_id: UUID, content: Page | None = None, *, title: str = "t") -> Notebook:
        return cls._create(Begun, id=notebook_id, timestamp=NOW, owner_id=owner_id, title=title, content=content)

    def note(self, line: str, text: str | None = None, **values: Any) -> None:
        if line in self.lines:
            raise Refusal(RefusalCode.INVALID_INPUT, "stands there already", "line")
        blank: dict[str, Any] = {"place": None, "margin": None, "tags": (), "due": None, "counts": {}, "sure": True}
        self.trigger_event(Noted, timestamp=NOW, line=line, text=text, **(blank | values))

    def sealing(self) -> SealingScope:
        return SealingScope(self.owner_id, self.id)


def context(command_id: UUID | None = None, *, digest: bytes | None = None, once: Once | None = None) -> CommandContext:
    return CommandContext(
        command_id=command_id or IDS.new(),
        actor=ANNA,
        at=NOW,
        correlation_id=IDS.new(),
        request_digest=digest,
        once=once,
    )


def line_rows(fact: Any, meta: FactMeta) -> Any:
    """A projection into the table `lines`."""
    if isinstance(fact, Noted):
        yield Row("insert_line", (meta.stream_id, meta.version, fact.line, fact.text), expect_rows=1)


LINES_TABLE = """
CREATE TABLE lines (notebook_id uuid, version bigint, line text UNIQUE, text text, PRIMARY KEY (notebook_id, version))
"""
LINES_SQL = {
    "insert_line": "INSERT INTO lines (notebook_id, version, line, text) VALUES ($1, $2, $3, $4)",
    "change_line": "UPDATE lines SET text = $2 WHERE line = $1",
    "insert_loose_line": "INSERT INTO lines (notebook_id, version, line) VALUES ($1, $2, $3)",
}
