"""The stream that is measured: one command, one fact of 344 bytes clear and 200 sealed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from contracts.stored import CommandContext, Fact, FactMeta, FirstFact, Row, Sealed, SealingScope, Stream
from contracts.vocabulary import Actor, ActorKind
from infra.clock import SystemIds

IDS = SystemIds()
AT = datetime(2026, 3, 1, 9, 30, 0, 123456, tzinfo=UTC)
CLERK = Actor(kind=ActorKind.AGENT, ref="clerk")
CLEAR_BYTES, SEALED_BYTES = 344, 200
# Around the values stand {"number":1,"channel":"WHATSAPP","tag":"…"} and {"text":"…"}.
TAG = "t" * (CLEAR_BYTES - len('{"number":1,"channel":"WHATSAPP","tag":""}'))
TEXT = "x" * (SEALED_BYTES - len('{"text":""}'))

ROWS_TABLE = "CREATE TABLE matters (id uuid PRIMARY KEY, version bigint NOT NULL, at timestamptz NOT NULL)"
ROWS_SQL = {
    "put_matter": "INSERT INTO matters (id, version, at) VALUES ($1, $2, $3) "
    "ON CONFLICT (id) DO UPDATE SET version = excluded.version, at = excluded.at"
}


class Began(FirstFact):
    """A matter began."""

    TOPIC = "matter.began.v1"
    number: int
    channel: str
    tag: str
    text: Annotated[str | None, Sealed]


class Moved(Fact):
    """It went on."""

    TOPIC = "matter.moved.v1"
    number: int
    channel: str
    tag: str
    text: Annotated[str | None, Sealed]

    def apply(self, aggregate: Matter) -> None:
        aggregate.number = self.number


class Matter(Stream):
    TOPIC = "matter"

    class Created(Stream.Created):
        TOPIC = "matter.created.never"

    def __init__(self, number: int, channel: str, tag: str, text: str | None) -> None:
        self.number = number

    @classmethod
    def begin(cls, matter_id: UUID) -> Matter:
        return cls._create(Began, id=matter_id, timestamp=AT, number=1, channel="WHATSAPP", tag=TAG, text=TEXT)

    def move(self) -> None:
        self.trigger_event(Moved, timestamp=AT, number=1, channel="WHATSAPP", tag=TAG, text=TEXT)

    def sealing(self) -> SealingScope:
        return SealingScope(self.id, self.id)


def matter_rows(fact: Fact | FirstFact, meta: FactMeta) -> Iterator[Row]:
    yield Row("put_matter", (meta.stream_id, meta.version, meta.recorded_at))


def command() -> CommandContext:
    command_id = IDS.new()
    return CommandContext(command_id, CLERK, AT, command_id)
