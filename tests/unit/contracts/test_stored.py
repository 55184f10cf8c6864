"""A fact is made as the library makes it, and by less of its way."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from eventsourcing.domain import Aggregate

from tests.support.notebook import IDS, Notebook, Noted

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
FIELDS = {
    "line": "a",
    "text": None,
    "place": None,
    "margin": None,
    "tags": (),
    "due": None,
    "counts": {"a": 1},
    "sure": True,
}


def test_a_fact_is_the_one_that_the_library_would_have_made() -> None:
    notebook_id = IDS.new()
    ours, theirs = Notebook.begin(notebook_id, notebook_id), Notebook.begin(notebook_id, notebook_id)
    ours.trigger_event(Noted, timestamp=AT, **FIELDS)
    Aggregate.trigger_event(theirs, Noted, timestamp=AT, **FIELDS)
    made: Any = ours.pending_events[-1]
    wanted = theirs.pending_events[-1]
    assert made == wanted
    assert (ours.version, ours.modified_on, ours.lines) == (theirs.version, theirs.modified_on, theirs.lines)
    assert ours.version == 2
    with pytest.raises(AttributeError):
        made.line = "b"


def test_a_fact_is_made_without_the_librarys_constructor(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook.begin(IDS.new(), IDS.new())
    monkeypatch.delattr(Noted, "__init__")
    notebook.trigger_event(Noted, timestamp=AT, **FIELDS)
    assert notebook.lines == ("a",)


@pytest.mark.parametrize("wrong", [{"line": None}, {"more": 1}], ids=["a field is missing", "one is too many"])
def test_a_fact_with_other_fields_than_its_class_names_is_not_made(wrong: dict[str, object]) -> None:
    notebook = Notebook.begin(IDS.new(), IDS.new())
    given = {name: value for name, value in {**FIELDS, **wrong}.items() if name not in wrong or value is not None}
    with pytest.raises(TypeError, match=r"line|more"):
        notebook.trigger_event(Noted, timestamp=AT, **given)
    assert notebook.version == len(notebook.pending_events) == 1


def test_a_fact_whose_change_fails_leaves_its_stream_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook.begin(IDS.new(), IDS.new())
    monkeypatch.delattr(notebook, "lines")
    with pytest.raises(AttributeError):
        notebook.trigger_event(Noted, timestamp=AT, **FIELDS)
    assert notebook.version == len(notebook.pending_events) == 1
