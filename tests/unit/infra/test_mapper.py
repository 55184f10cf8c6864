"""Facts to bytes and back: exactly, and the personal part apart."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.event_store import AnyFact, FactUnreadable, UnknownTopic
from infra.event_store.mapper import form_of, form_of_topic
from tests.support.notebook import Begun, Colour, Margin, Noted, Page

STREAM = UUID(int=9)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.text()
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=-5)), timezone(timedelta(hours=5, minutes=45))])
TIMES = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 28), timezones=ZONES)  # noqa: DTZ001  (bounds are naive)
MARGINS = st.builds(
    Margin,
    colour=st.sampled_from(Colour),
    widths=st.lists(st.integers(-(2**63), 2**63)).map(tuple),
    by=st.none() | st.uuids(),
)
NOTED = st.fixed_dictionaries(
    {
        "originator_id": st.just(STREAM),
        "originator_version": st.integers(1, 2**40),
        "timestamp": TIMES,
        "line": st.text(),
        "text": st.none() | st.text(),
        "place": st.none() | MARGINS,
        "margin": st.none() | MARGINS,
        "tags": st.lists(st.sampled_from(Colour)).map(tuple),
        "due": st.none() | TIMES,
        "counts": st.dictionaries(st.text(), st.integers(-(2**63), 2**63)),
        "sure": st.booleans(),
    }
)


def again(fact: AnyFact, sealed: bytes | None) -> Any:
    return form_of(type(fact)).fact(
        stream_id=fact.originator_id,
        version=fact.originator_version,
        at=fact.timestamp,
        clear=form_of(type(fact)).clear_json(fact),
        sealed=sealed,
    )


def begun(**values: Any) -> Begun:
    known: dict[str, Any] = {
        "originator_id": STREAM,
        "originator_version": 1,
        "timestamp": datetime(2026, 1, 1, tzinfo=UTC),
        "originator_topic": "notebook",
        "owner_id": UUID(int=3),
        "title": "diary",
        "content": Page("dear diary"),
    }
    return Begun(**(known | values))


@given(NOTED)
def test_every_fact_comes_back_as_it_was(values: dict[str, Any]) -> None:
    fact = Noted(**values)
    back = again(fact, form_of(Noted).sealed_json(fact))
    assert back == fact
    assert vars(back) == vars(fact)
    assert {name: type(value) for name, value in vars(back).items() if name not in {"timestamp", "due"}} == {
        name: type(value) for name, value in vars(fact).items() if name not in {"timestamp", "due"}
    }
    assert all(type(tag) is Colour for tag in back.tags)


@given(st.uuids(), st.text(), st.dictionaries(st.text(), JSON, max_size=3))
def test_a_first_fact_with_free_content_comes_back_as_it_was(owner: UUID, text: str, fields: dict[str, Any]) -> None:
    fact = begun(owner_id=owner, content=Page(text, fields))
    back = again(fact, form_of(Begun).sealed_json(fact))
    assert back == fact
    assert vars(back) == vars(fact)


@given(NOTED)
def test_without_the_key_only_the_sealed_fields_are_none(values: dict[str, Any]) -> None:
    back = again(Noted(**values), None)
    assert vars(back) == values | {"text": None, "place": None}


def test_personal_fields_stand_in_the_envelope_alone() -> None:
    fact = begun()
    assert form_of(Begun).clear_json(fact) == (
        b'{"originator_topic":"notebook","owner_id":"00000000-0000-0000-0000-000000000003","title":"diary"}'
    )
    assert form_of(Begun).sealed_json(fact) == b'{"content":{"text":"dear diary","fields":{}}}'
    assert form_of(Begun).sealed_json(begun(content=None)) is None


def test_a_fact_with_a_value_of_the_wrong_type_is_refused_before_it_is_stored() -> None:
    with pytest.raises(FactUnreadable, match=r"version 1, topic notebook.begun.v1: .*owner_id"):
        form_of(Begun).clear_json(begun(owner_id="anna"))
    with pytest.raises(FactUnreadable, match="version 1, topic notebook"):
        form_of(Begun).clear_json(begun(title=object()))
    with pytest.raises(FactUnreadable) as caught:
        form_of(Begun).sealed_json(begun(content=["Anna de Vries"]))
    assert "Anna" not in str(caught.value)


def test_a_stored_field_that_the_class_no_longer_has_is_passed_over() -> None:
    clear = msgspec.json.encode(
        {"originator_topic": "notebook", "owner_id": UUID(int=3), "title": "diary", "colour": "RED"}
    )
    fact = form_of(Begun).fact(
        stream_id=STREAM, version=1, at=datetime(2026, 1, 1, tzinfo=UTC), clear=clear, sealed=None
    )
    assert fact == begun(content=None)


def test_a_stored_fact_without_a_needed_field_names_its_place() -> None:
    with pytest.raises(FactUnreadable, match=f"stream {STREAM} version 4, topic notebook.begun.v1"):
        form_of(Begun).fact(stream_id=STREAM, version=4, at=datetime(2026, 1, 1, tzinfo=UTC), clear=b"{}", sealed=None)


@pytest.mark.parametrize("topic", ["notebook.burnt.v1", "notebook", "os:system", "json", ""])
def test_a_topic_that_is_no_facts_is_unknown(topic: str) -> None:
    with pytest.raises(UnknownTopic, match=f"stream {STREAM} version 4: unknown topic {topic}"):
        form_of_topic(topic, stream_id=STREAM, version=4)


def test_the_form_of_a_topic_is_that_of_its_class() -> None:
    assert form_of_topic("notebook.noted.v1", stream_id=STREAM, version=1) is form_of(Noted)
