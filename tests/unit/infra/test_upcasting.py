"""A fact stored under an earlier version of its topic reads as one of today; one of a newer program is refused."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar
from uuid import UUID

import pytest

from contracts.stored import Fact, Sealed, Upcast
from infra.event_store import FactUnreadable, UnknownTopic
from infra.event_store.mapper import VERSIONS_MAX, form_of_topic

STREAM, AT = UUID(int=9), datetime(2026, 1, 1, tzinfo=UTC)


def _with_pages(fields: dict[str, Any]) -> dict[str, Any]:
    return {**fields, "pages": 1}


def _with_whole_name(fields: dict[str, Any]) -> dict[str, Any]:
    names = [fields.pop(part) for part in ("first", "last") if part in fields]
    return {**fields, "name": " ".join(names)} if names else fields


class Lent(Fact):
    """Somebody took a book home."""

    TOPIC = "library.lent.v3"
    FORMER: ClassVar[dict[str, Upcast]] = {"library.lent.v1": _with_pages, "library.lent.v2": _with_whole_name}
    title: str
    pages: int
    name: Annotated[str | None, Sealed]


def read(topic: str, clear: bytes, sealed: bytes | None) -> Any:
    return form_of_topic(topic, stream_id=STREAM, version=4).fact(
        stream_id=STREAM, version=4, at=AT, clear=clear, sealed=sealed
    )


@pytest.mark.parametrize(
    ("topic", "clear", "sealed"),
    [
        ("library.lent.v1", b'{"title":"Max Havelaar"}', b'{"first":"Sam","last":"Bakker"}'),
        ("library.lent.v2", b'{"title":"Max Havelaar","pages":1}', b'{"first":"Sam","last":"Bakker"}'),
        ("library.lent.v3", b'{"title":"Max Havelaar","pages":1}', b'{"name":"Sam Bakker"}'),
    ],
)
def test_every_stored_version_reads_as_todays(topic: str, clear: bytes, sealed: bytes) -> None:
    fact = read(topic, clear, sealed)
    assert isinstance(fact, Lent)
    assert (fact.title, fact.pages, fact.name) == ("Max Havelaar", 1, "Sam Bakker")
    assert (fact.originator_id, fact.originator_version, fact.timestamp) == (STREAM, 4, AT)


@pytest.mark.parametrize("topic", ["library.lent.v1", "library.lent.v2", "library.lent.v3"])
def test_an_old_version_whose_key_is_gone_has_none_in_its_sealed_fields(topic: str) -> None:
    assert read(topic, b'{"title":"Max Havelaar","pages":1}', None).name is None


def test_what_an_upcast_does_not_make_whole_names_stream_version_and_topic() -> None:
    with pytest.raises(FactUnreadable, match=rf"stream {STREAM} version 4, topic library\.lent\.v3"):
        read("library.lent.v2", b'{"title":"Max Havelaar"}', None)


def test_a_newer_version_is_refused_by_stream_version_and_topic() -> None:
    refused = rf"stream {STREAM} version 4: topic library\.lent\.v4 is newer than this program, .* up to v3"
    with pytest.raises(UnknownTopic, match=refused):
        read("library.lent.v4", b"{}", None)
    with pytest.raises(UnknownTopic, match=r"newer than this program"):
        read(f"library.lent.v{VERSIONS_MAX}000", b"{}", None)
    with pytest.raises(UnknownTopic, match=rf"stream {STREAM} version 4: unknown topic library\.burnt\.v1"):
        read("library.burnt.v1", b"{}", None)


def test_a_fact_names_every_version_before_its_own() -> None:
    with pytest.raises(TypeError, match=r"library\.found\.v1"):

        class Found(Fact):
            """A book was behind the shelf."""

            TOPIC = "library.found.v2"
            FORMER: ClassVar[dict[str, Upcast]] = {}

    with pytest.raises(TypeError, match="FORMER"):

        class Lost(Fact):
            """A book is nowhere."""

            TOPIC = "library.lost.v1"
            FORMER: ClassVar[dict[str, Upcast]] = {"library.gone.v1": _with_pages}
